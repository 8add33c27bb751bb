"""What a placement is in words and figures, for results and builds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..results import PlacedPart, Placement, Section
from .layout import ARENA, Layout, Units
from .measure import Measured
from .memories import Memory
from .search import Found, waits_of
from .waits import REST, WORKING, Floats

_HOSTS = {"input": "what the host sends", "state": "state"}


def make_report(
    units: Units,
    layout: Layout,
    memories: Sequence[Memory],
    names: Sequence[str],
    counted: tuple[Measured, Found] | None = None,
) -> Placement:
    """`names` are the operations'. `counted` is what was measured, and the layout as it was chosen
    by that.
    """
    maker = _Maker(units, layout, tuple(memories), tuple(names), counted)
    measured, found = counted or (None, None)
    return Placement(
        memories=tuple(
            Section(name=memory.name, address=memory.address, size=memory.bytes)
            for memory in memories
        ),
        parts=tuple(sorted(maker.parts(), key=lambda part: part.address)),
        in_arena=tuple(sorted(maker.in_arena(), key=lambda part: part.address)),
        reasons=tuple(maker.reasons()),
        cycles=measured.cycles if measured else 0,
        waits=round(found.waits) if found else 0,
    )


@dataclass(frozen=True)
class _Maker:
    units: Units
    layout: Layout
    memories: tuple[Memory, ...]
    names: tuple[str, ...]
    counted: tuple[Measured, Found] | None

    def parts(self) -> Iterator[PlacedPart]:
        """All, but not what lies in the arena."""
        first = self.memories[0].address
        count = self._of_parts(REST)
        yield self._part("stack and variables", "variables", first, self.units.begin - first, count)
        for span in self.layout.spans:
            if span in self.layout.working:
                number = self.layout.working.index(span)
                name = f"working memory {number + 1}" if number else "working memory"
                count = self._working_counts(number)
                yield self._part(name, "working memory", span.address, span.bytes, count)
            elif span.name == "arena":
                count = self._count(ARENA)
                yield self._part("arena", "arena", span.address, span.bytes, count)
            elif span.name in _HOSTS and span.bytes:
                yield self._part(_HOSTS[span.name], span.name, span.address, span.bytes)
        for number, place in enumerate(self.layout.places):
            if place.address:
                name, count = self._name(number), self._count(number)
                yield self._part(name, "weights", place.address, place.bytes, count)

    def in_arena(self) -> Iterator[PlacedPart]:
        """Tensors, and what the interpreter keeps."""
        if self.counted is None:
            return
        arena = self.layout.address("arena")
        for number, part in enumerate(self.counted[0].traffic.parts):
            if part.unit == ARENA:
                kind = "interpreter" if part.name == "interpreter" else "tensor"
                count = self._of_parts(number)
                yield self._part(part.name, kind, arena + part.offset, part.bytes, count)

    def reasons(self) -> Iterator[str]:
        """Why it is as it is, a sentence each."""
        optional = {
            number for number, request in enumerate(self.units.requests) if request.optional
        }
        if left := len(optional - set(self.units.placed)):
            yield (
                f"RAM has no room for the packed weights or tables of {left} operations, which "
                "read flash instead"
            )
        if self.counted is None:
            if self.units.placed:
                yield "no inference was counted: the arena comes first, then weights in their order"
            return
        measured, found = self.counted
        first = self.memories[0]
        if found.waits == 0:
            yield f"{first.name} has room for all that an inference reads: nothing waits for RAM"
            return
        places = [self.layout.places[number] for number in self.units.placed]
        beyond = [place for place in places if place.address + place.bytes > first.end]
        if beyond:
            kib = sum(place.bytes for place in beyond) / 1024
            yield (
                f"{first.name} has what would wait most a byte; of the weights {kib:.1f} KiB, in "
                f"{len(beyond)} of {len(places)} parts, lie beyond it"
            )
        for span in self.layout.working[1:]:
            yield (
                f"a further working memory of {span.bytes:,} bytes in {self._memory(span.address)} "
                "spares the bus from turning between a kernel's inputs and its weights"
            )
        share = found.waits / measured.cycles
        yield f"an inference waits for RAM in {found.waits:,.0f} cycles, {share:.1%}"

    @cached_property
    def _owners(self) -> dict[int, int]:
        """The operation that reads each request."""
        assert self.counted is not None
        return {
            number: operation
            for operation, owners in self.counted[0].traffic.owners.items()
            for number in owners
        }

    def _name(self, request: int) -> str:
        if self.counted is None or (operation := self._owners.get(request)) is None:
            return f"part {request}"
        return f"{operation:02d} {self.names[operation]}"

    @cached_property
    def _by_part(self) -> Floats:
        """Waits of each part, a row a working memory that its reader uses."""
        assert self.counted is not None
        measured, found = self.counted
        chosen = np.array(found.chosen)
        return np.array(
            [
                measured.traffic.by_part(waits, chosen == number)
                for number, waits in enumerate(
                    waits_of(measured.traffic, found.layout, self.memories)
                )
            ]
        )

    @cached_property
    def _sums(self) -> dict[int, tuple[int, float]]:
        """Reads and waits of each unit."""
        assert self.counted is not None
        traffic = self.counted[0].traffic
        sums: dict[int, tuple[int, float]] = {}
        for part, count, waited in zip(
            traffic.parts, traffic.reads(), self._by_part.sum(axis=0), strict=True
        ):
            reads, waits = sums.get(part.unit, (0, 0.0))
            sums[part.unit] = (reads + count, waits + float(waited))
        return sums

    def _count(self, unit: int) -> tuple[int, float] | None:
        return self._sums.get(unit, (0, 0.0)) if self.counted else None

    def _of_parts(self, part: int) -> tuple[int, float] | None:
        if self.counted is None:
            return None
        traffic = self.counted[0].traffic
        return traffic.reads()[part], float(self._by_part[:, part].sum())

    def _working_counts(self, number: int) -> tuple[int, float] | None:
        if self.counted is None:
            return None
        measured, found = self.counted
        reads = sum(
            flow.count
            for flow in measured.traffic.flows
            if flow.part == WORKING and found.chosen[flow.operation] == number
        )
        return reads, float(self._by_part[number, WORKING])

    def _part(
        self,
        name: str,
        kind: str,
        address: int,
        size: int,
        count: tuple[int, float] | None = None,
    ) -> PlacedPart:
        reads, waits = count or (None, None)
        return PlacedPart.model_validate(
            {
                "name": name,
                "kind": kind,
                "memory": self._memory(address, size),
                "address": address,
                "size": size,
                "reads": reads,
                "waits": None if waits is None else round(waits),
            }
        )

    def _memory(self, address: int, size: int = 1) -> str:
        """The memories that it lies in."""
        return " and ".join(
            memory.name
            for memory in self.memories
            if memory.address < address + max(size, 1) and address < memory.end
        )
