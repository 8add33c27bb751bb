"""Lines over a serial port."""

import time
from typing import TYPE_CHECKING

from ..errors import EngineError, SilenceError
from ..extras import load_extra
from ..timeouts import TIMEOUTS
from .base import Line

if TYPE_CHECKING:
    import serial

_POLL_S = 0.05


class SerialLink:
    """Anything that pyserial opens: a device, `socket://`, `rfc2217://`.

    `scale` multiplies all time-outs, which here are in the host's time.
    """

    def __init__(self, where: str, scale: float = 1.0) -> None:
        self.where = where
        self.scale = scale
        self._rate = 0
        self._buffer = b""
        self._port: serial.Serial | None = None
        self._since = time.monotonic()

    def open(self, rate: int) -> None:
        """Open the port, and forget what came before.

        Raises:
            EngineError: it cannot be opened.

        """
        serial = load_extra("serial", "pySerial", "hardware")
        try:
            self._port = serial.serial_for_url(self.where, rate, timeout=_POLL_S)
        except (serial.SerialException, ValueError) as error:
            raise EngineError(f"{self.where}: cannot be opened: {error}") from None
        self._rate = rate
        self._buffer = b""

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def answers(self) -> bool:
        """Whether `m-ready` comes after `name%`; it is kept for the reader."""
        # The first may end a command that another client left.
        return any(self._is_ready() for _ in range(2))

    def _is_ready(self) -> bool:
        self.write(b"name%")
        until = time.monotonic() + TIMEOUTS.probe * self.scale
        while time.monotonic() < until:
            self._buffer += self._receive()
            if b"m-ready" in self._buffer and self._buffer.endswith(b"\n"):
                self._buffer = self._buffer[self._buffer.rfind(b"m-ready") :]
                return True
        return False

    def write(self, data: bytes) -> None:
        import serial

        assert self._port is not None
        try:
            self._port.write(data)
            self._port.flush()
        except (serial.SerialException, OSError):
            self._reconnect()

    def read_line(self, timeout_s: float) -> Line:
        """The next line.

        Raises:
            SilenceError: none came in time.
            EngineError: the port has gone.

        """
        until = time.monotonic() + timeout_s * self.scale
        while b"\n" not in self._buffer:
            if time.monotonic() > until:
                rest = f"; it had begun with {self._buffer[:60]!r}" if self._buffer else ""
                raise SilenceError(
                    f"{self.where}: no line within {timeout_s * self.scale:g} s{rest}"
                )
            self._buffer += self._receive()
        raw, _, self._buffer = self._buffer.partition(b"\n")
        text = raw.rstrip(b"\r").decode("latin-1")
        return Line(text, int((time.monotonic() - self._since) * 1e9))

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
        self.close()
        until = time.monotonic() + TIMEOUTS.reopen * self.scale
        while time.monotonic() < until:
            time.sleep(0.2)
            try:
                return self.open(self._rate)
            except EngineError:
                continue
        raise EngineError(f"{self.where}: the port went away and has not come back")
