"""The Memory Protection Unit: who may read, write and execute what (DDI0403 B3.5)."""

from pathlib import Path

import pytest

from tinysim._core import Machine, Stop

from .assembly import boot, logged, word

_DACCVIOL = 1 << 1 | 1 << 7
_IACCVIOL = 1 << 0
_MUNSTKERR, _MSTKERR, _MLSPERR = 1 << 3, 1 << 4, 1 << 5
_NONE, _PRIVILEGED, _USER_READS, _FULL, _PRIVILEGED_READS, _READS = 0, 1, 2, 3, 5, 6
_XN = 1 << 28
_BACKGROUND, _HFNMIENA = 4, 2

_HANDLERS = """
    .equ CFSR, 0xE000ED28
    .equ MMFAR, 0xE000ED34
    .thumb_func
memory:                     @ logs CFSR and MMFAR, and goes on where r7 says, privileged
    push {r4, lr}
    ldr r4, =CFSR
    ldr r0, [r4]
    str r0, [r4]
    bl log
    ldr r4, =MMFAR
    ldr r0, [r4]
    bl log
    pop {r4, lr}
    movs r0, #0
    msr control, r0
    str r7, [sp, #24]
    ldr r0, =0x01000000
    str r0, [sp, #28]
    bx lr
    .ltorg
"""


def _log_status(handler: str) -> str:
    """A handler that logs CFSR and stays."""
    return f"""
    .thumb_func
{handler}:
    ldr r0, =0xE000ED28
    ldr r0, [r0]
    bl log
    b .
    .ltorg
"""


def _region(number: int, base: int, log2: int, access: int, srd: int = 0) -> str:
    """Code that sets up a region: `access` is AP, and may have _XN."""
    attributes = (access & _XN) | (access & 7) << 24 | srd << 8 | (log2 - 1) << 1 | 1
    return f"""
    ldr r0, =0xE000ED9C
    ldr r1, ={base | 16 | number:#x}
    ldr r2, ={attributes:#x}
    stm r0, {{r1, r2}}
"""


def _enable(control: int = _BACKGROUND) -> str:
    return f"""
    ldr r0, =0xE000ED94
    movs r1, #{control | 1}
    str r1, [r0]
    dsb
    isb
"""


_FAULTS = """
    ldr r0, =0xE000ED24     @ SHCSR.MEMFAULTENA
    ldr r1, =1 << 16
    str r1, [r0]
"""
_LESS_URGENT_SVCALL = """
    ldr r0, =0xE000ED1C
    ldr r1, =0xF0000000
    str r1, [r0]
"""
_USER = """
    movs r0, #1
    msr control, r0
    isb
"""
_ALL_FLASH = _region(6, 0, 28, _READS)
_ALL_RAM = _region(5, 0x20000000, 16, _FULL)


def _machine(folder: Path, setup: str, body: str, tier: str = "T2") -> Machine:
    return boot(
        folder,
        _HANDLERS
        + "    .thumb_func\nstart:\n    ldr r7, =after + 1\n    b setup\n    .ltorg\n"
        + "    .thumb_func\nsetup:\n"
        + _FAULTS
        + setup
        + body
        + "\n    .thumb_func\nafter:\n    movs r0, #99\n    bl log\n    b .\n    .ltorg\n",
        tier,
    )


def _log(folder: Path, setup: str, body: str) -> list[int]:
    """What was logged: CFSR and MMFAR of each fault; 99 at the end."""
    machine = _machine(folder, setup, body)
    machine.run(20_000)
    return logged(machine)


@pytest.mark.parametrize(
    ("access", "may"),
    [
        (_NONE, ""),
        (_PRIVILEGED, "RW"),
        (_USER_READS, "RWr"),
        (_FULL, "RWrw"),
        (_PRIVILEGED_READS, "R"),
        (_READS, "Rr"),
    ],
)
def test_access_permissions(tmp_path: Path, access: int, may: str) -> None:
    setup = _ALL_FLASH + _ALL_RAM + _region(7, 0x20001000, 12, access) + _enable()
    for who in ("", _USER):
        for instruction, letter in (("ldr r1, [r0]", "r"), ("str r1, [r0]", "w")):
            allowed = (letter if who else letter.upper()) in may
            body = who + f"\n    ldr r0, =0x20001004\n    {instruction}\n    b after\n"
            expected = [99] if allowed else [_DACCVIOL, 0x20001004, 99]
            assert _log(tmp_path, setup, body) == expected, (who, instruction)


