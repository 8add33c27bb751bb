"""Images of the benchmarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks import Benchmark
from ..models import Model, find_model
from .images import Order, build_image


@dataclass(frozen=True)
class Build:
    """A firmware image with its model. `note` is a line for the user, or empty."""

    image: Path
    model: Model
    note: str


def build(
    benchmarks: Sequence[Benchmark],
    variant: str = "dsp",
    model: Path | None = None,
    *,
    energy: bool = False,
) -> list[Build]:
    """One image for each benchmark; quick where it was built before.

    `model` replaces the model (of one benchmark); `energy` asks for the images of energy mode.

    Raises:
        ToolError: a tool is missing or failed.
        AssetError: the model given is none, or none for the benchmark.

    """
    builds = []
    for benchmark in benchmarks:
        found, note = find_model(benchmark, model)
        order = Order(benchmark.name, found.path.read_bytes(), variant, energy)
        builds.append(Build(build_image(order), found, note))
    return builds
