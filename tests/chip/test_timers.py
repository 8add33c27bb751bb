"""TIM1 to TIM8 and TIM15 to TIM17 (RM0432 sections 38 to 42)."""

import pytest

from .board import Chip

_CEN, _OPM, _DIR, _ARPE = 1 << 0, 1 << 3, 1 << 4, 1 << 7
_UIF, _CC1IF, _TIF, _BIF = 1 << 0, 1 << 1, 1 << 6, 1 << 7
_INTERRUPTS = {"TIM1": 25, "TIM2": 28, "TIM5": 50, "TIM6": 54, "TIM8": 44, "TIM15": 24}
_INTERRUPTS |= {"TIM16": 25, "TIM17": 26}


@pytest.fixture
def chip() -> Chip:
    """Every timer with its clock, and MSI at 4 MHz: a tick is a cycle."""
    made = Chip()
    made.enable(
        *(f"TIM{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17)),
        *(f"GPIO{port}" for port in "ABC"),
    )
    return made


def _start(chip: Chip, timer: str, period: int, control: int = 0) -> None:
    chip[f"{timer}_ARR"] = period - 1
    chip[f"{timer}_CR1"] = control
    chip[f"{timer}_EGR"] = 1
    chip[f"{timer}_SR"] = 0
    chip[f"{timer}_CR1"] = control | _CEN


@pytest.mark.parametrize("timer", _INTERRUPTS)
def test_an_update_sets_its_flag_and_asks_for_its_interrupt(chip: Chip, timer: str) -> None:
    _start(chip, timer, 1000)
    chip.run(999 - 20)
    assert chip[f"{timer}_SR"] & _UIF == 0
    chip.run(40)
    assert chip[f"{timer}_SR"] & _UIF
    assert not chip.pends(_INTERRUPTS[timer])
    chip[f"{timer}_DIER"] = 1
    assert chip.pends(_INTERRUPTS[timer])


@pytest.mark.parametrize(("control", "sign"), [(0, 1), (_DIR, -1)])
def test_the_count_goes_up_or_down(chip: Chip, control: int, sign: int) -> None:
    _start(chip, "TIM2", 100_000, control)
    first = chip["TIM2_CNT"]
    chip.run(500)
    assert chip["TIM2_CNT"] - first == sign * 500


def test_down_counting_reloads_below_zero(chip: Chip) -> None:
    _start(chip, "TIM3", 100, _DIR)
    seen = set()
    for _ in range(400):
        chip.run(1)
        seen.add(chip["TIM3_CNT"])
    assert seen == set(range(100))
    assert chip["TIM3_SR"] & _UIF


def test_centre_aligned_counting_turns_at_both_ends(chip: Chip) -> None:
    chip["TIM4_ARR"] = 10
    chip["TIM4_CR1"] = 3 << 5
    chip["TIM4_EGR"] = 1
    chip["TIM4_CR1"] = 3 << 5 | _CEN
    counts, directions = [], []
    for _ in range(25):
        counts.append(chip["TIM4_CNT"])
        directions.append(chip.field("TIM4_CR1", "DIR"))
        chip.run(1)
    up, down = list(range(10)), list(range(10, 0, -1))
    assert counts == (up + down + up)[:25]
    assert directions == ([0] * 10 + [1] * 10 + [0] * 10)[:25]


@pytest.mark.parametrize(
    ("control", "ticks"), [(0, 100), (_DIR, 100), (3 << 5, 99)], ids=["up", "down", "centre"]
)
def test_a_compare_value_out_of_reach_flags_the_overflow(
    chip: Chip, control: int, ticks: int
) -> None:
    for channel, value in ((1, 100), (2, 0x8000)):
        chip[f"TIM3_CCR{channel}"] = value
    chip["TIM3_CCMR1"] = 3 << 4  # toggles, for a match alone
    chip["TIM3_CCER"] = 1
    chip["GPIOA_AFRL"] = 2 << 24
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~(3 << 12) | 2 << 12
    level = chip["GPIOA_IDR"]
    _start(chip, "TIM3", 100, control)
    chip.run(ticks - 5)
    assert chip["TIM3_SR"] & 3 << 1 == 0
    chip.run(10)
    assert chip["TIM3_SR"] & 3 << 1 == 3 << 1
    chip["TIM3_SR"] = 0
    chip.run(ticks // 2)
    assert chip["TIM3_SR"] & 3 << 1 == 0
    assert chip["GPIOA_IDR"] == level


def test_one_pulse_mode_stops_at_the_update(chip: Chip) -> None:
    _start(chip, "TIM7", 100, _OPM)
    chip.run(500)
    assert chip.field("TIM7_CR1", "CEN") == 0
    assert chip["TIM7_CNT"] == 0


def test_the_repetition_counter_divides_updates(chip: Chip) -> None:
    chip["TIM1_RCR"] = 3
    _start(chip, "TIM1", 100)
    chip.run(390)
    assert chip["TIM1_SR"] & _UIF == 0
    chip.run(20)
    assert chip["TIM1_SR"] & _UIF


def test_preloaded_values_wait_for_the_update(chip: Chip) -> None:
    _start(chip, "TIM3", 100, _ARPE)
    chip["TIM3_ARR"] = 9
    chip.run(50)
    assert chip["TIM3_CNT"] == 50
    chip.run(100)
    assert chip["TIM3_CNT"] < 10


def test_software_that_asks_for_urs_gets_no_flag(chip: Chip) -> None:
    chip["TIM2_CR1"] = 1 << 2
    chip["TIM2_EGR"] = 1
    assert chip["TIM2_SR"] & _UIF == 0


def _edges(chip: Chip, port: str, pin: int) -> int:
    return sum(event.pin == pin and event.port == port for event in chip.machine.pin_events())


def test_pwm_reaches_the_pin_of_its_alternate_function(chip: Chip) -> None:
    chip.machine.watch_pin("gpioa", 0)
    chip["TIM2_CCR1"] = 25
    chip["TIM2_CCMR1"] = 6 << 4
    chip["TIM2_CCER"] = 1
    _start(chip, "TIM2", 100)
    chip.run(1000)
    assert _edges(chip, "gpioa", 0) == 0
    chip["GPIOA_AFRL"] = 1
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~3 | 2
    chip.machine.pin_events()
    high = 0
    for _ in range(1000):
        chip.run(1)
        high += chip["GPIOA_IDR"] & 1
    assert high == 250
    assert _edges(chip, "gpioa", 0) == 20


def test_pins_that_change_together_have_their_edges_once_each(chip: Chip) -> None:
    for pin in range(4):
        chip.machine.watch_pin("gpioa", pin)
        chip[f"TIM2_CCR{pin + 1}"] = 25
    chip["TIM2_CCMR1"] = chip["TIM2_CCMR2"] = 0x6060
    chip["TIM2_CCER"] = 0x1111
    chip["GPIOA_AFRL"] = 0x1111
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~0xFF | 0xAA
    _start(chip, "TIM2", 100)
    chip.machine.pin_events()
    chip.run(1000)
    events = chip.machine.pin_events()
    assert [sum(event.pin == pin for event in events) for pin in range(4)] == [20] * 4


def test_an_advanced_timer_drives_nothing_without_moe(chip: Chip) -> None:
    chip["GPIOA_AFRH"] = 1
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~(3 << 16) | 2 << 16
    chip["TIM1_CCMR1"] = 5 << 4
    chip["TIM1_CCER"] = 1
    assert chip["GPIOA_IDR"] >> 8 & 1 == 0
    chip["TIM1_BDTR"] = 1 << 15
    assert chip["GPIOA_IDR"] >> 8 & 1 == 1
    chip["TIM1_EGR"] = _BIF
    assert chip["GPIOA_IDR"] >> 8 & 1 == 0
    assert chip.field("TIM1_BDTR", "MOE") == 0
    chip["TIM1_DIER"] = _BIF
    assert chip.pends(24)


def test_a_pin_is_captured(chip: Chip) -> None:
    chip["GPIOA_AFRL"] = 1 << 4
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~(3 << 2) | 2 << 2
    chip["TIM2_CCMR1"] = 1 << 8
    chip["TIM2_CCER"] = 1 << 4
    chip["TIM2_DIER"] = 1 << 2
    _start(chip, "TIM2", 1 << 32)
    chip.run(300)
    assert not chip.pends(28)
    chip.machine.set_input("gpioa", 1, True)
    assert chip["TIM2_CCR2"] == 300
    assert chip.pends(28)
    chip.machine.set_input("gpioa", 1, False)
    chip.machine.set_input("gpioa", 1, True)
    chip.machine.set_input("gpioa", 1, False)
    chip.machine.set_input("gpioa", 1, True)
    assert chip.field("TIM2_SR", "CC2OF")


def test_a_timer_counts_the_updates_of_another(chip: Chip) -> None:
    chip["TIM2_CR2"] = 2 << 4
    chip["TIM3_SMCR"] = 1 << 4 | 7
    _start(chip, "TIM3", 1 << 16)
    _start(chip, "TIM2", 100)
    chip["TIM3_CNT"] = 0  # UG was an update too
    chip.run(1050)
    assert chip["TIM3_CNT"] == 10
    assert chip["TIM3_SR"] & _TIF


def test_an_encoder_follows_two_phases(chip: Chip) -> None:
    chip["GPIOA_AFRL"] = 0x11
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~15 | 0xA
    chip["TIM2_CCMR1"] = 1 | 1 << 8
    chip["TIM2_SMCR"] = 3
    _start(chip, "TIM2", 1 << 32)
    phases = [(0, True), (1, True), (0, False), (1, False)]
    for pin, level in phases * 2:
        chip.machine.set_input("gpioa", pin, level)
    assert chip["TIM2_CNT"] == 8
    for pin, level in [(1, True), (0, True), (1, False)]:
        chip.machine.set_input("gpioa", pin, level)
    assert chip["TIM2_CNT"] == 5
    assert chip.field("TIM2_CR1", "DIR") == 1


def test_flags_are_cleared_by_zeroes_alone(chip: Chip) -> None:
    chip["TIM2_EGR"] = 1
    chip["TIM2_SR"] = 0xFFFFFFFF
    assert chip["TIM2_SR"] & _UIF
    chip["TIM2_SR"] = ~_UIF & 0xFFFFFFFF
    assert chip["TIM2_SR"] & _UIF == 0


@pytest.mark.parametrize("divider", [0, 1, 2, 3])
def test_an_external_clock_is_divided(chip: Chip, divider: int) -> None:
    chip["GPIOA_AFRL"] = 14  # TIM2_ETR on PA0
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~3 | 2
    chip["TIM2_SMCR"] = 1 << 14 | divider << 12
    _start(chip, "TIM2", 1 << 16)
    for _ in range(40):
        chip.machine.set_input("gpioa", 0, True)
        chip.machine.set_input("gpioa", 0, False)
    assert chip["TIM2_CNT"] == 40 >> divider


def test_a_divided_external_trigger_starts_a_timer(chip: Chip) -> None:
    chip["GPIOA_AFRL"] = 14
    chip["GPIOA_MODER"] = chip.registers["GPIOA_MODER"].reset & ~3 | 2
    chip["TIM2_ARR"] = 1000
    chip["TIM2_SMCR"] = 6 | 7 << 4 | 1 << 12
    chip.machine.set_input("gpioa", 0, True)
    chip.machine.set_input("gpioa", 0, False)
    assert not chip["TIM2_CR1"] & 1
    chip.machine.set_input("gpioa", 0, True)
    assert chip["TIM2_CR1"] & 1
