"""Signals over time as a value change dump (IEEE 1364-2005, 18)."""

from collections.abc import Callable
from typing import Any, TextIO

from ..errors import TinySimError
from .record import Kind, Names


class VcdSink:
    """Pins, bytes of serial ports, exceptions and sleep as signals.

    `levels` are the ports' levels at the start, 16 bits each.

    Raises:
        TinySimError: pyvcd is missing.

    """

    def __init__(self, file: TextIO, names: Names, levels: dict[str, int]) -> None:
        try:
            from vcd import VCDWriter
        except ImportError:
            raise TinySimError("--vcd needs pyvcd: pip install 'tinysim[trace]'") from None
        writer = self._writer = VCDWriter(
            file, timescale="1 ps", date="", version="tinysim", init_timestamp=0
        )
        register: Callable[..., Any] = writer.register_var
        self._names = names
        self._levels = [levels[port] for port in names.ports]
        self._ports = [
            register("pins", port, "reg", size=16, init=levels[port]) for port in names.ports
        ]
        self._pins = {
            16 * names.ports.index(port) + number: register(
                "pins", name, "wire", size=1, init=levels[port] >> number & 1
            )
            for name, (port, number) in names.pins.items()
        }
        self._bytes = {
            (kind, source): (
                register("uarts", f"{uart}_{way}", "reg", size=8, init="z"),
                register("uarts", f"{uart}_{way}_byte", "event"),
            )
            for kind, way in ((Kind.SENT, "tx"), (Kind.RECEIVED, "rx"))
            for source, uart in enumerate(names.uarts)
        }
        self._running = register("exceptions", "IPSR", "reg", size=9, init=0)
        self._exceptions = {
            number: register("exceptions", name, "wire", size=1, init=0)
            for number, name in _distinct(names.exceptions).items()
            if number
        }
        self._asleep = register("core", "asleep", "wire", size=1, init=0)
        self._now = 0

    def record(self, time_ps: int, kind: int, source: int, value: int) -> None:
        """Write what is a signal."""
        now = self._now = max(self._now, time_ps)
        change = self._writer.change
        match kind:
            case Kind.PIN:
                port, bit = source // 16, 1 << source % 16
                self._levels[port] = self._levels[port] & ~bit | (bit if value else 0)
                change(self._ports[port], now, self._levels[port])
                if source in self._pins:
                    change(self._pins[source], now, value)
            case Kind.SENT | Kind.RECEIVED:
                signal, strobe = self._bytes[Kind(kind), source]
                change(signal, now, value)
                change(strobe, now, True)
            case Kind.ENTERED:
                change(self._running, now, value)
                if value in self._exceptions:
                    change(self._exceptions[value], now, 1)
            case Kind.RETURNED:
                change(self._running, now, value)
                if source in self._exceptions:
                    change(self._exceptions[source], now, 0)
            case Kind.SLEPT:
                change(self._asleep, now, value)

    def end(self, time_ps: int) -> None:
        """Write the last moment."""
        self._writer.close(max(self._now, time_ps))


def _distinct(names: dict[int, str]) -> dict[int, str]:
    """Names of which each stands for one number."""
    seen: dict[str, int] = {}
    for name in names.values():
        seen[name] = seen.get(name, 0) + 1
    return {
        number: name if seen[name] == 1 else f"{name}_{number}" for number, name in names.items()
    }
