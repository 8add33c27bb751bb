"""A TCP port: one client at a time, raw bytes."""

import fcntl
import select
import socket
import sys
import termios

from ..errors import EngineError


class TcpPort:
    """Listens at `host`:`port`; port 0 takes a free one.

    Raises:
        EngineError: the address cannot be had.

    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        try:
            self._server = socket.create_server((host, port))
        except OSError as error:
            raise EngineError(f"{host}:{port}: cannot listen: {error.strerror}") from None
        self._client: socket.socket | None = None
        self.name = f"socket://{host}:{self._server.getsockname()[1]}"

    def baud(self) -> int:
        return 0

    def read(self, wait_s: float) -> bytes:
        ends = [self._server, *([self._client] if self._client else [])]
        ready = select.select(ends, [], [], wait_s)[0]
        if self._server in ready:
            self._drop()
            self._client = self._server.accept()[0]
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif self._client in ready and self._client:
            try:
                data = self._client.recv(4096)
            except ConnectionError:
                data = b""
            if data:
                return data
            self._drop()
        return b""

    def write(self, data: bytes) -> None:
        if self._client is None:
            return
        try:
            self._client.sendall(data)
        except OSError:
            self._drop()

    def offer(self, data: bytes) -> int:
        if self._client is None:
            return len(data)
        try:
            return self._client.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError:
            self._drop()
            return len(data)

    def unread(self) -> int:
        if self._client is None:
            return 0
        waiting = fcntl.ioctl(self._client, termios.TIOCOUTQ, bytes(4))
        return int.from_bytes(waiting, sys.byteorder)

    def _drop(self) -> None:
        if self._client:
            self._client.close()
            self._client = None

    def close(self) -> None:
        self._drop()
        self._server.close()
