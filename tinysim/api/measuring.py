"""Runs for scripts and notebooks, and what was stored of others."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .. import firmware as _firmware
from ..benchmarks import BENCHMARKS
from ..datasets import find_dataset
from ..engines.kinds import kind_of
from ..errors import TinySimError
from ..image import load_image, unknown_image
from ..models.inputs import Input, load_inputs, seeded_inputs, split_inputs
from ..models.network import Graph
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
    tier: str | None = None,
    folding: bool = True,
    **options: int | str | bool,
) -> ShownResult:
    """Run a benchmark with tinysim's firmware, or on a real board with what is on it.

    `limit` takes the first inputs alone. `tier` is T3 by default, or what the engine counts.
    `options` are those of `tinysim run --set`; the engine `serial` takes `port` and `baud`.

    Raises:
        TinySimError: no such benchmark, mode or option, or the board does not do its part.

    """
    if benchmark not in BENCHMARKS:
        raise TinySimError(f"no benchmark '{benchmark}'; there are: {', '.join(BENCHMARKS)}")
    picked = BENCHMARKS[benchmark]
    picked.require_mode(mode)
    picked.require_engine(engine)
    kind = kind_of(engine)
    if kind.is_silicon and (tier or variant != "dsp" or not folding or options.get("flash")):
        raise TinySimError(
            f"engine {engine}: run() takes a board as it is, without tier, variant and folding"
        )
    setup = Setup(
        benchmark=picked,
        board=load_board(),
        image=unknown_image(),
        dataset=find_dataset(picked, files_for(mode, limit)),
        engine=engine,
        options=options | ({} if kind.is_silicon else {"tier": tier or kind.tier("T3")}),
        official=official,
    )
    if kind.is_silicon:
        return ShownResult.of(run_benchmark(setup, mode))
    built = _firmware.build([picked], variant, energy=mode == "energy", folding=folding)[0]
    setup = replace(
        setup,
        image=load_image(built.image),
        model=built.model,
        network=built.network,
        flashed=built.flashed,
        notes=built.notes,
    )
    return ShownResult.of(run_benchmark(setup, mode))


def run_model(
    path: str | Path,
    inputs: str | Path | NDArray[Any] | Sequence[NDArray[Any]] | None = None,
    *,
    variant: str = "dsp",
    engine: str = "builtin",
    tier: str | None = None,
    folding: bool = True,
    **options: int | str | bool,
) -> ShownResult:
    """Run a TFLite model of one's own on the board.

    `inputs` is a `.npy` or `.npz` file or a folder of them, or an array, or a list with one for
    each of the model's inputs; by default one seeded input. `tier` is as for `run`.
    Without `folding` what cannot change an answer is flashed too. `options` are those of
    `tinysim run --set`.

    Raises:
        TinySimError: the model, an input or an option cannot be used.

    """
    prepared = prepare(Path(path), folding=folding)
    graph = prepared.network.main
    kind = kind_of(engine)
    if kind.is_silicon:
        raise TinySimError("a model file runs on an emulated board: builtin or renode")
    setup = model_setup(
        prepared,
        _inputs(graph, inputs),
        variant=variant,
        engine=engine,
        options={**options, "tier": tier or kind.tier("T3")},
    )
    return ShownResult.of(_run_model(setup, prepared))


def _inputs(
    graph: Graph, inputs: str | Path | NDArray[Any] | Sequence[NDArray[Any]] | None
) -> list[Input]:
    if inputs is None:
        return seeded_inputs(graph)
    if isinstance(inputs, str | Path):
        return load_inputs(graph, Path(inputs))
    arrays = [inputs] if isinstance(inputs, np.ndarray) else list(inputs)
    found = split_inputs(graph, "inputs", [np.asarray(array) for array in arrays])
    return [replace(part, name=f"inputs{part.name}") for part in found]


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
