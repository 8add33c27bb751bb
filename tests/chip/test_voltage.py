"""Clock, voltage range and wait states go together (RM0432 5.1.8 and table 12)."""

import pytest

from .board import Chip

_TOO_FAST = "pwr HCLK above the limit of this voltage range"
_TOO_FEW = "flash FLASH_ACR.LATENCY too low for HCLK"
_RANGE_2 = 2 << 9
_MSI = {8_000_000: 7, 16_000_000: 8, 24_000_000: 9, 32_000_000: 10, 48_000_000: 11}


def _chip(hertz: int, latency: int, low: bool, **options: str | int | bool) -> Chip:
    made = Chip(**options)
    made.enable("PWR")
    made["FLASHINTERFACE_ACR"] = 0x600 | latency
    if low:
        made["PWR_CR1"] = _RANGE_2
    made["RCC_CR"] = made["RCC_CR"] & ~0xF0 | _MSI[hertz] << 4 | 8
    return made


@pytest.mark.parametrize(
    ("hertz", "low", "least"),
    [
        (8_000_000, False, 0),
        (16_000_000, False, 0),
        (24_000_000, False, 1),
        (48_000_000, False, 2),
        (8_000_000, True, 0),
        (16_000_000, True, 1),
        (24_000_000, True, 2),
    ],
)
def test_one_wait_state_less_than_the_clock_needs_is_reported(
    hertz: int, low: bool, least: int
) -> None:
    assert _chip(hertz, least, low).reports() == []
    if least:
        assert _chip(hertz, least - 1, low).reports() == [_TOO_FEW]


def test_range_2_ends_at_26_megahertz() -> None:
    assert _chip(32_000_000, 4, low=True).reports() == [_TOO_FAST]


def test_a_voltage_that_is_lowered_under_a_fast_clock_is_reported() -> None:
    chip = _chip(48_000_000, 2, low=False)
    chip["PWR_CR1"] = _RANGE_2
    assert chip.reports() == [_TOO_FAST]


@pytest.mark.parametrize(("hertz", "least"), [(16_000_000, 0), (48_000_000, 2)])
def test_the_fewest_wait_states_follow_the_clock(hertz: int, least: int) -> None:
    """Straight code of long instructions waits once in two of them without prefetch."""
    code = b"\xaf\xf3\x00\x80" * 256  # NOP.W
    taken = []
    for latency in ("least", least):
        chip = _chip(hertz, 5, low=False, **{"tier": "T3", "flash.latency": latency})
        assert chip.reports() == []
        chip.machine.load(0x08001000, code)
        chip.machine.add_breakpoint(0x08001000 + len(code))
        chip.machine.run(10_000)
        taken.append(chip.machine.cycles)
    assert taken[0] == taken[1]
    assert 256 + 128 * least <= taken[0] < 256 + 128 * least + 100
