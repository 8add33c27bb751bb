"""SEGGER's real-time transfer: text that firmware leaves in RAM for a debugger to fetch.

A control block begins with 16 bytes of name, the number of channels up and of those down. A channel
is six words: name, buffer, size, write offset, read offset, flags. Who reads moves the read offset.
"""

from collections.abc import Iterator
from struct import unpack

from .._core import CoreError, Machine

_WORDS = b"SEGGER RTT"
_NAME = _WORDS.ljust(16, b"\0")
_HEADER, _CHANNEL = 24, 24
_READ_OFFSET = 16
_PIECE = 1 << 16
"""Bytes of RAM that are looked through at once; the host is slow to make room for more."""
_MOST_CHANNELS = 32
_MOST_BUFFER = 1 << 20


class RttReader:
    """Drains the channels up of a machine whose RAM lies at `regions` of (address, bytes)."""

    def __init__(self, machine: Machine, regions: list[tuple[int, int]]) -> None:
        self._machine = machine
        self._regions = regions
        self._block: int | None = None

    def read(self) -> Iterator[tuple[int, bytes]]:
        """What each channel has held since the last call: its number and the bytes."""
        if self._block is None or self._machine.read_memory(self._block, 16) != _NAME:
            self._block = self._find()
        if self._block is None:
            return
        count, _ = unpack("<ii", self._machine.read_memory(self._block + 16, 8))
        for number in range(min(count, _MOST_CHANNELS)):
            try:
                data = self._drain(self._block + _HEADER + number * _CHANNEL)
            except CoreError:  # not set up yet: its pointers lead nowhere
                continue
            if data:
                yield number, data

    def _find(self) -> int | None:
        for first, size in self._regions:
            for address in range(first, first + size, _PIECE):
                most = min(_PIECE + len(_NAME) - 1, first + size - address)
                piece = self._machine.read_memory(address, most)
                # Zeros alone are no sign of it: RAM is full of them.
                if _WORDS in piece and (place := piece.find(_NAME)) >= 0:
                    return address + place
        return None

    def _drain(self, channel: int) -> bytes:
        words = unpack("<6I", self._machine.read_memory(channel, _CHANNEL))
        _, buffer, size, written, read, _ = words
        if not 0 < size <= _MOST_BUFFER or written >= size or read >= size or written == read:
            return b""
        held = self._machine.read_memory(buffer, size)
        data = held[read:written] if read < written else held[read:] + held[:written]
        self._machine.write_memory(channel + _READ_OFFSET, written.to_bytes(4, "little"))
        return data
