"""Analog-to-digital and digital-to-analog converters (RM0432 sections 21 and 22)."""

import pytest

from tinysim._core import CoreError

from .board import Chip

_ADEN, _ADDIS, _ADSTART, _JADSTART, _ADSTP = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4
_ADVREGEN = 1 << 28
_EOC, _EOS, _OVR, _JEOS, _AWD1 = 1 << 2, 1 << 3, 1 << 4, 1 << 6, 1 << 7


@pytest.fixture
def chip() -> Chip:
    """The converter is on, at HCLK."""
    made = Chip()
    made.enable("ADC", "TIM6", "DMA1", "DMAMUX1", "DAC1")
    made["ADC1_CCR"] = 1 << 16
    made["ADC1_CR"] = _ADVREGEN
    made["ADC1_CR"] = _ADVREGEN | _ADEN
    assert made.field("ADC1_ISR", "ADRDY")
    return made


def _convert(chip: Chip, cycles: int = 100) -> int:
    chip["ADC1_CR"] = _ADVREGEN | _ADSTART
    chip.run(cycles)
    return chip["ADC1_DR"]


@pytest.mark.parametrize(("volts", "value"), [(0, 0), (1.65, 2048), (3.3, 4095), (5, 4095)])
def test_a_channel_is_measured_against_the_supply(chip: Chip, volts: float, value: int) -> None:
    chip["ADC1_SQR1"] = 5 << 6
    chip.machine.set_analog("adc1", 5, volts)
    assert _convert(chip) == value


def test_a_voltage_that_no_board_has_is_refused(chip: Chip) -> None:
    for channel, volts in ((19, 1.0), (0, -1.0), (0, float("nan"))):
        with pytest.raises(CoreError, match="adc1"):
            chip.machine.set_analog("adc1", channel, volts)


def test_a_conversion_takes_its_sampling_time_and_asks_for_its_interrupt(chip: Chip) -> None:
    chip["ADC1_SMPR1"] = 2 << 15  # channel 5: 12.5 cycles, and 12.5 to convert
    chip["ADC1_SQR1"] = 5 << 6
    chip["ADC1_IER"] = _EOC
    chip["ADC1_CR"] = _ADVREGEN | _ADSTART
    chip.run(24)
    assert chip["ADC1_ISR"] & _EOC == 0
    chip.run(1)
    assert chip["ADC1_ISR"] & _EOC
    assert chip.pends(18)
    assert chip["ADC1_CR"] & _ADSTART == 0


def test_a_sequence_in_eight_bits_goes_to_memory_by_dma(chip: Chip) -> None:
    for channel, volts in ((1, 3.3), (2, 0.0), (6, 1.65)):
        chip.machine.set_analog("adc1", channel, volts)
    chip["ADC1_SQR1"] = 2 | 1 << 6 | 2 << 12 | 6 << 18
    chip["ADC1_CFGR"] = 1 | 2 << 3
    chip["DMAMUX1_C0CR"] = 5
    chip["DMA1_CPAR1"] = chip.registers["ADC1_DR"].address
    chip["DMA1_CMAR1"] = 0x20002000
    chip["DMA1_CNDTR1"] = 3
    chip["DMA1_CCR1"] = 1 | 1 << 7 | 1 << 8 | 1 << 10
    chip["ADC1_CR"] = _ADVREGEN | _ADSTART
    chip.run(200)
    assert chip.machine.read_memory(0x20002000, 6) == bytes([255, 0, 0, 0, 128, 0])
    assert chip["ADC1_ISR"] & (_EOS | _OVR) == _EOS


def test_what_nobody_reads_in_time_is_an_overrun(chip: Chip) -> None:
    chip["ADC1_CFGR"] = 1 << 13
    chip["ADC1_CR"] = _ADVREGEN | _ADSTART
    chip.run(100)
    assert chip["ADC1_ISR"] & _OVR
    chip["ADC1_CR"] = _ADVREGEN | _ADSTP
    assert chip["ADC1_CR"] & _ADSTART == 0


def test_a_timer_triggers_regular_and_injected_conversions(chip: Chip) -> None:
    chip["ADC1_CFGR"] = 13 << 6 | 1 << 10
    chip["ADC1_JSQR"] = 14 << 2 | 1 << 6 | 7 << 8
    chip.machine.set_analog("adc1", 7, 3.3)
    chip["ADC1_CR"] = _ADVREGEN | _ADSTART | _JADSTART
    chip.run(100)
    assert chip["ADC1_ISR"] & (_EOC | _JEOS) == 0
    chip["TIM6_CR2"] = 2 << 4
    chip["TIM6_EGR"] = 1
    chip.run(100)
    assert chip["ADC1_ISR"] & (_EOC | _JEOS) == _EOC | _JEOS
    assert chip["ADC1_JDR1"] == 4095


def test_oversampling_adds_and_shifts(chip: Chip) -> None:
    chip.machine.set_analog("adc1", 0, 3.3)
    chip["ADC1_CFGR2"] = 1 | 6 << 2 | 3 << 5  # 128 times, 3 bits to the right
    assert _convert(chip, 2000) == 4095 * 128 >> 3


def test_a_watchdog_sees_what_is_out_of_its_window(chip: Chip) -> None:
    chip["ADC1_CFGR"] = 1 << 22 | 1 << 23 | 3 << 26
    chip["ADC1_TR1"] = 1000 | 3000 << 16
    chip["ADC1_SQR1"] = 3 << 6
    for volts, seen in ((1.65, 0), (3.0, _AWD1), (0.1, _AWD1)):
        chip.machine.set_analog("adc1", 3, volts)
        _convert(chip)
        assert chip["ADC1_ISR"] & _AWD1 == seen
        chip["ADC1_ISR"] = _AWD1