@pytest.mark.parametrize(
    ("instruction", "address"),
    [
        ("ldrb r1, [r0, #-1]!", None),
        ("ldrb r1, [r0]", 0),
        ("ldrsh r1, [r0, #2]", 2),
        ("strh r1, [r0, #30]", 30),
        ("ldr r1, [r0, #-2]", 0),
        ("str r1, [r0, #29]", 29),
        ("str r1, [r0, #32]", None),
        ("ldm r0, {r1, r2}", 0),
        ("ldmdb r0, {r1, r2}", None),
        ("subs r0, #4\n    stm r0!, {r1, r2}", 0),
        ("ldrd r1, r2, [r0, #-4]", 0),
        ("strd r1, r2, [r0, #28]", 28),
        ("ldrex r1, [r0]", 0),
        ("ldrex r1, [r0, #32]\n    strex r2, r1, [r0]", 0),
        ("vldr d0, [r0, #-4]", 0),
        ("vstmdb r0!, {s0-s3}", None),
        ("vstmia r0!, {s0-s3}", 0),
        ("tbb [r0, r3]", 0),
    ],
)
def test_a_region_within_a_page(tmp_path: Path, instruction: str, address: int | None) -> None:
    """32 bytes at 0x20001040 that nobody may touch."""
    setup = _region(3, 0x20001040, 5, _NONE) + _enable()
    body = f"""
    ldr r0, =0xE000ED88
    ldr r1, =0xF << 20
    str r1, [r0]
    movs r3, #0
    ldr r0, =0x20001040
    {instruction}
    b after
"""
    expected = [99] if address is None else [_DACCVIOL, 0x20001040 + address, 99]
    assert _log(tmp_path, setup, body) == expected


def test_a_fault_leaves_the_base_and_the_memory(tmp_path: Path) -> None:
    setup = _region(3, 0x20001000, 12, _PRIVILEGED_READS) + _enable()
    body = """
    ldr r4, =0x20001010
    movs r1, #7
    str r1, [r4], #4
    b after
"""
    machine = _machine(tmp_path, setup, body)
    machine.run(20_000)
    assert logged(machine) == [_DACCVIOL, 0x20001010, 99]
    assert machine.registers()["r4"] == 0x20001010
    assert word(machine, 0x20001010) == 0


def test_the_highest_region_wins_and_parts_can_be_left_out(tmp_path: Path) -> None:
    # 2 KB without access over a page that is read-only, without its eighths 1 and 3
    setup = (
        _region(1, 0x20001000, 12, _READS) + _region(4, 0x20001000, 11, _NONE, srd=0xA) + _enable()
    )
    for offset, instruction, fault in (
        (0x000, "ldr", True),
        (0x100, "ldr", False),
        (0x100, "str", True),
        (0x2FC, "ldr", True),
        (0x300, "ldr", False),
        (0x800, "ldr", False),
    ):
        body = f"\n    ldr r0, ={0x20001000 + offset:#x}\n    {instruction} r1, [r0]\n    b after\n"
        expected = [_DACCVIOL, 0x20001000 + offset, 99] if fault else [99]
        assert _log(tmp_path, setup, body) == expected, (offset, instruction)


def test_without_a_background_only_regions_are_there(tmp_path: Path) -> None:
    setup = _ALL_FLASH + _ALL_RAM + _enable(0)
    body = """
    ldr r0, =0xE000E100     @ the private peripheral bus is exempt
    ldr r1, [r0]
    ldr r0, =0x40000000
    ldr r1, [r0]
    b after
"""
    assert _log(tmp_path, setup, body) == [_DACCVIOL, 0x40000000, 99]


def test_unprivileged_software_has_no_background(tmp_path: Path) -> None:
    setup = _ALL_FLASH + _region(1, 0x20004000, 14, _FULL) + _enable()  # the stack
    body = "\n    ldr r4, =0x20001000\n    ldr r1, [r4]\n" + _USER + "    ldr r1, [r4]\n"
    assert _log(tmp_path, setup, body + "    b after\n") == [_DACCVIOL, 0x20001000, 99]


def test_ldrt_has_the_permissions_of_unprivileged_software(tmp_path: Path) -> None:
    setup = _ALL_RAM + _region(7, 0x20001000, 12, _USER_READS) + _enable()
    body = """
    ldr r0, =0x20001010
    movs r1, #0
    ldrt r1, [r0]
    str r1, [r0]
    {} r1, [r0, #4]
    b after
"""
    for instruction in ("strt", "strht", "strbt"):
        assert _log(tmp_path, setup, body.format(instruction)) == [_DACCVIOL, 0x20001014, 99]


