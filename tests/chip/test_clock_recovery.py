"""HSI48 measured and trimmed (RM0432 section 7)."""

import pytest

from .board import Chip

_CEN, _AUTOTRIMEN, _SWSYNC = 1 << 5, 1 << 6, 1 << 7
_SYNCOK, _SYNCWARN, _ERR, _ESYNC = (1 << bit for bit in range(4))
_SYNCERR, _SYNCMISS, _TRIMOVF, _FEDIR = 1 << 8, 1 << 9, 1 << 10, 1 << 15
_INTERRUPT = 82
_MS = 4000
"""In cycles of MSI."""
_IN_A_MS = 47_999


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("CRS", "PWR")
    made["RCC_CRRCR"] = 1
    return made


def _start(chip: Chip, trim: int = 32, control: int = 0, reload: int = _IN_A_MS) -> None:
    """Software synchronises, in a tolerance of 34 counts."""
    chip["CRS_CFGR"] = reload | 34 << 16
    chip["CRS_CR"] = trim << 8 | control
    chip["CRS_CR"] = trim << 8 | control | _CEN
    _sync(chip)


def _sync(chip: Chip) -> None:
    chip["CRS_CR"] |= _SWSYNC


def test_a_clock_that_is_right_is_left_alone(chip: Chip) -> None:
    _start(chip, control=_AUTOTRIMEN)
    chip.run(_MS)
    _sync(chip)
    assert chip["CRS_ISR"] & 0xF == _SYNCOK | _ESYNC
    assert chip["CRS_ISR"] >> 16 < 34
    assert chip.field("CRS_CR", "TRIM") == 32


@pytest.mark.parametrize(
    ("trim", "flag", "steps"),
    [
        (31, _SYNCOK, 1),  # 67 counts of 48,000
        (33, _SYNCOK, -1),
        (30, _SYNCWARN, 2),
        (20, _SYNCWARN, 2),
        (40, _SYNCWARN, -2),
    ],
)
def test_it_trims_towards_the_target(chip: Chip, trim: int, flag: int, steps: int) -> None:
    _start(chip, trim, _AUTOTRIMEN)
    chip.run(_MS)
    _sync(chip)
    assert chip["CRS_ISR"] & (_SYNCOK | _SYNCWARN) == flag
    assert bool(chip["CRS_ISR"] & _FEDIR) is (trim < 32)
    assert chip["CRS_ISR"] >> 16 == pytest.approx(67.2 * abs(32 - trim), abs=2)
    assert chip.field("CRS_CR", "TRIM") == trim + steps


def test_it_does_not_trim_unless_it_is_asked_to(chip: Chip) -> None:
    _start(chip, 20)
    chip.run(_MS)
    _sync(chip)
    assert chip.field("CRS_CR", "TRIM") == 20


def test_a_synchronisation_far_too_early_is_an_error(chip: Chip) -> None:
    _start(chip, control=_AUTOTRIMEN)
    chip.run(_MS // 2)
    _sync(chip)
    assert chip["CRS_ISR"] & (_ERR | _SYNCERR | _SYNCMISS) == _ERR | _SYNCERR
    assert chip.field("CRS_CR", "TRIM") == 32


def test_one_that_does_not_come_is_missed(chip: Chip) -> None:
    _start(chip)
    chip.run(_MS)
    assert chip["CRS_ISR"] & (_ESYNC | _SYNCMISS) == _ESYNC
    chip.run(_MS)
    assert chip["CRS_ISR"] & (_ERR | _SYNCMISS) == _ERR | _SYNCMISS
    chip["CRS_ICR"] = _ERR
    assert not chip["CRS_ISR"] & (_ERR | _SYNCMISS)


def test_trim_ends_at_its_ends(chip: Chip) -> None:
    _start(chip, trim=0x3F, control=_AUTOTRIMEN, reload=50_600)
    chip.run(_MS)
    _sync(chip)
    assert chip["CRS_ISR"] & _TRIMOVF
    assert chip.field("CRS_CR", "TRIM") == 0x3F


def test_lse_brings_the_clock_back(chip: Chip) -> None:
    chip["PWR_CR1"] |= 1 << 8
    chip["RCC_BDCR"] = 1
    chip["CRS_CFGR"] = 46_874 | 34 << 16 | 5 << 24 | 1 << 28  # every 32 of LSE's periods
    chip["CRS_CR"] = 20 << 8
    chip["CRS_CR"] = 20 << 8 | _AUTOTRIMEN | _CEN
    chip.run(20 * _MS)
    assert chip.field("CRS_CR", "TRIM") in (31, 32)


@pytest.mark.parametrize("enable", [_SYNCOK, _ESYNC, _ERR])
def test_each_event_asks_for_the_interrupt_where_it_is_enabled(chip: Chip, enable: int) -> None:
    _start(chip, control=enable)
    chip.run(_MS)
    if enable != _ERR:
        _sync(chip)
        assert chip.pends(_INTERRUPT)
    else:
        assert not chip.pends(_INTERRUPT)
        chip.run(_MS)
        assert chip.pends(_INTERRUPT)


def test_the_target_is_fixed_while_it_counts(chip: Chip) -> None:
    _start(chip)
    chip["CRS_CFGR"] = 0
    assert chip["CRS_CFGR"] & 0xFFFF == _IN_A_MS
