"""The one interface of everything that runs a board."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from .._core import Machine
from ..errors import EngineError
from ..image import Image
from ..platform import Board
from .kinds import kind_of


class Line(NamedTuple):
    """A line that the board has sent, without its end, and when the end had been sent.

    `time_ns` is the board's own time since reset. `instructions` and `cycles` are those
    executed when the firmware handed the line's end to the port, `started_...` those when it
    handed over the first byte: what it does between two lines, whatever the port's rate (all
    0 where the engine cannot count).
    """

    text: str
    time_ns: int
    instructions: int = 0
    cycles: int = 0
    started_instructions: int = 0
    started_cycles: int = 0


@dataclass(frozen=True)
class Counters:
    """What an engine has counted since reset. `detail` has named ones of its own."""

    instructions: int
    cycles: int
    detail: Mapping[str, int]


@dataclass(frozen=True)
class Edge:
    """The timestamp pin has changed; `time_ns` is the board's time since reset."""

    time_ns: int
    rising: bool


class Engine(Protocol):
    """A running board. All times are the board's."""

    name: str
    version: str
    tier: str
    lossy: bool
    """Whether bytes can get lost on the way: see `lossy.LossyDut`."""
    has_snapshots: bool
    keeps_time: bool
    """Whether the board's own clock tells the tier's time; else the cycles between two of its
    timestamps do.
    """

    def boot(self) -> None:
        """Reset the board and let it start."""

    def write(self, data: bytes) -> None:
        """Send bytes to the board's serial port."""

    def read_line(self, timeout_s: float) -> Line:
        """The next line from the board; runs the board until it has come.

        Raises:
            SilenceError: it did not come within `timeout_s` seconds of the board's time.
            FaultError: the firmware faulted.

        """

    def clock_hz(self) -> int:
        """The core's clock, as the firmware has set it."""

    def baud(self) -> int:
        """The serial port's rate, as the firmware has set it; 0 where nobody knows."""

    def counters(self) -> Counters:
        """What has been counted since reset."""

    def edges(self) -> list[Edge]:
        """Take the edges of the timestamp pin, in their order."""

    def warnings(self) -> list[str]:
        """What the firmware did that silicon would not forgive, or the engine cannot do."""

    def snapshot(self) -> bytes:
        """The whole state, for `restore` in another process."""

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot of the same board and image."""

    def close(self) -> None:
        """End the run and free what it holds."""


@runtime_checkable
class Streaming(Engine, Protocol):
    """An engine whose serial port can be carried elsewhere."""

    def run_for(self, seconds: float) -> bytes:
        """Let so much of the board's time pass, or less when a line ends; what it has sent.

        Raises:
            EngineError: it cannot go on.

        """

    def time_s(self) -> float:
        """The board's time since reset."""


@runtime_checkable
class Wired(Streaming, Protocol):
    """An engine whose board others can be wired to: pins are watched, and devices put on buses."""

    machine: Machine

    def watch_pin(self, port: str, pin: int) -> None:
        """Keep the edges of a pin from now on; see `pin_edges`."""

    def pin_edges(self, port: str, pin: int) -> list[Edge]:
        """Take the edges of a pin that is watched, in their order."""


class LineLink(Protocol):
    """Where lines come from and bytes go to."""

    def write(self, data: bytes) -> None: ...
    def read_line(self, timeout_s: float) -> Line: ...


@runtime_checkable
class Attended(Engine, Protocol):
    """An engine whose board has an interface board beside it, on a line of its own."""

    def interface(self) -> LineLink:
        """The line to it.

        Raises:
            EngineError: nobody is there.

        """


@runtime_checkable
class Inspectable(Engine, Protocol):
    """An engine that lets its board be looked into while it runs."""

    def read_memory(self, address: int, size: int) -> bytes:
        """Memory as a debugger reads it.

        Raises:
            EngineError: no memory is there.

        """

    def flash_wait_states(self) -> int:
        """Cycles that a read of flash waits, as set now."""

    def register(self, name: str) -> int:
        """A core register by its name: r0 to r12, sp, lr, pc, xpsr, s0 to s31.

        Raises:
            EngineError: there is no such register.

        """

    def watch(self, address: int, handler: Callable[[], None]) -> None:
        """Call `handler` each time before the instruction at `address` executes, after those that
        were given before.
        """

    def unwatch(self, address: int, handler: Callable[[], None] | None = None) -> None:
        """End the `watch` of a handler, or all at the address."""

    def count_functions(self) -> None:
        """Count by function from now on; see `functions`."""

    def functions(self) -> dict[str, tuple[int, int]]:
        """Instructions and cycles of each function since `count_functions`, callees apart."""


class EngineFactory(Protocol):
    """What makes an engine: its class, as `kinds` finds it."""

    def __call__(
        self, board: Board, image: Image, options: Mapping[str, int | str | bool]
    ) -> Engine: ...


def open_engine(
    name: str, board: Board, image: Image, options: Mapping[str, int | str | bool] | None = None
) -> Engine:
    """An engine with the image loaded, not yet booted.

    Raises:
        EngineError: no engine of that name, or one that cannot begin where the image lies.
        PlatformError: an option that it does not have, or out of its range.

    """
    kind = kind_of(name)
    if image.boots_from_ram and not kind.boots_from_ram:
        raise EngineError(f"{image.path}: lies in SRAM1, and {name} boots from flash alone")
    factory: EngineFactory = kind.load()
    return factory(board, image, kind.checked(options or {}))
