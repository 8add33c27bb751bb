"""A machine's trace, handed on while it runs."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from ..execution import Edge, End, Execution, Text
from ..image import Image, Symbol
from ..platform import Board

_RECORD = struct.Struct("<QHHI")
_SYSTEM_EXCEPTIONS = {
    0: "Thread",
    1: "Reset",
    2: "NMI",
    3: "HardFault",
    4: "MemManage",
    5: "BusFault",
    6: "UsageFault",
    11: "SVCall",
    12: "DebugMonitor",
    14: "PendSV",
    15: "SysTick",
}


class Kind(IntEnum):
    """What a record tells of; see TraceRecord in the core."""

    PIN = 1
    SENT = 2
    RECEIVED = 3
    ENTERED = 4
    RETURNED = 5
    CALLED = 6
    LEFT = 7
    SLEPT = 8


@dataclass(frozen=True)
class Names:
    """The names of what records have numbers for."""

    ports: tuple[str, ...]
    uarts: tuple[str, ...]
    exceptions: dict[int, str]
    functions: tuple[Symbol, ...]
    pins: dict[str, tuple[str, int]]
    """Pins with a name of their own on the board: the port and the number of each."""

    @classmethod
    def of(cls, execution: Execution, board: Board, image: Image) -> "Names":
        """Those of a board with an image."""
        exceptions = dict(_SYSTEM_EXCEPTIONS)
        for entry in board.machine.entries.values():
            for wire in entry.connections:
                if wire.target == "nvic" and isinstance(wire.input, int):
                    name = entry.name + (f"_{wire.output}" if wire.output else "")
                    exceptions.setdefault(16 + wire.input, name.replace("_IRQ", ""))
        functions: dict[int, Symbol] = {}
        for symbol in image.functions:
            functions.setdefault(symbol.address & ~1, symbol)
        pins = {
            name: (f"gpio{pin[1].lower()}", int(pin[2:]))
            for name, pin in board.settings.pins.items()
        }
        return cls(
            tuple(execution.machine.trace_ports()),
            tuple(execution.machine.trace_uarts()),
            exceptions,
            tuple(functions[address] for address in sorted(functions)),
            pins,
        )

    def exception(self, number: int) -> str:
        """An exception as the manual or the board calls it."""
        return self.exceptions.get(number, f"IRQ{number - 16}")


class Sink(Protocol):
    """Where a trace goes to. Times are in picoseconds and never go back but for functions."""

    def record(self, time_ps: int, kind: int, source: int, value: int) -> None:
        """Take one record."""

    def end(self, time_ps: int) -> None:
        """The trace is over."""


def trace(
    execution: Execution, names: Names, seconds: float, sinks: Sequence[Sink], functions: bool
) -> Iterator[Text | Edge | End]:
    """Run on and hand all that happens to the sinks; yields what comes out, as `Execution.run`."""
    machine = execution.machine
    addresses = [symbol.address & ~1 for symbol in names.functions] if functions else []

    def drain() -> None:
        for record in _RECORD.iter_unpack(machine.trace_take()):
            for sink in sinks:
                sink.record(*record)

    machine.trace_start(addresses)
    try:
        yield from execution.run(seconds, drain)
    finally:
        drain()
        machine.trace_stop()
        for sink in sinks:
            sink.end(machine.time_ns * 1000)
