"""The schema of a Result, which is also that of its JSON."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ..answer import parse_vector
from ..errors import ResultError

SCHEMA_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Part):
    """A part of the image in memory: address and size in bytes."""

    name: str
    address: int
    size: int


class Memory(_Part):
    """Bytes. `ram` and `arena` are None where the image does not tell them."""

    flash: int
    flash_available: int
    ram: int | None
    ram_available: int
    arena: int | None
    sections: tuple[Section, ...] = ()


class Accuracy(_Part):
    """Quality, 0 to 1, over `samples` inputs or files; `official` over the whole set."""

    top1: float | None = None
    auc: float | None = None
    samples: int
    target: float
    passed: bool
    official: bool


class Asset(_Part):
    """A file that the result depends on."""

    name: str
    sha256: str
    origin: str
    is_twin: bool = False


class WindowResult(_Part):
    """One `infer` command of a performance run."""

    file: str
    inferences: int
    warmups: int
    elapsed_us: int
    instructions: int
    cycles: int


class InputResult(_Part):
    """What the board printed for one file: an `m-results` text for each of its inputs."""

    file: str
    label: int
    results: tuple[str, ...]

    def vectors(self) -> list[tuple[float, ...]]:
        """The numbers of each text."""
        return [parse_vector(text) for text in self.results]


class Cost(_Part):
    """What a function, or an operation of the model, took in one inference, callees apart for
    functions and with them for operations. `macs` is None where the model is not known; `parts`
    are an operation's functions.
    """

    name: str
    instructions: int
    cycles: int
    macs: int | None = None
    parts: tuple["Cost", ...] = ()


class Profile(_Part):
    """Where one inference spends its time.

    `counters` are the engine's own over that inference: at tier T3 stall cycles by cause
    (`stall.fetch`, ...) and hits and misses of the flash accelerator.
    """

    instructions: int
    cycles: int
    layers: tuple[Cost, ...] = ()
    functions: tuple[Cost, ...] = ()
    counters: dict[str, int] = {}


class ErrorBand(_Part):
    """Errors of latency against silicon over published images, as fractions."""

    worst: float
    mean: float
    images: int


class Energy(_Part):
    """An estimate: time multiplied by a supply's voltage and the core's current while it runs."""

    per_inference_uj: float
    power_mw: float
    supply_v: float
    current_ma: float
    source: str


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
    bytes: int
    offset: int
    first: int
    last: int


class Plan(_Part):
    """The arena's part for intermediate results: `bytes` in all, of which most, `peak_bytes`, are
    in use at operation `peak`.
    """

    bytes: int
    peak: int
    peak_bytes: int
    tensors: tuple[PlannedTensor, ...]


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
    engine: str
    tier: str
    error_band: ErrorBand | None
    """How far latencies of this tier were off silicon; None where nobody has measured."""
    official_rule: bool
    """Whether the windows met the official runner's rule (>= 10 s, >= 10 inferences)."""
    clock_hz: int
    baud: int
    latency_us: float
    throughput_ips: float
    instructions: float
    cycles: float
    cpi: float
    memory: Memory
    accuracy: Accuracy | None
    energy: Energy | None = None
    profile: Profile | None = None
    model: Asset | None
    """The file that was given."""
    flashed: Asset | None = None
    """What lies in flash of it, where the host has changed it."""
    host: HostCheck | None = None
    estimate: Estimate | None = None
    plan: Plan | None = None
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
    wall_s: float

    def without_wall_clock(self) -> "Result":
        """The part that two runs of the same thing have in common."""
        return self.model_copy(update={"wall_s": 0.0})


def load_results(path: Path) -> list[Result]:
    """Read a Result, or a list of them, from a JSON file.

    Raises:
        ResultError: unreadable, or of another schema version.

    """
    import json

    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise ResultError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise ResultError(f"{path}: not JSON") from None
    items = content if isinstance(content, list) else [content]
    try:
        return [Result.model_validate(item) for item in items]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ResultError(
            f"{path}: not a result of this version: {place}: {first['msg']}"
        ) from None
