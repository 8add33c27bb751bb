"""What timers do to their pins beyond plain PWM (RM0432 38.3.12 to 38.3.19)."""

import pytest

from .board import Chip

_CEN, _CENTRE = 1 << 0, 3 << 5
_OSSI, _OSSR, _BKE, _BKP, _AOE, _MOE = (1 << bit for bit in (10, 11, 12, 13, 14, 15))
_BK2E, _BK2P = 1 << 24, 1 << 25
_E, _P, _NE, _NP = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_BIE, _B2IF = 1 << 7, 1 << 8
_BREAK_INTERRUPT, _COM_INTERRUPT = 24, 26
_PERIOD = 100


@pytest.fixture
def chip() -> Chip:
    """TIM1 with CH1 on PA8, CH2 on PA9, CH1N on PA7 and BKIN2 on PA11; a tick is a cycle."""
    made = Chip()
    made.enable("TIM1", "TIM2", "GPIOA")
    made["GPIOA_AFRL"] = 1 << 28
    made["GPIOA_AFRH"] = 1 | 1 << 4 | 2 << 12
    made["GPIOA_MODER"] = (made["GPIOA_MODER"] & ~(0xFF << 14 | 3 << 22)) | 0x2A << 14 | 2 << 22
    made["TIM1_ARR"] = _PERIOD - 1
    return made


def _pins(chip: Chip, cycles: int, *pins: int) -> list[str]:
    """The levels of pins of port A in each of some cycles."""
    levels = []
    for _ in range(cycles):
        word = chip["GPIOA_IDR"]
        levels.append("".join(str(word >> pin & 1) for pin in pins))
        chip.run(1)
    return levels


def _pwm(chip: Chip, compare: int, modes: int = 0x60, enables: int = _E, control: int = 0) -> None:
    chip["TIM1_CCMR1"] = modes
    chip["TIM1_CCR1"] = compare
    chip["TIM1_CCER"] = enables
    chip["TIM1_CR1"] = control
    chip["TIM1_EGR"] = 1
    chip["TIM1_CR1"] = control | _CEN


@pytest.mark.parametrize(
    ("dtg", "division", "ticks"),
    [(10, 0, 10), (10, 1, 20), (5, 2, 20), (0x80, 0, 128), (0x83, 0, 134), (0xC1, 0, 264)],
)
def test_dead_time_lies_between_an_output_and_its_complement(
    chip: Chip, dtg: int, division: int, ticks: int
) -> None:
    chip["TIM1_ARR"] = 999
    chip["TIM1_BDTR"] = _MOE | dtg
    _pwm(chip, 400, enables=_E | _NE, control=division << 8)
    chip.run(1000 - chip["TIM1_CNT"])
    levels = _pins(chip, 1000, 8, 7)
    assert levels == (
        ["00"] * ticks + ["10"] * (400 - ticks) + ["00"] * ticks + ["01"] * (600 - ticks)
    )


def test_a_pulse_shorter_than_the_dead_time_does_not_come(chip: Chip) -> None:
    chip["TIM1_BDTR"] = _MOE | 40
    _pwm(chip, 20, enables=_E | _NE)
    chip.run(3 * _PERIOD - chip["TIM1_CNT"])
    levels = _pins(chip, _PERIOD, 8, 7)
    assert "10" not in levels
    assert levels.count("01") == 80 - 40


@pytest.mark.parametrize(
    ("enables", "levels"),
    [
        (_NE, "1"),  # alone it follows the reference
        (_NE | _NP, "0"),
        (_E | _NE, "0"),  # with the other one it is its complement
        (_E | _NE | _NP, "1"),
    ],
)
def test_the_complementary_output_depends_on_the_other_one(
    chip: Chip, enables: int, levels: str
) -> None:
    chip["TIM1_BDTR"] = _MOE
    _pwm(chip, 0, modes=5 << 4, enables=enables)  # the reference is forced high
    assert _pins(chip, 1, 7) == [levels]


@pytest.mark.parametrize(("bits", "driven"), [(0, False), (_OSSI, True)])
def test_outputs_are_idle_without_moe_where_ossi_says_so(
    chip: Chip, bits: int, *, driven: bool
) -> None:
    chip["TIM1_CR2"] = 1 << 8  # OIS1 high, OIS1N low
    chip["TIM1_BDTR"] = bits
    _pwm(chip, 0, modes=4 << 4, enables=_E | _NE)
    for pin, idle in ((8, True), (7, False)):
        chip.machine.set_input("gpioa", pin, not idle)
        assert chip.machine.pin_level("gpioa", pin) is (idle if driven else not idle)


def test_an_output_that_is_off_is_held_inactive_by_ossr(chip: Chip) -> None:
    chip["TIM1_BDTR"] = _MOE
    _pwm(chip, 0, modes=5 << 4, enables=_NE)
    chip.machine.set_input("gpioa", 8, True)
    assert chip.machine.pin_level("gpioa", 8)
    chip["TIM1_BDTR"] = _MOE | _OSSR
    assert not chip.machine.pin_level("gpioa", 8)


def _high(levels: list[str]) -> list[int]:
    return [at for at, level in enumerate(levels) if level == "1"]


