"""Stop, Standby and Shutdown (RM0432 section 5.3)."""

from pathlib import Path

import pytest

from tests.core.assembly import FLASH, assemble

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


_USART1, _UESM, _ON = 37, 1 << 1, 1 << 0 | 1 << 2 | 1 << 3
_WUFIE, _WUF = 1 << 22, 1 << 20
_HSI, _PCLK = 2, 0


def _listen(chip: Chip, clock: int, control: int, control3: int) -> None:
    """Let USART1 listen at 160 kBd or so, about to sleep in Stop 1."""
    chip.enable("USART1")
    chip["RCC_CFGR"] = 1 | _STOPWUCK
    chip["RCC_CCIPR"] = clock
    chip["USART1_BRR"] = 100
    chip["USART1_CR3"] = control3
    chip["USART1_CR1"] = _ON | control
    chip.machine.bus_write(0xE000E104, 1 << _USART1 - 32)
    _sleep(chip, 1)


@pytest.mark.parametrize("wakes_by", [0, 2, 3])
def test_a_serial_port_wakes_the_core_from_stop(chip: Chip, wakes_by: int) -> None:
    chip.enable("USART1")
    chip["USART1_CR2"] = ord("%") << 24
    _listen(chip, _HSI, _UESM, wakes_by << 20 | _WUFIE)
    assert not chip["USART1_ISR"] & _WUF
    chip.machine.uart_write("usart1", b"x" if wakes_by else b"%")
    chip.machine.run(20_000)
    assert chip["USART1_ISR"] & _WUF
    assert chip.pends(_USART1) or chip.machine.counters().get("exception.IRQ37", 0)
    chip["USART1_ICR"] = _WUF
    assert not chip["USART1_ISR"] & _WUF


def test_another_byte_than_the_address_does_not_wake(chip: Chip) -> None:
    chip.enable("USART1")
    chip["USART1_CR2"] = ord("%") << 24
    _listen(chip, _HSI, _UESM, _WUFIE)
    chip.machine.uart_write("usart1", b"x")
    chip.machine.run(20_000)
    assert not chip["USART1_ISR"] & _WUF


@pytest.mark.parametrize(("clock", "control"), [(_PCLK, _UESM), (_HSI, 0)])
def test_a_port_without_a_clock_in_stop_sleeps_too(chip: Chip, clock: int, control: int) -> None:
    _listen(chip, clock, control | 1 << 5, 2 << 20 | _WUFIE)
    chip.machine.uart_write("usart1", b"x")
    chip.machine.run(20_000)
    assert not chip["USART1_ISR"] & (_WUF | 1 << 5)
    chip.machine.bus_write(_SCR, 0)
    chip.machine.set_input("gpioc", _BUTTON, True)
    chip.machine.run(20_000)
    assert chip["USART1_ISR"] & 1 << 5


def test_what_a_port_sends_waits_for_the_end_of_stop(chip: Chip) -> None:
    chip.enable("USART1")
    chip["RCC_CFGR"] = 1 | _STOPWUCK
    chip["USART1_BRR"] = 1000
    chip["USART1_CR1"] = _ON
    chip["USART1_TDR"] = ord("x")
    _sleep(chip, 1)
    assert chip.machine.uart_read("usart1") == b""
    chip.machine.bus_write(_SCR, 0)  # from then on it sleeps lightly
    chip.machine.set_input("gpioc", _BUTTON, True)
    chip.machine.run(11_000)
    assert chip.machine.uart_read("usart1") == b"x"


def test_waking_from_stop_takes_five_microseconds(chip: Chip) -> None:
    chip["RCC_CFGR"] = 1 | _STOPWUCK
    chip.machine.bus_write(0xE000E180 + _EXTI15_10 // 32 * 4, 1 << _EXTI15_10 % 32)
    chip["EXTI_IMR1"] |= 1 << _BUTTON
    chip.machine.bus_write(_SCR, _SLEEPDEEP | 1 << 4)  # SEVONPEND
    # wfe; adds r2, #1; b .-2
    chip.machine.load(0x08001000, b"\x20\xbf\x01\x32\xfd\xe7")
    chip.machine.set_register("r2", 0)
    chip.machine.set_register("pc", 0x08001000)
    _sleep(chip, 1)
    assert chip.machine.registers()["r2"] == 0
    chip.machine.set_input("gpioc", _BUTTON, True)
    chip.machine.run(75)  # 5 us at 16 MHz are 80 cycles
    assert chip.machine.registers()["r2"] == 0
    chip.machine.run(30)
    assert 0 < chip.machine.registers()["r2"] <= 13


_COUNTS_BOOTS = """
    .word 0x20008000, start + 1
    .rept 110
    .word start + 1
    .endr
    .thumb_func
start:
    ldr r0, =0x40007000   @ PWR_CR1: DBP, Standby
    ldr r4, =0x40021058
    ldr r1, [r4]
    orr r1, #1 << 28
    str r1, [r4]
    movw r1, #0x303
    str r1, [r0]
    ldr r2, =0x40002800   @ RTC_BKP0R counts
    ldr r1, [r2, #0x50]
    adds r1, #1
    str r1, [r2, #0x50]
    cmp r1, #1
    bne 1f
    ldr r4, =0x40021090   @ RCC_BDCR: LSE, for RTC
    movw r1, #0x8101
    str r1, [r4]
    movs r1, #0xCA        @ RTC_WPR
    str r1, [r2, #0x24]
    movs r1, #0x53
    str r1, [r2, #0x24]
    movs r1, #204         @ RTC_WUTR: 0.1 s
    str r1, [r2, #0x14]
    mov r1, #0x4400       @ RTC_CR: WUTE, WUTIE
    str r1, [r2, #8]
    ldr r4, =0xE000ED10
    movs r1, #4
    str r1, [r4]
    wfi
1:  b 1b
    .ltorg
"""


def test_rtc_wakes_the_chip_from_standby_once(tmp_path: Path) -> None:
    chip = Chip()
    chip.machine.load(FLASH, assemble(tmp_path, _COUNTS_BOOTS))
    chip.machine.reset()
    chip.machine.run(300_000)
    assert chip["RTC_BKP0R"] == 1
    chip.machine.run(400_000)
    assert chip.field("PWR_SR1", "SBF") == 1
    assert chip.field("PWR_SR1", "WUFI") == 1
    chip.machine.run(400_000)
    assert chip["RTC_BKP0R"] == 2, "its flag, which still stands, is no other reset"
