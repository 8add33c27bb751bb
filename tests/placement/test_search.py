"""The layouts that are found for random profiles."""

from functools import cache
from itertools import combinations, pairwise

import pytest

from tinysim.placement import Layout, Units, lay_out
from tinysim.placement.search import Found, greedy, judge, search

from .profiles import END, MEMORIES, make_profile

SEEDS = range(24)


@cache
def _found(seed: int) -> Found:
    return search(*make_profile(seed), MEMORIES)


def _occupied(units: Units, layout: Layout) -> list[tuple[int, int]]:
    """First byte and end of all that lies somewhere."""
    spans = [
        (span.address, span.address + span.bytes)
        for span in layout.spans
        if not span.name.startswith("weights")
    ]
    return spans + [(p.address, p.address + p.bytes) for p in layout.places if p.address]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_is_placed_fits_and_nothing_overlaps(seed: int) -> None:
    units, _ = make_profile(seed)
    layout = _found(seed).layout
    taken = sorted(span for span in _occupied(units, layout) if span[0] < span[1])
    assert taken[0][0] >= units.begin
    assert taken[-1][1] <= END
    for (_, end), (begin, _) in pairwise(taken):
        assert end <= begin
    assert [place.bytes for place in layout.places] == [r.bytes for r in units.requests]
    assert all(address % 16 == 0 for address, _ in taken)


@pytest.mark.parametrize("seed", SEEDS)
def test_sections_cover_what_they_are_of(seed: int) -> None:
    layout = _found(seed).layout
    runs = [span for span in layout.spans if span.name.startswith("weights")]
    assert len({span.name for span in layout.spans}) == len(layout.spans)
    for place in layout.places:
        assert any(
            run.address <= place.address and place.address + place.bytes <= run.address + run.bytes
            for run in runs
        )
    others = [span for span in layout.spans if span not in runs]
    for run in runs:
        assert not any(
            run.address < span.address + span.bytes and span.address < run.address + run.bytes
            for span in others
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_no_swap_would_wait_less(seed: int) -> None:
    _, traffic = make_profile(seed)
    found = _found(seed)
    for one, other in combinations(range(len(found.order)), 2):
        order = list(found.order)
        order[one], order[other] = order[other], order[one]
        swapped = judge(found.units, traffic, MEMORIES, order, found.copies)
        assert swapped is None or swapped.waits >= found.waits - 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_no_worse_than_greedy_with_one_working_memory(seed: int) -> None:
    units, traffic = make_profile(seed)
    found = _found(seed)
    plain = judge(units, traffic, MEMORIES, greedy(units, traffic), (0,))
    assert plain is not None
    assert found.waits <= plain.waits + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_profile_gives_the_same_layout(seed: int) -> None:
    assert search(*make_profile(seed), MEMORIES).layout == _found(seed).layout


@pytest.mark.parametrize("seed", SEEDS)
def test_every_kernel_works_in_a_memory_that_is_large_enough(seed: int) -> None:
    units, _ = make_profile(seed)
    layout = _found(seed).layout
    sizes = {span.address: span.bytes for span in layout.working}
    for request, place in zip(units.requests, layout.places, strict=True):
        assert sizes[place.working] >= request.working
    assert layout.working[0].bytes == units.scratch  # what any kernel may use


def test_a_model_that_fits_the_first_memory_waits_for_nothing() -> None:
    for seed in SEEDS:
        units, traffic = make_profile(seed)
        layout = lay_out(units, units.order, MEMORIES)
        assert layout is not None
        end = max(end for _, end in _occupied(units, layout))
        if end - units.input <= MEMORIES[0].end - 32:
            assert search(units, traffic, MEMORIES).waits == 0
            return
    pytest.fail("no profile is so small")


def test_what_does_not_fit_has_no_layout() -> None:
    units, _ = make_profile(0)
    assert lay_out(units, units.order, MEMORIES) is not None
    end = units.end - units.free - 16
    assert lay_out(Units(**{**units.__dict__, "end": end}), units.order, MEMORIES) is None


def test_what_waits_most_a_byte_comes_first() -> None:
    for seed in SEEDS:
        units, traffic = make_profile(seed)
        order = greedy(units, traffic)
        first = traffic.first_reads()
        rates = []
        for unit in order:
            reads = sum(
                count for part, count in zip(traffic.parts, first, strict=True) if part.unit == unit
            )
            rates.append(reads / max(units.bytes_of(unit), 1))
        assert rates == sorted(rates, reverse=True)
