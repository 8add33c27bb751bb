"""Reference buffer, comparators and amplifiers (RM0432, VREFBUF, COMP and OPAMP)."""

import pytest

from tinysim._core import CoreError

from .board import Chip

_COMP_INTERRUPT = 64
_COMP2 = 16
_PLUS, _MINUS = 8, 6
"""PC5 and PB1 of COMP1."""


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("SYSCFG", "OPAMP", "DAC1", "ADC")
    return made


def test_the_reference_buffer_is_ready_once_it_drives(chip: Chip) -> None:
    for control, ready in ((0, 0), (1, 1), (3, 0), (2, 0)):
        chip["VREFBUF_CSR"] = control
        assert chip.field("VREFBUF_CSR", "VRR") == ready


@pytest.mark.parametrize(
    ("minus", "quarters"), [(0x0, 1), (0x1, 2), (0x2, 3), (0x3, 4)], ids=lambda value: str(value)
)
def test_a_voltage_is_compared_with_quarters_of_the_reference(
    chip: Chip, minus: int, quarters: int
) -> None:
    chip["COMP_COMP1_CSR"] = 1 | minus << 4 | 1 << 22 | 1 << 23
    for offset, value in ((-0.01, 0), (0.01, 1)):
        chip.machine.set_analog("comp", _PLUS, 1.212 * quarters / 4 + offset)
        assert chip.field("COMP_COMP1_CSR", "VALUE") == value
        chip["COMP_COMP1_CSR"] ^= 1 << 15
        assert chip.field("COMP_COMP1_CSR", "VALUE") == 1 - value
        chip["COMP_COMP1_CSR"] ^= 1 << 15


def test_two_pins_are_compared_and_an_edge_asks_for_the_interrupt(chip: Chip) -> None:
    chip["EXTI_IMR1"] |= 1 << 21
    chip["EXTI_RTSR1"] |= 1 << 21
    chip["COMP_COMP1_CSR"] = 1 | 6 << 4
    chip.machine.set_analog("comp", _MINUS, 1.0)
    chip.machine.set_analog("comp", _PLUS, 0.9)
    assert not chip.pends(_COMP_INTERRUPT)
    chip.machine.set_analog("comp", _PLUS, 1.1)
    assert chip.pends(_COMP_INTERRUPT)
    assert chip["EXTI_PR1"] == 1 << 21


def test_a_window_is_two_comparators_of_one_voltage(chip: Chip) -> None:
    chip["COMP_COMP1_CSR"] = 1 | 6 << 4
    chip["COMP_COMP2_CSR"] = 1 | 6 << 4 | 1 << 9
    chip.machine.set_analog("comp", _MINUS, 2.0)
    chip.machine.set_analog("comp", _COMP2 + _MINUS, 1.0)
    for volts, above in ((0.5, (0, 0)), (1.5, (0, 1)), (2.5, (1, 1))):
        chip.machine.set_analog("comp", _PLUS, volts)
        values = tuple(chip.field(f"COMP_COMP{n}_CSR", "VALUE") for n in (1, 2))
        assert values == above


def test_the_dac_is_an_input_and_a_locked_comparator_stays(chip: Chip) -> None:
    chip["DAC1_CR"] = 1
    chip["DAC1_DHR12R1"] = 2048
    chip.machine.set_analog("comp", _PLUS, 1.7)
    chip["COMP_COMP1_CSR"] = 1 | 4 << 4 | 1 << 31
    assert chip.field("COMP_COMP1_CSR", "VALUE") == 1
    chip["COMP_COMP1_CSR"] = 0
    assert chip.field("COMP_COMP1_CSR", "EN") == 1
    chip["DAC1_DHR12R1"] = 2200
    assert chip.field("COMP_COMP1_CSR", "VALUE") == 0


@pytest.mark.parametrize(
    ("mode", "volts", "out"), [(3, 1.1, 1.1), (2, 0.5, 1.0), (2 | 3 << 2, 0.1, 1.6), (2, 3.0, 3.3)]
)
def test_an_amplifier_drives_its_channel_of_the_adc(
    chip: Chip, mode: int, volts: float, out: float
) -> None:
    chip["OPAMP_OPAMP1_CSR"] = 1 | mode << 2
    chip.machine.set_analog("opamp", 0, volts)
    chip["RCC_CCIPR"] |= 3 << 28
    chip["ADC1_CR"] = 1 << 28
    chip["ADC1_CR"] |= 1
    chip["ADC1_SQR1"] = 8 << 6
    chip["ADC1_CR"] |= 4
    chip.run(100)
    assert chip["ADC1_DR"] == pytest.approx(out / 3.3 * 4095, abs=1)


@pytest.mark.parametrize(("select", "low"), [(0, 0), (1, 8)])
def test_calibration_finds_a_trimming_value(chip: Chip, select: int, low: int) -> None:
    chip["OPAMP_OPAMP2_CSR"] = 1 | 3 << 2 | 1 << 12 | select << 13 | 1 << 14
    seen = []
    for trim in range(32):
        chip["OPAMP_OPAMP2_OTR"] = trim << low
        seen.append(chip.field("OPAMP_OPAMP2_CSR", "CALOUT"))
    assert seen == sorted(seen, reverse=select == 1)
    assert set(seen) == {0, 1}


def test_a_voltage_goes_to_what_takes_it(chip: Chip) -> None:
    with pytest.raises(CoreError, match="0 to 3"):
        chip.machine.set_analog("opamp", 4, 1.0)
    with pytest.raises(CoreError, match="takes no voltages"):
        chip.machine.set_analog("usart1", 0, 1.0)
