"""Stop, Standby and Shutdown (RM0432 section 5.3)."""

import pytest

from .board import Chip

_SCR, _SYST = 0xE000ED10, 0xE000E010
_SLEEPDEEP = 4
_WFI = 0xBF30
_BUTTON = 13
_EXTI15_10 = 40
_STOPWUCK = 1 << 15
_MARK = 0x20000400


@pytest.fixture
def chip() -> Chip:
    """About to sleep deeply, with HSI16 as its clock and the button on EXTI."""
    made = Chip()
    made.machine.load(0x08001000, _WFI.to_bytes(2, "little") + 0xE7FD.to_bytes(2, "little"))
    made.enable("PWR", "SYSCFG", "GPIOC", "GPIOA", "TIM2")
    made["GPIOC_MODER"] = made.registers["GPIOC_MODER"].reset & ~(3 << 26)
    made["SYSCFG_EXTICR4"] = 2 << 4
    made["EXTI_RTSR1"] = 1 << _BUTTON
    made["EXTI_IMR1"] |= 1 << _BUTTON
    made["RCC_CR"] |= 1 << 8
    made["RCC_CFGR"] = 1
    made.machine.bus_write(0xE000E100 + _EXTI15_10 // 32 * 4, 1 << _EXTI15_10 % 32)
    made.machine.bus_write(_SCR, _SLEEPDEEP)
    made.machine.set_input("gpioc", _BUTTON, False)
    return made


def _sleep(chip: Chip, mode: int, cycles: int = 100_000) -> None:
    chip["PWR_CR1"] = chip["PWR_CR1"] & ~7 | mode
    chip.machine.run(cycles)


def test_nothing_but_time_goes_on_in_stop(chip: Chip) -> None:
    chip["TIM2_CR1"] = 1
    chip.machine.bus_write(_SYST + 4, 0xFFFFFF)
    chip.machine.bus_write(_SYST, 5)
    _sleep(chip, 1)
    counts = chip["TIM2_CNT"], chip.machine.bus_read(_SYST + 8)
    before = chip.machine.time_ns
    chip.machine.run(100_000)
    assert (chip["TIM2_CNT"], chip.machine.bus_read(_SYST + 8)) == counts
    assert chip.machine.time_ns > before
    assert counts[0] < 100


@pytest.mark.parametrize(("control", "clock"), [(0, 0), (_STOPWUCK, 1)])
def test_the_core_wakes_from_stop_on_the_clock_of_stopwuck(
    chip: Chip, control: int, clock: int
) -> None:
    chip["RCC_CFGR"] = 1 | control
    _sleep(chip, 2)
    chip.machine.set_input("gpioc", _BUTTON, True)
    chip.machine.run(20)
    assert chip.field("RCC_CFGR", "SWS") == clock
    assert chip.machine.clock_hz == (16_000_000 if clock else 4_000_000)


@pytest.mark.parametrize(
    ("mode", "flags", "causes"),
    [(3, 1 << 8 | 1, 0), (4, 1, 0x0C000000)],
)
def test_a_wake_up_pin_ends_standby_and_shutdown_in_a_reset(
    chip: Chip, mode: int, flags: int, causes: int
) -> None:
    chip["RCC_CSR"] = 1 << 23
    chip["PWR_CR3"] |= 1
    chip.machine.write_memory(_MARK, b"mark")
    _sleep(chip, mode)
    chip.machine.set_input("gpioc", _BUTTON, True)
    chip.machine.run(1000)
    assert chip.field("PWR_CR1", "LPMS") == 0  # without its clock: held, nothing answers
    chip.machine.set_input("gpioa", 0, True)
    chip.machine.run(1000)
    chip.enable("PWR")
    assert chip["PWR_SR1"] == flags
    assert chip["RCC_CSR"] & 0xFF000000 == causes
    assert chip.machine.read_memory(_MARK, 4) == bytes(4)
    assert chip.machine.clock_hz == 4_000_000


def test_pins_float_in_standby(chip: Chip) -> None:
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~(3 << 10) | 1 << 10
    chip["GPIOA_BSRR"] = 1 << 5
    chip.machine.watch_pin("gpioa", 5)
    _sleep(chip, 3)
    assert [event.level for event in chip.machine.pin_events()] == [False]
