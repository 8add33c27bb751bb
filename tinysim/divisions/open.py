"""The open division: any model that takes the official inputs and answers in their form."""

from pathlib import Path

from ..benchmarks import Benchmark
from ..errors import AssetError
from ..models.belongs import other_scale, require_belongs
from ..models.prepare import prepare


def check_open(path: Path, benchmark: Benchmark) -> None:
    """Make sure that a model can stand in for the benchmark's.

    Raises:
        AssetError: its ends are not the benchmark's, or it takes the official inputs for other
            numbers than they stand for.

    """
    prepared = prepare(path, int8_ends=True)
    require_belongs(prepared, benchmark)
    if difference := other_scale(prepared, benchmark):
        raise AssetError(f"{path}: {difference}")
