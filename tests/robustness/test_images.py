"""Images that cannot be run, each refused by name of what is wrong."""

import os
import struct
from pathlib import Path

import pytest

from tests.robustness.command import refused, tinysim

FLASH = 0x08000000


def _table(stack: int, entry: int, size: int = 64) -> bytes:
    return struct.pack("<II", stack, entry).ljust(size, b"\0")


BINARIES = {
    "empty": (b"", "starts at|nowhere|no vector table"),
    "one byte": (b"\0", "starts at 0x08000000|no vector table"),
    "seven bytes": (bytes(7), "starts at 0x08000000|no vector table"),
    "zeroes": (bytes(1000), "no vector table for this board"),
    "erased": (b"\xff" * 1000, "no vector table for this board"),
    "text": (b"#!/bin/sh\necho hello\n", "no vector table for this board"),
    "JSON": (b'{"a": 1, "b": 2}', "no vector table for this board"),
    "a stack in flash": (_table(0x08001000, FLASH + 9), "no vector table for this board"),
    "a stack beyond": (_table(0x200A0004, FLASH + 9), "no vector table for this board"),
    "no Thumb bit": (_table(0x20001000, FLASH + 8), "no vector table for this board"),
    "a handler in SRAM": (_table(0x20001000, 0x20000009), "no vector table for this board"),
    "a handler beyond": (_table(0x20001000, 0x08200001), "no vector table for this board"),
    "another chip's flash": (_table(0x20001000, 0x00400009), "no vector table for this board"),
    "code that is undefined": (
        _table(0x20001000, FLASH + 9, 8) + b"\xff\xde" * 8,
        "UNDEFINSTR|fault",
    ),
    "more than the flash": (_table(0x20001000, FLASH + 9, (2 << 20) + 16), "does not fit"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + bytes(100), "no vector table"),
    "a ZIP": (b"PK\x03\x04" + bytes(100), "no vector table"),
    "a TFLite model": (b"\x1c\0\0\0TFL3" + bytes(100), "no vector table"),
    "HEX without an end": (b":", "damaged Intel HEX|starts at"),
    "HEX of noise": (b":zz", "damaged Intel HEX"),
    "HEX with a bad sum": (b":0400000001020304FF\n:00000001FF", "damaged Intel HEX"),
    "HEX that is cut": (b":10000000", "damaged Intel HEX"),
    "HEX of nothing": (b":00000001FF\n", "nowhere"),
    "HEX elsewhere": (b":0400000001020304F2\n:00000001FF\n", "starts at 0x00000000"),
    "HEX twice": (b":0400000001020304F2\n:0400000001020304F2\n:00000001FF\n", "damaged Intel HEX"),
    "HEX in UTF-16": (":00000001FF".encode("utf-16-le"), "damaged Intel HEX"),
    "HEX in latin-1": (b":00000001FF\n\xe9", "damaged Intel HEX"),
    "ELF's four bytes": (b"\x7fELF", "damaged or truncated ELF"),
    "ELF of zeroes": (b"\x7fELF" + bytes(200), "damaged or truncated ELF"),
    "ELF for another class": (b"\x7fELF\x02\x01\x01" + bytes(200), "ELF|not for Arm"),
    "ELF for another order": (b"\x7fELF\x01\x02\x01" + bytes(200), "ELF|not for Arm"),
}  # fmt: skip


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("mode", ["performance", "energy"])
def test_an_image_that_cannot_be_run(tmp_path: Path, name: str, mode: str) -> None:
    content, pattern = BINARIES[name]
    path = tmp_path / "image"
    path.write_bytes(content)
    refused(tinysim("run", "kws", "--image", str(path), "--mode", mode), pattern)
    assert path.read_bytes() == content


@pytest.mark.parametrize("share", [n / 20 for n in range(1, 20)])
def test_an_elf_that_is_cut(tmp_path: Path, firmware: Path, share: float) -> None:
    content = (firmware / "kws_dsp.elf").read_bytes()
    path = tmp_path / "image.elf"
    path.write_bytes(content[: int(len(content) * share)])
    refused(tinysim("run", "kws", "--image", str(path)), "ELF")


@pytest.mark.parametrize("machine", [0, 3, 8, 20, 62, 183, 243, 65535])
def test_an_elf_for_another_processor(tmp_path: Path, firmware: Path, machine: int) -> None:
    content = bytearray((firmware / "kws_dsp.elf").read_bytes())
    content[18:20] = struct.pack("<H", machine)
    path = tmp_path / "image.elf"
    path.write_bytes(content)
    refused(tinysim("run", "kws", "--image", str(path)), "not for Arm")


def test_what_is_no_file(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(1 << 33)
    for path in (tmp_path, fifo, loop, large, tmp_path / "none", "/dev/zero", "a\0b", "x" * 300):
        for verb in (("run", "kws"), ("profile", "kws"), ("serve", "kws", "--tcp", "0")):
            refused(tinysim(*verb, "--image", str(path)), "cannot be read|larger than|null byte")


@pytest.mark.parametrize("name", ["\x1b[2J.elf", "new\nline.elf", "a\x07", "[red]x", "[b]"])
def test_names_are_printed_as_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"no image")
    refused(tinysim("run", "kws", "--image", str(path)), "starts at|no vector table")
