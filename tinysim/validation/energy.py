"""Estimates of power beside what the published energy runs measured."""

from collections.abc import Sequence
from pathlib import Path

from ..benchmarks import BENCHMARKS
from ..datasets import find_dataset
from ..errors import TinySimError
from ..image import load_image
from ..platform import Board, load_board
from ..power import Activity
from ..power.evidence import Run, blind_errors, error, runs, stand_ins
from ..results.validation import EnergyCheck, EnergyValidation, StandIn
from ..runs import Setup
from ..runs.booted import boot
from ..runs.energy import inference_activity
from ..runs.streaming import stream_activity
from .catalog import Published, find_images

FULL_HZ = 120_000_000
"""Of all published runs but one."""


def check_energy(images: Path | None) -> EnergyValidation:
    """Every published run, by its own image's activity where that is at hand, else by that of
    another image of the benchmark. What stands in is measured again where its image is there.

    Raises:
        TinySimError: `images` is no folder, or the board has no model of its power.

    """
    board = load_board()
    model = board.settings.power
    if model is None:
        raise TinySimError(f"{board.settings.name}: its description has no [power]")
    if images and not images.is_dir():
        raise TinySimError(f"{images}: no such folder")
    found = find_images(images) if images else []
    problems: list[str] = []
    rows = []
    for run in runs():
        own = _own_activity(board, run, found, problems)
        activity = own or run.stand_in
        estimate = model.power_mw(activity, run.supply) if run.supply else None
        rows.append(
            EnergyCheck(
                run=run.name,
                benchmark=run.benchmark,
                supply=str(run.supply) if run.supply else "not stated",
                clock_hz=run.clock_hz,
                activity="image" if own else "stand-in",
                bounds_mw=model.bounds_mw(activity),
                estimate_mw=estimate,
                published_mw=run.power_mw,
                error=error(model, run, activity),
                use=run.use,
                why=run.why,
            )
        )
    asleep, slower = blind_errors(model)
    return EnergyValidation(
        rows=tuple(rows),
        stand_ins=tuple(_stand_ins(board, found, problems)),
        asleep_error=asleep,
        slower_error=slower,
        problems=tuple(problems),
    )


def _own_activity(
    board: Board, run: Run, found: Sequence[tuple[Path, Published]], problems: list[str]
) -> Activity | None:
    """Of the run's own image, which of one submitter's are told apart by their clock."""
    for path, entry in found:
        same = (entry.round, entry.submitter, entry.benchmark) == (
            run.round,
            run.submitter.partition(",")[0],
            run.benchmark,
        )
        slower = entry.system.endswith("MHz")
        if same and entry.mode == "energy" and slower == (run.clock_hz != FULL_HZ):
            return _measure(board, path, entry, run.bank, problems)
    return None


def _stand_ins(
    board: Board, found: Sequence[tuple[Path, Published]], problems: list[str]
) -> list[StandIn]:
    """The images that stand in, run again where they are there."""
    again = []
    for path, entry in found:
        if (entry.round, entry.submitter) != ("v1.1", "bosch"):
            continue
        for bank, stored in stand_ins()[entry.benchmark].items():
            activity = _measure(board, path, entry, bank, problems)
            again.append(
                StandIn(
                    image=entry.name,
                    bank=bank,
                    stored=stored,
                    measured=activity.flash_waits if activity else None,
                )
            )
    return again


def _measure(
    board: Board, path: Path, entry: Published, bank: str, problems: list[str]
) -> Activity | None:
    benchmark = BENCHMARKS.get(entry.benchmark)
    if benchmark is None:
        return None
    try:
        setup = Setup(
            benchmark=benchmark,
            board=board,
            image=load_image(path),
            dataset=find_dataset(benchmark, 1),
            options={"tier": "T3", "flash.bank": bank},
        )
        if benchmark.dialogue.listens:
            return stream_activity(setup)
        with boot(setup, energy=entry.mode == "energy") as booted:
            booted.dut.load(setup.dataset.samples[0].inputs[0])
            return inference_activity(booted)
    except TinySimError as told:
        problems.append(f"{entry.name}: {told}")
        return None
