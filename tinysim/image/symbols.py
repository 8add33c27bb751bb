"""An ELF file's symbol table, read at one go: there is one in every image, of a thousand symbols
and more.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

_ENTRY = struct.Struct("<IIIBBH")
"""st_name, st_value, st_size, st_info, st_other and st_shndx (TIS ELF 1.2, figure 1-16)."""

OBJECT, FUNCTION, SECTION = 1, 2, 3
"""Types of symbols (figure 1-19)."""


@dataclass(slots=True)
class ElfSymbol:
    """One entry. `offset` is its own in the file, `section` the number of that it is in."""

    name: str
    value: int
    size: int
    type: int
    section: int
    offset: int


def read_symbols(elf: ELFFile) -> Iterator[ElfSymbol]:
    """The symbols of a little-endian 32-bit file, in their order; none where it was stripped.

    Raises:
        ValueError: the table is damaged.

    """
    table = elf.get_section_by_name(".symtab")
    if not isinstance(table, SymbolTableSection):
        return
    if table["sh_entsize"] != _ENTRY.size:
        raise ValueError(f"its symbols have {table['sh_entsize']} bytes, not {_ENTRY.size}")
    names, entries = table.stringtable.data(), table.data()
    if len(entries) != table["sh_size"]:
        raise ValueError("its symbol table ends beyond the file")
    for number, entry in enumerate(_ENTRY.iter_unpack(entries)):
        name, value, size, info, _, section = entry
        end = names.find(b"\0", name)
        text = names[name : end if end >= 0 else None].decode("utf-8", "replace")
        at = table["sh_offset"] + number * _ENTRY.size
        yield ElfSymbol(text, value, size, info & 0xF, section, at)