@pytest.mark.parametrize(("start", "fault"), [(0x20001000, False), (0x20001020, True)])
def test_execute_never(tmp_path: Path, start: int, fault: bool) -> None:
    """Runs `nop` and `bx lr` in memory of which 32 bytes may not be executed."""
    setup = _region(2, 0x20001020, 5, _FULL | _XN) + _enable()
    body = f"""
    ldr r0, ={start:#x}
    ldr r1, =0x4770BF00
    str r1, [r0]
    adds r0, #1
    blx r0
    b after
"""
    log = _log(tmp_path, setup, body)
    assert log == ([_IACCVIOL, log[1], 99] if fault else [99])


def test_running_into_memory_that_is_not_executable(tmp_path: Path) -> None:
    """The instructions before it are executed, one across the boundary is not."""
    setup = _region(2, 0x20001020, 5, _FULL | _XN) + _enable()
    body = """
    movs r5, #0
    ldr r0, =0x2000101A
    ldr r1, =0x3501         @ adds r5, #1
    strh r1, [r0]
    strh r1, [r0, #2]
    ldr r1, =0xF105         @ add.w r5, r5, #1
    strh r1, [r0, #4]
    ldr r1, =0x0501
    strh r1, [r0, #6]
    adds r0, #1
    bx r0
"""
    machine = _machine(tmp_path, setup, body)
    machine.run(20_000)
    assert logged(machine)[0] == _IACCVIOL
    assert machine.registers()["r5"] == 2


def test_code_that_only_the_privileged_may_execute(tmp_path: Path) -> None:
    """It was decoded and linked while it was allowed."""
    setup = _ALL_FLASH + _ALL_RAM + _region(7, 0x08001000, 12, _PRIVILEGED_READS) + _enable()
    body = (
        "    ldr r4, =inner + 1\n    movs r5, #0\n    blx r4\n    blx r4\n"
        + _USER
        + """
    blx r4
    b after
    .ltorg
    .text 1
    .balign 0x1000
    .thumb_func
inner:
    adds r5, #1
    bx lr
    .text 0
"""
    )
    machine = _machine(tmp_path, setup, body)
    machine.run(20_000)
    log = logged(machine)
    assert (log[0], log[2:]) == (_IACCVIOL, [99])
    assert machine.registers()["r5"] == 2


def test_a_change_of_the_registers_counts_at_once(tmp_path: Path) -> None:
    setup = _region(3, 0x20001000, 12, _FULL) + _enable()
    touch = "\n    ldr r4, =0x20001000\n    ldr r1, [r4]\n    str r1, [r4]\n"
    off = "\n    ldr r0, =0xE000ED94\n    movs r1, #0\n    str r1, [r0]\n"
    forbid = _region(3, 0x20001000, 12, _READS)
    assert _log(tmp_path, setup, touch + off + forbid + touch + "    b after\n") == [99]
    log = _log(tmp_path, setup, touch + forbid + touch + "    b after\n")
    assert log == [_DACCVIOL, 0x20001000, 99]


