"""Programs that count their own cycles, beside what silicon counted."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, computed_field


class ProgramCheck(BaseModel):
    """One operation of a program, in cycles; `estimate` is None where it was not printed."""

    model_config = ConfigDict(frozen=True)

    program: str
    operation: str
    group: str
    compiler: str
    judged: Literal["minimum", "average"]
    silicon: float
    estimate: float | None

    @property
    def error(self) -> float | None:
        """(estimate - silicon) / silicon."""
        return None if self.estimate is None else (self.estimate - self.silicon) / self.silicon


class Spread(BaseModel):
    """Errors over several operations, as fractions."""

    model_config = ConfigDict(frozen=True)

    group: str
    operations: int
    mean: float
    worst: float
    bias: float

    @classmethod
    def of(cls, group: str, errors: Sequence[float]) -> "Spread":
        """Sum errors up; there is one at least."""
        return cls(
            group=group,
            operations=len(errors),
            mean=sum(map(abs, errors)) / len(errors),
            worst=max(errors, key=abs),
            bias=sum(errors) / len(errors),
        )


class ProgramValidation(BaseModel):
    """A set of programs that was run."""

    model_config = ConfigDict(frozen=True)

    set: str
    tier: str
    rows: tuple[ProgramCheck, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def spreads(self) -> list[Spread]:
        """By group, in the order of the rows, and over all where there are several."""
        errors: dict[str, list[float]] = {}
        for row in self.rows:
            if row.error is not None:
                errors.setdefault(row.group, []).append(row.error)
        found = [Spread.of(group, values) for group, values in errors.items()]
        if len(errors) > 1:
            found.append(Spread.of("all", [one for values in errors.values() for one in values]))
        return found
