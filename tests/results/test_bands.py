"""Which band a latency carries: that of the programs that its firmware resembles."""

import pytest

from tests.sample_results import make_result
from tinysim.reports.text import notes
from tinysim.results.bands import band, sets
from tinysim.results.traits import Traits

_COUNTERS = {
    "stall.fetch": 100,
    "stall.flash_data": 20,
    "stall.bus": 50,
    "stall.hazard": 5,
    "flash.fetch": 600,
    "ram.fetch": 0,
    "bus.access": 200,
    "bus.wait": 100,
}


def _traits(wait_states: int = 5, **more: int) -> Traits:
    found = Traits.of({**_COUNTERS, **more}, 1000, wait_states)
    assert found is not None
    return found


def test_traits_are_shares_of_what_was_counted() -> None:
    found = _traits(**{"ram.fetch": 200})
    assert (found.fetch_stalls, found.flash_stalls, found.bus_stalls) == (0.1, 0.02, 0.05)
    assert (found.hazard_stalls, found.ram_code, found.bus_waits) == (0.005, 0.25, 0.5)


def test_without_stalls_counted_there_are_no_traits() -> None:
    assert Traits.of({}, 1000, 5) is None
    assert Traits.of(_COUNTERS, 0, 5) is None


def test_firmware_gets_the_band_of_the_set_that_it_resembles() -> None:
    benchmarks, programs = sets()
    at_speed = band("T3", _traits())
    assert at_speed and at_speed.validated and at_speed.set == benchmarks.name
    slow = band("T3", _traits(0, **{"stall.flash_data": 0, "stall.hazard": 1}))
    assert slow and slow.validated and slow.set == programs.name
    assert slow.worst > at_speed.worst


@pytest.mark.parametrize(
    "traits",
    [
        _traits(3),
        _traits(**{"ram.fetch": 1}),
        _traits(**{"stall.fetch": 500}),
        _traits(**{"stall.flash_data": 300}),
    ],
    ids=["three wait states", "code in RAM", "fetches wait", "flash waits"],
)
def test_firmware_that_resembles_no_set_is_not_validated(traits: Traits) -> None:
    found = band("T3", traits)
    assert found and not found.validated
    assert found.worst == max(one.T3.worst for one in sets() if one.T3)
    result = make_result(tier="T3", error_band=found)
    assert any("not validated for this" in line for line in notes([result]))


def test_a_tier_that_nobody_measured_has_no_band() -> None:
    assert band("silicon", _traits()) is None
    assert band("name", _traits()) is None
