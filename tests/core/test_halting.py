"""Halting debug as a probe sees it: DHCSR, DCRSR, vector catch, FPB and DWT (DDI0403 C1)."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.core.assembly import boot, word
from tinysim._core import Machine, Stop

_DFSR, _DHCSR, _DCRSR, _DCRDR, _DEMCR = (
    0xE000ED30,
    0xE000EDF0,
    0xE000EDF4,
    0xE000EDF8,
    0xE000EDFC,
)
_AIRCR = 0xE000ED0C
_FP_CTRL, _FP_REMAP, _FP_COMP0 = 0xE0002000, 0xE0002004, 0xE0002008
_DWT = 0xE0001000
_KEY = 0xA05F0000
_C_DEBUGEN, _C_HALT, _C_STEP, _C_MASKINTS = 1, 2, 4, 8
_S_REGRDY, _S_HALT, _S_LOCKUP, _S_RESET_ST = 1 << 16, 1 << 17, 1 << 19, 1 << 25
_HALTED, _BKPT, _DWTTRAP, _VCATCH = 1, 2, 4, 8
_TRCENA, _MON_EN, _MON_STEP = 1 << 24, 1 << 16, 1 << 18
_PC, _XPSR, _MASKS, _FPSCR, _S0 = 15, 16, 20, 33, 64
_TIERS = ("T0", "T2", "T3")

_COUNT = """
    .thumb_func
start:
    movs r0, #0
    ldr r4, =0x20000200
    .global loop
loop:
    adds r0, #1
    str r0, [r4]
    ldr r1, [r4]
    adds r2, r1, #1
    b loop
    .ltorg
