"""A pseudo-terminal: what opens serial devices can open it."""

import contextlib
import errno
import fcntl
import os
import select
import sys
import termios
import tty
from pathlib import Path

from ..errors import EngineError

_RATES = {
    getattr(termios, f"B{rate}"): rate
    for rate in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
    if hasattr(termios, f"B{rate}")
}


class PtyPort:
    """A pseudo-terminal with a link to it at `path`.

    Raises:
        EngineError: there is something at `path`, another server's link for example.

    """

    def __init__(self, path: Path) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._path = path
        self._device = os.ttyname(self._slave)
        try:
            path.symlink_to(self._device)
        except OSError as error:
            os.close(self._master)
            os.close(self._slave)
            raise EngineError(f"{path}: cannot be made: {_why(path, error)}") from None
        self.name = str(path)
        self._set_baud(termios.B115200)

    def _set_baud(self, rate: int) -> None:
        settings = termios.tcgetattr(self._slave)
        settings[4] = settings[5] = rate
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)

    def baud(self) -> int:
        return _RATES.get(termios.tcgetattr(self._slave)[5], 0)

    def read(self, wait_s: float) -> bytes:
        if not select.select([self._master], [], [], wait_s)[0]:
            return b""
        try:
            return os.read(self._master, 4096)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EIO):
                return b""
            raise

    def write(self, data: bytes) -> None:
        # The kernel's buffer is what a reader can be late by; the rest is lost.
        while data and select.select([], [self._master], [], 1.0)[1]:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                return

    def offer(self, data: bytes) -> int:
        try:
            return os.write(self._master, data)
        except BlockingIOError:
            return 0

    def unread(self) -> int:
        waiting = fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4))
        return int.from_bytes(waiting, sys.byteorder)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # another may have taken the name since
            if str(self._path.readlink()) == self._device:
                self._path.unlink()
        os.close(self._master)
        os.close(self._slave)


def _why(path: Path, error: OSError) -> str:
    if error.errno != errno.EEXIST:
        return error.strerror or str(error)
    if path.is_symlink() and not path.exists():
        return "a link to nothing has this name, left by a killed server: remove it"
    if path.is_symlink():
        return "a link has this name already, perhaps another server's"
    return "something else has this name"
