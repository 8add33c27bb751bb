"""LPTIM and the two watchdogs (RM0432 sections 44, 48 and 49)."""

import pytest

from .board import Chip

_ENABLE, _SNGSTRT, _CNTSTRT = 1 << 0, 1 << 1, 1 << 2
_CMPM, _ARRM = 1 << 0, 1 << 1
_MS = 4000
"""In cycles of MSI."""


@pytest.fixture
def chip() -> Chip:
    made = Chip()
    made.enable("LPTIM1", "LPTIM2", "WWDG", "GPIOA", "PWR")
    return made


@pytest.mark.parametrize(("timer", "interrupt"), [("LPTIM1", 65), ("LPTIM2", 66)])
def test_matches_set_their_flags_and_ask_for_interrupts(
    chip: Chip, timer: str, interrupt: int
) -> None:
    chip[f"{timer}_IER"] = _CMPM | _ARRM
    chip[f"{timer}_CR"] = _ENABLE
    chip[f"{timer}_ARR"] = 999
    chip[f"{timer}_CMP"] = 400
    chip[f"{timer}_ICR"] = 0x7F
    chip[f"{timer}_CR"] = _ENABLE | _CNTSTRT
    chip.run(399)
    assert chip[f"{timer}_ISR"] == 0
    chip.run(1)
    assert chip[f"{timer}_ISR"] == _CMPM
    assert chip.pends(interrupt)
    chip.run(599)
    assert chip[f"{timer}_ISR"] == _CMPM | _ARRM
    assert chip[f"{timer}_CNT"] == 999
    chip.run(101)
    assert chip[f"{timer}_CNT"] == 100


def test_one_shot_stops_after_a_period(chip: Chip) -> None:
    chip["LPTIM1_CR"] = _ENABLE
    chip["LPTIM1_ARR"] = 99
    chip["LPTIM1_CR"] = _ENABLE | _SNGSTRT
    chip.run(1000)
    assert chip["LPTIM1_CNT"] == 0


_UP, _DOWN, _EXTTRIG = 1 << 5, 1 << 6, 1 << 2
_ENC, _TIMOUT = 1 << 24, 1 << 19
_PHASES = ((5, True), (7, True), (5, False), (7, False))
"""IN1 on PB5 leads IN2 on PB7: an encoder that turns forwards."""


def _encode(chip: Chip, polarity: int, limit: int = 0xFFFF) -> None:
    chip.enable("GPIOB")
    chip["GPIOB_AFRL"] = 1 << 20 | 1 << 28
    chip["GPIOB_MODER"] = (chip["GPIOB_MODER"] & ~(0xCC << 8)) | 0x88 << 8
    for pin, _ in _PHASES[:2]:
        chip.machine.set_input("gpiob", pin, False)
    chip["LPTIM1_CFGR"] = _ENC | polarity << 1
    chip["LPTIM1_IER"] = _UP | _DOWN
    chip["LPTIM1_CR"] = _ENABLE
    chip["LPTIM1_ARR"] = limit
    chip["LPTIM1_CMP"] = 2
    chip["LPTIM1_ICR"] = 0x7F
    chip["LPTIM1_CR"] = _ENABLE | _CNTSTRT


def _turn(chip: Chip, rounds: int) -> None:
    """Forwards, or with a negative number backwards."""
    phases = _PHASES if rounds > 0 else tuple((pin, not high) for pin, high in _PHASES[::-1])
    for pin, high in phases * abs(rounds):
        chip.machine.set_input("gpiob", pin, high)


@pytest.mark.parametrize(("polarity", "counts"), [(0, 2), (1, 2), (2, 4)])
def test_an_encoder_is_followed_both_ways(chip: Chip, polarity: int, counts: int) -> None:
    _encode(chip, polarity)
    _turn(chip, 5)
    assert chip["LPTIM1_CNT"] == 5 * counts
    assert not chip["LPTIM1_ISR"] & (_UP | _DOWN)
    assert chip["LPTIM1_ISR"] & _CMPM
    _turn(chip, -3)
    assert chip["LPTIM1_CNT"] == 2 * counts
    assert chip["LPTIM1_ISR"] & (_UP | _DOWN) == _DOWN
    assert chip.pends(65)
    _turn(chip, 1)
    assert chip["LPTIM1_CNT"] == 3 * counts
    assert chip["LPTIM1_ISR"] & (_UP | _DOWN) == _UP | _DOWN


