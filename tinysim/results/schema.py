"""The schema of a Result, which is also that of its JSON."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ResultError

SCHEMA_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Memory(_Part):
    """Bytes. `ram` and `arena` are None where the image does not tell them."""

    flash: int
    flash_available: int
    ram: int | None
    ram_available: int
    arena: int | None


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


class Result(_Part):
    """The outcome of one run of one benchmark.

    `latency_us` is microseconds per inference and `throughput_ips` inferences per second, both
    of the median window; `instructions` and `cycles` are per inference. `wall_s` is the only
    field that differs between two runs of the same thing.
    """

    schema_version: int = SCHEMA_VERSION
    benchmark: str
    mode: Literal["performance", "accuracy", "energy"]
    engine: str
    tier: str
    error_band: str
    """How far the latency can be off, for a reader."""
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
    model: Asset | None
    image: Asset
    dataset: str
    options: dict[str, int | str | bool] = {}
    """What was set differently from the board's own description."""
    windows: tuple[WindowResult, ...] = ()
    outputs: tuple[InputResult, ...] = ()
    outputs_sha256: str
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
