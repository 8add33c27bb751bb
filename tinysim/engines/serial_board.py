"""A real board on a serial port."""

from collections.abc import Mapping

from ..errors import EngineError, SilenceError
from ..image import Image
from ..platform import Board
from ..timeouts import TIMEOUTS
from .base import Counters, Edge, Line
from .programmer import program
from .serial_link import SerialLink

RATES = (115200, 921600, 9600)
"""Tried in this order: performance mode, quick anomaly detection, energy mode."""
_INTERFACE_RATE = 115200


class SerialBoard:
    """A board behind anything that pyserial opens.

    Options: `port`; `baud` (0 finds it out); `interface`, the port of the interface board beside
    it; `flash` programs the image first; `timeout_scale` multiplies all time-outs, which here are
    in the host's time.
    """

    name = "serial"
    version = "1"
    tier = "silicon"
    lossy = True
    has_snapshots = False
    keeps_time = True

    def __init__(self, board: Board, image: Image, options: Mapping[str, int | str | bool]) -> None:
        self._image = image
        where = str(options.get("port", ""))
        if not where:
            raise EngineError("engine serial needs --port; `tinysim ports` lists them")
        self._baud = int(options.get("baud", 0))
        self._flash = bool(options.get("flash", False))
        scale = float(options.get("timeout_scale", 1))
        self._link = SerialLink(where, scale)
        beside = str(options.get("interface", ""))
        self._interface = SerialLink(beside, scale) if beside else None

    def boot(self) -> None:
        if self._flash:
            program(self._image)
        for rate in (self._baud,) if self._baud else RATES:
            self._link.open(rate)
            if self._link.answers():
                self._baud = rate
                return
            self._link.close()
        tried = self._baud or ", ".join(str(rate) for rate in RATES)
        raise SilenceError(f"{self._link.where}: no board answers to 'name%' at {tried} Bd")

    def interface(self) -> SerialLink:
        """The line to the interface board.

        Raises:
            EngineError: none was named, or it cannot be opened.
            SilenceError: nobody answers there.

        """
        link = self._interface
        if link is None:
            raise EngineError("engine serial needs --interface, the interface board's port, too")
        link.open(_INTERFACE_RATE)
        if not link.answers():
            raise SilenceError(f"{link.where}: no interface board answers to 'name%'")
        link.read_line(TIMEOUTS.probe)
        return link

    def write(self, data: bytes) -> None:
        self._link.write(data)

    def read_line(self, timeout_s: float) -> Line:
        return self._link.read_line(timeout_s)

    def clock_hz(self) -> int:
        """Unknown: 0."""
        return 0

    def baud(self) -> int:
        return self._baud

    def counters(self) -> Counters:
        return Counters(0, 0, {})

    def edges(self) -> list[Edge]:
        """A serial port has no pins."""
        return []

    def warnings(self) -> list[str]:
        return []

    def snapshot(self) -> bytes:
        raise EngineError("a real board has no snapshots")

    def restore(self, state: bytes) -> None:
        raise EngineError("a real board has no snapshots")

    def close(self) -> None:
        self._link.close()
        if self._interface is not None:
            self._interface.close()
