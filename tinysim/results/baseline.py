"""What a benchmark cost and answered, to be compared with what it does now."""

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from ..errors import ResultError
from ..storage import read_json
from .part import Amount, Count, Fraction
from .schema import Result
from .stored import check_version, explain

BASELINE_VERSION = 1

TOLERANCES = {
    "cycles": 0.005,
    "instructions": 0.005,
    "flash": 0.01,
    "ram": 0.01,
    "arena": 0.01,
    "accuracy": 0.0,
}
"""By how much a metric may get worse, as a fraction; changed outputs are never accepted."""


class Entry(BaseModel):
    """One benchmark in one mode with one model and data set. Sizes are in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    benchmark: str
    mode: str
    tier: str
    model: str
    inputs: str
    cycles: Amount
    instructions: Amount
    flash: Count
    ram: Count | None
    arena: Count | None
    accuracy: Fraction | None
    outputs_sha256: str
    functions: dict[str, Count] = {}
    """Cycles of one inference."""

    @property
    def key(self) -> tuple[str, ...]:
        """What must be alike for two entries to be comparable."""
        return self.benchmark, self.mode, self.tier, self.model, self.inputs

    @classmethod
    def of(cls, result: Result) -> "Entry":
        """The entry of a result."""
        accuracy = result.accuracy
        quality = None
        if accuracy is not None:
            quality = accuracy.auc if accuracy.top1 is None else accuracy.top1
        functions = result.profile.functions if result.profile else ()
        return cls(
            benchmark=result.benchmark,
            mode=result.mode,
            tier=result.tier,
            model=result.model.sha256 if result.model else "",
            inputs=result.inputs_sha256,
            cycles=result.cycles,
            instructions=result.instructions,
            flash=result.memory.flash,
            ram=result.memory.ram,
            arena=result.memory.arena,
            accuracy=quality,
            outputs_sha256=result.outputs_sha256,
            functions={cost.name: cost.cycles for cost in functions},
        )


class Baseline(BaseModel):
    """The file. `tolerances` can be edited by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    version: int = BASELINE_VERSION
    tolerances: dict[str, Amount] = TOLERANCES
    entries: tuple[Entry, ...] = ()

    @field_validator("tolerances")
    @classmethod
    def _known(cls, tolerances: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(set(tolerances) - set(TOLERANCES)):
            raise ValueError(f"no metric '{unknown[0]}'; there are: {', '.join(TOLERANCES)}")
        return tolerances

    def replaced(self, results: Sequence[Result]) -> "Baseline":
        """With the entries of `results` in the place of comparable ones."""
        entries = {entry.key: entry for entry in self.entries}
        entries |= {entry.key: entry for entry in map(Entry.of, results)}
        return self.model_copy(update={"entries": tuple(entries[key] for key in sorted(entries))})

    def entry_for(self, result: Result) -> Entry | None:
        """The entry that the result can be compared with."""
        key = Entry.of(result).key
        return next((entry for entry in self.entries if entry.key == key), None)


class Change(BaseModel):
    """A metric before and now. `worse` is by what fraction; `fails` where that is too much."""

    benchmark: str
    metric: str
    before: float | str | None
    now: float | str | None
    worse: float
    fails: bool


def compare(baseline: Baseline, result: Result) -> list[Change]:
    """Every metric of a result against its entry.

    Raises:
        ResultError: the baseline has no entry of the same benchmark, mode, tier, model, inputs.

    """
    before = baseline.entry_for(result)
    if before is None:
        raise ResultError(
            f"{result.benchmark}: the baseline has no entry with this mode, tier, model and "
            "inputs: write one with `tinysim baseline write`"
        )
    now = Entry.of(result)
    changes = [
        _change(baseline, result.benchmark, metric, getattr(before, metric), getattr(now, metric))
        for metric in TOLERANCES
        if getattr(before, metric) is not None
    ]
    same = before.outputs_sha256 == now.outputs_sha256
    changes.append(
        Change(
            benchmark=result.benchmark,
            metric="outputs",
            before=before.outputs_sha256[:12],
            now=now.outputs_sha256[:12],
            worse=0.0 if same else 1.0,
            fails=not same,
        )
    )
    return changes


def _change(
    baseline: Baseline, benchmark: str, metric: str, before: float, now: float | None
) -> Change:
    if now is None:  # a gate that sees nothing is shut
        return Change(
            benchmark=benchmark, metric=metric, before=before, now=None, worse=1.0, fails=True
        )
    growth = (now - before) / before if before else float(now != before)
    worse = -growth if metric == "accuracy" else growth
    tolerance = baseline.tolerances.get(metric, TOLERANCES[metric])
    return Change(
        benchmark=benchmark,
        metric=metric,
        before=before,
        now=now,
        worse=worse,
        fails=worse > tolerance,
    )


def grown_functions(before: Entry, now: Entry, most: int = 5) -> list[tuple[str, int, int]]:
    """The functions that take more cycles than before: name, cycles before, cycles now."""
    grown = [
        (name, before.functions.get(name, 0), cycles)
        for name, cycles in now.functions.items()
        if cycles > before.functions.get(name, 0)
    ]
    return sorted(grown, key=lambda item: item[1] - item[2])[:most]


def load_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        ResultError: not a baseline, or of another version.
        StorageError: it cannot be read.

    """
    content = read_json(path)
    check_version(path, content, "version", BASELINE_VERSION)
    try:
        return Baseline.model_validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        raise ResultError(f"{path}: not a baseline: {explain(error)}") from None
