"""The power model: what moves a current, and what the published runs say of it."""

from dataclasses import replace

import pytest

from tinysim.errors import TinySimError
from tinysim.platform import load_board
from tinysim.power import Activity, PowerModel, Supply, parse_supply
from tinysim.power.activity import Range
from tinysim.power.estimate import estimate
from tinysim.power.evidence import band, blind_errors, choose, error, runs

BUSY = Activity(clock_hz=120_000_000)
LDO = Supply(volts=1.8)
SMPS = Supply(volts=3.0, regulator="smps")


@pytest.fixture
def model() -> PowerModel:
    found = load_board().settings.power
    assert found is not None
    return found


def test_the_boards_coefficients_are_those_that_the_named_runs_give(model: PowerModel) -> None:
    chosen = choose()
    assert model.working_ma == pytest.approx(chosen.working_ma, rel=1e-3)
    assert model.flash_wait == pytest.approx(chosen.flash_wait, rel=2e-3)
    assert model.sleep == pytest.approx(chosen.sleep, rel=2e-3)
    assert model.smps_fixed_mw == pytest.approx(chosen.smps_fixed_mw, rel=1e-3)
    assert model.smps_mw_per_ma == pytest.approx(chosen.smps_mw_per_ma, rel=1e-3)


def test_no_run_that_checks_has_chosen_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    before = choose()
    spoiled = tuple(
        replace(run, power_mw=2 * run.power_mw) if run.use != "chooses" else run for run in runs()
    )
    monkeypatch.setattr("tinysim.power.evidence.runs", lambda: spoiled)
    assert choose() == before


def test_the_errors_are_those_that_are_documented(model: PowerModel) -> None:
    checked, chosen = band(model, use="check"), band(model, use="chooses")
    assert (checked.runs, chosen.runs) == (7, 26)
    assert checked.mean == pytest.approx(0.034, abs=0.001)
    assert checked.worst == pytest.approx(0.079, abs=0.001)
    assert chosen.worst == pytest.approx(0.103, abs=0.001)
    asleep, slower = blind_errors(model)
    assert asleep == pytest.approx(0.16, abs=0.01)
    assert slower == pytest.approx(0.18, abs=0.01)


def test_an_ldo_passes_current_on_and_a_switched_one_power(model: PowerModel) -> None:
    higher = Supply(volts=3.0)
    assert model.power_mw(BUSY, higher) / model.power_mw(BUSY, LDO) == pytest.approx(3.0 / 1.8)
    other = Supply(volts=1.8, regulator="smps")
    assert model.power_mw(BUSY, other) == model.power_mw(BUSY, SMPS)


def test_waiting_and_sleeping_take_less_than_working(model: PowerModel) -> None:
    waiting = model.core_ma(replace(BUSY, flash_waits=1.0), LDO)
    sleeping = model.core_ma(replace(BUSY, asleep=1.0), LDO)
    assert sleeping < waiting < model.core_ma(BUSY, LDO)
    half = model.core_ma(replace(BUSY, asleep=0.5), LDO)
    assert half == pytest.approx((sleeping + model.core_ma(BUSY, LDO)) / 2)


def test_current_goes_with_clock_and_core_voltage(model: PowerModel) -> None:
    slower = replace(BUSY, clock_hz=60_000_000)
    assert model.core_ma(slower, LDO) == pytest.approx(model.core_ma(BUSY, LDO) / 2)
    low = replace(BUSY, range=Range.LOW)
    assert model.core_ma(low, LDO) == pytest.approx(model.core_ma(BUSY, LDO) / 1.28)
    # An external regulator's voltage is not the chip's to set.
    assert model.core_ma(low, SMPS) == model.core_ma(BUSY, SMPS)


def test_without_a_supply_there_are_bounds_alone(model: PowerModel) -> None:
    found = estimate(model, None, BUSY, 1000.0)
    assert (found.power_mw, found.current_ma, found.per_inference_uj) == (None, None, None)
    low, high = found.power_range_mw
    assert low < model.power_mw(BUSY, SMPS) < model.power_mw(BUSY, Supply(volts=3.3)) < high


def test_an_estimate_has_the_error_of_what_it_resembles(model: PowerModel) -> None:
    known = estimate(model, LDO, BUSY, None)
    assert known.error.validated
    assert known.error.worst == pytest.approx(band(model).worst, abs=1e-3)
    assert known.per_inference_uj is None
    asleep = estimate(model, SMPS, replace(BUSY, asleep=0.5), None)
    slower = estimate(model, SMPS, replace(BUSY, clock_hz=70_000_000), None)
    assert not asleep.error.validated
    assert not slower.error.validated
    assert slower.error.worst > known.error.worst
    assert any("70 MHz" in note for note in slower.notes)
    assert any("50% asleep" in note for note in asleep.notes)
    deep = estimate(model, LDO, replace(BUSY, asleep=0.5, is_deep=True), None)
    assert any("SLEEPDEEP" in note for note in deep.notes)


def test_an_engine_that_does_not_count_sleep_gives_no_activity() -> None:
    assert Activity.of({"stall.flash_data": 3}, 100, 120_000_000) is None
    assert Activity.of({"sleep": 50}, 0, 120_000_000) is None
    found = Activity.of({"sleep": 50, "stall.flash_data": 5}, 100, 120_000_000)
    assert found is not None
    assert (found.asleep, found.flash_waits) == (0.5, 0.05)


def test_runs_without_a_supply_have_no_error(model: PowerModel) -> None:
    silent = [run for run in runs() if run.supply is None]
    assert silent
    assert all(run.use == "left out" and run.why for run in silent)
    assert all(error(model, run, run.stand_in) is None for run in silent)


@pytest.mark.parametrize(
    ("text", "supply"),
    [
        ("1.8V", LDO),
        ("1.8", LDO),
        ("3 V, SMPS", SMPS),
        ("3V,smps", SMPS),
        ("3.3v,ldo", Supply(volts=3.3)),
    ],
)
def test_a_supply_is_read(text: str, supply: Supply) -> None:
    assert parse_supply(text) == supply


@pytest.mark.parametrize("text", ["", "V", "1.8V,buck", "1.2V", "5V", "smps", "1.8V,smps,ldo"])
def test_what_is_no_supply_is_refused(text: str) -> None:
    with pytest.raises(TinySimError, match="--supply"):
        parse_supply(text)
