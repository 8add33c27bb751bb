"""A board for scripts and notebooks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import firmware as _firmware
from ..answer import parse_vector
from ..benchmarks import BENCHMARKS, Benchmark
from ..closing import Closing
from ..engines import open_engine
from ..engines.base import Counters, Inspectable
from ..engines.builtin import BuiltinEngine
from ..errors import EngineError, ImageError, ProtocolError
from ..execution.pins import find_pin
from ..image import load_image
from ..models.graph import list_operations
from ..models.network import Network
from ..platform import load_board
from ..protocol import Dut, Window
from ..reports.text import kib
from ..runs.profile import INFERENCE, name_layers, profile_call
from ..timeouts import TIMEOUTS
from .pin import BoardPin
from .shown import ShownProfile

if TYPE_CHECKING:
    from rich.console import RenderableType

Input = bytes | bytearray | memoryview | ArrayLike


@dataclass(frozen=True)
class Inference:
    """What one `infer` command gave. Latency and counts are those of one inference."""

    output: tuple[float, ...]
    latency_us: float
    instructions: float
    cycles: float


@dataclass
class Watch:
    """The calls of a function since it is watched: instructions and cycles, callees included."""

    function: str
    calls: list[tuple[int, int]] = field(default_factory=list)


_LONGEST_S = 1e9
"""Of a wait; three decades."""


class _ReachedError(Exception):
    """The place to run to was reached."""


def _as_array(data: ArrayLike, kind: str) -> NDArray[Any]:
    """The data as numbers of a benchmark's type, where it has one; lists take it, but no array is
    turned into another.
    """
    array = np.asarray(data)
    if not kind or array.dtype == kind:
        return array
    if isinstance(data, np.ndarray | np.generic) or array.dtype.kind not in "iuf":
        raise ProtocolError(f"an input of {array.dtype}, {kind} was expected")
    try:
        same = array.astype(kind)
        if np.array_equal(same, array) or kind == "float32":
            return same
    except (TypeError, ValueError, OverflowError):
        pass
    raise ProtocolError(f"an input with a number that is none of {kind}")


def _check_time(seconds: float) -> None:
    if not 0 <= seconds < _LONGEST_S:
        raise EngineError(f"{seconds} s: a time from 0 on was expected, in seconds of the board")


class Board(Closing):
    """An emulated board with an image.

    `firmware` is an image's path, or a benchmark's name for the firmware that comes with tinysim.
    `folding` is `tinysim build --folding`; `options` are those of `tinysim run --set`.

    Raises:
        TinySimError: the image or an option cannot be used.

    """

    def __init__(
        self,
        firmware: str | Path,
        *,
        tier: str = "T3",
        board: str = "nucleo_l4r5zi",
        engine: str = "builtin",
        folding: bool = True,
        **options: int | str | bool,
    ) -> None:
        path = Path(firmware)
        self._network: Network | None = None
        is_name = len(path.parts) <= 1 and not path.suffix
        if is_name and str(firmware) not in BENCHMARKS and not path.is_file():
            raise ImageError(
                f"'{firmware}': no image and no benchmark; there are: {', '.join(BENCHMARKS)}"
            )
        if not path.suffix and str(firmware) in BENCHMARKS:
            built = _firmware.build([BENCHMARKS[str(firmware)]], folding=folding)[0]
            path, self._network = built.image, built.network
        self.image = load_image(path)
        self._board = load_board(board)
        made = open_engine(engine, self._board, self.image, {**options, "tier": tier})
        if not isinstance(made, Inspectable):
            raise EngineError(f"engine '{engine}' cannot be looked into")
        self.engine: Inspectable = made
        self._dut = Dut(made)
        self._state = "not booted"

    def __repr__(self) -> str:
        facts = dict(self.facts())
        return f"<Board {facts['board']}, {facts['image']}, {facts['engine']}, {facts['state']}>"

    def close(self) -> None:
        """Free what the board holds."""
        self._state = "closed"
        self.engine.close()

    def _open(self) -> Inspectable:
        if self._state == "closed":
            raise EngineError("the board is closed: make another Board")
        return self.engine

    def _ready(self) -> Inspectable:
        if self._state == "not booted":
            raise EngineError("the board has not been booted: call boot() first")
        return self._open()

    def reset(self) -> None:
        """Reset the board, which runs on when something is asked of it; for firmware that does not
        speak the benchmark's protocol.
        """
        self._open().boot()
        self._state = "booted"

    def boot(self, timeout_s: float = TIMEOUTS.boot) -> list[str]:
        """Reset the board; the lines that it says up to `m-ready`."""
        self.reset()
        return [line.text for line in self._dut.wait_ready(timeout_s)]

    def pin(self, name: str) -> BoardPin:
        """A pin to read, drive and watch: `PA5`, `LD2`. Its edges are recorded from now on.

        Raises:
            TinySimError: there is none with this name, or the engine has no pins.

        """
        return BoardPin(self._emulated(), find_pin(self._board, name))

    def press(self, name: str, for_s: float = 0.1) -> None:
        """Press a button (`B1`) and let it go; the board runs on meanwhile."""
        engine = self._emulated()
        pin = find_pin(self._board, name)
        _check_time(for_s)
        engine.machine.set_input(pin.port, pin.number, not pin.rest)
        engine.pass_time(for_s)
        engine.machine.set_input(pin.port, pin.number, pin.rest)

    def run_for(self, seconds: float) -> None:
        """Let the board run; what it says is kept for `read_line`."""
        _check_time(seconds)
        self._emulated().pass_time(seconds)

    def _emulated(self) -> BuiltinEngine:
        engine = self._open()
        if not isinstance(engine, BuiltinEngine):
            raise EngineError(f"engine '{engine.name}' has no pins")
        return engine

    def write(self, data: bytes) -> None:
        """Send bytes to its serial port."""
        self._ready().write(data)

    def read_line(self, timeout_s: float = TIMEOUTS.answer) -> str:
        """The next line; `timeout_s` is in the board's time."""
        _check_time(timeout_s)
        return self._ready().read_line(timeout_s).text

    def command(self, text: str) -> list[str]:
        """Send a command of the benchmark's protocol; the lines before `m-ready`."""
        self._ready()
        return [line.text for line in self._dut.command(text)]

    def infer(self, data: Input, inferences: int = 1, warmups: int = 0) -> Inference:
        """Load an input, bytes or what numpy makes an array of, and run inferences on it.

        An array is loaded as it lies in memory, row by row. Its numbers are of the type that the
        benchmark's firmware takes: int8 for kws, pixels as uint8 for vww, ic and ic2, float32 for
        ad; bytes are taken as they are. The board's two timestamps are as far apart as the window
        is long, and that includes the printing of one line; `tinysim run` times 3 inferences after
        1 warm-up.

        Raises:
            EngineError: the board has not been booted, or is closed.
            ProtocolError: the input is not of the benchmark's size, or the answer is none.

        """
        self._load(data)
        if inferences < 1 or warmups < 0:
            raise ProtocolError("at least 1 inference and no less than 0 warm-ups were expected")
        window: Window = self._dut.infer(inferences, warmups)
        try:
            output = parse_vector(window.results)
        except ValueError as error:
            raise ProtocolError(f"m-results-[{window.results[:60]}]: {error}") from None
        return Inference(
            output,
            window.elapsed_us / inferences,
            window.instructions / inferences,
            window.cycles / inferences,
        )

    def _load(self, data: Input) -> None:
        self._ready()
        known = self._benchmark
        if isinstance(data, bytes | bytearray | memoryview):
            given, kind = bytes(data), ""
        else:
            array = _as_array(data, known.input_type if known else "")
            given, kind = array.tobytes(), f" ({array.dtype}, {array.shape})"
        if known and len(given) != known.input_bytes:
            raise ProtocolError(
                f"an input of {len(given)} bytes{kind}, {known.input_bytes} were expected: "
                f"{known.input_type}, {known.layout}"
            )
        self._dut.load(given)

    def profile(self, data: Input, function: str = INFERENCE) -> ShownProfile:
        """Load an input and count where one inference on it, or one call of `function` in it,
        spends its cycles.

        Raises:
            ProtocolError: the input is not of the benchmark's size.
            ImageError: the image has no such symbol.
            EngineError: the function was not called.

        """
        self._load(data)
        self.address(function)
        found = profile_call(self.engine, self.image, function, lambda: self._dut.perform(1, 0))
        if found is None:
            raise EngineError(f"'{function}' was not called")
        operations = list_operations(self._network.main) if self._network else []
        return ShownProfile.of(name_layers(found, operations), self.image.path.stem)

    def facts(self) -> list[tuple[str, str]]:
        """What it is and how far it has come, a name and a value each."""
        memory, settings = self.image, self._board.settings
        return [
            ("board", settings.name),
            ("image", memory.path.name),
            ("engine", f"{self.engine.name}, tier {self.engine.tier}"),
            ("flash", kib(memory.flash_bytes, settings.memory.flash_bytes)),
            ("RAM", kib(memory.ram_bytes, settings.memory.ram_bytes)),
            ("state", self._state),
        ]

    def __rich__(self) -> "RenderableType":
        from rich.table import Table

        table = Table(title="Board", title_justify="left", show_header=False)
        for name, value in self.facts():
            table.add_row(name, value)
        return table

    def _repr_html_(self) -> str:
        from ..reports.notebook import facts_fragment

        return facts_fragment("Board", self.facts())

    @cached_property
    def _benchmark(self) -> Benchmark | None:
        """What the firmware says it is for; None where that is none of ours."""
        found = {benchmark.model_id: benchmark for benchmark in BENCHMARKS.values()}
        return found.get(self._dut.model())

    def address(self, place: str | int) -> int:
        """The address of a symbol; numbers are taken as they are.

        Raises:
            ImageError: the image has no such symbol.

        """
        if isinstance(place, int):
            return place
        if place not in self.image.symbols:
            raise ImageError(f"{self.image.path}: has no symbol '{place}'")
        return self.image.symbols[place]

    def read_memory(self, place: str | int, size: int) -> bytes:
        """Memory at an address or a symbol."""
        engine, address = self._open(), self.address(place)
        if not 0 <= address < 1 << 32 or not 0 <= size < 1 << 32:
            raise EngineError(f"no memory of {size} bytes at {address:#010x}")
        return engine.read_memory(address, size)

    def register(self, name: str) -> int:
        """A core register: r0 to r12, sp, lr, pc, xpsr, s0 to s31."""
        return self._open().register(name)

    def counters(self) -> Counters:
        """Instructions, cycles, stalls and hits since reset."""
        return self._open().counters()

    def on(self, place: str | int, handler: Callable[[], None]) -> None:
        """Call `handler` each time before the instruction at a place executes."""
        self._open().watch(self.address(place), handler)

    def run_to(self, place: str | int, timeout_s: float = TIMEOUTS.answer) -> list[str]:
        """Run to a place, a breakpoint; the lines that came on the way.

        Raises:
            SilenceError: it was not reached, and no line came for `timeout_s`.

        """

        def reached() -> None:
            raise _ReachedError

        lines: list[str] = []
        self.on(place, reached)
        try:
            while True:
                lines.append(self.read_line(timeout_s))
        except _ReachedError:
            return lines
        finally:
            self.engine.unwatch(self.address(place), reached)

    def watch(self, function: str) -> Watch:
        """Count each call of a function from now on."""
        seen = Watch(function)
        open_calls: list[tuple[int, int, Counters]] = []

        def enter() -> None:
            back = self.engine.register("lr") & ~1
            if all(place != back for place, _, _ in open_calls):
                self.engine.watch(back, leave)
            open_calls.append((back, self.engine.register("sp"), self.engine.counters()))

        def leave() -> None:
            here, stack = self.engine.register("pc") & ~1, self.engine.register("sp")
            if not open_calls or open_calls[-1][:2] != (here, stack):
                return  # the place was come to otherwise
            _, _, before = open_calls.pop()
            if all(place != here for place, _, _ in open_calls):
                self.engine.unwatch(here, leave)
            now = self.engine.counters()
            seen.calls.append((now.instructions - before.instructions, now.cycles - before.cycles))

        self.on(function, enter)
        return seen