"""


def _control(machine: Machine, bits: int) -> None:
    machine.probe_write(_DHCSR, _KEY | _C_DEBUGEN | bits)


def _status(machine: Machine) -> int:
    return machine.probe_read(_DHCSR)


def _register(machine: Machine, number: int) -> int:
    machine.probe_write(_DCRSR, number)
    assert _status(machine) & _S_REGRDY
    return machine.probe_read(_DCRDR)


def _set_register(machine: Machine, number: int, value: int) -> None:
    machine.probe_write(_DCRDR, value)
    machine.probe_write(_DCRSR, 1 << 16 | number)


def _reason(machine: Machine) -> int:
    reason = machine.probe_read(_DFSR)
    machine.probe_write(_DFSR, reason)
    return reason


def _break_at(machine: Machine, comparator: int, address: int) -> None:
    replace = 2 if address & 2 else 1
    machine.probe_write(_FP_COMP0 + 4 * comparator, replace << 30 | address & ~3 | 1)
    machine.probe_write(_FP_CTRL, 3)


def _loop(machine: Machine) -> int:
    """The address of the first instruction after the two of `start`."""
    return machine.registers()["pc"] + 4


def _watch(machine: Machine, comparator: int, address: int, function: int, mask: int = 0) -> None:
    machine.probe_write(_DEMCR, _TRCENA)
    machine.probe_write(_DWT + 0x20 + 16 * comparator, address)
    machine.probe_write(_DWT + 0x24 + 16 * comparator, mask)
    machine.probe_write(_DWT + 0x28 + 16 * comparator, function)


def test_halts_at_once_and_no_time_passes_then(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    machine.run(1000)
    _control(machine, _C_HALT)
    assert machine.run(1000) is Stop.HALTED
    assert _status(machine) & _S_HALT
    assert _reason(machine) == _HALTED
    before = machine.cycles
    assert machine.run(1000) is Stop.HALTED
    assert machine.cycles == before
    _control(machine, 0)
    assert not _status(machine) & _S_HALT
    assert machine.run(1000) is Stop.BUDGET
    assert machine.cycles >= before + 1000


def test_software_cannot_let_a_debugger_in(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    machine.bus_write(_DHCSR, _KEY | _C_DEBUGEN | _C_HALT)
    assert not _status(machine) & (_C_DEBUGEN | _C_HALT)
    assert machine.run(1000) is Stop.BUDGET
    machine.probe_write(_DHCSR, _C_DEBUGEN)  # without the key
    assert not _status(machine) & _C_DEBUGEN
    _control(machine, 0)
    machine.bus_write(_DHCSR, _KEY | _C_HALT)
    assert machine.run(1000) is Stop.HALTED


@pytest.mark.parametrize("tier", _TIERS)
def test_steps_one_instruction_each(tmp_path: Path, tier: str) -> None:
    machine = boot(tmp_path, _COUNT, tier)
    loop = _loop(machine)
    _control(machine, _C_HALT)
    machine.run(1)
    places = []
    for _ in range(7):
        places.append(_register(machine, _PC))
        _control(machine, _C_STEP)
        assert machine.run(1_000_000) is Stop.HALTED
        assert _reason(machine) == _HALTED
    assert places == [loop - 4, loop - 2, loop, loop + 2, loop + 4, loop + 6, loop + 8]
    assert _register(machine, _PC) == loop
    assert word(machine, 0x20000200) == 1


def test_every_register_goes_through_dcrdr(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    _control(machine, _C_HALT)
    machine.run(1)
    for number in (*range(13), 14, *range(_S0, _S0 + 32)):
        _set_register(machine, number, 0x1234_5600 + number)
        assert _register(machine, number) == 0x1234_5600 + number
    _set_register(machine, 13, 0x2000_4003)
    assert _register(machine, 13) == _register(machine, 17) == 0x2000_4000
    _set_register(machine, 18, 0x2000_5000)
    assert machine.registers()["psp"] == 0x2000_5000
    _set_register(machine, _MASKS, 3 << 24 | 1 << 16 | 0x45 << 8 | 1)
    assert _register(machine, _MASKS) == 3 << 24 | 1 << 16 | 0x40 << 8 | 1
    assert _register(machine, 13) == 0x2000_5000  # CONTROL.SPSEL
    _set_register(machine, _MASKS, 0)
    _set_register(machine, _XPSR, 0xA100_0000)
    assert _register(machine, _XPSR) == 0xA100_0000
    _set_register(machine, _FPSCR, 0x5040_0010)
    assert _register(machine, _FPSCR) == 0x5040_0010
    _set_register(machine, _PC, 0x0800_0101)
    assert machine.registers()["pc"] == 0x0800_0100


def test_a_running_core_gives_no_register(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    _control(machine, 0)
    machine.probe_write(_DCRSR, 0)
    assert not _status(machine) & _S_REGRDY


@pytest.mark.parametrize("tier", _TIERS)
def test_a_breakpoint_of_the_fpb_halts_before_its_instruction(tmp_path: Path, tier: str) -> None:
    machine = boot(tmp_path, _COUNT, tier)
    loop = _loop(machine)
    machine.run(500)  # the code is known to the core by now
    _control(machine, 0)
    for address in (loop + 2, loop + 4, loop + 8):
        _break_at(machine, 5, address)
        assert machine.run(1_000_000) is Stop.HALTED
        assert _register(machine, _PC) == address
        assert _reason(machine) == _BKPT
        assert _register(machine, 0) == word(machine, 0x20000200) + (address == loop + 2)
        _control(machine, 0)
        assert machine.run(1000) is Stop.HALTED  # it is still there
        machine.probe_write(_FP_COMP0 + 20, 0)
        _control(machine, 0)


def test_the_fpb_says_what_it_has(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    assert machine.probe_read(_FP_CTRL) == 0x260
    machine.probe_write(_FP_CTRL, 1)  # without KEY
    assert machine.probe_read(_FP_CTRL) == 0x260
    machine.probe_write(_FP_REMAP, 0xFFFF_FFFF)
    assert machine.probe_read(_FP_REMAP) == 0x3FFF_FFE0
    machine.probe_write(_FP_COMP0 + 28, 0xFFFF_FFFF)
    assert machine.probe_read(_FP_COMP0 + 28) == 0xDFFF_FFFD


def test_code_is_patched_out_of_ram(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    loop = _loop(machine)
    machine.run(500)
    aligned = loop & ~3
    halves = bytearray(machine.read_memory(aligned, 4))
    halves[loop - aligned : loop - aligned + 2] = (0x3002).to_bytes(2, "little")  # adds r0, #2
    machine.write_memory(0x2000_1008, bytes(halves))
    machine.probe_write(_FP_REMAP, 0x2000_1000)
    machine.probe_write(_FP_COMP0 + 8, aligned | 1)
    before = word(machine, 0x20000200)
    instructions = machine.instructions
    machine.probe_write(_FP_CTRL, 3)
    machine.step(500)
    rounds = (machine.instructions - instructions) // 5
    assert word(machine, 0x20000200) - before in range(2 * rounds - 1, 2 * rounds + 2)
    assert machine.read_memory(aligned, 4) != bytes(halves)


def test_a_literal_is_patched(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        "\n    .thumb_func\nstart: ldr r0, literal\n    ldrh r1, literal + 2\n    b .\n"
        "    .balign 4\nliteral: .word 0x11112222\n",
    )
    memory = machine.read_memory(0x0800_0000, 0x200)
    address = 0x0800_0000 + memory.index((0x11112222).to_bytes(4, "little"))
    machine.write_memory(0x2000_1018, (0xAAAABBBB).to_bytes(4, "little"))
    machine.probe_write(_FP_REMAP, 0x2000_1000)
    machine.probe_write(_FP_COMP0 + 24, address | 1)
    machine.probe_write(_FP_CTRL, 3)
    machine.step(2)
    assert machine.registers()["r0"] == 0xAAAABBBB
    assert machine.registers()["r1"] == 0xAAAA


@pytest.mark.parametrize("tier", _TIERS)
@pytest.mark.parametrize(("function", "after"), [(5, 6), (6, 4), (7, 4)])
def test_data_is_watched(tmp_path: Path, tier: str, function: int, after: int) -> None:
    machine = boot(tmp_path, _COUNT, tier)
    loop = _loop(machine)
    machine.run(500)
    _control(machine, 0)
    _watch(machine, 3, 0x20000200, function)
    assert machine.run(1_000_000) is Stop.HALTED
    assert _reason(machine) == _DWTTRAP
    assert _register(machine, _PC) == loop + after
    assert machine.probe_read(_DWT + 0x58) & 1 << 24  # MATCHED
    assert not machine.probe_read(_DWT + 0x58) & 1 << 24
    _watch(machine, 3, 0x20000210, function, 4)  # 16 bytes beyond
    _control(machine, 0)
    assert machine.run(10_000) is Stop.BUDGET
    _watch(machine, 3, 0x20000210, function, 5)  # 32 bytes that hold it
    assert machine.run(10_000) is Stop.HALTED


def test_a_value_is_watched(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    _control(machine, 0)
    _watch(machine, 2, 0x20000200, 0)
    # DATAVMATCH, DATAVSIZE word, both addresses by comparator 2, on writes
    _watch(machine, 1, 1000, 1 << 8 | 2 << 10 | 2 << 12 | 2 << 16 | 6)
    assert machine.run(1_000_000) is Stop.HALTED
    assert word(machine, 0x20000200) == 1000
    assert machine.reports() == []


def test_an_instruction_is_watched(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    loop = _loop(machine)
    machine.run(500)
    _control(machine, 0)
    _watch(machine, 0, loop + 2, 4)
    assert machine.run(1_000_000) is Stop.HALTED
    assert _reason(machine) == _DWTTRAP
    assert _register(machine, _PC) == loop + 4


def test_a_cycle_is_watched(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    _control(machine, 0)
    machine.probe_write(_DEMCR, _TRCENA)
    machine.probe_write(_DWT, 1)
    start = machine.cycles
    _watch(machine, 0, 5000, 1 << 7 | 4)
    assert machine.run(1_000_000) is Stop.HALTED
    assert _reason(machine) == _DWTTRAP
    assert 5000 <= machine.cycles - start < 5010


def test_overhead_is_counted(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .thumb_func
start:
    ldr r0, =0xE000E010
    movs r1, #99
    str r1, [r0, #4]
    movs r1, #7
    str r1, [r0]
    wfi
    nop
    b .
    .thumb_func
systick:
    movs r1, #0
    str r1, [r0]
    bx lr
    .ltorg
""",
    )
    machine.probe_write(_DEMCR, _TRCENA)
    machine.probe_write(_DWT, 1 | 1 << 18 | 1 << 19)
    start = machine.cycles
    machine.run(300)
    assert machine.probe_read(_DWT + 0x0C) == 24  # entry and return, without wait states
    slept = machine.probe_read(_DWT + 0x10)
    assert 80 < slept < 100
    assert machine.probe_read(_DWT + 4) == machine.cycles - start


