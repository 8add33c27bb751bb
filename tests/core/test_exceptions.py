"""Exceptions, which no oracle has: small programs whose handlers write down what happened."""

from pathlib import Path

import pytest

from tinysim._core import Stop

from .assembly import boot, logged, word

_NVIC = """
    .equ ISER, 0xE000E100
    .equ ISPR, 0xE000E200
    .equ IPR, 0xE000E400
    .equ ICSR, 0xE000ED04
    .equ SHPR3, 0xE000ED20
    .equ SHCSR, 0xE000ED24
    .equ CPACR, 0xE000ED88
"""


def _handler(name: str, number: int, body: str = "") -> str:
    return f"""
    .thumb_func
{name}:
    push {{r4, lr}}
    movs r0, #{number}
    bl log
    {body}
    movs r0, #{number + 100}
    bl log
    pop {{r4, pc}}
    .ltorg
"""


def test_a_more_urgent_interrupt_nests_and_a_less_urgent_one_waits(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _NVIC
        + _handler("irq1", 1, "ldr r1, =ISPR\n movs r0, #5\n str r0, [r1]\n dsb")
        + _handler("irq0", 10)
        + _handler("irq2", 12)
        + """
    .thumb_func
start:
    ldr r0, =IPR
    ldr r1, =0x00806040     @ irq0 0x40, irq1 0x60, irq2 0x80
    str r1, [r0]
    ldr r0, =ISER
    movs r1, #7
    str r1, [r0]
    ldr r0, =ISPR
    movs r1, #2
    str r1, [r0]
    dsb
    movs r0, #99
    bl log
    b .
""",
    )
    machine.run(10_000)
    assert logged(machine) == [1, 10, 110, 101, 12, 112, 99]
    # irq2 came by tail-chaining: entry, entry, return, chain, return.
    assert machine.counters()["exception.IRQ2"] == 1


def test_basepri_and_primask_hold_interrupts_back(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _NVIC
        + _handler("irq0", 1)
        + """
    .thumb_func
start:
    ldr r0, =IPR
    movs r1, #0x80
    str r1, [r0]
    ldr r0, =ISER
    movs r1, #1
    str r1, [r0]
    msr basepri, r1
    movs r1, #0x80
    msr basepri, r1
    ldr r0, =ISPR
    movs r1, #1
    str r1, [r0]
    dsb
    movs r0, #50
    bl log
    cpsid i
    movs r0, #0
    msr basepri, r0
    isb
    movs r0, #51
    bl log
    cpsie i
    isb
    movs r0, #52
    bl log
    b .
""",
    )
    machine.run(10_000)
    assert logged(machine) == [50, 51, 1, 101, 52]


def test_svc_is_taken_at_once_and_pendsv_after_it(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _NVIC
        + _handler("svc", 11, "ldr r1, =ICSR\n mov r0, #0x10000000\n str r0, [r1]\n dsb")
        + _handler("pendsv", 14)
        + """
    .thumb_func
start:
    ldr r0, =SHPR3
    mov r1, #0x00F00000     @ PendSV last
    str r1, [r0]
    svc #5
    movs r0, #99
    bl log
    b .
""",
    )
    machine.run(10_000)
    assert logged(machine) == [11, 111, 14, 114, 99]


