"""One image on one board, run for some time."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from .._core import CoreError, Stop
from ..engines.builtin import BuiltinEngine
from ..engines.crash import describe_fault
from ..errors import EngineError
from ..image import Image
from ..platform import Board
from .heard import Edge, Text
from .itm import ItmDecoder
from .memories import Region, regions_of
from .pins import Pin, find_pin
from .rtt import RttReader

_SLICE_S = 0.01
"""Virtual seconds between looks at what the board has said."""
_HOST_MS = 100
_PRESSED_S = 0.1
SEMIHOSTING = "semihosting"


class End(Enum):
    """Why a run came back."""

    TIME = "its time is over"
    EXIT = "the firmware ended itself"
    IDLE = "it waits, and nothing is left that could wake it"
    HALTED = "a debugger has halted it"


@dataclass(order=True)
class _Deed:
    at_s: float
    number: int
    act: Callable[[], None]


class Execution:
    """A board whose image needs to speak no protocol.

    All that it says on any serial port, by semihosting or by RTT is heard, and nothing is
    asked of it; without `listens`, it is left to who else looks at the board. Times are the
    board's, in seconds since reset.

    Raises:
        TinySimError: the image or an option cannot be used.

    """

    def __init__(
        self,
        board: Board,
        image: Image,
        options: Mapping[str, int | str | bool] | None = None,
        listens: bool = True,
    ) -> None:
        self._board = board
        self._listens = listens
        self._image = image
        self._engine = BuiltinEngine(board, image, options or {})
        self.machine = self._engine.machine
        entries = board.machine.entries.values()
        self.ports = tuple(entry.name for entry in entries if entry.type.startswith("UART."))
        self._rtt = RttReader(
            self.machine,
            [(place.address, place.size) for place in _rams(self.regions())],
        )
        self._itm = ItmDecoder()
        self._watched: dict[tuple[str, int], str] = {}
        self._deeds: list[_Deed] = []
        self._numbers = 0
        self._stirred = False
        self.machine.reset()

    @property
    def time_s(self) -> float:
        """The board's time."""
        return self.machine.time_ns / 1e9

    @property
    def exit_code(self) -> int:
        """Of firmware that has ended itself by semihosting."""
        return self.machine.exit_code

    def regions(self) -> list[Region]:
        """The board's memories."""
        return regions_of(self._board)

    def account(self, end: End) -> str:
        """How it ended, and what it took until then, for a reader."""
        tier = self.machine.options()["tier"]
        return (
            f"{end.value}: {self.time_s:.3f} s, {self.machine.cycles:,} cycles at tier {tier}, in "
            f"{self.where()}"
        )

    def where(self) -> str:
        """The function that the core is in."""
        return self._image.describe(self.machine.registers()["pc"])

    def warnings(self) -> list[str]:
        """What the firmware did that this model, or silicon, does not do well."""
        return self._engine.warnings()

    def write(self, port: str, data: bytes) -> None:
        """Send bytes to a serial port, or to the console of `semihosting`.

        Raises:
            EngineError: the board has no such port.

        """
        if port == SEMIHOSTING:
            self.machine.semihosting_write(data)
            self._stirred = True
            return
        if port not in self.ports:
            raise EngineError(f"no serial port '{port}'; there are: {', '.join(self.ports)}")
        self.machine.uart_write(port, data)
        self._stirred = True

    def watch(self, name: str) -> None:
        """Report the edges of a pin from now on: `PA5`, `LD2`."""
        pin = find_pin(self._board, name)
        self._watched[pin.port, pin.number] = name
        self.machine.watch_pin(pin.port, pin.number)

    def level(self, name: str) -> bool:
        """The level of a pin now."""
        pin = find_pin(self._board, name)
        return self.machine.pin_level(pin.port, pin.number)

    def port_levels(self) -> dict[str, int]:
        """The levels of every port's 16 pins."""
        machine = self.machine
        return {
            port: sum(machine.pin_level(port, pin) << pin for pin in range(16))
            for port in machine.trace_ports()
        }

    def wire(self, one: str, other: str) -> None:
        """Join two pins: the one that the chip drives gives the other its level."""
        pins = find_pin(self._board, one), find_pin(self._board, other)
        try:
            self.machine.join_pins(*((pin.port, pin.number) for pin in pins))
        except CoreError as error:
            raise EngineError(str(error)) from None

    def drive(self, name: str, level: bool, at_s: float | None = None) -> None:
        """Drive a pin from outside, now or at a time."""
        self._do(at_s, self._set(find_pin(self._board, name), level))

    def press(self, name: str, at_s: float | None = None, for_s: float = _PRESSED_S) -> None:
        """Press a button and let it go: `B1`."""
        pin = find_pin(self._board, name)
        start = self.time_s if at_s is None else at_s
        self._do(at_s, self._set(pin, not pin.rest))
        self._do(start + for_s, self._set(pin, pin.rest))

    def run(
        self, seconds: float, after_slice: Callable[[], None] = lambda: None
    ) -> Iterator[Text | Edge | End]:
        """Run on; what comes out, in order, and at last why it came back.

        Firmware that waits for what it is sent or shown meanwhile goes on. `after_slice` is called
        each time that the board has run for a while, before what came out is given.

        Raises:
            FaultError: the core can go on no more.

        """
        end_s = self.time_s + seconds
        end = End.TIME
        while end is End.TIME and (left := end_s - self.time_s) > 0:
            end = self._run(min(left, _SLICE_S))
            after_slice()
            self._stirred = False
            yield from self.heard()
            if end is End.IDLE and self._stirred:
                end = End.TIME
        yield end

    def _run(self, seconds: float) -> End:
        machine = self.machine
        end_s = self.time_s + seconds
        while (left := end_s - self.time_s) > 0:
            while self._deeds and self._deeds[0].at_s <= self.time_s:
                heapq.heappop(self._deeds).act()
            if self._deeds:
                left = min(left, self._deeds[0].at_s - self.time_s)
            stop = machine.run(max(1, int(left * machine.clock_hz)), host_ms=_HOST_MS)
            if stop is Stop.FAULT:
                raise describe_fault(machine, self._image)
            if stop is Stop.EXIT:
                return End.EXIT
            if stop is Stop.HALTED:
                return End.HALTED
            if stop is Stop.IDLE and not self._deeds:
                return End.IDLE
        return End.TIME

    def heard(self) -> Iterator[Text | Edge]:
        """Take what has come out since it was asked last."""
        if not self._listens:
            return
        machine = self.machine
        for event in machine.pin_events():
            name = self._watched.get((event.port, event.pin))
            if name:
                yield Edge(name, event.level, event.time_ns / 1e9)
        for port in self.ports:
            if data := machine.uart_read(port):
                yield Text(port, data, self.time_s)
        if data := machine.semihosting():
            yield Text(SEMIHOSTING, data, self.time_s)
        for port_number, data in self._itm.add(machine.swo()).items():
            yield Text(f"itm{port_number}", data, self.time_s)
        for number, data in self._rtt.read():
            yield Text(f"rtt{number}", data, self.time_s)

    def _do(self, at_s: float | None, act: Callable[[], None]) -> None:
        self._stirred = True
        if at_s is None:
            act()
            return
        self._numbers += 1
        heapq.heappush(self._deeds, _Deed(at_s, self._numbers, act))

    def _set(self, pin: Pin, level: bool) -> Callable[[], None]:
        def act() -> None:
            try:
                self.machine.set_input(pin.port, pin.number, level)
            except CoreError as error:
                raise EngineError(str(error)) from None

        return act


def _rams(regions: list[Region]) -> list[Region]:
    """Each RAM at its first address."""
    found = {region.name: region for region in reversed(regions)}
    return [region for region in found.values() if not (region.is_flash or region.is_rom)]