def test_it_is_a_hard_fault_while_mem_manage_is_off(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .thumb_func
hard:
    ldr r3, =0x20001000     @ HFNMIENA is 0: the MPU does not concern this handler
    ldr r0, [r3]
    ldr r0, =0xE000ED2C
    ldr r0, [r0]
    bl log
    b .
    .ltorg
    .thumb_func
start:
"""
        + _region(3, 0x20001000, 12, _NONE)
        + _enable()
        + "    ldr r0, =0x20001000\n    ldr r0, [r0]\n    b .\n",
    )
    assert machine.run(20_000) is Stop.FAULT
    assert logged(machine) == [1 << 30]
    fault = machine.fault()
    assert fault is not None
    assert fault.cfsr == _DACCVIOL
    assert fault.address == 0x20001000
    assert "DACCVIOL" in fault.cause


@pytest.mark.parametrize(("control", "log"), [(0, [99]), (_HFNMIENA, [])])
def test_faultmask_puts_it_aside(tmp_path: Path, control: int, log: list[int]) -> None:
    setup = _region(3, 0x20001000, 12, _NONE) + _enable(_BACKGROUND | control)
    body = "\n    cpsid f\n    ldr r0, =0x20001000\n    ldr r1, [r0]\n    cpsie f\n    b after\n"
    assert _log(tmp_path, setup, body) == log


@pytest.mark.parametrize(
    ("instruction", "status"), [("svc #0", _MSTKERR), ("push {r0}", _MSTKERR | _DACCVIOL)]
)
def test_stacking_into_a_guard_region(tmp_path: Path, instruction: str, status: int) -> None:
    """A thread's stack has run into its guard; the handler of the fault has a stack of its own."""
    setup = _region(3, 0x20001000, 5, _NONE) + _enable()
    body = """
    ldr r0, =0x20001020
    msr psp, r0
    movs r0, #2
    msr control, r0
    isb
"""
    machine = boot(
        tmp_path,
        _log_status("memory")
        + "    .thumb_func\nstart:\n"
        + _FAULTS
        + _LESS_URGENT_SVCALL
        + setup
        + body
        + f"    {instruction}\n    b .\n",
    )
    machine.run(20_000)
    assert logged(machine) == [status]


def test_a_hard_fault_is_entered_although_stacking_for_it_failed(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _log_status("hard")
        + "    .thumb_func\nstart:\n"
        + _region(3, 0x20001000, 5, _NONE)
        + _enable()
        + "    ldr r0, =0x20001020\n    mov sp, r0\n    push {r0}\n    b .\n",
    )
    assert machine.run(20_000) is Stop.FAULT
    assert logged(machine) == [_MSTKERR | _DACCVIOL]


def test_unstacking_from_memory_that_the_thread_may_not_read(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _log_status("memory")
        + """
    .thumb_func
svc:
    movs r0, #1             @ the frame was stacked by privileged software
    msr control, r0
    bx lr
    .thumb_func
start:
"""
        + _FAULTS
        + _ALL_FLASH
        + _enable()
        + "    svc #0\n    b .\n",
    )
    machine.run(20_000)
    assert logged(machine) == [_MUNSTKERR]


def test_lazy_stacking_into_memory_that_became_forbidden(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _log_status("memory")
        + """
    .thumb_func
svc:
"""
        + _region(3, 0x20001000, 12, _READS)
        + """
    vmov s0, r0
    b .
    .ltorg
    .thumb_func
start:
    ldr r0, =0xE000ED88
    ldr r1, =0xF << 20
    str r1, [r0]
    vmov s0, r1
    ldr r0, =0x20001800
    msr psp, r0
    mrs r0, control
    orrs r0, #2
    msr control, r0
    isb
"""
        + _FAULTS
        + _LESS_URGENT_SVCALL
        + _enable()
        + "    svc #0\n",
    )
    machine.run(20_000)
    assert logged(machine) == [_MLSPERR]


_LOOP = """
    ldr r4, =0x20001040
    movs r5, #40
1:  ldr r1, [r4]
    adds r1, r5
    str r1, [r4]
    strb r1, [r4, #9]
    ldrd r2, r3, [r4, #16]
    subs r5, #1
    bne 1b
    b after
"""


@pytest.mark.parametrize("tier", ["T0", "T2", "T3"])
def test_what_is_allowed_takes_the_same_time(tmp_path: Path, tier: str) -> None:
    """Regions within the loop's page of data and of code, with the MPU on and off."""
    ends = []
    for control in ("movs r1, #5", "movs r1, #0"):
        setup = _region(3, 0x20001800, 5, _NONE) + _region(2, 0x08000800, 5, _FULL)
        on = f"\n    ldr r0, =0xE000ED94\n    {control}\n    str r1, [r0]\n    isb\n"
        machine = _machine(tmp_path, setup + on, _LOOP, tier)
        machine.step(1)
        machine.add_breakpoint(machine.registers()["r7"] & ~1)  # `after`
        assert machine.run(20_000) is Stop.BREAKPOINT
        ends.append((machine.cycles, machine.instructions, word(machine, 0x20001040)))
    assert ends[0] == ends[1]


def test_a_snapshot_keeps_the_protection(tmp_path: Path) -> None:
    setup = _ALL_FLASH + _ALL_RAM + _region(7, 0x20001000, 12, _PRIVILEGED) + _enable()
    body = "\n    ldr r4, =0x20001000\n    ldr r1, [r4]\n" + _USER + "    ldr r1, [r4]\n"
    machine = _machine(tmp_path, setup, body + "    b after\n")
    while machine.registers()["control"] & 1 == 0:
        machine.step(1)
    state = machine.snapshot()
    other = _machine(tmp_path, "", "    b after\n")
    other.run(500)
    other.restore(state)
    other.run(20_000)
    machine.run(20_000)
    assert logged(other) == logged(machine) == [_DACCVIOL, 0x20001000, 99]
    assert other.cycles == machine.cycles
