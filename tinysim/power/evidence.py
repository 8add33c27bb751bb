"""The published energy runs: what the coefficients were chosen from, and what checks them."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .activity import Activity
from .model import PowerModel
from .supply import Regulator, Supply

IMAGES = ("kws", "vww", "ic")
"""Convolutions: these differ little in how often they wait for flash; ad does nothing else."""
_STREAM_STANDS_FOR = "kws"
"""Of which the shares are taken while a stream's frame is processed."""

Use = Literal["chooses", "check", "left out"]


class _Submission(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    round: str
    submitter: str
    stack: str
    volts: float | None = None
    regulator: Regulator = "ldo"
    bank: Literal["dual", "single"] = "dual"
    clock_hz: int = 120_000_000
    working: Annotated[float, Field(gt=0, le=1)] = 1.0
    use: Use
    why: str = ""
    power_mw: dict[str, Annotated[float, Field(gt=0)]]


@dataclass(frozen=True)
class Run:
    """A published energy run of a benchmark. `why` says why it was left out."""

    round: str
    submitter: str
    stack: str
    benchmark: str
    supply: Supply | None
    bank: str
    clock_hz: int
    working: float
    """The share of time that the board works, by its published duty cycle."""
    power_mw: float
    use: Use
    why: str

    @property
    def name(self) -> str:
        """Short, for a table."""
        return f"{self.round} {self.submitter} {self.benchmark}"

    @property
    def stand_in(self) -> Activity:
        """What another image of the benchmark does."""
        like = self.benchmark if self.benchmark in _table()[0] else _STREAM_STANDS_FOR
        return Activity(
            clock_hz=self.clock_hz,
            asleep=1 - self.working,
            flash_waits=self.working * _table()[0][like][self.bank],
        )


@cache
def _table() -> tuple[dict[str, dict[str, float]], tuple[Run, ...]]:
    table = tomllib.loads((Path(__file__).parent / "runs.toml").read_text("utf-8"))
    runs = []
    for entry in table["submission"]:
        told = _Submission.model_validate(entry)
        supply = Supply(volts=told.volts, regulator=told.regulator) if told.volts else None
        runs += [
            Run(
                told.round,
                told.submitter,
                told.stack,
                benchmark,
                supply,
                told.bank,
                told.clock_hz,
                told.working,
                power_mw,
                told.use,
                told.why,
            )
            for benchmark, power_mw in told.power_mw.items()
        ]
    return table["stand_in"], tuple(runs)


def stand_ins() -> Mapping[str, Mapping[str, float]]:
    """Shares of cycles that wait for data from flash, by benchmark and bank mode."""
    return _table()[0]


def runs() -> tuple[Run, ...]:
    """Every published energy run, oldest first."""
    return _table()[1]


@dataclass(frozen=True)
class Coefficients:
    """What the named runs say; see docs/energy.md."""

    working_ma: float
    flash_wait: float
    sleep: float
    smps_fixed_mw: float
    smps_mw_per_ma: float


def choose() -> Coefficients:
    """The coefficients, from the runs whose use that is, in closed form."""
    chosen = [run for run in runs() if run.use == "chooses"]
    flash_wait = _flash_wait(chosen)
    working_ma = _working_ma(chosen, flash_wait)
    return Coefficients(working_ma, flash_wait, *_switched(chosen, working_ma, flash_wait))


def _flash_wait(chosen: Sequence[Run]) -> float:
    """From how much less ad draws than the others of its submission do, in the stack whose times
    resemble those of the images that stand in, and in one bank mode.
    """
    ratios = []
    for runs_ in _by_submission(
        run for run in chosen if run.stack == "X-CUBE-AI" and run.bank == "dual"
    ):
        if all(name in runs_ for name in (*IMAGES, "ad")):
            ratios.append(runs_["ad"].power_mw / _mean([runs_[name].power_mw for name in IMAGES]))
    ratio = _mean(ratios)
    waits = _mean([stand_ins()[name]["dual"] for name in IMAGES])
    return 1 - (1 - ratio) / (stand_ins()["ad"]["dual"] - ratio * waits)


def _working_ma(chosen: Sequence[Run], flash_wait: float) -> float:
    """By the linear regulator; each stack counts once, and each submission once in its stack."""
    stacks: dict[str, list[float]] = {}
    linear = [run for run in chosen if run.supply and run.supply.regulator == "ldo"]
    for runs_ in _by_submission(linear):
        currents = [
            run.power_mw / run.supply.volts / (1 - (1 - flash_wait) * run.stand_in.flash_waits)
            for name, run in runs_.items()
            if name in IMAGES and run.supply
        ]
        stacks.setdefault(next(iter(runs_.values())).stack, []).append(_mean(currents))
    return _mean([_mean(currents) for currents in stacks.values()])


def _switched(
    chosen: Sequence[Run], working_ma: float, flash_wait: float
) -> tuple[float, float, float]:
    """A sleeping cycle, the fixed power and that of a mA: three unknowns from three runs, one that
    works all the time and two that sleep, of which one is slower.
    """
    switched = [run for run in chosen if run.supply and run.supply.regulator == "smps"]
    whole = next(run for run in switched if run.working == 1)
    fast, slow = sorted((run for run in switched if run.working < 1), key=lambda r: -r.clock_hz)
    speed = slow.clock_hz / fast.clock_hz
    saved_asleep = (whole.power_mw - fast.power_mw) / (1 - fast.working)
    moving = (whole.power_mw - speed * (1 - slow.working) * saved_asleep - slow.power_mw) / (
        1 - speed
    )
    charge = 1 - (1 - flash_wait) * whole.stand_in.flash_waits
    per_ma = moving / charge / working_ma
    return (moving - saved_asleep) / (per_ma * working_ma), whole.power_mw - moving, per_ma


def _by_submission(of: Iterable[Run]) -> list[dict[str, Run]]:
    found: dict[tuple[str, str], dict[str, Run]] = {}
    for run in of:
        found.setdefault((run.round, run.submitter), {})[run.benchmark] = run
    return list(found.values())


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


@dataclass(frozen=True)
class Band:
    """Errors of estimates with a stated supply, as fractions, over so many published runs."""

    worst: float
    mean: float
    runs: int


def error(model: PowerModel, run: Run, activity: Activity) -> float | None:
    """(estimate - published) / published; None without a supply."""
    if run.supply is None:
        return None
    return model.power_mw(activity, run.supply) / run.power_mw - 1


def band(model: PowerModel, *, use: Use | None = None) -> Band:
    """Of all runs that are not left out, or of those of one use, with activity that stands in."""
    errors = [
        abs(found)
        for run in runs()
        if run.use != "left out"
        and (use is None or run.use == use)
        and (found := error(model, run, run.stand_in)) is not None
    ]
    return Band(max(errors), _mean(errors), len(errors))


def blind_errors(model: PowerModel) -> tuple[float, float]:
    """How far the runs that sleep would be off had they chosen nothing: the one at full clock, were
    a cycle asleep taken for one that waits for flash; the slower, were there no fixed power.
    """
    switched = [run for run in runs() if run.use == "chooses" and run.working < 1]
    fast, slow = sorted(switched, key=lambda run: -run.clock_hz)
    whole = next(
        run.power_mw
        for run in runs()
        if run.use == "chooses" and run.supply and run.supply == fast.supply and run.working == 1
    )
    awake = model.model_copy(update={"sleep": model.flash_wait})
    off_asleep = error(awake, fast, fast.stand_in)
    per_ma = whole / (
        model.working_ma * (1 - (1 - model.flash_wait) * fast.stand_in.flash_waits / fast.working)
    )
    moving = model.model_copy(update={"smps_fixed_mw": 0.0, "smps_mw_per_ma": per_ma})
    off_slower = error(moving, slow, slow.stand_in)
    assert off_asleep is not None
    assert off_slower is not None
    return abs(off_asleep), abs(off_slower)
