"""A program with debug information, gdb, and servers for it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

_HERE = Path(__file__).parent


@cache
def program() -> Path:
    """The test program as an ELF file."""
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is missing")
    elf = Path(tempfile.mkdtemp(prefix="tinysim-debugging")) / "program.elf"
    options = "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -g -O1 -nostdlib"
    script = _HERE / "program.ld"
    subprocess.run(
        ["arm-none-eabi-gcc", *options.split(), "-T", script, "-o", elf, _HERE / "program.c"],
        check=True,
    )
    return elf


def gdb(port: int, script: str) -> str:
    """What gdb prints for these commands, once it is connected."""
    if shutil.which("gdb-multiarch") is None:
        pytest.skip("gdb-multiarch is missing")
    commands = [
        "set pagination off",
        "set confirm off",
        "set width 0",
        "set remotetimeout 20",
        f"target remote :{port}",
        *script.strip().splitlines(),
    ]
    arguments = [item for command in commands for item in ("-ex", command.strip())]
    done = subprocess.run(
        ["gdb-multiarch", "-nx", "-q", "-batch", *arguments, program()],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout + done.stderr


@contextmanager
def serving(*arguments: str, says: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """A server's port, which is the last number of the line that contains `says`."""
    command = [sys.executable, "-m", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        heard = ""
        try:
            for line in process.stdout:
                heard += line
                if says in line:
                    digits = line.partition(says)[2]
                    number = "".join(c if c.isdigit() else " " for c in digits).split()[0]
                    yield int(number), process
                    return
            pytest.fail(f"the server has ended: {heard}")
        finally:
            process.terminate()
