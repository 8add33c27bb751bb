"""The order in which least is waited: greedy by gain a byte, then better by swaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .layout import KINDS, Layout, Units, lay_out
from .memories import Memory
from .waits import WORKING, Floats, Traffic

_WAITS_A_BYTE = 1.0
"""What a further working memory has to save."""


@dataclass(frozen=True)
class Found:
    """A layout, and what it makes each operation and each part wait, in cycles an inference."""

    layout: Layout
    order: tuple[int, ...]
    copies: tuple[int, ...]
    by_operation: Floats
    by_part: Floats
    chosen: tuple[int, ...]
    """The working memory of each operation, by its number in the layout."""
    working_waits: tuple[float, ...]
    """Of reads of each working memory."""

    @property
    def waits(self) -> float:
        """In cycles an inference."""
        return float(self.by_operation.sum())


def search(units: Units, traffic: Traffic, memories: Sequence[Memory]) -> Found:
    """The best layout that is found; always the same for the same.

    No swap of two neighbours or others in its order would make less wait. `units` must fit.
    """
    start = greedy(units, traffic)
    best: Found | None = None
    for copies in _choices(len(memories)):
        found = judge(units, traffic, memories, start, copies)
        if found is None:
            continue
        found = improve(units, traffic, memories, found)
        if best is None or _price(found) < _price(best):
            best = found
        if best.waits == 0:
            break
    assert best is not None, "more than there is room for"
    return best


def _choices(memories: int) -> Iterator[tuple[int, ...]]:
    for count in range(1, memories + 1):
        yield from combinations(range(memories), count)


def _price(found: Found) -> float:
    return found.waits + _WAITS_A_BYTE * sum(span.bytes for span in found.layout.working[1:])


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
    """An order's layout with the working memory that is best for each kernel; None where it does
    not fit.
    """
    layout = lay_out(units, order, memories, copies)
    if layout is None:
        return None
    sums = np.array([traffic.by_operation(waits) for waits in _waits(traffic, layout, memories)])
    best = sums.argmin(axis=0)
    working = [copies[0]] * len(units.requests)
    chosen = np.zeros(traffic.operations, dtype=np.int64)
    for operation, owners in traffic.owners.items():
        for number in set(owners) & set(units.placed):
            chosen[operation] = best[operation]
            working[number] = copies[best[operation]]
    # Those that nobody uses are gone now, and others smaller.
    layout = lay_out(units, order, memories, copies, working)
    assert layout is not None
    kept = sorted({0, *(int(number) for number in chosen)})
    chosen = np.searchsorted(kept, chosen)
    each = _waits(traffic, layout, memories)
    sums = np.array([traffic.by_operation(waits) for waits in each])
    by_part = [traffic.by_part(waits, chosen == number) for number, waits in enumerate(each)]
    return Found(
        layout,
        tuple(order),
        tuple(copies),
        sums[chosen, np.arange(traffic.operations)],
        np.array(by_part).sum(axis=0),
        tuple(int(number) for number in chosen),
        tuple(float(waits[WORKING]) for waits in by_part),
    )


def _waits(traffic: Traffic, layout: Layout, memories: Sequence[Memory]) -> list[Floats]:
    """Of each flow, once for each working memory that its kernel could use."""
    shares = traffic.shares(layout, memories)
    found = []
    for span in layout.working:
        shares[WORKING] = [memory.address <= span.address < memory.end for memory in memories]
        found.append(traffic.waits(shares, memories))
    return found


def improve(units: Units, traffic: Traffic, memories: Sequence[Memory], found: Found) -> Found:
    """Swaps until none makes less wait."""
    while True:
        better = min(
            filter(None, _swaps(units, traffic, memories, found)),
            key=lambda other: other.waits,
            default=found,
        )
        if better.waits >= found.waits:
            return found
        found = better


def _swaps(
    units: Units, traffic: Traffic, memories: Sequence[Memory], found: Found
) -> Iterator[Found | None]:
    order = found.order
    homes = [_home(units, memories, found.layout, unit) for unit in order]
    for one, other in combinations(range(len(order)), 2):
        if homes[one] is not None and homes[one] == homes[other]:
            continue  # all between them stays in that memory as well
        changed = list(order)
        changed[one], changed[other] = changed[other], changed[one]
        yield judge(units, traffic, memories, changed, found.copies)


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
