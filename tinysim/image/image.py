"""A firmware image: what lies in flash, and what its file says of functions and sections."""

import bisect
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .names import demangle

FLASH_BASE = 0x0800_0000
SRAM1_BASE = 0x2000_0000
"""Where a raw binary goes (RM0432 2.2)."""


@dataclass(frozen=True)
class Segment:
    """Bytes to be written at an address."""

    address: int
    data: bytes


@dataclass(frozen=True, order=True)
class Symbol:
    """A function. `size` is in bytes, 0 where the image does not say."""

    address: int
    size: int
    name: str


@dataclass(frozen=True)
class Section:
    """A part of the image as it lies in the running board's memory. `size` is in bytes."""

    name: str
    address: int
    size: int


@dataclass(frozen=True)
class Image:
    """A firmware image, as it lies in flash."""

    path: Path
    segments: tuple[Segment, ...]
    sha256: str
    """Of the file."""
    functions: tuple[Symbol, ...] = ()
    """By address; empty where the file has no symbols."""
    ram_bytes: int | None = None
    """Static data (.data and .bss) in bytes, where the file says."""
    symbols: dict[str, int] = field(default_factory=dict)
    """Address of every named object and function."""
    sections: tuple[Section, ...] = ()
    """By address; the segments where the file has no sections."""
    placement: bytes = b""
    """What whoever put the model into it has written down of that (`results.Placement`)."""
    compiler: str = "not stated"
    """As an ELF file's .comment names it."""

    def read(self, address: int, size: int) -> bytes:
        """Bytes of the image; short where it ends."""
        for segment in self.segments:
            offset = address - segment.address
            if 0 <= offset < len(segment.data):
                return segment.data[offset : offset + size]
        return b""

    @property
    def boots_from_ram(self) -> bool:
        """It has nothing at the start of flash, but a vector table at that of SRAM1."""
        starts = {segment.address for segment in self.segments}
        return FLASH_BASE not in starts and SRAM1_BASE in starts

    @property
    def boot_address(self) -> int:
        """Where its vector table lies."""
        return SRAM1_BASE if self.boots_from_ram else FLASH_BASE

    @property
    def flash_bytes(self) -> int:
        """Bytes that it takes up in flash."""
        return sum(len(segment.data) for segment in self.segments)

    def function_at(self, address: int) -> Symbol | None:
        """The function that holds an address."""
        index = bisect.bisect_right(self._starts, address) - 1
        if index < 0:
            return None
        symbol = self.functions[index]
        if symbol.size and address >= symbol.address + symbol.size:
            return None
        return symbol

    @cached_property
    def _starts(self) -> list[int]:
        return [symbol.address for symbol in self.functions]

    def describe(self, address: int) -> str:
        """`function+0x12` where there are symbols, else the address alone."""
        symbol = self.function_at(address)
        if symbol is None:
            return f"0x{address:08x}"
        return f"{demangle(symbol.name)}+0x{address - symbol.address:x} (0x{address:08x})"


def unknown_image() -> Image:
    """What a real board runs that nobody has programmed just now."""
    return Image(Path("(on the board)"), (), "")


def make_image(path: Path, content: bytes, segments: Sequence[Segment]) -> Image:
    """An image of which nothing but its bytes is known; `content` is its file's."""
    sections = tuple(Section("image", s.address, len(s.data)) for s in segments)
    return Image(path, tuple(segments), hashlib.sha256(content).hexdigest(), sections=sections)