def test_an_encoder_wraps_at_both_ends(chip: Chip) -> None:
    _encode(chip, 2, limit=9)
    _turn(chip, -1)
    assert chip["LPTIM1_CNT"] == 6
    assert chip["LPTIM1_ISR"] & _ARRM
    _turn(chip, 2)
    assert chip["LPTIM1_CNT"] == 4


def test_a_timeout_begins_anew_with_each_trigger(chip: Chip) -> None:
    chip.enable("GPIOB", "SYSCFG")
    chip["LPTIM1_CFGR"] = _TIMOUT | 1 << 17  # ETR on a rising edge
    chip["LPTIM1_CR"] = _ENABLE
    chip["LPTIM1_ARR"] = 999
    chip["LPTIM1_CMP"] = 500
    chip["LPTIM1_CR"] = _ENABLE | _CNTSTRT
    chip["LPTIM1_ICR"] = 0x7F
    chip["GPIOB_AFRL"] = 1 << 24
    chip["GPIOB_MODER"] = (chip["GPIOB_MODER"] & ~(3 << 12)) | 2 << 12
    for _ in range(4):
        chip.machine.set_input("gpiob", 6, True)
        assert chip["LPTIM1_ISR"] & _EXTTRIG
        chip.run(400)
        chip.machine.set_input("gpiob", 6, False)
        assert not chip["LPTIM1_ISR"] & _CMPM
    chip.run(200)
    assert chip["LPTIM1_ISR"] & _CMPM


def test_lsi_counts_on_in_stop(chip: Chip) -> None:
    chip["RCC_CSR"] |= 1
    chip["RCC_CCIPR"] = 1 << 18
    chip["LPTIM1_CR"] = _ENABLE
    chip["LPTIM1_ARR"] = 0xFFFF
    chip["LPTIM1_CR"] = _ENABLE | _CNTSTRT
    chip.machine.load(0x08001000, bytes([0x30, 0xBF, 0xFD, 0xE7]))  # wfi, again
    chip.machine.bus_write(0xE000ED10, 4)
    chip.machine.run(1000 * _MS)
    assert chip["LPTIM1_CNT"] == pytest.approx(32000, abs=2)


def test_the_independent_watchdog_resets_unless_it_is_fed(chip: Chip) -> None:
    chip["IWDG_KR"] = 0x5555
    chip["IWDG_RLR"] = 99
    chip["IWDG_KR"] = 0xCCCC  # 100 counts of LSI / 4: 12.5 ms
    for _ in range(5):
        chip.run(10 * _MS)
        chip["IWDG_KR"] = 0xAAAA
    chip.run(12 * _MS)
    assert not chip.field("RCC_CSR", "IWDGRSTF")
    chip.run(1 * _MS)
    assert chip.field("RCC_CSR", "IWDGRSTF")
    chip.run(100 * _MS)
    assert chip["IWDG_RLR"] == 0xFFF


def test_its_registers_need_their_key(chip: Chip) -> None:
    chip["IWDG_RLR"] = 5
    assert chip["IWDG_RLR"] == 0xFFF


@pytest.mark.parametrize(("counts", "reset"), [(0x3F, False), (0x41, True)])
def test_the_window_watchdog_resets_below_0x40(chip: Chip, counts: int, *, reset: bool) -> None:
    chip["WWDG_CFR"] = 0x7F | 1 << 9
    chip["WWDG_CR"] = 0xFF
    chip.run(counts * 4096 + 8)
    assert bool(chip.field("RCC_CSR", "WWDGRSTF")) is reset
    assert reset or chip["WWDG_SR"] == 1
    assert reset or chip.pends(0)


def test_the_window_watchdog_resets_when_fed_too_early(chip: Chip) -> None:
    chip["WWDG_CFR"] = 0x60
    chip["WWDG_CR"] = 0xFF
    chip.run(4096 * 0x10)
    chip["WWDG_CR"] = 0xFF
    chip.run(10)
    assert chip.field("RCC_CSR", "WWDGRSTF")
