"""What ends a sleep, and what becomes of a fault that firmware handles itself."""

from pathlib import Path

import pytest

from tinysim._core import Machine, Stop

from .assembly import boot, logged

_REGISTERS = """
    .equ SYST, 0xE000E010
    .equ SCR, 0xE000ED10
    .equ HFSR, 0xE000ED2C
    .equ DEMCR, 0xE000EDFC
    .equ DWT, 0xE0001000
    .equ ISER, 0xE000E100
    .equ ISPR, 0xE000E200
    .equ UART, 0x40013800
"""
_TICKS = """
    ldr r0, =SYST
    ldr r1, =999
    str r1, [r0, #4]
    movs r1, #7
    str r1, [r0]
"""
_LOG_TICKS = """
    .thumb_func
systick:
    push {r4, lr}
    movs r0, #15
    bl log
    pop {r4, pc}
    .ltorg
"""


def _run(machine: Machine, cycles: int = 20_000) -> Stop:
    return machine.run(cycles)


def test_wfi_sleeps_although_an_exception_has_just_returned(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + _LOG_TICKS
        + """
    .thumb_func
svc:
    bx lr
    .thumb_func
start:"""
        + _TICKS
        + """
    svc #0
    wfi
    movs r0, #1
    bl log
    b .
""",
    )
    _run(machine)
    assert logged(machine)[:2] == [15, 1]


def test_wfi_leaves_the_event_to_wfe(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + _LOG_TICKS
        + """
    .thumb_func
start:
    cpsid i
"""
        + _TICKS
        + """
    sev
    wfi                     @ until SysTick pends
    wfe                     @ returns at once: the event is still there
    movs r0, #2
    bl log
    cpsie i
    b .
""",
    )
    _run(machine, 1500)
    assert logged(machine)[:2] == [2, 15]


def test_a_pending_interrupt_is_an_event_once_with_sevonpend(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + """
    .thumb_func
start:
    cpsid i
    ldr r0, =SCR
    movs r1, #16
    str r1, [r0]
    ldr r0, =ISPR
    movs r1, #1
    str r1, [r0]            @ not enabled
    wfe
    movs r0, #3
    bl log
    wfe                     @ it pends still, but that is no event
    movs r0, #4
    bl log
    b .
""",
    )
    assert _run(machine) is Stop.IDLE
    assert logged(machine) == [3]


def test_time_passes_while_nothing_is_due(tmp_path: Path) -> None:
    machine = boot(tmp_path, "    .thumb_func\nstart:\n    wfi\n    b start\n")
    assert machine.run(1_000_000) is Stop.IDLE
    assert machine.cycles == 1_000_000


def test_a_breakpoint_without_a_debugger_is_a_hard_fault(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + """
    .thumb_func
hard:
    ldr r0, =HFSR
    ldr r0, [r0]
    bl log
    ldr r0, [sp, #24]       @ the return address
    ldr r0, [r0]
    uxth r0, r0
    bl log
    b .
    .thumb_func
start:
    bkpt #7
    b .
""",
    )
    assert _run(machine) is Stop.FAULT
    assert logged(machine) == [1 << 31, 0xBE07]
    fault = machine.fault()
    assert fault is not None
    assert fault.cause == "BKPT 7 without a debugger"
    assert fault.hfsr == 1 << 31


def test_a_breakpoint_goes_to_the_monitor_that_is_enabled(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + """
    .thumb_func
debug:
    ldr r0, [sp, #24]
    adds r0, #2
    str r0, [sp, #24]
    bx lr
    .thumb_func
start:
    ldr r0, =DEMCR
    ldr r1, =1 << 16
    str r1, [r0]
    bkpt #7
    movs r0, #5
    bl log
    b .
""",
    )
    _run(machine)
    assert logged(machine) == [5]


def test_a_fault_reports_why_it_became_a_hard_fault(tmp_path: Path) -> None:
    machine = boot(
        tmp_path, "    .thumb_func\nstart:\n    ldr r0, =0x60000000\n    ldr r0, [r0]\n    b .\n"
    )
    assert _run(machine) is Stop.FAULT
    fault = machine.fault()
    assert fault is not None
    assert fault.hfsr == 1 << 30
    assert fault.cfsr == 1 << 9 | 1 << 15


