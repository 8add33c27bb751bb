"""The host's end of a serial line."""

from typing import Protocol


class Port(Protocol):
    """Bytes to and from whoever opened the other end."""

    name: str
    """Where a client finds it."""

    def read(self, wait_s: float) -> bytes:
        """What the client has sent; waits for it for so long."""

    def write(self, data: bytes) -> None:
        """Send to the client; lost where there is none, as on a cable without a reader."""

    def offer(self, data: bytes) -> int:
        """Send what there is room for, at once; how many bytes that was."""

    def unread(self) -> int:
        """Bytes that are still on the way to the client, as far as this end can tell."""

    def baud(self) -> int:
        """The rate that the client has chosen; 0 where there is no such thing."""

    def close(self) -> None:
        """Take the port away."""
