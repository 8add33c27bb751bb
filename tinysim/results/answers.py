"""What a board answered, and how good that was."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from ..answer import check_answer, parse_vector
from .part import Count, Fraction, Part


class WindowResult(Part):
    """One `infer` command, which has been timed."""

    file: str
    inferences: Annotated[int, Field(ge=1, lt=1 << 31)]
    warmups: Count
    elapsed_us: Annotated[int, Field(ge=1, lt=1 << 63)]
    instructions: Count
    cycles: Count


class InputResult(Part):
    """What the board printed for one file: an `m-results` text for each of its inputs."""

    file: str
    label: Count
    results: Annotated[tuple[str, ...], Field(min_length=1)]

    @field_validator("results")
    @classmethod
    def _numbers(cls, results: tuple[str, ...]) -> tuple[str, ...]:
        for text in results:
            check_answer(text)
        return results

    def vectors(self) -> list[tuple[float, ...]]:
        """The numbers of each text."""
        return [parse_vector(text) for text in self.results]


class Accuracy(Part):
    """Quality, 0 to 1, over `samples` inputs or files; `official` over the whole set."""

    top1: Fraction | None = None
    auc: Fraction | None = None
    samples: Annotated[int, Field(ge=1)]
    target: Fraction
    passed: bool
    official: bool

    @model_validator(mode="after")
    def _one_value(self) -> "Accuracy":
        value = self.top1 if self.top1 is not None else self.auc
        if value is None or (self.top1 is not None and self.auc is not None):
            raise ValueError("either top1 or auc was expected")
        if self.passed != (value >= self.target):
            raise ValueError(f"'passed' is not what {value:g} against {self.target:g} gives")
        return self


_ROUNDING = 1e-5


class HostCheck(Part):
    """Whether every output byte of a model was the host interpreter's, over so many inputs.

    `equal` is None where the host's interpreter does not run the model; `note` says why, or which
    input was the first to differ. Of float outputs that differ, `error` is the largest difference
    to the host's, as a part of the largest number in its answer.
    """

    equal: bool | None
    inputs: int
    error: float | None = None
    note: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether answers differ by more than how float sums are rounded, in whole numbers at all.

        The board's compiler fuses a multiplication with an addition where the host's rounds twice.
        """
        return self.equal is False and (self.error is None or not self.error <= _ROUNDING)