def test_a_fault_handler_may_wait_for_its_serial_port(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + """
    .thumb_func
hard:
    ldr r4, =UART
    ldr r5, =text
1:  ldrb r0, [r5], #1
    cbz r0, 3f
    str r0, [r4, #0x28]
2:  ldr r0, [r4, #0x1C]     @ until TXE
    lsls r0, r0, #24
    bpl 2b
    b 1b
3:  b .
    .ltorg
text: .asciz "crash\\n"
    .thumb_func
    .align 2
start:
    ldr r4, =UART
    ldr r0, =1000
    str r0, [r4, #0x0C]
    movs r0, #13
    str r0, [r4]
    udf #0
""",
    )
    machine.add_peripheral("usart1", "UART.STM32F7_USART", 0x40013800, None, {})
    machine.reset()
    stop = machine.run(200_000)
    assert machine.uart_read("usart1") == b"crash\n"
    assert stop is Stop.FAULT


def test_the_cycle_counter_needs_trcena(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + """
    .thumb_func
start:
    ldr r4, =DWT
    ldr r5, =DEMCR
    ldr r6, =1 << 24
    movs r7, #0
    movs r0, #1
    str r0, [r4]            @ lost
    str r6, [r5]
    ldr r0, [r4]
    and r0, #1
    bl log
    movs r0, #1
    str r0, [r4]
    ldr r3, [r4, #4]
    str r7, [r5]            @ stops
    .rept 40
    nop
    .endr
    str r6, [r5]            @ goes on
    ldr r0, [r4, #4]
    subs r0, r3
    bl log
    b .
""",
    )
    _run(machine)
    first, counted = logged(machine)
    assert first == 0
    assert 0 < counted < 30


def test_the_private_peripheral_bus_is_for_privileged_software(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + """
    .thumb_func
hard:
    ldr r0, =0xE000ED28
    ldr r0, [r0]
    bl log
    ldr r0, =0xE000ED38
    ldr r0, [r0]
    bl log
    b .
    .thumb_func
start:
    movs r0, #1
    msr control, r0
    isb
    ldr r0, =ISER
    movs r1, #1
    str r1, [r0]
    movs r0, #6
    bl log
    b .
""",
    )
    _run(machine)
    assert logged(machine) == [1 << 9 | 1 << 15, 0xE000E100]


@pytest.mark.parametrize(("access", "loaded"), [("ldr r0, [r4]", 0), ("str r0, [r4]", 7)])
@pytest.mark.parametrize("ignores", [False, True])
def test_bfhfnmign_makes_probing_an_address_harmless(
    tmp_path: Path, access: str, loaded: int, *, ignores: bool
) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + f"""
    .equ CCR, 0xE000ED14
    .equ CFSR, 0xE000ED28
    .thumb_func
start:
    ldr r1, =CCR
    ldr r2, [r1]
    orr r2, #{int(ignores) << 8}
    str r2, [r1]
    ldr r4, =0x30000000     @ where nothing is
    movs r0, #7
    cpsid f
    {access}
    cpsie f
    bl log
    ldr r3, =CFSR
    ldr r0, [r3]
    bl log
    ldr r0, [r3, #0x10]     @ BFAR
    bl log
    {access}                @ at the base priority it is a fault
    .thumb_func
hard:
    movs r0, #99
    bl log
    b .
""",
    )
    stop = _run(machine)
    if ignores:
        assert logged(machine) == [loaded, 0x8200, 0x30000000, 99]
    else:
        assert stop is Stop.FAULT
        assert logged(machine) == []


def test_hard_fault_may_look_around_with_bfhfnmign(tmp_path: Path) -> None:
    machine = boot(
        tmp_path,
        _REGISTERS
        + """
    .thumb_func
hard:
    ldr r4, =0x30000000
    ldmia r4, {r0, r2}
    movs r0, #5
    bl log
    b .
    .ltorg
    .thumb_func
start:
    ldr r1, =0xE000ED14
    ldr r2, [r1]
    orr r2, #0x100
    str r2, [r1]
    udf #0
""",
    )
    _run(machine)
    assert logged(machine) == [5]