def test_thread_mode_on_the_process_stack_is_stacked_there(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .thumb_func
svc:
    mrs r0, psp
    ldr r1, [r0, #24]       @ the return address
    ldr r2, =0x20000200
    str r1, [r2]
    str lr, [r2, #4]
    str r0, [r2, #8]
    bx lr
    .ltorg
    .thumb_func
start:
    ldr r0, =0x20004004
    msr psp, r0
    movs r0, #2
    msr control, r0
    isb
    svc #0
after:
    mrs r3, control
    mov r4, sp
    b .
""",
    )
    machine.run(10_000)
    registers = machine.registers()
    assert word(machine, 0x20000204) == 0xFFFFFFFD
    # 0x20004004 is no multiple of 8: a word of padding goes below it (CCR.STKALIGN).
    assert word(machine, 0x20000208) == 0x20004000 - 0x20
    assert registers["r4"] == 0x20004004
    assert registers["r3"] == 2


def test_fp_registers_are_stacked_only_when_the_handler_uses_the_fpu(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _NVIC
        + """
    .equ FPCCR, 0xE000EF34
    .thumb_func
svc:
    ldr r1, =FPCCR
    ldr r2, =0x20000200
    ldr r0, [r1]
    str r0, [r2]            @ LSPACT is set: nothing has been written yet
    vmov.f32 s0, #2.0
    ldr r0, [r1]
    str r0, [r2, #4]
    str lr, [r2, #8]
    bx lr
    .ltorg
    .thumb_func
start:
    ldr r0, =CPACR
    mov r1, #0x00F00000
    str r1, [r0]
    dsb
    isb
    vmov.f32 s0, #1.0
    svc #0
    vmov r5, s0
    b .
""",
    )
    machine.run(10_000)
    assert word(machine, 0x20000200) & 1 == 1
    assert word(machine, 0x20000204) & 1 == 0
    assert word(machine, 0x20000208) == 0xFFFFFFE9
    assert machine.registers()["r5"] == 0x3F800000


def test_an_interrupt_inside_an_it_block_leaves_its_conditions(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .equ SYST, 0xE000E010
    .thumb_func
systick:
    ldr r0, =0x20000200
    ldr r1, [r0]
    adds r1, #1
    str r1, [r0]
    cmp r1, r1              @ the handler spoils the flags
    bx lr
    .ltorg
    .thumb_func
start:
    ldr r0, =SYST
    movs r1, #36            @ a prime number of cycles walks through the loop
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    ldr r6, =2000
    movs r4, #0
    movs r5, #0
loop:
    movs r2, #1
    cmp r2, #2
    itete ne
    addne r4, #1
    addeq r5, #1
    addne r4, #1
    addeq r5, #1
    subs r6, #1
    bne loop
    b .
""",
    )
    machine.run(400_000)
    registers = machine.registers()
    assert (registers["r4"], registers["r5"]) == (4000, 0)
    assert word(machine, 0x20000200) > 300


def test_an_interrupt_inside_ldm_is_taken_before_it_ends(tmp_path: Path) -> None:
    source = """
    .equ SYST, 0xE000E010
    .thumb_func
systick:
    ldr r0, [sp, #28]       @ the stacked xPSR
    ldr r1, =0x0600FC00     @ its ICI bits
    ands r0, r1
    beq 1f
    ldr r1, =0x20000200
    ldr r2, [r1]
    adds r2, #1
    str r2, [r1]
1:  bx lr
    .ltorg
    .thumb_func
start:
    ldr r0, =SYST
    movs r1, #46
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    ldr r0, =0x20000400
    movs r1, #11
    movs r2, #22
    movs r3, #33
    movs r4, #44
    movs r5, #55
    stm r0, {r1-r5}
    ldr r8, =2000
    mov r9, #0
loop:
    ldm r0, {r1-r5}
    cmp r1, #11
    it eq
    cmpeq r5, #55
    it ne
    addne r9, #1
    stm r0, {r1-r5}
    subs r8, #1
    bne loop
    b .
"""
    machine = boot(tmp_path, source)
    machine.run(200_000)
    assert machine.registers()["r9"] == 0
    assert word(machine, 0x20000200) > 20


@pytest.mark.parametrize("tier", ["T2", "T3"])
@pytest.mark.parametrize("period", [61, 67, 71])
def test_an_interrupt_inside_push_or_pop_loses_no_register(
    tmp_path: Path, tier: str, period: int
) -> None:
    """The exception's frame lies where an unfinished PUSH has written."""
    source = f"""
    .equ SYST, 0xE000E010
    .thumb_func
systick:
    push {{r4, r5, lr}}
    mvn r4, r4
    mvn r5, r5
    pop {{r4, r5, pc}}
    .thumb_func
start:
    ldr r0, =SYST
    movs r1, #{period}
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    ldr r8, =5000
    mov r9, #0
loop:
    movs r1, #11
    movs r2, #22
    movs r3, #33
    movs r4, #44
    movs r5, #55
    movs r6, #66
    push {{r1-r6}}
    movs r1, #0
    movs r4, #0
    movs r6, #0
    pop {{r1-r6}}
    cmp r1, #11
    it eq
    cmpeq r4, #44
    it eq
    cmpeq r6, #66
    it ne
    addne r9, #1
    subs r8, #1
    bne loop
    b .
"""
    machine = boot(tmp_path, source, tier)
    machine.run(1_000_000)
    assert machine.registers()["r8"] == 0
    assert machine.registers()["r9"] == 0


def test_a_fault_without_a_handler_of_its_own_becomes_a_hard_fault(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _handler("hard", 3)
        + """
    .thumb_func
start:
    ldr r0, =0x60000000
    ldr r1, [r0]
    b .
""",
    )
    machine.run(2_000)
    assert logged(machine)[:2] == [3, 103]


def test_an_enabled_bus_fault_names_the_address(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _NVIC
        + """
    .thumb_func
bus:
    ldr r0, =0xE000ED28
    ldr r4, [r0]            @ CFSR
    ldr r5, [r0, #16]       @ BFAR
    ldr r6, [sp, #24]
    b .
    .ltorg
    .thumb_func
start:
    ldr r0, =SHCSR
    mov r1, #0x20000
    str r1, [r0]
    ldr r0, =0x60000010
there:
    ldr r1, [r0]
    b .
""",
    )
    assert machine.run(2_000) is Stop.FAULT
    registers = machine.registers()
    assert registers["r4"] == 0x8200
    assert registers["r5"] == 0x60000010
    fault = machine.fault()
    assert fault is not None
    assert fault.address == 0x60000010
    assert fault.registers["pc"] == registers["r6"]


def test_a_fault_in_the_hard_fault_handler_locks_up(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .thumb_func
hard:
    udf #0
    .thumb_func
start:
    udf #1
""",
    )
    assert machine.run(2_000) is Stop.FAULT
    fault = machine.fault()
    assert fault is not None
    assert "UNDEFINSTR" in fault.cause
    assert "lockup" in fault.cause


def test_wfi_sleeps_until_the_tick(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .equ SYST, 0xE000E010
    .thumb_func
systick:
    bx lr
    .thumb_func
start:
    ldr r0, =SYST
    ldr r1, =99999
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #7
    str r1, [r0]
    wfi
    movs r0, #0x18          @ SYS_EXIT
    ldr r1, =0x20026
    bkpt #0xAB
""",
    )
    assert machine.run(1_000_000) is Stop.EXIT
    assert 100_000 < machine.cycles < 100_100
    assert machine.instructions < 20


def test_wfi_that_nothing_can_end_is_idle(tmp_path: Path) -> None:
    machine = boot(tmp_path, ".thumb_func\nstart:\n wfi\n b start\n")
    assert machine.run(1_000_000) is Stop.IDLE


def test_semihosting_prints_and_exits(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        """
    .thumb_func
start:
    movs r0, #4
    ldr r1, =text
    bkpt #0xAB
    movs r0, #0x18
    ldr r1, =0x20026
    bkpt #0xAB
    .ltorg
text: .asciz "hello"
""",
    )
    assert machine.run(1_000_000) is Stop.EXIT
    assert machine.semihosting() == b"hello"
    assert machine.exit_code == 0


def _late(tmp_path: Path, delay: int) -> tuple[int, int]:
    """IRQ0 is pended `delay` cycles before SysTick, which is more urgent, expires: whether IRQ0
    was then active and pending, as SysTick's handler sees it.
    """
    machine = boot(
        tmp_path,
        _NVIC
        + f"""
    .equ SYST, 0xE000E010
    .thumb_func
systick:
    ldr r0, =0xE000E300     @ IABR
    ldr r1, [r0]
    ldr r0, =ISPR
    ldr r2, [r0]
    ldr r0, =0x20000200
    ldr r3, [r0, #8]        @ only the first time counts
    cmp r3, #0
    bne 1f
    str r1, [r0]
    str r2, [r0, #4]
    movs r3, #1
    str r3, [r0, #8]
1:  ldr r0, =SYST
    movs r1, #0
    str r1, [r0]
    bx lr
    .ltorg
    .thumb_func
irq0:
    nop
    .rept 40
    nop
    .endr
    bx lr
    .thumb_func
start:
    ldr r0, =IPR
    movs r1, #0x80
    str r1, [r0]
    ldr r0, =ISER
    movs r1, #1
    str r1, [r0]
    ldr r2, =ISPR
    ldr r0, =SYST
    movs r3, #{delay}
    str r3, [r0, #4]
    movs r3, #0
    str r3, [r0, #8]
    movs r3, #7
    str r3, [r0]
    str r1, [r2]
    dsb
    b .
""",
    )
    machine.run(1_000)
    assert machine.counters()["exception.IRQ0"] == 1
    return word(machine, 0x20000200) & 1, word(machine, 0x20000204) & 1


def test_a_more_urgent_exception_that_arrives_during_stacking_goes_first(tmp_path: Path) -> None:
    seen = [_late(tmp_path, delay) for delay in range(4, 40)]
    late, nested = seen.count((0, 1)), seen.count((1, 0))
    assert late >= 8  # the window is as long as stacking
    assert nested >= 8  # later it interrupts the handler
    assert seen.index((0, 1)) < seen.index((1, 0))
