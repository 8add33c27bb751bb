"""The packets of GDB's remote protocol (GDB manual, appendix E) on a socket."""

import select
import socket

_INTERRUPT = 0x03
_ESCAPE = 0x7D
_ESCAPED = b"$#}*"
_MOST = 1 << 20
"""Bytes of a packet that are waited for: more than any that gdb sends."""


class Packets:
    """Packets of one connection; after `acknowledge` is off, without + and -."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self.acknowledge = True
        self.closed = False

    def receive(self, wait_s: float) -> bytes | None:
        """The next packet's content, with its escapes, or one byte 3, an interrupt. None: none yet.

        `closed` is true when the other side has gone.
        """
        while (packet := self._next()) is None:
            if self.closed or not self._fill(wait_s):
                return None
        return packet

    def send(self, content: bytes) -> None:
        """Send a packet."""
        escaped = bytearray()
        for byte in content:
            escaped += bytes((_ESCAPE, byte ^ 0x20)) if byte in _ESCAPED else bytes((byte,))
        self._write(b"$%b#%02x" % (bytes(escaped), sum(escaped) & 0xFF))

    def _fill(self, wait_s: float) -> bool:
        readable, _, _ = select.select([self._connection], [], [], wait_s)
        if not readable:
            return False
        try:
            data = self._connection.recv(65536)
        except OSError:
            data = b""
        self._buffer += data
        self.closed = not data or len(self._buffer) > _MOST
        return bool(data)

    def _next(self) -> bytes | None:
        buffer = self._buffer
        while buffer and buffer[0] != ord("$"):
            if buffer[0] == _INTERRUPT:
                del buffer[0]
                return bytes((_INTERRUPT,))
            if buffer[0] == ord("-"):  # TCP loses nothing: nobody sends this
                self.closed = True
            del buffer[0]
        end = buffer.find(b"#")
        if end < 0 or len(buffer) < end + 3:
            return None
        content = bytes(buffer[1:end])
        right = buffer[end + 1 : end + 3].lower() == b"%02x" % (sum(content) & 0xFF)
        del buffer[: end + 3]
        if self.acknowledge:
            self._write(b"+" if right else b"-")
        return content if right else self._next()

    def _write(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError:
            self.closed = True


def unescape(content: bytes) -> bytes:
    """Bytes of a packet as they were before they were escaped."""
    result = bytearray()
    escaped = False
    for byte in content:
        if byte == _ESCAPE and not escaped:
            escaped = True
            continue
        result.append(byte ^ 0x20 if escaped else byte)
        escaped = False
    return bytes(result)
