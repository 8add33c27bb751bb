"""The schema of a Result, which is also that of its JSON."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .answers import Accuracy, HostCheck, InputResult, WindowResult
from .energy import Energy
from .memory import Estimate, Memory, Placement, Plan
from .part import Amount, Count, Part
from .profile import Profile
from .streaming import Streaming
from .traits import Traits

SCHEMA_VERSION = 1


class Asset(Part):
    """A file that the result depends on."""

    name: str
    sha256: str
    origin: str
    is_twin: bool = False


class ErrorBand(Part):
    """Errors of latency against silicon over published images, as fractions."""

    worst: Amount
    mean: Amount
    images: Count
    set: str = ""
    """The programs that silicon measured and that this firmware resembles."""
    validated: bool = True
    """False: it resembles none, and this is the widest band that there is."""


class Result(Part):
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
    options: dict[str, int | str | bool] = Field(default={})
    """What was set differently from the board's own description."""
    windows: tuple[WindowResult, ...] = ()
    outputs: tuple[InputResult, ...] = ()
    outputs_sha256: str
    environment: dict[str, str] = Field(default={})
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
