"""The real-time clock and what it wakes (RM0432 section 46)."""

import pytest

from .board import Chip

_LSE, _LSI = 1, 2
_HZ = {_LSE: 32768, _LSI: 32000}
_ALRAE, _ALRBE, _WUTE, _TSE = 1 << 8, 1 << 9, 1 << 10, 1 << 11
_ALRAIE, _ALRBIE, _WUTIE, _TSIE = 1 << 12, 1 << 13, 1 << 14, 1 << 15
_SECOND = 4_000_000
"""In cycles of MSI."""


@pytest.fixture
def chip() -> Chip:
    """LSE as its clock, unlocked, at 23:59:58 on Saturday, 28 February 2032."""
    made = Chip()
    made.enable("PWR", "SYSCFG", "GPIOC")
    made["PWR_CR1"] |= 1 << 8
    made["RCC_BDCR"] = 1 | _LSE << 8 | 1 << 15
    made["RTC_WPR"] = 0xCA
    made["RTC_WPR"] = 0x53
    _set(made, 0x235958, 6 << 13 | 0x320228)
    return made


def _set(chip: Chip, time: int, date: int) -> None:
    chip["RTC_ISR"] = 1 << 7
    assert chip.field("RTC_ISR", "INITF")
    chip["RTC_TR"] = time
    chip["RTC_DR"] = date
    chip["RTC_ISR"] = 0


def test_seconds_go_into_days_months_and_leap_years(chip: Chip) -> None:
    chip.run(2 * _SECOND + 1000)
    assert (chip["RTC_TR"], chip["RTC_DR"]) == (0, 7 << 13 | 0x320229)
    _set(chip, 0x235959, 7 << 13 | 0x991231)
    chip.run(_SECOND + 1000)
    assert (chip["RTC_TR"], chip["RTC_DR"]) == (0, 1 << 13 | 0x0101)


