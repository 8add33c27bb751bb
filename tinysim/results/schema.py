"""The schema of a Result, which is also that of its JSON."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from ..answer import check_answer, parse_vector
from ..errors import ResultError
from ..storage import read_json
from .traits import Traits

SCHEMA_VERSION = 1


Count = Annotated[int, Field(ge=0, lt=1 << 63)]
"""Of bytes, cycles, instructions, inputs."""
Amount = Annotated[float, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Section(_Part):
    """A part of the image in memory: address and size in bytes."""

    name: str
    address: Count
    size: Count


class Memory(_Part):
    """Bytes. `ram` and `arena` are None where the image does not tell them."""

    flash: Count
    flash_available: Count
    ram: Count | None
    ram_available: Count
    arena: Count | None
    sections: tuple[Section, ...] = ()


class Accuracy(_Part):
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


class Asset(_Part):
    """A file that the result depends on."""

    name: str
    sha256: str
    origin: str
    is_twin: bool = False


class WindowResult(_Part):
    """One `infer` command, which has been timed."""

    file: str
    inferences: Annotated[int, Field(ge=1, lt=1 << 31)]
    warmups: Count
    elapsed_us: Annotated[int, Field(ge=1, lt=1 << 63)]
    instructions: Count
    cycles: Count


class InputResult(_Part):
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


class Cost(_Part):
    """What a function, or an operation of the model, took in one inference, callees apart for
    functions and with them for operations. `macs` is None where the model is not known; `parts`
    are an operation's functions.

    `start` and `stalls` are an operation's: cycles from the inference's begin to its own, and the
    cycles that it waited by cause, as far as the engine counts them.
    """

    name: str
    instructions: Count
    cycles: Count
    macs: Count | None = None
    start: Count | None = None
    stalls: dict[str, Count] = {}
    parts: tuple["Cost", ...] = ()


class Profile(_Part):
    """Where one inference spends its time.

    `counters` are the engine's own over that inference: at tier T3 stall cycles by cause
    (`stall.fetch`, ...) and hits and misses of the flash accelerator.
    """

    instructions: Count
    cycles: Annotated[int, Field(ge=1)]
    clock_hz: Count = 0
    """Of the core; 0 where nobody noted it."""
    layers: tuple[Cost, ...] = ()
    functions: tuple[Cost, ...] = ()
    counters: dict[str, Count] = {}


class ErrorBand(_Part):
    """Errors of latency against silicon over published images, as fractions."""

    worst: Amount
    mean: Amount
    images: Count
    set: str = ""
    """The programs that silicon measured and that this firmware resembles."""
    validated: bool = True
    """False: it resembles none, and this is the widest band that there is."""


class EnergyError(_Part):
    """How far estimates with a stated supply are off published energy runs, as fractions."""

    worst: Amount
    mean: Amount
    runs: Count
    validated: bool = True
    """False: nothing published resembles this, and why is among the notes."""


class PowerActivity(_Part):
    """What an estimate of power rests on: shares of all cycles, and events a cycle."""

    clock_hz: Count
    voltage_range: str
    asleep: Amount
    flash_waits: Amount
    flash_reads: Amount
    sram_accesses: Amount


class Energy(_Part):
    """An estimate of the supply's mean power, and of the energy that an inference takes.

    Without a stated supply there are only bounds: the least and the most with a supply of an
    LPM01A and either regulator. With one they are as far away as the worst published run was.
    """

    supply_v: Amount | None = None
    regulator: Literal["ldo", "smps"] | None = None
    power_mw: Amount | None = None
    current_ma: Amount | None = None
    """Of the supply."""
    per_inference_uj: Amount | None = None
    """None for what is no inference, too."""
    power_range_mw: tuple[Amount, Amount]
    per_inference_range_uj: tuple[Amount, Amount] | None = None
    error: EnergyError
    activity: PowerActivity
    notes: tuple[str, ...] = ()
    source: str


class Recording(_Part):
    """A sound that was played to the board, and what the board did.

    Seconds count from the first pulse of the detection pin, which every sound has in its first
    frame. Duty cycle, period, processing time and its times are those of the first 100 frames;
    positives are by the official runner's rules, those of a window by the window's start.
    """

    file: str
    seconds: Amount
    frames: Count
    duty_cycle: Amount
    period_us: Annotated[float, Field(gt=0)]
    period_variation: Amount
    processing_us: Amount
    windows: tuple[tuple[float, float], ...] = ()
    detections_s: tuple[float, ...] = ()
    true_positives: tuple[float, ...] = ()
    false_negatives: tuple[float, ...] = ()
    false_positives: tuple[float, ...] = ()
    activations: tuple[int, ...] = ()
    """Output 0 of each frame, where the board tells."""
    starts_s: tuple[float, ...] = ()
    stops_s: tuple[float, ...] = ()
    envelope: tuple[int, ...] = ()
    """The loudest samples of equal parts of the sound."""
    overrun: Count | None = None
    """The first frame for which the board was too slow."""
    samples_lost: Count = 0


class Streaming(_Part):
    """What came of listening; duty cycle, period and processing time are those of the first sound.
    `passed` is None where the closed division has no target: for any sounds but the official ones.
    """

    scored: bool
    official: bool
    passed: bool | None
    duty_cycle: Amount
    period_us: Annotated[float, Field(gt=0)]
    processing_us: Amount
    timed_us: Count | None = None
    """In energy mode, between the timestamps at the start and at the stop."""
    recordings: Annotated[tuple[Recording, ...], Field(min_length=1)]

    @property
    def is_overrun(self) -> bool:
        """Whether the board was too slow for a frame."""
        return any(recording.overrun is not None for recording in self.recordings)

    @property
    def counts(self) -> tuple[int, int, int]:
        """True positives, false negatives and false positives."""
        return (
            sum(len(r.true_positives) for r in self.recordings),
            sum(len(r.false_negatives) for r in self.recordings),
            sum(len(r.false_positives) for r in self.recordings),
        )


_ROUNDING = 1e-5


class HostCheck(_Part):
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


class Estimate(_Part):
    """Bytes that were expected before anything was built."""

    flash: int
    ram: int
    arena: int


class PlannedTensor(_Part):
    """An intermediate result in the arena: bytes from its start, and the operations from `first`
    to `last` during which it lies there.
    """

    name: str
    bytes: Count
    offset: Count
    first: Count
    last: Count


class Plan(_Part):
    """The arena's part for intermediate results: `bytes` in all, of which most, `peak_bytes`, are
    in use at operation `peak`.
    """

    bytes: Count
    peak: Count
    peak_bytes: Count
    tensors: tuple[PlannedTensor, ...]


class PlacedPart(_Part):
    """A part of RAM: `memory` names the one that it lies in, or those. `reads` are those of one
    inference and `waits` the cycles that they wait for the memory; None where nobody has counted.
    """

    name: str
    kind: Literal[
        "variables",
        "working memory",
        "weights",
        "arena",
        "input",
        "state",
        "tensor",
        "interpreter",
    ]
    memory: str
    address: Count
    size: Count
    reads: Count | None = None
    waits: Count | None = None


class Placement(_Part):
    """What of a model lies where in RAM, by address, and why. Tensors and what the interpreter
    keeps lie in the part that is the arena. An inference took `cycles` when this was counted, 0
    where it was not; it waits for RAM in `waits` of them.
    """

    memories: tuple[Section, ...]
    parts: tuple[PlacedPart, ...]
    in_arena: tuple[PlacedPart, ...] = ()
    reasons: tuple[str, ...] = ()
    cycles: Count = 0
    waits: Count = 0


def parse_placement(noted: bytes) -> Placement | None:
    """What an image has written down; None where it has not, or something else."""
    if not noted:
        return None
    try:
        return Placement.model_validate_json(noted)
    except ValidationError:
        return None


class Result(_Part):
    """The outcome of one run of one benchmark.

    `latency_us` is microseconds per inference and `throughput_ips` inferences per second, both
    of the median window; `instructions` and `cycles` are per inference. `wall_s` is the only
    field that differs between two runs of the same thing.
    """

    schema_version: int = SCHEMA_VERSION
    benchmark: str
    title: str = ""
    model_id: str = ""
    classes: tuple[str, ...] = ()
    mode: Literal["performance", "accuracy", "energy"]
    board: str = "NUCLEO-L4R5ZI"
    engine: str
    tier: str
    error_band: ErrorBand | None
    """How far latencies of this tier were off silicon; None where nobody has measured."""
    traits: Traits | None = None
    """What that was chosen by."""
    official_rule: bool
    """Whether the windows met the official runner's rule (>= 10 s, >= 10 inferences)."""
    clock_hz: Count
    baud: Count
    latency_us: Annotated[float, Field(gt=0)]
    throughput_ips: Amount
    instructions: Amount
    cycles: Amount
    cpi: Amount
    memory: Memory
    accuracy: Accuracy | None
    energy: Energy | None = None
    streaming: Streaming | None = None
    profile: Profile | None = None
    model: Asset | None
    """The file that was given."""
    flashed: Asset | None = None
    """What lies in flash of it, where the host has changed it."""
    host: HostCheck | None = None
    estimate: Estimate | None = None
    plan: Plan | None = None
    placement: Placement | None = None
    """As the image says."""
    image: Asset
    dataset: str
    inputs_sha256: str
    """Over the inputs that were used."""
    options: dict[str, int | str | bool] = {}
    """What was set differently from the board's own description."""
    windows: tuple[WindowResult, ...] = ()
    outputs: tuple[InputResult, ...] = ()
    outputs_sha256: str
    environment: dict[str, str] = {}
    """Versions of what ran it."""
    warnings: tuple[str, ...] = ()
    fingerprint: str
    wall_s: Amount

    @model_validator(mode="after")
    def _fits(self) -> "Result":
        """What the reports rely on beyond a field's own range."""
        if self.accuracy is None or not self.classes:
            return self
        for output in self.outputs:
            vectors = output.vectors()
            if self.accuracy.top1 is not None and (
                output.label >= len(self.classes) or len(vectors[0]) != len(self.classes)
            ):
                raise ValueError(f"{output.file}: label or answer is none of the classes")
            if self.accuracy.auc is not None and output.label > 1:
                raise ValueError(f"{output.file}: a label of 0 or 1 was expected")
        return self

    @property
    def is_missed(self) -> bool:
        """Whether a target was missed, or the board did not keep up."""
        if self.streaming and (self.streaming.passed is False or self.streaming.is_overrun):
            return True
        return self.accuracy is not None and not self.accuracy.passed

    def without_wall_clock(self) -> "Result":
        """The part that two runs of the same thing have in common."""
        return self.model_copy(update={"wall_s": 0.0})


