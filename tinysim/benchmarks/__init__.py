"""The benchmarks, as data. One more is a file here and a line below."""

from .ad import AD
from .base import Benchmark, Metric, Sample
from .ic import IC
from .ic2 import IC2
from .kws import KWS
from .sww import SWW
from .vww import VWW

BENCHMARKS: dict[str, Benchmark] = {b.name: b for b in (KWS, VWW, IC, IC2, AD, SWW)}

__all__ = ["AD", "BENCHMARKS", "IC", "IC2", "KWS", "SWW", "VWW", "Benchmark", "Metric", "Sample"]
