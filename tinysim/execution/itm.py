"""Packets of the Instrumentation Trace Macrocell (DDI0403 D4.2) as text of its ports."""

_SIZES = {1: 1, 2: 2, 3: 4}
_SYNCHRONIZED = 0x80
"""The end of a synchronization packet, which is zeros up to there."""


class ItmDecoder:
    """Takes a stream of packets in pieces."""

    def __init__(self) -> None:
        self._rest = b""

    def add(self, data: bytes) -> dict[int, bytes]:
        """What each stimulus port has got, of the packets that these bytes end."""
        data = self._rest + data
        ports: dict[int, bytes] = {}
        at = 0
        while at < len(data):
            header = data[at]
            size = _SIZES.get(header & 3) or _protocol_bytes(data, at)
            if at + 1 + size > len(data):
                break
            payload = data[at + 1 : at + 1 + size]
            if header & 3 and not header & 4:  # bit 2: from hardware
                # A word's upper bytes are no text: printf by word sends one character each.
                text = payload.rstrip(b"\0") or payload[:1]
                ports[header >> 3] = ports.get(header >> 3, b"") + text
            at += 1 + size
        self._rest = data[at:]
        return ports


def _protocol_bytes(data: bytes, at: int) -> int:
    """How many bytes follow the header of a timestamp or extension: bit 7 says that one does."""
    count = 0
    if data[at] == _SYNCHRONIZED:
        return count
    while at + count < len(data) and data[at + count] & 0x80:
        count += 1
    return count
