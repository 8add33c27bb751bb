"""pyOCD and gdb at the emulated probe."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tests.execution.programs import ITM
from tinysim.debugging import flash_loader

from .tools import gdb, program, serving

pytest.importorskip("pyocd")


def _pyocd(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pyocd", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def port() -> Iterator[int]:
    probe = f"tinysim:{program()}"
    with serving(
        "pyocd", "gdbserver", "--uid", probe, "--port", "0", "--telnet-port", "0",
        says="GDB server listening on port",
    ) as (found, _):  # fmt: skip
        yield found


def test_it_is_no_probe_for_who_has_not_asked() -> None:
    listed = _pyocd("list", "--probes")
    assert listed.returncode == 0
    assert "tinysim" not in listed.stdout
    assert "tinysim" in _pyocd("list", "--plugins").stdout


def test_the_commander_looks_around() -> None:
    done = _pyocd(
        "commander", "--uid", f"tinysim:{program()}",
        "-c", "reset halt", "-c", "reg pc", "-c", "step", "-c", "read32 0xe000ed00",
        "-c", "write32 0x20001000 0x12345678", "-c", "read8 0x20001001 2",
        "-c", "show map", "-c", "status",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Successfully halted device on reset" in done.stdout
    assert "e000ed00:  410fc241" in done.stdout
    assert re.search(r"20001001:\s+56 34", done.stdout)
    assert re.search(r"flash +Flash +0x08000000 +0x081fffff", done.stdout, re.IGNORECASE)
    assert re.search(r"sram3 +Ram +0x20040000 +0x2009ffff", done.stdout, re.IGNORECASE)


def test_gdb_debugs_through_it(port: int) -> None:
    said = gdb(
        port,
        """
        monitor reset halt
        maintenance flush register-cache
        print $pc == ((unsigned)&Reset_Handler & ~1)
        break inner
        continue
        backtrace
        delete
        watch counter
        continue
        print counter
        delete
        stepi
        finish
        break outer if x == 5
        continue
        print x
        print $control
        set var counter = 500
        tbreak inner
        continue
        next
        print counter
        detach
        """,
    )
    assert "$1 = 1" in said
    assert "Breakpoint 1, inner (x=x@entry=1)" in said
    assert re.search(r"#0 +inner .*\n#1 .* in outer .*\n#2 .* in main", said)
    assert "SIGTRAP" in said  # pyOCD does not say that it was the watchpoint
    assert "$2 = 1" in said
    assert "Breakpoint 3, outer (x=x@entry=5)" in said
    assert "= 506\n" in said


def test_gdb_loads_an_image_into_erased_flash() -> None:
    with serving(
        "pyocd", "gdbserver", "--uid", "tinysim", "--port", "0", "--telnet-port", "0",
        says="GDB server listening on port",
    ) as (port, _):  # fmt: skip
        said = gdb(
            port,
            """
            print *(int *)0x08000000
            load
            compare-sections
            monitor reset halt
            maintenance flush register-cache
            break inner
            continue
            print x
            kill
            """,
        )
    assert "$1 = -1" in said
    assert "Start address" in said
    assert "Section .text" in said
    assert "MIS-MATCHED" not in said
    assert "Breakpoint 1, inner (x=x@entry=1)" in said


def test_both_banks_are_programmed_erased_and_verified(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40
    (tmp_path / "data.bin").write_bytes(data)
    done = _pyocd(
        "commander", "--uid", "tinysim",
        "-c", f"load {tmp_path / 'data.bin'} 0x0800f800",
        "-c", f"load {tmp_path / 'data.bin'} 0x080ff000",
        "-c", f"compare 0x0800f800 {tmp_path / 'data.bin'}",
        "-c", f"compare 0x080ff000 {tmp_path / 'data.bin'}",
        "-c", "erase 0x08100000",
        "-c", "read32 0x080ffffc", "-c", "read32 0x08100000",
        "-c", "erase", "-c", "read32 0x080ff000",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("identical") + done.stdout.count("match") >= 2, done.stdout
    assert "080ffffc:  fffefdfc" in done.stdout
    assert "08100000:  ffffffff" in done.stdout
    assert "080ff000:  ffffffff" in done.stdout


def test_rtt_is_read_by_pyocd() -> None:
    script = f"""
import time
from pyocd.core.exceptions import RTTError
from pyocd.core.helpers import ConnectHelper
from pyocd.debug.rtt import RTTControlBlock
probe = "tinysim:{program()}"
with ConnectHelper.session_with_chosen_probe(unique_id=probe, blocking=False) as session:
    target = session.target
    target.resume()
    text = b""
    end = time.monotonic() + 60
    while not text and time.monotonic() < end:
        time.sleep(0.05)
        block = RTTControlBlock.from_target(target)
        try:
            block.start()
            text = block.up_channels[0].read()
        except RTTError:
            pass
    print(text.decode(), end="")
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout == "hello by RTT\n", done.stderr


def test_swo_is_read_by_pyocd(tmp_path: Path) -> None:
    assemble(tmp_path, ITM.format(end="nop"))
    script = f"""
import io, time
from pyocd.core.helpers import ConnectHelper
from pyocd.trace.swv import SWVReader
probe, said = "tinysim:{tmp_path / "program.elf"}", io.StringIO()
with ConnectHelper.session_with_chosen_probe(unique_id=probe, blocking=False) as session:
    reader = SWVReader(session, 0)
    assert reader.init(4_000_000, 1_000_000, said)
    session.target.reset()
    end = time.monotonic() + 60
    while chr(10) not in said.getvalue() and time.monotonic() < end:
        time.sleep(0.05)
    reader.stop()
print(said.getvalue(), end="")
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.startswith("by the back door\n"), done.stdout + done.stderr


def test_the_loader_is_its_source(tmp_path: Path) -> None:
    if shutil.which("arm-none-eabi-as") is None:
        pytest.skip("arm-none-eabi-as is missing")
    source = Path(flash_loader.__file__).with_suffix(".s")
    loader = tmp_path / "loader.o"
    subprocess.run(["arm-none-eabi-as", "-o", loader, source], check=True)
    binary = tmp_path / "loader.bin"
    subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", loader, binary], check=True)
    code = b"".join(word.to_bytes(4, "little") for word in flash_loader.CODE)
    assert binary.read_bytes() == code
    symbols = subprocess.run(
        ["arm-none-eabi-nm", loader], check=True, capture_output=True, text=True
    ).stdout
    for name, offset in vars(flash_loader.ENTRIES).items():
        assert f"{offset:08x} t {name}\n" in symbols
