"""Flatbuffer tables, each access checked as flatbuffers' own verifier checks it.

Positions are bytes from the start of the buffer. Nothing is read that does not lie in it as a
whole, aligned to its size; strings end in a zero, and what of them is no UTF-8 is escaped. How deep
tables may lie in tables is the schema's: none of TFLite's holds itself.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import AssetError

SCALARS = {
    "bool": ("?", 1),
    "int8": ("b", 1),
    "uint8": ("B", 1),
    "int16": ("h", 2),
    "uint16": ("H", 2),
    "int32": ("i", 4),
    "uint32": ("I", 4),
    "int64": ("q", 8),
    "uint64": ("Q", 8),
    "float32": ("f", 4),
}
"""Format of `struct` and size in bytes of each scalar type."""

_OFFSET = 4


class DamagedError(AssetError):
    """The buffer is not what flatbuffers' rules allow."""


@dataclass(frozen=True)
class Table:
    """A table at a position, and its vtable's."""

    buffer: bytes
    at: int
    vtable: int
    slots: int
    size: int

    def scalar(self, slot: int, kind: str, default: float = 0) -> int | float | bool:
        """A field's value, or the default where it was left out."""
        letter, size = SCALARS[kind]
        at = self._field(slot, size)
        if at is None:
            return default
        if kind == "bool":
            return self.buffer[at] != 0
        value: int | float = struct.unpack_from("<" + letter, self.buffer, at)[0]
        return value

    def integer(self, slot: int, kind: str = "int32", default: int = 0) -> int:
        """A field that is a whole number."""
        return int(self.scalar(slot, kind, default))

    def string(self, slot: int) -> str:
        """A text; empty where there is none."""
        at = self._follow(slot)
        return "" if at is None else _string(self.buffer, at)

    def numbers(self, slot: int, kind: str) -> tuple[int | float, ...]:
        """A vector of scalars; empty where there is none."""
        letter, size = SCALARS[kind]
        at = self._follow(slot)
        if at is None:
            return ()
        count = _vector(self.buffer, at, size)
        return struct.unpack_from(f"<{count}{letter}", self.buffer, at + _OFFSET)

    def integers(self, slot: int, kind: str = "int32") -> tuple[int, ...]:
        """A vector of whole numbers; empty where there is none."""
        return tuple(int(number) for number in self.numbers(slot, kind))

    def content(self, slot: int) -> bytes | None:
        """A vector of bytes, None where there is none."""
        at = self._follow(slot)
        if at is None:
            return None
        count = _vector(self.buffer, at, 1)
        return self.buffer[at + _OFFSET : at + _OFFSET + count]

    def has(self, slot: int) -> bool:
        """Whether the field was written."""
        return self._entry(slot) != 0

    def table(self, slot: int) -> "Table | None":
        """A table in this one, None where there is none."""
        at = self._follow(slot)
        return None if at is None else open_table(self.buffer, at)

    def tables(self, slot: int) -> Iterator["Table"]:
        """A vector of tables."""
        at = self._follow(slot)
        if at is None:
            return
        for index in range(_vector(self.buffer, at, _OFFSET)):
            yield open_table(self.buffer, _target(self.buffer, at + _OFFSET * (index + 1)))

    def _entry(self, slot: int) -> int:
        if slot >= self.slots:
            return 0
        return int.from_bytes(
            self.buffer[self.vtable + 4 + 2 * slot : self.vtable + 6 + 2 * slot], "little"
        )

    def _field(self, slot: int, size: int) -> int | None:
        entry = self._entry(slot)
        if entry == 0:
            return None
        if entry < _OFFSET or entry + size > self.size:
            raise DamagedError("a field lies outside its table")
        return _aligned(self.at + entry, size)

    def _follow(self, slot: int) -> int | None:
        at = self._field(slot, _OFFSET)
        return None if at is None else _target(self.buffer, at)


def open_root(buffer: bytes) -> Table:
    """The table that the buffer begins with.

    Raises:
        DamagedError: there is none.

    """
    if len(buffer) < 2 * _OFFSET:
        raise DamagedError("it ends before its first table")
    return open_table(buffer, _target(buffer, 0))


def open_table(buffer: bytes, at: int) -> Table:
    """The table at a position.

    Raises:
        DamagedError: it or its vtable is not whole.

    """
    _inside(buffer, _aligned(at, 4), 4)
    vtable = at - struct.unpack_from("<i", buffer, at)[0]
    _inside(buffer, _aligned(vtable, 2), 4)
    length, size = struct.unpack_from("<HH", buffer, vtable)
    if length < 4 or length % 2:
        raise DamagedError("a vtable has an impossible length")
    _inside(buffer, vtable, length)
    _inside(buffer, at, max(size, 4))
    return Table(buffer, at, vtable, (length - 4) // 2, size)


def _inside(buffer: bytes, at: int, size: int) -> None:
    if at < 0 or at + size > len(buffer):
        raise DamagedError("an offset leads out of it")


def _aligned(at: int, size: int) -> int:
    if at % size:
        raise DamagedError("something is not aligned to its size")
    return at


def _target(buffer: bytes, at: int) -> int:
    _inside(buffer, at, _OFFSET)
    offset = int(struct.unpack_from("<I", buffer, at)[0])
    if offset == 0:
        raise DamagedError("an offset leads nowhere")
    _inside(buffer, at + offset, 4)
    return at + offset


def _vector(buffer: bytes, at: int, size: int) -> int:
    """How many elements the vector at a position has."""
    _inside(buffer, _aligned(at, 4), 4)
    count = int(struct.unpack_from("<I", buffer, at)[0])
    _inside(buffer, at + 4, count * size)
    if count:
        _aligned(at + 4, size)
    return count


def _string(buffer: bytes, at: int) -> str:
    count = _vector(buffer, at, 1)
    _inside(buffer, at + 4, count + 1)
    if buffer[at + 4 + count] != 0:
        raise DamagedError("a string does not end in a zero")
    return buffer[at + 4 : at + 4 + count].decode(errors="backslashreplace")
