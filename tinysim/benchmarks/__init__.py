"""The four benchmarks, as data. A fifth is one more file here and a line below."""

from .ad import AD
from .base import Benchmark, Metric, Sample
from .ic import IC
from .kws import KWS
from .vww import VWW

BENCHMARKS: dict[str, Benchmark] = {b.name: b for b in (KWS, VWW, IC, AD)}

__all__ = ["AD", "BENCHMARKS", "IC", "KWS", "VWW", "Benchmark", "Metric", "Sample"]
