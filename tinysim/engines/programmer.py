"""Puts an image into a real board's flash, by whichever program is there."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..errors import ToolError
from ..image import FLASH_BASE, Image

TARGET = "stm32l4r5zitx"
"""pyOCD's name of the chip."""


def program(image: Image) -> None:
    """Erase, program and reset.

    Raises:
        ToolError: no programmer is installed, or it failed.

    """
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "image.bin"
        binary.write_bytes(_flat(image))
        for name, commands in _PROGRAMMERS.items():
            if shutil.which(name):
                for command in commands(str(binary)):
                    _run(command)
                return
    raise ToolError(
        "--flash needs pyocd (pip install 'tinysim[hardware]'), st-flash or STM32_Programmer_CLI"
    )


def _flat(image: Image) -> bytes:
    """The image from the start of flash on, gaps as erased flash has them."""
    end = max(segment.address + len(segment.data) for segment in image.segments)
    content = bytearray(b"\xff" * (end - FLASH_BASE))
    for segment in image.segments:
        offset = segment.address - FLASH_BASE
        content[offset : offset + len(segment.data)] = segment.data
    return bytes(content)


_PROGRAMMERS: dict[str, Callable[[str], list[list[str]]]] = {
    "pyocd": lambda binary: [
        ["pyocd", "load", "-t", TARGET, "-a", hex(FLASH_BASE), binary],
        ["pyocd", "reset", "-t", TARGET],
    ],
    "st-flash": lambda binary: [["st-flash", "--reset", "write", binary, hex(FLASH_BASE)]],
    "STM32_Programmer_CLI": lambda binary: [
        ["STM32_Programmer_CLI", "-c", "port=SWD", "-w", binary, hex(FLASH_BASE), "-rst"]
    ],
}


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        output = (done.stderr + done.stdout).strip().splitlines()
        raise ToolError(f"{command[0]} failed: {output[-1] if output else 'no output'}")
