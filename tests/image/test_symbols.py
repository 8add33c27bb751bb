"""The symbol table of an ELF file."""

import io
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from tinysim.errors import ImageError
from tinysim.image import load_image
from tinysim.image.symbols import read_symbols


def _table(content: bytes) -> SymbolTableSection:
    table = ELFFile(io.BytesIO(content)).get_section_by_name(".symtab")
    assert isinstance(table, SymbolTableSection)
    return table


def test_symbols_are_those_that_pyelftools_reads(firmware: Path) -> None:
    content = (firmware / "kws_dsp.elf").read_bytes()
    expected = [
        (symbol.name, symbol["st_value"], symbol["st_size"])
        for symbol in _table(content).iter_symbols()
    ]

    symbols = list(read_symbols(ELFFile(io.BytesIO(content))))

    assert [(symbol.name, symbol.value, symbol.size) for symbol in symbols] == expected
    some = next(symbol for symbol in symbols if symbol.name == "main")
    assert content[some.offset + 4 : some.offset + 8] == some.value.to_bytes(4, "little")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (0x14, 24, "multiple of entry size"),  # sh_size
        (0x14, 1 << 24, "symbol table ends beyond the file"),
        (0x24, 8, "symbols have 8 bytes, not 16"),  # sh_entsize
    ],
)
def test_a_damaged_table_is_an_error_of_the_image(
    tmp_path: Path, firmware: Path, field: int, value: int, message: str
) -> None:
    content = bytearray((firmware / "kws_dsp.elf").read_bytes())
    elf = ELFFile(io.BytesIO(content))
    header = elf["e_shoff"] + elf.get_section_index(".symtab") * elf["e_shentsize"]
    content[header + field : header + field + 4] = value.to_bytes(4, "little")
    damaged = tmp_path / "damaged.elf"
    damaged.write_bytes(content)

    with pytest.raises(ImageError, match=f"damaged or truncated ELF: .*{message}"):
        load_image(damaged)
