"""The order in which least is waited: greedy by gain a byte, then better by swaps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

import numpy as np

from .layout import KINDS, Layout, Units, lay_out
from .memories import Memory
from .waits import WORKING, Floats, Traffic

_WAITS_A_BYTE = 4.0
"""What a further working memory has to save."""
_IMPROVED = 3
"""Of the choices of working memories, as many as begin best."""
_MOVED = 32
"""Parts that are swapped and moved: the largest, where there are more. Recurrent layers, written
out, have hundreds of small ones.
"""


@dataclass(frozen=True)
class Found:
    """A layout, and what it makes each operation wait, in cycles an inference."""

    units: Units
    layout: Layout
    order: tuple[int, ...]
    copies: tuple[int, ...]
    by_operation: Floats
    chosen: tuple[int, ...]
    """The working memory of each operation, by its number in the layout."""

    @property
    def waits(self) -> float:
        """In cycles an inference."""
        return float(self.by_operation.sum())


def search(units: Units, traffic: Traffic, memories: Sequence[Memory]) -> Found:
    """The best layout that is found; always the same for the same.

    No swap of two of the `_MOVED` largest would make less wait, with working memories of these
    sizes. `units` must fit.
    """
    start = greedy(units, traffic)
    begun = [
        found
        for copies in _choices(len(memories))
        if (found := judge(units, traffic, memories, start, copies))
    ]
    assert begun, "more than there is room for"
    # Those with fewer working memories come first where it is the same.
    begun.sort(key=lambda found: _price(units, found))
    if begun[0].waits == 0:
        return begun[0]
    best = min(
        (improve(units, traffic, memories, found) for found in begun[:_IMPROVED]),
        key=lambda found: _price(units, found),
    )
    used = _used(units, best)
    smaller = replace(units, most_beside=used)
    copies = best.copies if used else best.copies[:1]
    again = judge(smaller, traffic, memories, best.order, copies)
    assert again is not None
    return improve(smaller, traffic, memories, again)


def _choices(memories: int) -> Iterator[tuple[int, ...]]:
    for count in range(1, memories + 1):
        yield from combinations(range(memories), count)


def _price(units: Units, found: Found) -> float:
    return found.waits + _WAITS_A_BYTE * _used(units, found) * (len(found.layout.working) - 1)


def _used(units: Units, found: Found) -> int:
    """Bytes of a further working memory that any kernel uses."""
    first = found.layout.working[0].address
    return max(
        (
            units.requests[number].working
            for number in units.working
            if found.layout.places[number].working != first
        ),
        default=0,
    )


def greedy(units: Units, traffic: Traffic) -> tuple[int, ...]:
    """What would wait most a byte comes first, as the first memory makes nothing wait."""
    sums = dict.fromkeys(units.order, 0)
    for part, count in zip(traffic.parts, traffic.first_reads(), strict=True):
        if part.unit in sums and part.bytes:
            sums[part.unit] += count
    return tuple(sorted(sums, key=lambda unit: (-sums[unit] / max(units.bytes_of(unit), 1), -unit)))


def judge(
    units: Units,
    traffic: Traffic,
    memories: Sequence[Memory],
    order: Sequence[int],
    copies: Sequence[int],
) -> Found | None:
    """An order's layout, with the working memory that is best for each kernel; None where it does
    not fit.
    """
    layout = lay_out(units, order, memories, copies)
    if layout is None:
        return None
    each = waits_of(traffic, layout, memories)
    sums = np.array([traffic.by_operation(waits) for waits in each])
    best = sums.argmin(axis=0)
    working = [0] * len(units.requests)
    chosen = np.zeros(traffic.operations, dtype=np.int64)
    for operation, owners in traffic.owners.items():
        for number in owners:
            if number in units.working:
                chosen[operation] = working[number] = best[operation]
    return Found(
        units,
        _with_working(layout, working),
        tuple(order),
        tuple(copies),
        sums[chosen, np.arange(traffic.operations)],
        tuple(int(number) for number in chosen),
    )


def _with_working(layout: Layout, working: Sequence[int]) -> Layout:
    """The same, each kernel with its own working memory."""
    made = layout.working
    return replace(
        layout,
        places=tuple(
            replace(place, working=made[number].address)
            for place, number in zip(layout.places, working, strict=True)
        ),
    )


def waits_of(traffic: Traffic, layout: Layout, memories: Sequence[Memory]) -> list[Floats]:
    """Of each flow, once for each working memory that its kernel could use."""
    shares = traffic.shares(layout, memories)
    found = []
    for span in layout.working:
        shares[WORKING] = [memory.address <= span.address < memory.end for memory in memories]
        found.append(traffic.waits(shares, memories))
    return found


def improve(units: Units, traffic: Traffic, memories: Sequence[Memory], found: Found) -> Found:
    """Swaps, and moves to other places in the order, until none makes less wait."""
    is_better = True
    while is_better:
        is_better = False
        for change, one, other in _changes(_places(units, found.order)):
            if change is _swap and _share_a_home(units, memories, found, one, other):
                continue
            order = change(found.order, one, other)
            changed = judge(units, traffic, memories, order, found.copies)
            if changed and changed.waits < found.waits:
                found, is_better = changed, True
    return found


_Change = Callable[[tuple[int, ...], int, int], list[int]]


def _places(units: Units, order: Sequence[int]) -> list[int]:
    """Where in an order the largest are."""
    largest = sorted(range(len(order)), key=lambda place: -units.bytes_of(order[place]))[:_MOVED]
    return sorted(largest)


def _changes(places: Sequence[int]) -> Iterator[tuple[_Change, int, int]]:
    for one, other in combinations(places, 2):
        yield _swap, one, other
    for one, other in permutations(places, 2):
        if abs(one - other) > 1:
            yield _move, one, other


def _swap(order: tuple[int, ...], one: int, other: int) -> list[int]:
    changed = list(order)
    changed[one], changed[other] = changed[other], changed[one]
    return changed


def _move(order: tuple[int, ...], one: int, other: int) -> list[int]:
    changed = list(order)
    changed.insert(other, changed.pop(one))
    return changed


def _share_a_home(
    units: Units, memories: Sequence[Memory], found: Found, one: int, other: int
) -> bool:
    """Whether two lie in one memory, and so does all between them: a swap changes nothing."""
    homes = [_home(units, memories, found.layout, found.order[place]) for place in (one, other)]
    return homes[0] is not None and homes[0] == homes[1]


def _home(units: Units, memories: Sequence[Memory], layout: Layout, unit: int) -> int | None:
    """The memory that a unit lies in, if in one alone."""
    begin = layout.places[unit].address if unit >= 0 else layout.address(KINDS[unit])
    end = begin + units.bytes_of(unit)
    return next(
        (
            number
            for number, memory in enumerate(memories)
            if memory.address <= begin and end <= memory.end
        ),
        None,
    )
