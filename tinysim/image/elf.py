"""Images from ELF files."""

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from ..errors import ImageError
from .image import Image, Section, Segment, Symbol, make_image
from .symbols import FUNCTION, OBJECT, ElfSymbol, read_symbols

_ALLOCATED = 2  # SHF_ALLOC
_STACKS = (".heap", ".stack", "._user_heap_stack")


def read_elf(path: Path, content: bytes) -> Image:
    """An ELF file's image.

    Raises:
        ImageError: it is damaged, or for another processor.

    """
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
        noted = elf.get_section_by_name(".placement")
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
    image = make_image(path, content, segments)
    return replace(
        image,
        functions=functions,
        ram_bytes=ram,
        symbols=symbols,
        sections=sections,
        placement=noted.data() if noted else b"",
        compiler=named or image.compiler,
    )


def _symbols(entries: Iterable[ElfSymbol]) -> tuple[tuple[Symbol, ...], dict[str, int]]:
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
