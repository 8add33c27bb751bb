"""What the reads of one inference wait, wherever its parts lie.

The bus matrix lets the first access to a memory wait that the system bus is not granted; the grant
ends when the bus turns to another memory or idles, but for the memory that it is parked at
(docs/timing.md). So whether a read waits follows from the memory of what is read, that of what was
accessed before, and whether there was a pause between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .layout import ARENA, Layout
from .memories import Memory

REST, WORKING = 0, 1
"""Parts that every inference has: all else, which is where it is, and the working memory."""

NOWHERE = -9
"""The unit of these."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """What is read: a piece of a request (by its number) or of the arena, or what is above."""

    unit: int
    offset: int
    bytes: int
    name: str = ""


@dataclass(frozen=True)
class Flow:
    """`count` reads of a part in an operation that came behind an access to the part `before`,
    with no pause between the two if it `follows`.
    """

    operation: int
    before: int
    part: int
    follows: bool
    count: int


@dataclass(frozen=True)
class Traffic:
    """The reads of an inference. The first two of `parts` are `REST` and `WORKING`; `owners` are
    the requests of each operation, by its number.
    """

    parts: tuple[Part, ...]
    flows: tuple[Flow, ...]
    owners: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], ...]:
        rows = [
            (flow.operation, flow.before, flow.part, flow.follows, flow.count)
            for flow in self.flows
        ]
        return tuple(np.array(rows, dtype=np.int64).reshape(-1, 5).T)

    @property
    def operations(self) -> int:
        """One more than the last one that reads anything."""
        return max((flow.operation for flow in self.flows), default=-1) + 1

    def reads(self) -> list[int]:
        """Of each part."""
        counts = np.zeros(len(self.parts), dtype=np.int64)
        np.add.at(counts, self._columns[2], self._columns[4])
        return [int(count) for count in counts]

    def first_reads(self) -> list[int]:
        """Of each part, those that would wait in a memory that the bus is not parked at."""
        counts = np.zeros(len(self.parts), dtype=np.int64)
        _, before, part, follows, count = self._columns
        first = (follows == 0) | (before != part)
        np.add.at(counts, part[first], count[first])
        return [int(count) for count in counts]

    def waits(self, shares: Floats, memories: Sequence[Memory]) -> Floats:
        """Of each flow, in cycles; `shares` has for each part how much of it lies in each
        memory.
        """
        _, before, part, follows, count = self._columns
        of, behind = shares[part], shares[before]
        together = np.where((part == before)[:, None], 1.0, behind)
        granted = np.where(
            np.array([memory.is_parked for memory in memories])[None, :],
            together,
            together * follows[:, None],
        )
        cycles = np.array([memory.waits for memory in memories], dtype=np.float64)
        found: Floats = (of * (1 - granted) * cycles).sum(axis=1) * count
        return found

    def by_operation(self, waits: Floats) -> Floats:
        """The sum for each operation."""
        return np.bincount(self._columns[0], waits, self.operations).astype(np.float64)

    def by_part(self, waits: Floats, operations: NDArray[np.bool_]) -> Floats:
        """The sum for each part, over some operations."""
        kept = np.where(operations[self._columns[0]], waits, 0.0)
        return np.bincount(self._columns[2], kept, len(self.parts)).astype(np.float64)

    @cached_property
    def _pieces(self) -> tuple[NDArray[np.int64], ...]:
        rows = [(part.unit, part.offset, part.bytes) for part in self.parts]
        return tuple(np.array(rows, dtype=np.int64).reshape(-1, 3).T)

    def shares(self, layout: Layout, memories: Sequence[Memory]) -> Floats:
        """How much of each part lies in each memory; the working memory, which is where a kernel
        chooses, in none.
        """
        unit, offset, size = self._pieces
        # Counted from the end are the arena and what has no address.
        bases = [place.address for place in layout.places]
        begin = np.array([*bases, layout.address("arena")], dtype=np.int64)[
            np.where(unit == NOWHERE, ARENA, unit)
        ]
        begin += offset
        first = np.array([memory.address for memory in memories])
        end = np.array([memory.end for memory in memories])
        within = np.minimum((begin + size)[:, None], end) - np.maximum(begin[:, None], first)
        found: Floats = np.maximum(within, 0) / np.maximum(size, 1)[:, None]
        found[REST] = [1.0] + [0.0] * (len(memories) - 1)
        found[WORKING] = 0.0
        return found
