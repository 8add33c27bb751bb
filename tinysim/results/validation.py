"""Estimates beside what silicon measured."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Check(BaseModel):
    """An image's estimate beside silicon's figure, in microseconds an inference.

    `error` is (estimate - silicon) / silicon. `problem` says why there is no estimate.
    """

    model_config = ConfigDict(frozen=True)

    image: str
    sha256: str
    benchmark: str
    mode: str
    tier: str
    rule: str
    bank: str
    baud: int | None = None
    estimate_us: float | None = None
    silicon_us: float | None = None
    error: float | None = None
    problem: str | None = None


class Validation(BaseModel):
    """All checks of a run; errors are fractions.

    `rows` have an estimate and silicon's figure; `others` lack one of them.
    """

    model_config = ConfigDict(frozen=True)

    tier: str
    rule: str
    rows: tuple[Check, ...]
    others: tuple[Check, ...]
    worst_abs_error: float | None
    mean_abs_error: float | None
    bias: float | None = None

    @classmethod
    def of(cls, tier: str, rule: str, rows: Sequence[Check]) -> "Validation":
        """Sum checks up."""
        compared = tuple(row for row in rows if row.error is not None)
        signed = [row.error for row in compared if row.error is not None]
        errors = [abs(error) for error in signed]
        return cls(
            tier=tier,
            rule=rule,
            rows=compared,
            others=tuple(row for row in rows if row.error is None),
            worst_abs_error=max(errors, default=None),
            mean_abs_error=sum(errors) / len(errors) if errors else None,
            bias=sum(signed) / len(signed) if signed else None,
        )


class EnergyCheck(BaseModel):
    """A published energy run beside its estimate, in mW.

    `activity` says whose it is: the run's own image's, or another's that stands in. `use` says
    whether coefficients were chosen from the run. `estimate_mw` is None without a stated supply.
    """

    model_config = ConfigDict(frozen=True)

    run: str
    benchmark: str
    supply: str
    clock_hz: int
    activity: Literal["image", "stand-in"]
    bounds_mw: tuple[float, float]
    estimate_mw: float | None
    published_mw: float
    error: float | None
    use: Literal["chooses", "check", "left out"]
    why: str = ""


class StandIn(BaseModel):
    """Shares of cycles that wait for flash, as stored and as its image gave them now."""

    model_config = ConfigDict(frozen=True)

    image: str
    bank: str
    stored: float
    measured: float | None


class EnergyValidation(BaseModel):
    """All published energy runs. `asleep_error` and `slower_error` are how far the runs that sleep
    would be off had they chosen nothing.
    """

    model_config = ConfigDict(frozen=True)

    rows: tuple[EnergyCheck, ...]
    stand_ins: tuple[StandIn, ...] = ()
    asleep_error: float
    slower_error: float
    problems: tuple[str, ...] = ()

    def errors(self, use: str) -> list[float]:
        """Of the runs of one use, as fractions."""
        return [row.error for row in self.rows if row.use == use and row.error is not None]
