"""The emulated board of our own."""

from collections.abc import Callable, Mapping

from .._core import CoreError, Stop
from ..errors import EngineError, SilenceError
from ..image import Image, Segment
from ..platform import Board
from ..platform.assembly import build_machine
from ..version import __version__
from .base import Counters, Edge, Line
from .crash import describe_fault

_OPTION_BYTES = range(0x1FF0_0000, 0x1FF0_2000)
"""RM0432 3.4.1"""

_SLICE_S = 0.05
"""Virtual seconds between looks at the other serial ports, until one speaks."""


_HOST_MS = 100
"""The longest that the machine runs in one call."""


class BuiltinEngine:
    """Runs an image on the emulated board, in this process and in virtual time alone."""

    name = "builtin"
    version = __version__
    lossy = False
    has_snapshots = True
    keeps_time = True

    def __init__(
        self,
        board: Board,
        image: Image,
        options: Mapping[str, int | str | bool],
        uart: str | None = None,
    ) -> None:
        self._board = board
        self._image = image
        self.machine = build_machine(board, options)
        self.tier = str(self.machine.options()["tier"])
        try:
            for segment in image.segments:
                if segment.address in _OPTION_BYTES:
                    self._load_options(segment)
                else:
                    self.machine.load(segment.address, segment.data)
            if image.boots_from_ram:
                self.machine.boot_from("sram1")
            if "flash.bank" in options:  # whoever asks for it knows better than the image
                self.machine.configure("flash.bank", options["flash.bank"])
        except CoreError as error:
            raise EngineError(f"{image.path}: does not fit the board: {error}") from None
        self._uart = uart
        self.port = uart or board.settings.uart.link
        try:
            self.machine.watch_uart(self.port)
        except CoreError as error:
            raise EngineError(f"{board.settings.name}: {error}") from None
        self._handlers: dict[int, list[Callable[[], None]]] = {}
        self._settled = uart is not None
        self._buffer = b""
        self._edges: dict[tuple[str, int], list[Edge]] = {}
        timestamp = board.settings.timestamp
        self.machine.watch_pin(timestamp.port, timestamp.pin)

    def _load_options(self, segment: Segment) -> None:
        """Option bytes as a programmer writes them: it adds each word's complement."""
        for offset in range(-segment.address % 8, len(segment.data) - 3, 8):
            word = int.from_bytes(segment.data[offset : offset + 4], "little")
            pair = word.to_bytes(4, "little") + (word ^ 0xFFFFFFFF).to_bytes(4, "little")
            self.machine.load(segment.address + offset, pair)

    def boot(self) -> None:
        self._buffer = b""
        self._edges.clear()
        self._settled = self._uart is not None
        self.machine.watch_uart(self.port)
        self.machine.reset()

    def write(self, data: bytes) -> None:
        self.machine.uart_write(self.port, data)

    def read_line(self, timeout_s: float) -> Line:
        machine = self.machine
        deadline = machine.time_ns + int(timeout_s * 1e9)
        while b"\n" not in self._buffer:
            left = (deadline - machine.time_ns) / 1e9
            if left <= 0:
                raise SilenceError(
                    f"no answer within {timeout_s:g} s of the board's time; it is at "
                    f"{self._image.describe(machine.registers()['pc'])}"
                )
            self._advance(left if self._settled else min(left, _SLICE_S))
        raw, _, self._buffer = self._buffer.partition(b"\n")
        started_cycles, started_instructions = machine.line_start
        cycles, instructions = machine.line_end
        return Line(
            raw.rstrip(b"\r").decode("latin-1"),
            machine.time_ns,
            instructions,
            cycles,
            started_instructions,
            started_cycles,
        )

    def run_for(self, seconds: float) -> bytes:
        end = self.machine.cycles + int(seconds * self.machine.clock_hz)
        try:
            self._advance(seconds)
        except SilenceError:  # it sleeps until a byte comes, and time goes by
            if (left := end - self.machine.cycles) > 0:
                self.machine.run(left)
        sent, self._buffer = self._buffer, b""
        return sent

    def time_s(self) -> float:
        return self.machine.time_ns / 1e9

    def _advance(self, seconds: float) -> None:
        machine = self.machine
        cycles = max(1, int(seconds * machine.clock_hz))
        end = machine.cycles + cycles
        while (stop := machine.run(cycles, until_line=True, host_ms=_HOST_MS)) is Stop.PAUSED:
            cycles = max(1, end - machine.cycles)  # signals are heard in between
        if stop is Stop.BREAKPOINT:
            for handler in tuple(self._handlers.get(machine.registers()["pc"], ())):
                handler()
        received = machine.uart_read(self.port)
        self._buffer += received
        if received:
            self._settled = True
        elif not self._settled:
            self._find_port()
        if stop is Stop.FAULT:
            raise describe_fault(self.machine, self._image)
        if stop is Stop.HALTED:
            where = self._image.describe(self.machine.registers()["pc"])
            raise EngineError(f"a BKPT instruction has halted the core, at {where}")
        if stop is Stop.EXIT:
            raise EngineError(f"the firmware ended itself with code {self.machine.exit_code}")
        if stop is Stop.IDLE and b"\n" not in self._buffer:
            raise SilenceError(
                "the firmware sleeps with no interrupt enabled that could wake it; it is at "
                f"{self._image.describe(self.machine.registers()['pc'])}"
            )

    def _find_port(self) -> None:
        """The image may speak on another port than the board's usual one."""
        for port in self._board.settings.uart.others:
            if received := self.machine.uart_read(port):
                self.port = port
                self.machine.watch_uart(port)
                self._buffer += received
                self._settled = True
                return

    def clock_hz(self) -> int:
        return self.machine.clock_hz

    def baud(self) -> int:
        return self.machine.uart_baud(self.port)

    def counters(self) -> Counters:
        detail = self.machine.counters()
        return Counters(detail.pop("instructions"), detail.pop("cycles"), detail)

    def edges(self) -> list[Edge]:
        timestamp = self._board.settings.timestamp
        return self.pin_edges(timestamp.port, timestamp.pin)

    def watch_pin(self, port: str, pin: int) -> None:
        self.machine.watch_pin(port, pin)

    def pin_edges(self, port: str, pin: int) -> list[Edge]:
        """Take the edges of a watched pin."""
        for event in self.machine.pin_events():
            place = event.port, event.pin
            self._edges.setdefault(place, []).append(Edge(event.time_ns, event.level))
        return self._edges.pop((port, pin), [])

    def pass_time(self, seconds: float) -> None:
        """Let the board run; what it says is kept for `read_line`."""
        end = self.machine.cycles + int(seconds * self.machine.clock_hz)
        while (left := end - self.machine.cycles) > 0:
            try:
                self._advance(left / self.machine.clock_hz)
            except SilenceError:  # it waits
                if (left := end - self.machine.cycles) > 0:
                    self.machine.run(left)

    def read_memory(self, address: int, size: int) -> bytes:
        try:
            return self.machine.read_memory(address, size)
        except CoreError as error:
            raise EngineError(str(error)) from None

    def flash_wait_states(self) -> int:
        return self.machine.flash_wait_states

    def register(self, name: str) -> int:
        registers = self.machine.registers()
        if name not in registers:
            raise EngineError(f"no register '{name}'; there are: {', '.join(registers)}")
        return registers[name]

    def watch(self, address: int, handler: Callable[[], None]) -> None:
        self._handlers.setdefault(address & ~1, []).append(handler)
        self.machine.add_breakpoint(address & ~1)

    def unwatch(self, address: int, handler: Callable[[], None] | None = None) -> None:
        left = [known for known in self._handlers.pop(address & ~1, ()) if known != handler]
        if handler is not None and left:
            self._handlers[address & ~1] = left
        else:
            self.machine.remove_breakpoint(address & ~1)

    def count_functions(self) -> None:
        self.machine.profile_start()

    def functions(self) -> dict[str, tuple[int, int]]:
        # A block counts for the function that it begins in; without symbols, for its address.
        sums: dict[str, tuple[int, int]] = {}
        for block in self.machine.profile():
            symbol = self._image.function_at(block.address)
            name = symbol.name if symbol else f"0x{block.address:08x}"
            instructions, cycles = sums.get(name, (0, 0))
            sums[name] = (instructions + block.instructions, cycles + block.cycles)
        return sums

    def warnings(self) -> list[str]:
        words = {
            "reserved": "has no model and reads as 0",
            "unmodelled": "is set, but has no model",
            "no register": "is no register",
            "unclocked": "was used with its clock off",
        }
        return [
            f"{report.name} {words.get(report.kind, '')}".strip()
            + f" (first at {self._image.describe(report.pc)})"
            for report in self.machine.reports()
        ]

    def snapshot(self) -> bytes:
        return self.machine.snapshot()

    def restore(self, state: bytes) -> None:
        try:
            self.machine.restore(state)
        except CoreError as error:
            raise EngineError(str(error)) from None
        self._buffer = b""
        self._settled = True

    def close(self) -> None:
        """Nothing is held but memory."""
