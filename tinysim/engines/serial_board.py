"""A real board on a serial port."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import EngineError, SilenceError
from ..extras import load_extra
from ..image import Image
from ..platform import Board
from ..timeouts import TIMEOUTS
from .base import Counters, Edge, Line
from .programmer import program

if TYPE_CHECKING:
    import serial

RATES = (115200, 921600, 9600)
"""Tried in this order: performance mode, quick anomaly detection, energy mode."""

_POLL_S = 0.05


class SerialBoard:
    """A board behind anything that pyserial opens: a device, `socket://`, `rfc2217://`.

    Options: `port`; `baud` (0 finds it out); `flash` programs the image first; `timeout_scale`
    multiplies all time-outs, which here are in the host's time.
    """

    name = "serial"
    version = "1"
    tier = "silicon"
    lossy = True
    has_snapshots = False
    keeps_time = True

    def __init__(self, board: Board, image: Image, options: Mapping[str, int | str | bool]) -> None:
        self._image = image
        self._where = str(options.get("port", ""))
        if not self._where:
            raise EngineError("engine serial needs --port; `tinysim ports` lists them")
        self._baud = int(options.get("baud", 0))
        self._flash = bool(options.get("flash", False))
        self._scale = float(options.get("timeout_scale", 1))
        self._buffer = b""
        self._port: serial.Serial | None = None
        self._since = time.monotonic()

    def boot(self) -> None:
        if self._flash:
            program(self._image)
        self._since = time.monotonic()
        for rate in (self._baud,) if self._baud else RATES:
            self._open(rate)
            if self._answers():
                self._baud = rate
                return
            self._close()
        tried = self._baud or ", ".join(str(rate) for rate in RATES)
        raise SilenceError(f"{self._where}: no board answers to 'name%' at {tried} Bd")

    def _answers(self) -> bool:
        """Whether the board says `m-ready` to a command; what it says is kept for the reader."""
        for _ in range(2):  # the first may end a command that another client left
            self._port_write(b"name%")
            until = time.monotonic() + TIMEOUTS.probe * self._scale
            while time.monotonic() < until:
                self._buffer += self._receive()
                if b"m-ready" in self._buffer and self._buffer.endswith(b"\n"):
                    index = self._buffer.rfind(b"m-ready")
                    self._buffer = self._buffer[index:]
                    return True
        return False

    def _open(self, rate: int) -> None:
        serial = load_extra("serial", "pySerial", "hardware")
        try:
            self._port = serial.serial_for_url(self._where, rate, timeout=_POLL_S)
        except (serial.SerialException, ValueError) as error:
            raise EngineError(f"{self._where}: cannot be opened: {error}") from None
        self._buffer = b""

    def _close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def _receive(self) -> bytes:
        import serial

        assert self._port is not None
        try:
            return bytes(self._port.read(max(1, self._port.in_waiting)))
        except (serial.SerialException, OSError):
            self._reconnect()
            return b""

    def _reconnect(self) -> None:
        """The port has gone: a cable, or a board that was reset. Wait for it to come back."""
        self._close()
        until = time.monotonic() + TIMEOUTS.reopen * self._scale
        while time.monotonic() < until:
            time.sleep(0.2)
            try:
                return self._open(self._baud or RATES[0])
            except EngineError:
                continue
        raise EngineError(f"{self._where}: the port went away and has not come back")

    def _port_write(self, data: bytes) -> None:
        import serial

        assert self._port is not None
        try:
            self._port.write(data)
            self._port.flush()
        except (serial.SerialException, OSError):
            self._reconnect()

    def write(self, data: bytes) -> None:
        self._port_write(data)

    def read_line(self, timeout_s: float) -> Line:
        until = time.monotonic() + timeout_s * self._scale
        while b"\n" not in self._buffer:
            if time.monotonic() > until:
                rest = f"; it had begun with {self._buffer[:60]!r}" if self._buffer else ""
                raise SilenceError(
                    f"{self._where}: no line within {timeout_s * self._scale:g} s{rest}"
                )
            self._buffer += self._receive()
        raw, _, self._buffer = self._buffer.partition(b"\n")
        text = raw.rstrip(b"\r").decode("latin-1")
        return Line(text, int((time.monotonic() - self._since) * 1e9))

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
        self._close()
