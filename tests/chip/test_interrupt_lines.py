"""Extended interrupts (RM0432 section 16) and which port drives their lines."""

from pathlib import Path

import pytest

from tests.core.assembly import FLASH, assemble

from .board import Chip

_EXTI0, _RTC_ALARM = 6, 41
_ICPR = 0xE000E280
_ALARM_LINE = 1 << 18
_PORTS = {"A": 0, "B": 1, "I": 8}


@pytest.fixture
def chip() -> Chip:
    """Pins 0 of some ports are inputs, and line 0 asks for both edges."""
    made = Chip()
    made.enable("PWR", "SYSCFG", *(f"GPIO{port}" for port in _PORTS))
    for port in _PORTS:
        made.machine.set_input(f"gpio{port.lower()}", 0, False)
        made[f"GPIO{port}_MODER"] = 0
    made["EXTI_RTSR1"] = made["EXTI_FTSR1"] = 1
    made["EXTI_IMR1"] |= 1
    return made


def _select(chip: Chip, port: str) -> None:
    chip["SYSCFG_EXTICR1"] = _PORTS[port]


def _took_edge(chip: Chip) -> bool:
    """Whether line 0 asked since the last look, in EXTI and in NVIC alike."""
    asked = bool(chip["EXTI_PR1"] & 1)
    assert chip.pends(_EXTI0) == asked
    chip["EXTI_PR1"] = 1
    chip.machine.bus_write(_ICPR, 1 << _EXTI0)
    return asked


def test_both_edges_of_the_chosen_port_alone_ask(chip: Chip) -> None:
    _select(chip, "I")
    for level in (True, False):
        chip.machine.set_input("gpioa", 0, level)
        assert not _took_edge(chip)
        chip.machine.set_input("gpioi", 0, level)
        assert _took_edge(chip)


def test_choosing_a_port_whose_level_is_another_one_is_an_edge(chip: Chip) -> None:
    chip.machine.set_input("gpioa", 0, True)
    assert _took_edge(chip)
    _select(chip, "B")
    assert _took_edge(chip)
    _select(chip, "A")
    assert _took_edge(chip)
    chip.machine.set_input("gpiob", 0, True)
    _select(chip, "B")
    assert not _took_edge(chip)


def test_a_source_that_keeps_its_level_asks_once(chip: Chip) -> None:
    chip["RCC_CSR"] |= 1
    chip["PWR_CR1"] |= 1 << 8
    chip["RCC_BDCR"] = 1 << 15 | 2 << 8
    chip["EXTI_RTSR1"] = _ALARM_LINE
    chip["EXTI_IMR1"] |= _ALARM_LINE
    for key in (0xCA, 0x53):
        chip["RTC_WPR"] = key
    chip["RTC_ALRMAR"] = 0x80808080  # every second
    chip["RTC_CR"] = 1 << 8 | 1 << 12
    for _ in range(2):
        while not chip.field("RTC_ISR", "ALRAF"):
            chip.run(100_000)
        assert chip.pends(_RTC_ALARM)
        chip["EXTI_PR1"] = _ALARM_LINE
        chip.machine.bus_write(_ICPR + 4, 1 << _RTC_ALARM - 32)
        for _ in range(3):
            chip.run(10_000_000)  # 2.5 s: the flag is up already
            assert chip.field("RTC_ISR", "ALRAF")
            assert not chip.pends(_RTC_ALARM)
        chip["RTC_ISR"] = 0


_LOOKS_FIRST = """
    .word 0x20008000, start + 1
    .rept 110
    .word handler + 1
    .endr
    .thumb_func
handler:
    ldr r0, =0x40007C00   @ LPTIM1
    ldr r1, [r0]          @ ISR, then CNT, then ICR
    ldr r1, [r0, #0x1C]
    movs r1, #0x7F
    str r1, [r0, #4]
    adds r7, #1
    dsb
    bx lr
    .balign 4
    .thumb_func
start:
    movs r7, #0
    ldr r0, =0x40021058   @ RCC_APB1ENR1
    mov r1, #0x80000000
    str r1, [r0]
    ldr r0, =0x40007C00
    movs r1, #2           @ ARRMIE
    str r1, [r0, #8]
    movs r1, #1
    str r1, [r0, #0x10]
    ldr r1, =999
    str r1, [r0, #0x18]
    ldr r2, =0xE000E108
    movs r1, #2           @ interrupt 65
    str r1, [r2]
    movs r1, #5
    str r1, [r0, #0x10]
1:  wfi
    b 1b
    .ltorg
"""


def test_a_handler_that_looks_before_it_clears_runs_once(tmp_path: Path) -> None:
    machine = Chip().machine
    machine.load(FLASH, assemble(tmp_path, _LOOKS_FIRST))
    machine.reset()
    machine.run(10_500)
    assert machine.registers()["r7"] == 10