def load_results(path: Path) -> list[Result]:
    """Read a Result, or a list of them, from a JSON file.

    Raises:
        ResultError: not results, of another version, or with numbers that cannot be.
        StorageError: it cannot be read.

    """
    content = read_json(path)
    items = content if isinstance(content, list) else [content]
    if not items:
        raise ResultError(f"{path}: an empty list of results")
    return [_load(path, item) for item in items]


def _load(path: Path, item: object) -> Result:
    check_version(path, item, "schema_version", SCHEMA_VERSION)
    try:
        return Result.model_validate_json(json.dumps(item), strict=True)
    except ValidationError as error:
        raise ResultError(f"{path}: not a result: {explain(error)}") from None


def check_version(path: Path, item: object, name: str, known: int) -> None:
    """Let nothing be read as something that it is not.

    Raises:
        ResultError: no object, or one of another version.

    """
    if not isinstance(item, dict):
        raise ResultError(f"{path}: an object with '{name}' was expected")
    version = item.get(name)
    if type(version) is not int:
        raise ResultError(f"{path}: has no {name}")
    if version > known:
        raise ResultError(
            f"{path}: {name} {version} is newer than this tinysim, which knows {known}: update it"
        )
    if version < known:
        raise ResultError(f"{path}: {name} {version} is older than {known}: run and write it again")


def explain(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
