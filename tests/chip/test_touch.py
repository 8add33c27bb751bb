"""Touch sensing (RM0432 section 29)."""

import pytest

from tinysim._core import CoreError

from .board import Chip

_TSCE, _START = 1 << 0, 1 << 1
_EOAF, _MCEF = 1 << 0, 1 << 1
_INTERRUPT = 77
_G2_SAMPLER, _G2_ELECTRODE = 1 << 4, 1 << 6
"""IO1 and IO3."""


@pytest.fixture
def chip() -> Chip:
    """Group 2: a sampling capacitor at IO1, an electrode of 1000 transfers at IO3."""
    made = Chip()
    made.enable("TSC")
    made["TSC_IOSCR"] = _G2_SAMPLER
    made["TSC_IOCCR"] = _G2_ELECTRODE
    made["TSC_IOGCSR"] = 1 << 1
    made.machine.set_electrode("tsc", 2, 3, 1000)
    return made


def _acquire(chip: Chip, limit: int = 3, length: int = 0) -> None:
    chip["TSC_ICR"] = _EOAF | _MCEF
    chip["TSC_CR"] = _TSCE | _START | limit << 5 | length


def test_charge_transfers_are_counted(chip: Chip) -> None:
    _acquire(chip)
    chip.run(1999)
    assert chip["TSC_CR"] & _START
    assert not chip["TSC_ISR"]
    chip.run(1)
    assert chip["TSC_ISR"] == _EOAF
    assert not chip["TSC_CR"] & _START
    assert chip["TSC_IOG2CR"] == 1000
    assert chip["TSC_IOGCSR"] == 1 << 1 | 1 << 17


def test_a_touched_electrode_takes_fewer(chip: Chip) -> None:
    chip.machine.set_electrode("tsc", 2, 3, 700)
    _acquire(chip)
    chip.run(1400)
    assert chip["TSC_IOG2CR"] == 700


def test_transfers_take_their_pulses_and_the_generators_clock(chip: Chip) -> None:
    _acquire(chip, length=2 << 12 | 3 << 24 | 1 << 28)  # 2 high, 4 low, of HCLK / 4
    chip.run(1000 * 6 * 4 - 1)
    assert not chip["TSC_ISR"]
    chip.run(1)
    assert chip["TSC_ISR"] == _EOAF


@pytest.mark.parametrize(("limit", "most"), [(0, 255), (1, 511), (6, 16383)])
def test_a_count_has_its_limit(chip: Chip, limit: int, most: int) -> None:
    chip.machine.set_electrode("tsc", 2, 3, 0)
    _acquire(chip, limit)
    chip.run(2 * (most + 1))
    assert chip["TSC_ISR"] == _EOAF | _MCEF
    assert chip["TSC_IOG2CR"] == most
    assert not chip["TSC_IOGCSR"] >> 16


@pytest.mark.parametrize("sampler", [0, _G2_ELECTRODE, 3 << 4])
def test_a_group_needs_one_sampling_capacitor_of_its_own(chip: Chip, sampler: int) -> None:
    chip["TSC_IOSCR"] = sampler
    _acquire(chip)
    chip.run(5000)
    assert chip["TSC_ISR"] == _EOAF | _MCEF


@pytest.mark.parametrize("enable", [_EOAF, _MCEF])
def test_each_flag_asks_for_the_interrupt_where_it_is_enabled(chip: Chip, enable: int) -> None:
    chip.machine.set_electrode("tsc", 2, 3, 100 if enable == _MCEF else 0)
    chip["TSC_IER"] = enable
    _acquire(chip, limit=0)
    chip.run(600)
    assert chip.pends(_INTERRUPT) is (enable == _EOAF)
    chip.machine.set_electrode("tsc", 2, 3, 0)
    _acquire(chip, limit=0)
    chip.run(600)
    assert chip.pends(_INTERRUPT)


def test_there_are_eight_groups_of_four(chip: Chip) -> None:
    for group, io in ((0, 1), (9, 1), (1, 0), (1, 5)):
        with pytest.raises(CoreError, match="groups 1 to 8"):
            chip.machine.set_electrode("tsc", group, io, 1)