def test_a_breakpoint_instruction_halts_only_for_a_debugger(tmp_path: Path) -> None:
    source = "\n    .thumb_func\nstart: movs r0, #1\n    bkpt 3\n    movs r0, #2\n    b .\n"
    machine = boot(tmp_path, source)
    _control(machine, 0)
    first = machine.registers()["pc"]
    assert machine.run(1000) is Stop.HALTED
    assert (_register(machine, _PC), _reason(machine)) == (first + 2, _BKPT)
    _set_register(machine, _PC, first + 4)
    _control(machine, 0)
    machine.run(10)
    assert machine.registers()["r0"] == 2
    alone = boot(tmp_path, source)
    alone.run(1000)
    assert alone.counters()["exception.HardFault"] == 1


def test_the_monitor_steps(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .thumb_func
start:
    ldr r3, =0xE000EDFC
    mov r2, #0x50000          @ MON_EN, MON_STEP
    str r2, [r3]
    mov r0, #0x70000          @ and MON_PEND
    str r0, [r3]
    nop
    nop
    nop
    b .
    .thumb_func
debug:
    ldr r0, [sp, #24]
    b log
    .ltorg
""",
    )
    machine.run(400)
    count = word(machine, 0x20000100) // 4
    places = [word(machine, 0x20000104 + 4 * index) for index in range(count)]
    assert count >= 4
    steps = [later - earlier for earlier, later in pairwise(places[:4])]
    assert steps == [2, 2, 2]


@pytest.mark.parametrize(
    ("catch", "instruction", "cfsr"),
    [
        (1 << 10, "udf #0", 1 << 16),
        (1 << 7, "udf #0", 1 << 16),
        (1 << 6, "udiv r0, r0, r1", 1 << 25),
        (1 << 8, "ldr r0, [r2]", 1 << 9 | 1 << 15),
    ],
)
def test_vectors_are_caught(tmp_path: Path, catch: int, instruction: str, cfsr: int) -> None:
    enable = "0" if catch == 1 << 10 else "0x70000"
    machine = boot(
        tmp_path,
        f"""
    .thumb_func
start:
    ldr r3, =0xE000ED00
    mov r0, #{enable}
    str r0, [r3, #0x24]       @ SHCSR
    mov r0, #0x10             @ CCR.DIV_0_TRP
    str r0, [r3, #0x14]
    movs r1, #0
    ldr r2, =0x60000000
    {instruction}
    b .
    .ltorg
""",
    )
    _control(machine, 0)
    machine.probe_write(_DEMCR, catch)
    assert machine.run(10_000) is Stop.HALTED
    assert _reason(machine) == _VCATCH
    assert _register(machine, _XPSR) & 0x1FF in (3, 5, 6)
    assert machine.probe_read(0xE000ED28) == cfsr
    assert _register(machine, 14) == 0xFFFF_FFF9
    machine.probe_write(_DEMCR, 0)
    _control(machine, 0)
    assert machine.run(1000) is not Stop.HALTED


def test_reset_is_caught_and_keeps_the_debugger(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    start = machine.registers()["pc"]
    machine.run(500)
    _control(machine, 0)
    _break_at(machine, 0, start + 6)
    machine.probe_read(_DHCSR)
    machine.probe_write(_DEMCR, 1 | _TRCENA | _MON_EN)
    machine.probe_write(_AIRCR, 0x05FA_0004)
    assert machine.run(1000) is Stop.HALTED
    assert _status(machine) & _S_RESET_ST
    assert not _status(machine) & _S_RESET_ST
    assert (_register(machine, _PC), _reason(machine)) == (start, _VCATCH)
    assert machine.probe_read(_DEMCR) == 1 | _TRCENA
    machine.probe_write(_DEMCR, 0)
    _control(machine, 0)
    assert machine.run(1000) is Stop.HALTED
    assert (_register(machine, _PC), _reason(machine)) == (start + 6, _BKPT)
    machine.reset()  # power
    assert not _status(machine) & _C_DEBUGEN
    assert machine.run(1000) is Stop.BUDGET


_TICKING = """
    .thumb_func
start:
    ldr r3, =0xE000E010
    movs r1, #49
    str r1, [r3, #4]
    movs r1, #7
    str r1, [r3]
1:  nop
    nop
    b 1b
    .thumb_func
systick:
    adds r5, #1
    bx lr
    .ltorg
"""


@pytest.mark.parametrize(("masks", "stopped_in_handler"), [(0, True), (_C_MASKINTS, False)])
def test_interrupts_are_masked_for_steps(
    tmp_path: Path, masks: int, stopped_in_handler: bool
) -> None:
    machine = boot(tmp_path, _TICKING)
    machine.run(20)
    _control(machine, _C_HALT)
    machine.run(1)
    _control(machine, _C_HALT | masks)
    seen = False
    for _ in range(200):
        _control(machine, _C_STEP | masks)
        assert machine.run(1000) is Stop.HALTED
        seen = seen or bool(_register(machine, _XPSR) & 0x1FF)
    assert seen is stopped_in_handler
    _control(machine, _C_HALT)
    _control(machine, 0)
    machine.run(100)
    assert machine.registers()["r5"] > 0


def test_a_sleeping_core_halts(tmp_path: Path) -> None:
    machine = boot(tmp_path, "\n    .thumb_func\nstart: wfi\n    movs r0, #7\n    b .\n")
    place = machine.registers()["pc"]
    machine.run(100)
    assert machine.probe_read(_DHCSR) & 1 << 18
    _control(machine, _C_HALT)
    assert machine.run(100) is Stop.HALTED
    assert _register(machine, _PC) == place + 2


def test_lockup_is_seen(tmp_path: Path) -> None:
    machine = boot(tmp_path, "\n    .thumb_func\nstart: udf #0\n    .thumb_func\nhard: udf #1\n")
    _control(machine, 0)
    machine.run(1000)
    assert _status(machine) & _S_LOCKUP
    assert machine.fault() is None
    _control(machine, _C_HALT)
    assert machine.run(1000) is Stop.HALTED
    assert not _status(machine) & _S_LOCKUP
    assert _register(machine, _PC) == 0xFFFF_FFFE


def test_the_rom_table_leads_to_the_units(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    table, parts = 0xE00FF000, {}
    for entry in range(6):
        base = table + machine.probe_read(table + 4 * entry) & 0xFFFF_F000
        part = machine.probe_read(base + 0xFE0) | (machine.probe_read(base + 0xFE4) & 15) << 8
        assert machine.probe_read(base + 0xFFC) == 0xB1
        parts[base] = part
    assert parts == {
        0xE000E000: 0x00C,
        0xE0001000: 0x002,
        0xE0002000: 0x003,
        0xE0000000: 0x001,
        0xE0040000: 0x9A1,
        0xE0041000: 0x925,
    }
    assert machine.probe_read(table + 24) == 0


def test_the_host_watches_too(tmp_path: Path) -> None:
    machine = boot(tmp_path, _COUNT)
    loop = _loop(machine)
    machine.run(500)
    machine.watch_data(0x20000202, 1, reads=False, writes=True)
    assert machine.run(10_000) is Stop.WATCHPOINT
    assert machine.watch_hit() == (0x20000200, True)
    assert machine.registers()["pc"] == loop + 4
    machine.unwatch_data(0x20000202, 1, reads=False, writes=True)
    machine.watch_data(0x20000203, 1, reads=True, writes=False)
    assert machine.run(10_000) is Stop.WATCHPOINT
    assert machine.watch_hit() == (0x20000200, False)
    assert machine.registers()["pc"] == loop + 6
    machine.unwatch_data(0x20000203, 1, reads=True, writes=False)
    assert machine.run(10_000) is Stop.BUDGET


@pytest.mark.parametrize("tier", _TIERS)
def test_watching_costs_no_cycle(tmp_path: Path, tier: str) -> None:
    machines = [boot(tmp_path, _TICKING, tier) for _ in range(2)]
    machines[1].watch_data(0x20007F00, 4, reads=True, writes=True)
    for machine in machines:
        machine.run(20_000)
    assert machines[0].cycles == machines[1].cycles
    assert machines[0].instructions == machines[1].instructions
