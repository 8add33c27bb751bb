"""An ELF file that is changed in place: sections of another size, words, a section's contents."""

import io
import struct

from elftools.elf.elffile import ELFFile

from ..image.symbols import SECTION, read_symbols

_SECTION = {"sh_addr": 0x0C, "sh_offset": 0x10, "sh_size": 0x14}
_PROGRAM = {"p_offset": 0x04, "p_filesz": 0x10, "p_memsz": 0x14}
_SYMBOL = {"st_value": 0x04, "st_size": 0x08}
"""Offsets in the structures of a 32-bit file (TIS ELF 1.2, figures 1-8, 1-16 and 2-1)."""

_PAGE = 0x1000
"""A loader that maps a file wants a segment's address and offset to agree within a page."""


class EditedElf:
    """A little-endian 32-bit file with a symbol table."""

    def __init__(self, content: bytes) -> None:
        self._content = bytearray(content)
        elf = ELFFile(io.BytesIO(content))
        self._sections = {section.name: section for section in elf.iter_sections()}
        self._headers = {
            section.name: elf["e_shoff"] + number * elf["e_shentsize"]
            for number, section in enumerate(elf.iter_sections())
        }
        self._programs = {
            int(program["p_vaddr"]): elf["e_phoff"] + number * elf["e_phentsize"]
            for number, program in enumerate(elf.iter_segments())
            if program["p_type"] == "PT_LOAD"
        }
        symbols = list(read_symbols(elf))
        self._symbols = {symbol.name: symbol for symbol in symbols if symbol.name}
        # A section's own symbol, which has no name.
        names = list(self._sections)
        self._marks = {
            names[symbol.section]: symbol.offset for symbol in symbols if symbol.type == SECTION
        }

    def __bytes__(self) -> bytes:
        return bytes(self._content)

    def section(self, name: str) -> tuple[int, int]:
        """Where a section begins and ends in the board's memory."""
        section = self._sections[name]
        return int(section["sh_addr"]), int(section["sh_addr"] + section["sh_size"])

    def value(self, symbol: str) -> int:
        """A symbol's address."""
        return self._symbols[symbol].value

    def has(self, symbol: str) -> bool:
        """Whether the linker has left a symbol in."""
        return symbol in self._symbols

    def word(self, symbol: str) -> int:
        """The word that a symbol names; 0 where it was left out."""
        if not self.has(symbol):
            return 0
        return int(struct.unpack_from("<I", self._content, self._offset(symbol))[0])

    def set_word(self, symbol: str, value: int) -> None:
        """Change the word that a symbol names, where it was left in."""
        if self.has(symbol):
            struct.pack_into("<I", self._content, self._offset(symbol), value)

    def move(self, name: str, address: int, size: int) -> None:
        """A section without contents lies elsewhere."""
        self._set(self._headers[name], _SECTION, sh_addr=address, sh_size=size)
        if name in self._marks:
            self._set(self._marks[name], _SYMBOL, st_value=address)

    def fill(self, name: str, symbol: str, data: bytes, rest: bytes) -> None:
        """Give a section, which is a segment too, other contents: `data`, that `symbol` names, and
        `rest` behind them.
        """
        begin, _ = self.section(name)
        self._content += bytes((begin - len(self._content)) % _PAGE)
        offset, size = len(self._content), len(data) + len(rest)
        self._content += data + rest
        self._set(self._headers[name], _SECTION, sh_offset=offset, sh_size=size)
        program = self._programs[begin]
        self._set(program, _PROGRAM, p_offset=offset, p_filesz=size, p_memsz=size)
        self._set(self._symbols[symbol].offset, _SYMBOL, st_size=len(data))

    def attach(self, name: str, data: bytes) -> None:
        """Give a section that is no part of the board's memory other contents."""
        offset = len(self._content)
        self._content += data
        self._set(self._headers[name], _SECTION, sh_offset=offset, sh_size=len(data))

    def _offset(self, symbol: str) -> int:
        """Where in the file the thing is that a symbol names."""
        entry = self._symbols[symbol]
        section = list(self._sections.values())[entry.section]
        return int(entry.value - section["sh_addr"] + section["sh_offset"])

    def _set(self, at: int, fields: dict[str, int], **values: int) -> None:
        for name, value in values.items():
            struct.pack_into("<I", self._content, at + fields[name], value)
