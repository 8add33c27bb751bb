"""Small programs for the tests, assembled with the firmware's toolchain."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tinysim._core import Machine

FLASH = 0x0800_0000


def assemble(folder: Path, source: str, base: int = FLASH) -> bytes:
    """A raw image for the start of flash, or for another place."""
    if shutil.which("arm-none-eabi-as") is None:
        pytest.skip("arm-none-eabi-as is missing")
    text = ".syntax unified\n.thumb\n.cpu cortex-m4\n.fpu fpv4-sp-d16\n" + source + "\n"
    (folder / "program.s").write_text(text)
    script = f"SECTIONS {{ . = {base}; .text : {{ *(.text) }} }}"
    (folder / "program.ld").write_text(script)
    for command in (
        ["arm-none-eabi-as", "-o", "program.o", "program.s"],
        ["arm-none-eabi-ld", "-T", "program.ld", "-o", "program.elf", "program.o"],
        ["arm-none-eabi-objcopy", "-O", "binary", "program.elf", "program.bin"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "program.bin").read_bytes()


_VECTORS = (
    "start",
    "nmi",
    "hard",
    "memory",
    "bus",
    "usage",
    "",
    "",
    "",
    "",
    "svc",
    "debug",
    "",
    "pendsv",
    "systick",
    "irq0",
    "irq1",
    "irq2",
)

_COMMON = """
    .thumb_func
hang: b hang
    .ltorg
    .thumb_func
log:                        @ appends r0 to the list at 0x20000100, spoils r1 and r2
    ldr r1, =0x20000100
    ldr r2, [r1]
    adds r2, #4
    str r2, [r1]
    str r0, [r1, r2]
    bx lr
    .ltorg
"""
"""`hang`, for exceptions without a handler, and `log`, by which handlers write down in which
order they ran."""


def _vectors(source: str) -> str:
    """The table: an exception's handler is the label of its name, where there is one."""
    entries = [name if f"\n{name}:" in source else "hang" for name in _VECTORS]
    return ".word 0x20008000, " + ", ".join(f"{entry} + 1" for entry in entries) + "\n"


def boot(folder: Path, source: str, tier: str = "T2") -> Machine:
    """A machine with the program (which defines `start`), about to run it."""
    machine = Machine()
    machine.add_memory("flash", "flash", [FLASH, 0], 0x4000)
    machine.add_memory("sram", "sram", [0x20000000], 0x10000)
    machine.configure("tier", tier)
    machine.load(FLASH, assemble(folder, _vectors(source) + _COMMON + source))
    machine.reset()
    return machine


def word(machine: Machine, address: int) -> int:
    """A word of memory."""
    return int.from_bytes(machine.read_memory(address, 4), "little")


def logged(machine: Machine) -> list[int]:
    """What `log` was called with, in order."""
    count = word(machine, 0x20000100) // 4
    return [word(machine, 0x20000104 + 4 * index) for index in range(count)]
