"""Renode's monitor, over a socket."""

import re
import socket

from ..errors import EngineError

_PROMPT = re.compile(rb"(?:^|[\r\n])\([^()\r\n]*\) $")
"""Of the monitor or of a machine. At a line's start: what a board says may hold `(s) ` too."""

_ERRORS = (
    "There was an error executing command",
    "No such command or device",
    "does not provide a field, method or property",
    "Parameters did not match the signature",
)
_ERROR_CODE = re.compile(r"Error E\d+:")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Monitor:
    """Sends commands and returns what they print.

    Raises:
        OSError: nobody listens at `port` yet.
        EngineError: no prompt within `timeout_s` seconds of the host's time.

    """

    def __init__(self, port: int, timeout_s: float) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        try:
            self._until_prompt(timeout_s)
        except EngineError:
            self._socket.close()
            raise

    def _until_prompt(self, timeout_s: float) -> str:
        received = b""
        self._socket.settimeout(timeout_s)
        try:
            while not _PROMPT.search(received):
                data = self._socket.recv(65536)
                if not data:
                    raise EngineError("Renode ended")
                received += data
        except TimeoutError:
            raise EngineError(f"Renode's monitor is silent after {timeout_s:g} s") from None
        except ConnectionError:
            raise EngineError("Renode ended") from None
        except OSError as error:
            raise EngineError(f"Renode's monitor: {error.strerror}") from None
        return _COLOURS.sub("", _PROMPT.sub(b"", received).decode("utf-8", "replace"))

    def command(self, text: str, timeout_s: float = 60.0) -> list[str]:
        """The lines that a command prints.

        Raises:
            EngineError: it failed; the message is Renode's own.

        """
        try:
            self._socket.sendall(text.encode() + b"\n")
        except OSError as error:
            raise EngineError(f"Renode's monitor: {error.strerror}") from None
        lines = [line.strip("\r \x00") for line in self._until_prompt(timeout_s).split("\n")]
        lines = [line for line in lines if line]
        if lines and lines[0].endswith(text.strip()):
            del lines[0]  # the echo
        told = " ".join(lines)
        if any(error in told for error in _ERRORS) or _ERROR_CODE.search(told):
            raise EngineError(f"Renode: {told}")
        return lines

    def close(self) -> None:
        """Leave the monitor."""
        self._socket.close()