def test_the_reference_is_what_its_calibration_says(chip: Chip) -> None:
    measured = _convert(chip)
    calibrated = int.from_bytes(chip.machine.read_memory(0x1FFF75AA, 2), "little")
    assert 3.0 * calibrated / measured == pytest.approx(3.3, rel=0.01)


def test_the_dac_drives_its_pad_at_once_or_by_a_trigger(chip: Chip) -> None:
    chip["ADC1_SQR1"] = 9 << 6
    chip["DAC1_CR"] = 1
    chip["DAC1_DHR12R1"] = 1000
    assert _convert(chip) == 1000
    chip["DAC1_CR"] = 1 | 1 << 1
    chip["DAC1_DHR8R1"] = 0x80
    assert _convert(chip) == 1000
    chip["DAC1_SWTRGR"] = 1
    assert _convert(chip) == 0x800
    assert chip["DAC1_DOR1"] == 0x800


@pytest.mark.parametrize(("select", "cycles"), [(3, 15 * 4), (1, 15 * 4 * 4_000_000 // 8_000_000)])
def test_a_clock_of_its_own_is_the_one_of_adcsel(chip: Chip, select: int, cycles: int) -> None:
    """2.5 + 12.5 cycles, divided by 4: of SYSCLK, or of PLLSAI1's 8 MHz."""
    chip["RCC_PLLCFGR"] = 1
    chip["RCC_PLLSAI1CFGR"] = 8 << 8 | 1 << 24 | 1 << 25  # 4 MHz * 8 / 4
    chip["RCC_CR"] |= 1 << 26
    chip["RCC_CCIPR"] = select << 28
    chip["ADC1_CCR"] = 2 << 18
    chip["ADC1_CR"] = _ADVREGEN | _ADSTART
    chip.run(cycles - 1)
    assert not chip.field("ADC1_ISR", "EOC")
    chip.run(1)
    assert chip.field("ADC1_ISR", "EOC")


def test_without_a_clock_no_conversion_ends(chip: Chip) -> None:
    chip["ADC1_CCR"] = 0
    chip["ADC1_CR"] = _ADVREGEN | _ADSTART
    chip.run(100_000)
    assert not chip.field("ADC1_ISR", "EOC")


@pytest.mark.parametrize(
    ("mode", "conversions"),
    [
        (0, 0),  # UG
        (2, 3),  # updates
        (3, 4),  # CC1
        (8, 4),  # OC5REF
        (10, 7),  # both edges of OC4REF, which falls with the update
        (11, 7),
        (12, 8),  # OC4REF and OC6REF rising
        (13, 7),  # OC4REF rising, OC6REF falling
        (14, 8),
        (15, 7),
    ],
)
def test_a_second_trigger_output_starts_conversions(
    chip: Chip, mode: int, conversions: int
) -> None:
    chip.enable("TIM1")
    chip["ADC1_SQR1"] = 5 << 6
    chip["ADC1_CFGR"] = 10 << 6 | 1 << 10 | 1 << 12
    chip["TIM1_ARR"] = 999
    chip["TIM1_CCR1"] = 100
    for compare, place in ((4, 300), (5, 500), (6, 700)):
        chip[f"TIM1_CCR{compare}"] = place
    chip["TIM1_CCMR2"] = 0x7000
    chip["TIM1_CCMR3"] = 0x7070
    chip["TIM1_EGR"] = 1
    chip["TIM1_CR2"] = mode << 20
    chip["ADC1_CR"] |= 1 << 2
    chip["TIM1_CR1"] = 1
    seen = 0
    for _ in range(4000 // 50):
        chip.run(50)
        seen += chip.field("ADC1_ISR", "EOC")
        chip["ADC1_ISR"] = 1 << 2
    assert seen == conversions


def test_an_output_that_stays_high_triggers_once(chip: Chip) -> None:
    """Another channel's matches do not repeat the edge."""
    chip.enable("TIM1", "DAC1")
    chip["ADC1_SQR1"] = 5 << 6
    chip["ADC1_CFGR"] = 9 << 6 | 1 << 10 | 1 << 12  # TIM1's TRGO
    chip["DAC1_CR"] = 1 | 1 << 1 | 1 << 2  # TIM1's TRGO
    chip["TIM1_ARR"] = 999
    chip["TIM1_CCR1"], chip["TIM1_CCR2"], chip["TIM1_CCR3"] = 100, 500, 700
    chip["TIM1_CCMR1"] = 0x7070
    chip["TIM1_CCMR2"] = 0x70
    chip["TIM1_EGR"] = 1
    chip["TIM1_CR2"] = 4 << 4  # OC1REF
    chip["ADC1_CR"] |= 1 << 2
    chip["TIM1_CR1"] = 1
    chip.run(300)
    assert chip["ADC1_ISR"] & 1 << 2
    chip["ADC1_ISR"] = 1 << 2
    chip["DAC1_DHR12R1"] = 0x123
    chip.run(600)
    assert not chip["ADC1_ISR"] & 1 << 2
    assert chip["DAC1_DOR1"] == 0
    chip.run(400)
    assert chip["ADC1_ISR"] & 1 << 2
    assert chip["DAC1_DOR1"] == 0x123