def test_subseconds_count_down_with_the_prescaler(chip: Chip) -> None:
    assert chip["RTC_SSR"] == 255
    chip.run(_SECOND // 2 + 100)
    assert chip["RTC_SSR"] == 127


def test_its_time_does_not_follow_the_cores_clock(chip: Chip) -> None:
    chip["RCC_CR"] |= 1 << 8
    chip["RCC_CFGR"] = 1
    chip.run(4 * _SECOND + 1000)
    assert chip["RTC_TR"] == 0x235959


def test_nothing_is_written_without_the_keys_or_the_domains_access(chip: Chip) -> None:
    chip["RTC_WPR"] = 0
    chip["RTC_WUTR"] = 5
    assert chip["RTC_WUTR"] == 0xFFFF
    chip["RTC_BKP0R"] = 7
    assert chip["RTC_BKP0R"] == 7
    chip["PWR_CR1"] &= ~(1 << 8)
    chip["RTC_BKP0R"] = 8
    assert chip["RTC_BKP0R"] == 7


@pytest.mark.parametrize(
    ("alarm", "enable", "interrupt", "flag"),
    [("A", _ALRAE, _ALRAIE, "ALRAF"), ("B", _ALRBE, _ALRBIE, "ALRBF")],
)
def test_an_alarm_matches_what_is_not_masked(
    chip: Chip, alarm: str, enable: int, interrupt: int, flag: str
) -> None:
    chip[f"RTC_ALRM{alarm}R"] = 1 << 31 | 0x000001  # 00:00:01 on any day
    chip["RTC_CR"] = enable
    chip.run(3 * _SECOND - 1000)
    assert not chip.field("RTC_ISR", flag)
    chip.run(2000)
    assert chip.field("RTC_ISR", flag)
    assert not chip.pends(41)
    chip["EXTI_RTSR1"] = chip["EXTI_IMR1"] = 1 << 18
    chip["RTC_CR"] = enable | interrupt
    assert chip.pends(41)
    chip["RTC_ISR"] = 0
    assert not chip.field("RTC_ISR", flag)


def test_an_alarm_can_match_parts_of_a_second(chip: Chip) -> None:
    chip["RTC_ALRMAR"] = 0x80808080
    chip["RTC_ALRMASSR"] = 6 << 24 | 0x3F  # four times a second
    chip["RTC_CR"] = _ALRAE
    seen = 0
    for _ in range(16):
        chip.run(_SECOND // 16)
        seen += chip.field("RTC_ISR", "ALRAF")
        chip["RTC_ISR"] = 0
    assert seen == 4


@pytest.mark.parametrize(("select", "hz"), [(0, 2048), (3, 16384), (4, 1)])
def test_the_wake_up_timer_repeats(chip: Chip, select: int, hz: int) -> None:
    count = max(hz // 8, 1)
    chip["RTC_WUTR"] = count - 1
    chip["EXTI_RTSR1"] = chip["EXTI_IMR1"] = 1 << 20
    chip["RTC_CR"] = select | _WUTE | _WUTIE
    for _ in range(2):
        chip.run(_SECOND * count // hz - 2000)
        assert not chip.field("RTC_ISR", "WUTF")
        chip.run(4000)
        assert chip.field("RTC_ISR", "WUTF")
        chip["RTC_ISR"] = 0
        chip.run(_SECOND * count // hz - 2000 - 4000)
        chip.run(4000)
        chip["RTC_ISR"] = 0
    assert chip.pends(3)


def test_a_system_reset_leaves_time_and_backup_registers_alone(chip: Chip) -> None:
    chip["RTC_BKP31R"] = 0x12345678
    chip.machine.bus_write(0xE000ED0C, 0x05FA0004)
    chip.machine.run(_SECOND + 1000)
    assert (chip["RTC_BKP31R"], chip["RTC_TR"]) == (0x12345678, 0x235959)


def test_a_tamper_event_erases_the_backup_registers(chip: Chip) -> None:
    chip["RTC_BKP5R"] = 5
    chip["RTC_TAMPCR"] = 1 | 1 << 2
    chip["EXTI_RTSR1"] = chip["EXTI_IMR1"] = 1 << 19
    chip.machine.set_input("gpioc", 13, True)
    assert chip.field("RTC_ISR", "TAMP1F")
    assert chip["RTC_BKP5R"] == 0
    assert chip.pends(2)


def test_a_time_stamp_keeps_the_moment_of_an_edge(chip: Chip) -> None:
    chip["RTC_CR"] = _TSE | _TSIE
    chip.run(_SECOND + 1000)
    chip.machine.set_input("gpioc", 13, True)
    chip.run(_SECOND)
    assert chip["RTC_TSTR"] == 0x235959
    assert chip["RTC_TSDR"] == 6 << 13 | 0x0228
    chip.machine.set_input("gpioc", 13, False)
    chip.machine.set_input("gpioc", 13, True)
    assert chip.field("RTC_ISR", "TSOVF")


_CALM_32_S = 1 << 20
"""Clocks in a cycle of calibration."""


@pytest.mark.parametrize(
    ("calr", "pulses"),
    [
        (0, 0),
        (0x1FF, -511),
        (0x100, -256),
        (1, -1),
        (1 << 15, 512),
        (1 << 15 | 0x1FF, 1),
        (1 << 14 | 0x103, -256),  # CALW8: two bits do not count
        (1 << 13 | 0x003, -2),
    ],
)
def test_calibration_masks_and_inserts_clocks(chip: Chip, calr: int, pulses: int) -> None:
    chip["RTC_PRER"] = 0x007F00FF
    chip["RTC_CALR"] = calr
    cycles = _CALM_32_S * _SECOND // 32768
    # In a cycle of calibration so many clocks of 1 / 32768 s more or fewer are counted.
    before = _ticks(chip)
    chip.run(cycles)
    assert _ticks(chip) - before == pytest.approx((_CALM_32_S + pulses) / 128, abs=1)


def _ticks(chip: Chip) -> int:
    """Units of 128 clocks since midnight."""
    time, subsecond = chip["RTC_TR"], chip["RTC_SSR"]
    hours, minutes, seconds = (
        (time >> low >> 4 & 15) * 10 + (time >> low & 15) for low in (16, 8, 0)
    )
    days = (chip["RTC_DR"] & 15) * 86400
    return (days + hours * 3600 + minutes * 60 + seconds) * 256 + 255 - subsecond


def test_alarms_follow_the_calibrated_clock(chip: Chip) -> None:
    chip["RTC_CALR"] = 0x1FF
    chip["RTC_ALRMAR"] = 1 << 31 | 0x000003  # 5 s from now
    chip["RTC_CR"] = _ALRAE
    late = 5 * _SECOND * 511 // _CALM_32_S
    chip.run(5 * _SECOND + late - 300)
    assert not chip.field("RTC_ISR", "ALRAF")
    chip.run(700)
    assert chip.field("RTC_ISR", "ALRAF")
