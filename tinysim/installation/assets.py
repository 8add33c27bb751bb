"""Which models and data sets are where tinysim looks for them."""

from collections.abc import Iterator

from ..benchmarks import BENCHMARKS
from ..datasets import find_folder
from ..models.locate import local_model
from .part import Part


def find_assets() -> Iterator[Part]:
    """Each benchmark's model and data set.

    Raises:
        AssetError: `TINYSIM_ASSETS` names no folder.

    """
    for name, benchmark in BENCHMARKS.items():
        remedy = f"tinysim data fetch {name}"
        model = local_model(benchmark)
        yield Part(
            f"{name} model",
            str(model) if model else "",
            "a twin with seeded weights takes its place",
            remedy,
        )
        data = find_folder(benchmark)
        yield Part(
            f"{name} data set",
            str(data[0]) if data else "",
            "seeded inputs take its place",
            remedy,
        )
