"""The ITM's packets, in whatever pieces they come."""

from tinysim.execution.itm import ItmDecoder

_STREAM = (
    b"\x00\x00\x00\x00\x00\x80"  # synchronization
    b"\x01H\x01i"  # port 0, bytes
    b"\xc0\x83\x02\x20"  # timestamps, long and short
    b"\x70"  # overflow
    b"\x0b!\x00\x00\x00"  # port 1, a word of one character
    b"\x0aab"  # port 1, a half-word
    b"\x17\x01\x02\x03\x04"  # hardware: a PC sample
    b"\x88\x01"  # extension
    b"\xf9z"  # port 31
    b"\x03\x00\x00\x00\x00"  # a word of nothing
)


def test_ports_are_told_apart() -> None:
    assert ItmDecoder().add(_STREAM) == {0: b"Hi\0", 1: b"!ab", 31: b"z"}


def test_pieces_are_joined() -> None:
    decoder = ItmDecoder()
    ports: dict[int, bytes] = {}
    for byte in _STREAM:
        for port, text in decoder.add(bytes((byte,))).items():
            ports[port] = ports.get(port, b"") + text
    assert ports == {0: b"Hi\0", 1: b"!ab", 31: b"z"}
