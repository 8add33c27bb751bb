"""Neither time nor memory of the host is at the mercy of a firmware or a file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tests.robustness.memory import growth
from tinysim._core import Machine, Stop
from tinysim.errors import StorageError
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.platform.assembly import build_machine
from tinysim.results import load_results
from tinysim.storage import read_bytes, read_json

_MOST_KIB = 500 << 10

# SysTick comes every 1001 cycles and moves the place in zeroed SRAM (`movs r0, r0`) that it goes
# back to: a block of code begins anew at each of them.
_INTO_ZEROES = """
    .word 0x20001000, start + 1
    .word 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    .word systick + 1
    .thumb_func
systick:
    ldr r0, [sp, #24]
    add r0, #2
    bic r0, #0x40000
    orr r0, #0x8000
    str r0, [sp, #24]
    bx lr
    .thumb_func
start:
    ldr r0, =0xE000E010
    ldr r1, =40
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    ldr r0, =0x20008000
    bx r0
    .ltorg
"""


def _machine(image: bytes, tier: str = "T0") -> Machine:
    machine = build_machine(load_board(), {"tier": tier})
    machine.load(0x08000000, image)
    machine.reset()
    return machine


def _grown(image: bytes, tier: str) -> int:
    """KiB that a process's memory has grown by in a second of the board's time."""
    code = (
        "import resource, sys\n"
        "from tests.robustness.test_bounded import _machine\n"
        "machine = _machine(sys.stdin.buffer.read(), sys.argv[1])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "machine.run(30_000_000)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tier], input=image, capture_output=True, check=True
    )
    return int(done.stdout)


@pytest.mark.parametrize("tier", ["T0", "T3"])
def test_interrupts_into_zeroes_do_not_fill_the_memory(tmp_path: Path, tier: str) -> None:
    assert _grown(assemble(tmp_path, _INTO_ZEROES), tier) < _MOST_KIB


def test_a_pin_that_toggles_for_good_is_not_remembered_for_good(tmp_path: Path) -> None:
    machine = _machine(
        assemble(
            tmp_path,
            """
    .word 0x20001000, start + 1
    .thumb_func
start:
    ldr r0, =0x4002104C     @ RCC_AHB2ENR
    movs r1, #0x20          @ GPIOF
    str r1, [r0]
    ldr r0, =0x48001400
    ldr r1, =0x04000000     @ PF13 is an output
    str r1, [r0]
    ldr r1, =0x2000
    ldr r2, =0x20000000
toggle:
    str r1, [r0, #0x18]
    str r2, [r0, #0x18]
    b toggle
    .ltorg
""",
        )
    )
    machine.watch_pin("gpiof", 13)
    machine.run(3_000_000)
    assert len(machine.pin_events()) == 1 << 16


def test_a_semihosted_text_without_an_end_is_cut(tmp_path: Path) -> None:
    machine = _machine(
        assemble(
            tmp_path,
            """
    .word 0x20001000, start + 1
    .thumb_func
start:
    movs r0, #4             @ SYS_WRITE0
    ldr r1, =0x08001000     @ erased flash, to its end and on
    bkpt #0xAB
    b start
    .ltorg
""",
        )
    )
    machine.run(100)
    assert len(machine.semihosting()) <= 1 << 20


@pytest.mark.parametrize("tier", ["T0", "T2", "T3"])
def test_slices_of_the_hosts_time_do_not_change_what_is_done(firmware: Path, tier: str) -> None:
    whole, sliced = (build_machine(load_board(), {"tier": tier}) for _ in range(2))
    for machine in (whole, sliced):
        for segment in load_image(firmware / "kws_dsp.elf").segments:
            machine.load(segment.address, segment.data)
        machine.reset()
    assert whole.run(20_000_000) is Stop.BUDGET
    pauses = 0
    while sliced.run(20_000_000 - sliced.cycles, host_ms=1) is Stop.PAUSED:
        pauses += 1
    assert pauses > 1
    assert sliced.counters() == whole.counters()
    assert sliced.registers() == whole.registers()


def test_a_breakpoint_is_not_missed_at_the_end_of_a_slice(tmp_path: Path) -> None:
    image = assemble(
        tmp_path,
        """
    .word 0x20001000, start + 1
    .thumb_func
start:
    nop
    nop
    nop
here:
    nop
    b start
""",
    )
    machine = _machine(image)
    machine.add_breakpoint(0x08000008 + 6)
    seen = [machine.run(1) is Stop.BREAKPOINT for _ in range(60)]
    # A round takes a run up to the breakpoint, the stop there, its instruction, and the branch.
    assert seen.count(True) == 15


def test_no_file_is_read_without_a_bound(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(1 << 40)
    grown = growth()
    for path in (fifo, large, tmp_path, Path("/dev/zero"), Path("/dev/stdin")):
        with pytest.raises(StorageError, match=r"cannot be read|larger than"):
            read_bytes(path, 1000)
        with pytest.raises(StorageError, match=r"cannot be read|larger than"):
            load_results(path)
    assert grown() < _MOST_KIB


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "9" * 100_000, "[NaN]"])
def test_json_is_bounded_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.json"
    path.write_text(text)
    with pytest.raises(StorageError, match=r"nested too deep|not JSON"):
        read_json(path)
