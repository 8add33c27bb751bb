"""What a placement is in words and figures, for results and builds."""

from collections.abc import Sequence

from ..results import PlacedPart, Placement
from .layout import ARENA, Layout, Units
from .measure import Measured
from .memories import Memory
from .search import Found
from .waits import WORKING


def make_report(
    units: Units,
    layout: Layout,
    memories: Sequence[Memory],
    names: Sequence[str],
    measured: Measured | None = None,
    found: Found | None = None,
) -> Placement:
    """`names` are the operations'. `found` is the layout as it was chosen by what was measured."""
    parts = [*_fixed(units, layout, memories)]
    if measured is None or found is None:
        parts += [
            _part(f"request {number}", "weights", memories, place.address, place.bytes)
            for number, place in enumerate(layout.places)
            if place.address
        ]
        arena = next(span for span in layout.spans if span.name == "arena")
        parts.append(_part("arena", "interpreter", memories, arena.address, arena.bytes))
    else:
        parts += _counted(layout, memories, names, measured, found)
    parts.sort(key=lambda part: part.address)
    return Placement(
        parts=tuple(parts),
        reasons=tuple(_reasons(units, layout, memories, measured, found)),
        cycles=measured.cycles if measured else 0,
        waits=round(found.waits) if found else 0,
    )


def _part(
    name: str,
    kind: str,
    memories: Sequence[Memory],
    address: int,
    size: int,
    reads: int | None = None,
    waits: float | None = None,
) -> PlacedPart:
    return PlacedPart.model_validate(
        {
            "name": name,
            "kind": kind,
            "memory": _memory_at(memories, address, size),
            "address": address,
            "size": size,
            "reads": reads,
            "waits": None if waits is None else round(waits),
        }
    )


def _memory_at(memories: Sequence[Memory], address: int, size: int) -> str:
    """The memories that it lies in."""
    return ", ".join(
        memory.name
        for memory in memories
        if memory.address < address + max(size, 1) and address < memory.end
    )


def _fixed(units: Units, layout: Layout, memories: Sequence[Memory]) -> list[PlacedPart]:
    kinds = {"input": units.input, "state": units.state}
    return [
        _part(
            f"host's {span.name}" if span.name == "input" else span.name,
            span.name,
            memories,
            span.address,
            span.bytes,
        )
        for span in layout.spans
        if kinds.get(span.name)
    ]


def _counted(
    layout: Layout,
    memories: Sequence[Memory],
    names: Sequence[str],
    measured: Measured,
    found: Found,
) -> list[PlacedPart]:
    traffic, arena = measured.traffic, layout.address("arena")
    owner = {number: operation for operation, owners in traffic.owners.items() for number in owners}
    parts = []
    reads = traffic.reads()
    for number, part in enumerate(traffic.parts):
        if part.unit < ARENA:
            continue
        count, waits = reads[number], float(found.by_part[number])
        if part.unit == ARENA:
            kind = "interpreter" if part.name == "interpreter" else "tensor"
            at = arena + part.offset
            parts.append(_part(part.name, kind, memories, at, part.bytes, count, waits))
            continue
        operation = owner.get(part.unit)
        name = f"{names[operation]} {operation}" if operation is not None else "read by none"
        at = layout.places[part.unit].address
        parts.append(_part(name, "weights", memories, at, part.bytes, count, waits))
    for number, span in enumerate(layout.working):
        count = sum(
            flow.count
            for flow in traffic.flows
            if flow.part == WORKING and found.chosen[flow.operation] == number
        )
        parts.append(
            _part(
                f"working memory {number + 1}" if number else "working memory",
                "working memory",
                memories,
                span.address,
                span.bytes,
                count,
                found.working_waits[number],
            )
        )
    return parts


def _reasons(
    units: Units,
    layout: Layout,
    memories: Sequence[Memory],
    measured: Measured | None,
    found: Found | None,
) -> list[str]:
    lines = []
    first = memories[0]
    places = {number: layout.places[number] for number in units.placed}
    beyond = [place for place in places.values() if place.address + place.bytes > first.end]
    left = len([request for request in units.requests if request.optional]) - len(
        [number for number in units.placed if units.requests[number].optional]
    )
    if left:
        lines.append(
            f"the rows of {left} fully connected operations stay in flash, as RAM has no room"
        )
    if measured is None or found is None:
        return lines
    share = found.waits / measured.cycles
    if found.waits == 0:
        lines.append(f"all that an inference reads lies in {first.name}, which makes nothing wait")
        return lines
    if beyond:
        kib = sum(place.bytes for place in beyond) / 1024
        lines.append(
            f"{first.name} is full: weights of {len(beyond)} of {len(places)} operations, "
            f"{kib:.1f} KiB, lie beyond it, whose reads wait least a byte"
        )
    if len(layout.working) > 1:
        lines.append(
            f"{len(layout.working)} working memories, {units.scratch / 1024:.1f} KiB each: what a "
            "kernel reads together with weights lies in the same memory, and the bus need not turn"
        )
    lines.append(f"waits for RAM: {found.waits:,.0f} cycles an inference, {share:.1%}")
    return lines
