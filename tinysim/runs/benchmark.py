"""A benchmark, measured in one of its modes."""

from operator import index
from typing import cast

from ..errors import TinySimError
from ..results import Profile, Result
from .accuracy import run_accuracy
from .booted import boot
from .energy import run_energy
from .performance import INPUTS, run_performance
from .profile import profile_inference
from .setup import Progress, Setup


def run_benchmark(
    setup: Setup, mode: str, progress: Progress | None = None, *, resume: bool = False
) -> Result:
    """Ask the board what the benchmark's firmware can be asked for. `resume` takes up a run of
    accuracy that was broken off; a sound is played from its start.

    Raises:
        TinySimError: the mode is none of the benchmark's, or the board does not do its part.

    """
    setup.benchmark.require_mode(mode)
    if setup.benchmark.dialogue.listens:
        from .streaming import Mode, run_streaming

        return run_streaming(setup, cast("Mode", mode), progress)
    if mode == "accuracy":
        return run_accuracy(setup, progress, resume=resume)
    return (run_energy if mode == "energy" else run_performance)(setup, progress)


def files_for(mode: str, limit: int | None = None) -> int | None:
    """Of a data set's first `limit` files, how many a mode takes; None for all.

    What is not asked needs no reading: a data set may have a thousand files.

    Raises:
        TinySimError: `limit` leaves none.

    """
    if limit is not None and index(limit) < 1:
        raise TinySimError(f"a limit of {limit} files leaves none; 1 is the least")
    if mode == "accuracy":
        return limit
    return INPUTS if limit is None else min(limit, INPUTS)


def profile_benchmark(setup: Setup, function: str) -> Profile | None:
    """What one call of a function takes, on the first input; None where it was not called.

    Raises:
        TinySimError: the board does not do its part.

    """
    if setup.benchmark.dialogue.listens:
        from .streaming import profile_frame

        return profile_frame(setup, function)
    with boot(setup) as booted:
        booted.dut.load(setup.dataset.samples[0].inputs[0])
        return profile_inference(setup, booted, function)
