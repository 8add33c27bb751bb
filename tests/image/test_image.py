"""Image loading and what it refuses."""

import struct
from pathlib import Path

import pytest

from tinysim.engines.builtin import BuiltinEngine
from tinysim.errors import ImageError
from tinysim.image import FLASH_BASE, Image, Symbol, load_image
from tinysim.platform import load_board

_GOOD = struct.pack("<II", 0x20002000, FLASH_BASE + 0x101) + bytes(0x200)


def _write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "image"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("asked", "bank"), [({}, "single"), ({"flash.bank": "dual"}, "dual")])
def test_an_images_own_option_bytes_are_applied_unless_others_are_asked_for(
    tmp_path: Path, asked: dict[str, str], bank: str
) -> None:
    from intelhex import IntelHex

    content = IntelHex()
    content.puts(FLASH_BASE, _GOOD)
    content.puts(0x1FF00000, b"\xaa\xf8\xaf\xff")  # DBANK is clear
    path = tmp_path / "with_options.hex"
    content.write_hex_file(str(path))
    engine = BuiltinEngine(load_board(), load_image(path), {"tier": "T0", **asked})
    engine.boot()
    assert engine.machine.options()["flash.bank"] == bank
    assert engine.warnings() == []


def test_a_raw_binary_goes_to_the_start_of_flash(tmp_path: Path) -> None:
    image = load_image(_write(tmp_path, _GOOD))
    assert [(s.address, len(s.data)) for s in image.segments] == [(FLASH_BASE, len(_GOOD))]


def test_intel_hex_gives_the_same_as_the_binary(tmp_path: Path, firmware: Path) -> None:
    binary = load_image(firmware / "kws_dsp.bin").segments[0].data
    joined = bytearray(len(binary))
    for piece in load_image(firmware / "kws_dsp.hex").segments:
        start = piece.address - FLASH_BASE
        joined[start : start + len(piece.data)] = piece.data
    assert joined == binary


def test_an_elf_has_symbols_and_sizes(firmware: Path) -> None:
    image = load_image(firmware / "kws_dsp.elf")
    main = image.symbols["main"] & ~1
    function = image.function_at(main + 2)
    assert function is not None and function.name == "main"
    assert image.ram_bytes is not None and image.ram_bytes > 90_000
    assert image.describe(main + 2).startswith("main+0x2")


def test_a_place_in_cpp_is_named_as_its_source_has_it() -> None:
    symbols = (Symbol(0x0800_0100, 16, "_ZN5board4sendEc"), Symbol(0x0800_0200, 16, "_Z"))
    image = Image(Path("a.elf"), (), "", functions=symbols)
    assert image.describe(0x0800_0102) == "board::send+0x2 (0x08000102)"
    assert image.describe(0x0800_0204) == "_Z+0x4 (0x08000204)"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "boots from|no vector table"),
        (b"\x7fELF" + bytes(8), "damaged or truncated ELF"),
        (b":zz\n", "damaged Intel HEX"),
        (bytes(64), "no vector table for this board"),
        (struct.pack("<II", 0x20002000, 0x60000001) + bytes(16), "no vector table for this board"),
        (struct.pack("<II", 0x60000000, FLASH_BASE + 1) + bytes(16), "no vector table"),
    ],
)
def test_what_is_no_image_for_the_board_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(ImageError, match=message):
        load_image(_write(tmp_path, content))


def test_a_truncated_elf_is_refused(tmp_path: Path, firmware: Path) -> None:
    content = (firmware / "kws_dsp.elf").read_bytes()
    with pytest.raises(ImageError, match="truncated"):
        load_image(_write(tmp_path, content[: len(content) // 3]))


def test_a_missing_file_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        load_image(tmp_path / "none")