@pytest.mark.parametrize(
    ("mode", "high"),
    [
        (12, [*range(30), *range(60, 100)]),  # below CCR1, or from CCR2 on
        (13, [*range(30, 60)]),  # from CCR1 on, and below CCR2
    ],
)
def test_combined_pwm_joins_two_channels(chip: Chip, mode: int, high: list[int]) -> None:
    chip["TIM1_BDTR"] = _MOE
    chip["TIM1_CCR2"] = 60
    neighbour = 7 if mode == 12 else 6
    modes = (mode & 7) << 4 | (mode >> 3) << 16 | neighbour << 12
    _pwm(chip, 30, modes=modes)
    chip.run(_PERIOD - chip["TIM1_CNT"])
    assert _high(_pins(chip, _PERIOD, 8)) == high


def test_asymmetric_pwm_has_a_compare_value_for_each_way(chip: Chip) -> None:
    chip["TIM1_BDTR"] = _MOE
    chip["TIM1_CCR2"] = 20
    mode = 14
    modes = (mode & 7) << 4 | (mode >> 3) << 16 | 6 << 12
    _pwm(chip, 50, modes=modes, control=_CENTRE)
    while chip["TIM1_CNT"] or chip.field("TIM1_CR1", "DIR"):
        chip.run(1)
    turn = _PERIOD - 1
    levels = _pins(chip, 2 * turn, 8)
    # Up to 50 as channel 1 says; on the way back from 20 on, as channel 2 does.
    assert _high(levels) == [*range(50), *range(2 * turn - 20, 2 * turn)]


def test_channel_5_can_mask_the_others(chip: Chip) -> None:
    chip["TIM1_BDTR"] = _MOE
    chip["TIM1_CCMR3"] = 6 << 4
    chip["TIM1_CCR5"] = 1 << 29 | 10
    _pwm(chip, 30)
    chip.run(_PERIOD - chip["TIM1_CNT"])
    assert _high(_pins(chip, _PERIOD, 8)) == list(range(10))


def test_the_second_break_input_ends_the_outputs(chip: Chip) -> None:
    chip.machine.set_input("gpioa", 11, False)
    chip["TIM1_DIER"] = _BIE
    chip["TIM1_BDTR"] = _MOE | _BK2P
    _pwm(chip, 0, modes=5 << 4)
    chip.machine.set_input("gpioa", 11, True)
    assert chip.field("TIM1_BDTR", "MOE")
    chip.machine.set_input("gpioa", 11, False)
    chip["TIM1_BDTR"] = _MOE | _BK2E | _BK2P
    assert chip["GPIOA_IDR"] >> 8 & 1
    chip.machine.set_input("gpioa", 11, True)
    assert not chip.field("TIM1_BDTR", "MOE")
    assert chip["TIM1_SR"] & _B2IF
    assert chip.pends(_BREAK_INTERRUPT)
    assert not chip["GPIOA_IDR"] >> 8 & 1


def test_software_breaks_by_b2g(chip: Chip) -> None:
    chip["TIM1_BDTR"] = _MOE
    chip["TIM1_EGR"] = _B2IF
    assert chip["TIM1_SR"] & _B2IF
    assert not chip.field("TIM1_BDTR", "MOE")


@pytest.mark.parametrize("by_trigger", [False, True])
def test_outputs_commute_together(chip: Chip, *, by_trigger: bool) -> None:
    """Six-step commutation: what is preloaded takes effect with COM."""
    chip["TIM1_BDTR"] = _MOE
    _pwm(chip, 50, modes=0x50, enables=_E)  # forced active
    assert _pins(chip, 1, 8, 7) == ["10"]
    chip["TIM1_CR2"] = 1 | (1 << 2 if by_trigger else 0)
    chip["TIM1_DIER"] = 1 << 5
    chip["TIM1_CCER"] = _NE
    assert _pins(chip, 1, 8, 7) == ["10"]
    chip["TIM1_CCMR1"] = 0x40  # forced inactive
    assert _pins(chip, 1, 8, 7) == ["10"]
    assert not chip.pends(_COM_INTERRUPT)
    if by_trigger:
        chip["TIM1_SMCR"] = 1 << 4  # the internal trigger of TIM2
        chip["TIM2_EGR"] = 1
    else:
        chip["TIM1_EGR"] = 1 << 5
    assert chip["TIM1_SR"] & 1 << 5
    assert chip.pends(_COM_INTERRUPT)
    assert _pins(chip, 1, 8, 7) == ["00"]
    chip["TIM1_CCMR1"] = 0x50
    chip["TIM1_CR2"] = 0
    assert _pins(chip, 1, 8, 7) == ["01"], "without CCPC at once"


def test_the_polarity_does_not_wait_for_a_commutation(chip: Chip) -> None:
    chip["TIM1_BDTR"] = _MOE
    _pwm(chip, 50, modes=0x50, enables=_E)
    chip["TIM1_CR2"] = 1
    chip["TIM1_CCER"] = _E | _P
    assert _pins(chip, 1, 8) == ["0"]


def test_a_channel_without_a_complement_does_not_wait_either(chip: Chip) -> None:
    chip["GPIOA_MODER"] = chip["GPIOA_MODER"] & ~(3 << 22) | 2 << 22
    chip["GPIOA_AFRH"] = 1 << 12  # CH4 on PA11
    chip["TIM1_BDTR"] = _MOE
    chip["TIM1_CR2"] = 1
    chip["TIM1_CCMR2"] = 0x5000
    chip["TIM1_CCER"] = _E << 12
    assert _pins(chip, 1, 11) == ["1"]
