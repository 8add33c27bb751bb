"""Runs for scripts and notebooks, and what was stored of others."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from .. import firmware as _firmware
from ..benchmarks import BENCHMARKS
from ..datasets import find_dataset
from ..errors import TinySimError
from ..image import load_image
from ..models.inputs import load_inputs, seeded_inputs
from ..models.prepare import prepare
from ..platform import load_board
from ..results import Result
from ..results import load_results as _load_results
from ..runs import Setup, files_for, run_benchmark
from ..runs.model import model_setup
from ..runs.model import run_model as _run_model
from .shown import ShownComparison, ShownResult, ShownResults


def run(
    benchmark: str,
    *,
    mode: Literal["performance", "accuracy", "energy"] = "performance",
    limit: int | None = None,
    official: bool = False,
    variant: str = "dsp",
    engine: str = "builtin",
    tier: str = "T3",
    folding: bool = True,
    **options: int | str | bool,
) -> ShownResult:
    """Run a benchmark with tinysim's firmware.

    `limit` takes the first inputs alone; `options` are those of `tinysim run --set`.

    Raises:
        TinySimError: no such benchmark, mode or option, or the board does not do its part.

    """
    if benchmark not in BENCHMARKS:
        raise TinySimError(f"no benchmark '{benchmark}'; there are: {', '.join(BENCHMARKS)}")
    picked = BENCHMARKS[benchmark]
    picked.require_mode(mode)
    picked.require_engine(engine)
    built = _firmware.build([picked], variant, energy=mode == "energy", folding=folding)[0]
    setup = Setup(
        benchmark=picked,
        board=load_board(),
        image=load_image(built.image),
        dataset=find_dataset(picked, files_for(mode, limit)),
        engine=engine,
        options={**options, "tier": tier},
        model=built.model,
        network=built.network,
        flashed=built.flashed,
        notes=built.notes,
        official=official,
    )
    return ShownResult.of(run_benchmark(setup, mode))


def run_model(
    path: str | Path,
    inputs: str | Path | None = None,
    *,
    variant: str = "dsp",
    engine: str = "builtin",
    tier: str = "T3",
    folding: bool = True,
    **options: int | str | bool,
) -> ShownResult:
    """Run a TFLite model of one's own on the board.

    `inputs` is a `.npy` or `.npz` file or a folder of them, by default one seeded input.
    Without `folding` what cannot change an answer is flashed too. `options` are those of
    `tinysim run --set`.

    Raises:
        TinySimError: the model, an input or an option cannot be used.

    """
    prepared = prepare(Path(path), folding=folding)
    graph = prepared.network.main
    given = load_inputs(graph, Path(inputs)) if inputs else seeded_inputs(graph)
    setup = model_setup(
        prepared, given, variant=variant, engine=engine, options={**options, "tier": tier}
    )
    return ShownResult.of(_run_model(setup, prepared))


def load_results(path: str | Path) -> ShownResults:
    """Results that `tinysim run --json` has written.

    Raises:
        TinySimError: it cannot be read, or holds no results of this version.

    """
    return ShownResults.of(_load_results(Path(path)))


def compare(first: Result | Sequence[Result], second: Result | Sequence[Result]) -> ShownComparison:
    """Two runs of the same benchmarks side by side.

    Raises:
        ResultError: the two have no benchmark and mode in common.

    """
    from ..reports.comparison import pair_up

    return ShownComparison(pair_up(_several(first), _several(second)))


def _several(results: Result | Sequence[Result]) -> Sequence[Result]:
    return [results] if isinstance(results, Result) else results
