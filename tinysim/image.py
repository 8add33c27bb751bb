"""Firmware images: ELF, Intel HEX and raw binary, told apart by their first bytes."""

import bisect
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ImageError, StorageError
from .storage import read_bytes

if TYPE_CHECKING:
    from .symbols import ElfSymbol

_ALLOCATED = 2  # SHF_ALLOC
_STACKS = (".heap", ".stack", "._user_heap_stack")

MOST_IMAGE = 64 << 20
"""Bytes of an image's file: 2 MiB of flash as text, or with a C++ program's debug information."""

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
        """`function+0x12` where there are symbols, else the address."""
        symbol = self.function_at(address)
        if symbol is None:
            return f"0x{address:08x}"
        return f"{symbol.name}+0x{address - symbol.address:x} (0x{address:08x})"


def unknown_image() -> Image:
    """What a real board runs that nobody has programmed just now."""
    return Image(Path("(on the board)"), (), "")


def load_image(path: Path) -> Image:
    """Read a firmware image.

    Raises:
        ImageError: missing, too large, damaged, or for another processor or address.

    """
    try:
        content = read_bytes(path, MOST_IMAGE)
    except StorageError as error:
        raise ImageError(str(error)) from None
    if content[:4] == b"\x7fELF":
        image = _from_elf(path, content)
    elif content[:1] == b":":
        image = _make(path, content, _from_hex(path, content))
    else:
        image = _make(path, content, [Segment(FLASH_BASE, content)])
    _check(image)
    return image


def _make(path: Path, content: bytes, segments: Sequence[Segment]) -> Image:
    sections = tuple(Section("image", s.address, len(s.data)) for s in segments)
    return Image(path, tuple(segments), hashlib.sha256(content).hexdigest(), sections=sections)


def _from_hex(path: Path, content: bytes) -> list[Segment]:
    from intelhex import HexReaderError, IntelHex

    try:
        reader = IntelHex(io.StringIO(content.decode("ascii")))
    except (HexReaderError, UnicodeDecodeError) as error:
        raise ImageError(f"{path}: damaged Intel HEX: {error}") from None
    return [
        Segment(start, bytes(reader.tobinarray(start=start, end=end - 1)))
        for start, end in reader.segments()
    ]


def _from_elf(path: Path, content: bytes) -> Image:
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    from .symbols import read_symbols

    try:
        elf = ELFFile(io.BytesIO(content))
        if elf["e_machine"] != "EM_ARM":
            raise ImageError(f"{path}: built for {elf['e_machine']}, not for Arm")
        segments = []
        for header in elf.iter_segments("PT_LOAD"):
            data = header.data()
            if len(data) != header["p_filesz"]:
                raise ImageError(f"{path}: truncated ELF: a segment ends beyond the file")
            if data:
                segments.append(Segment(header["p_paddr"], data))
        functions, symbols = _symbols(read_symbols(elf))
        comment = elf.get_section_by_name(".comment")
        named = comment.data().split(b"\0")[0].decode("latin-1") if comment else ""
        sections = tuple(
            sorted(
                (
                    Section(section.name, section["sh_addr"], section["sh_size"])
                    for section in elf.iter_sections()
                    if section["sh_flags"] & _ALLOCATED and section["sh_size"]
                ),
                key=lambda section: section.address,
            )
        )
        ram = sum(
            section.size
            for section in sections
            if section.address >= 0x1000_0000 and section.name not in _STACKS
        )
    except (ELFError, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise ImageError(f"{path}: damaged or truncated ELF: {error}") from None
    image = _make(path, content, segments)
    return replace(
        image,
        functions=functions,
        ram_bytes=ram,
        symbols=symbols,
        sections=sections,
        compiler=named or image.compiler,
    )


def _symbols(entries: Iterable["ElfSymbol"]) -> tuple[tuple[Symbol, ...], dict[str, int]]:
    from .symbols import FUNCTION, OBJECT

    functions: dict[int, Symbol] = {}
    names: dict[str, int] = {}
    for entry in entries:
        if entry.type not in (FUNCTION, OBJECT) or not entry.name:
            continue
        names.setdefault(entry.name, entry.value)
        if entry.type == FUNCTION:
            address = entry.value & ~1
            candidate = Symbol(address, entry.size, entry.name)
            functions[address] = max(candidate, functions.get(address, candidate))
    return tuple(sorted(functions.values())), names


def _check(image: Image) -> None:
    """A vector table must lie where the chip boots: at the start of flash, or else of SRAM1."""
    head = next((s for s in image.segments if s.address == image.boot_address), None)
    if head is None or len(head.data) < 8:
        where = f"0x{image.segments[0].address:08x}" if image.segments else "nowhere"
        raise ImageError(
            f"{image.path}: starts at {where}; this board boots from 0x{FLASH_BASE:08x}"
        )
    stack = int.from_bytes(head.data[:4], "little")
    entry = int.from_bytes(head.data[4:8], "little")
    in_ram = 0x1000_0000 < stack <= 0x1001_0000 or 0x2000_0000 < stack <= 0x200A_0000
    in_flash = FLASH_BASE <= entry < FLASH_BASE + 0x20_0000 or entry < 0x20_0000
    if image.boots_from_ram:
        in_flash = in_flash or SRAM1_BASE <= entry < SRAM1_BASE + 0xA_0000
    if not in_ram or not (entry & 1 and in_flash):
        raise ImageError(
            f"{image.path}: no vector table for this board: initial stack pointer 0x{stack:08x}, "
            f"reset handler 0x{entry:08x}"
        )
