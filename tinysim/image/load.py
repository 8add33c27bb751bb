"""Images from files: ELF, Intel HEX and raw binary, told apart by their first bytes."""

import io
from pathlib import Path

from ..errors import ImageError, StorageError
from ..storage import read_bytes
from .image import FLASH_BASE, SRAM1_BASE, Image, Segment, make_image

MOST_IMAGE = 64 << 20
"""Bytes of an image's file: 2 MiB of flash as text, or with a C++ program's debug information."""


def load_image(path: Path) -> Image:
    """Read a firmware image.

    Raises:
        ImageError: missing, too large, damaged, or for another processor or address.

    """
    try:
        content = read_bytes(path, MOST_IMAGE)
    except StorageError as error:
        raise ImageError(str(error)) from None
    return read_image(path, content)


def read_image(path: Path, content: bytes) -> Image:
    """An image from its file's content.

    Raises:
        ImageError: damaged, or for another processor or address.

    """
    if content[:4] == b"\x7fELF":
        from .elf import read_elf

        image = read_elf(path, content)
    elif content[:1] == b":":
        image = make_image(path, content, _from_hex(path, content))
    else:
        image = make_image(path, content, [Segment(FLASH_BASE, content)])
    _check(image)
    return image


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
