"""Extended interrupts (RM0432 section 16) and which port drives their lines."""

import pytest

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
