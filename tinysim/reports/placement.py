"""The picture of RAM: what lies in which memory, and what reads of it wait in an inference."""

from collections.abc import Sequence

from rich.table import Table

from ..results import PlacedPart, Placement, Result, Section
from .grid import Grid, make_grid
from .strip import Block, Lane, Strip, block

_LANE = 34
"""Pixels"""
_COLORS = {
    "weights": "k1",
    "working memory": "k2",
    "arena": "k3",
    "input": "k4",
    "state": "k5",
}
_OTHERS = "k7"
_NAME = 40
"""Characters of a tensor's name: converters join those of several layers."""
_HEADINGS = ("part", "memory", "address", "bytes", "reads", "waits")


def picture(result: Result) -> Strip | None:
    """A lane a memory, each as wide as it is large; None where the image does not tell."""
    placement = result.placement
    widest = max((memory.size for memory in placement.memories), default=0) if placement else 0
    if placement is None or not widest:
        return None
    return Strip(
        "RAM by address",
        "What lies where, and how often an inference reads it and waits for it, in cycles.",
        widest / 1024,
        "KiB",
        tuple(
            Lane(
                f"{memory.name}, {memory.size / 1024:.0f} KiB: {_waits_in(placement, memory)}",
                _LANE,
                tuple(_blocks(placement, _others(result), memory, widest)),
            )
            for memory in placement.memories
        ),
        (
            *((color, kind) for kind, color in _COLORS.items() if _has(placement, kind)),
            (_OTHERS, "stack and variables"),
        ),
    )


def placement_grid(name: str, result: Result) -> tuple[Grid, ...]:
    """The same as a table; none where the image does not tell."""
    if result.placement is None:
        return ()
    rows = rows_of(result.placement)
    return (make_grid("RAM by address", _HEADINGS, rows, left=("memory",), of=name),)


def make_placement(placement: Placement) -> Table:
    """The same for the terminal."""
    table = Table(title="RAM by address", title_justify="left")
    for heading in _HEADINGS:
        is_left = heading in ("part", "memory")
        table.add_column(heading, justify="left" if is_left else "right", no_wrap=not is_left)
    for row in rows_of(placement):
        table.add_row(*row)
    return table


def rows_of(placement: Placement) -> list[tuple[str, ...]]:
    """By address, what lies in the arena behind it."""
    rows = []
    for part in placement.parts:
        rows.append(_row(part))
        if part.kind == "arena":
            rows += [_row(inner, "in it: ") for inner in placement.in_arena]
    return rows


def _row(part: PlacedPart, before: str = "") -> tuple[str, ...]:
    name = f"{part.name} weights" if part.kind == "weights" else part.name
    return (
        before + (name if len(name) <= _NAME else f"{name[:_NAME]}..."),
        part.memory,
        f"{part.address:#010x}",
        f"{part.size:,}",
        "-" if part.reads is None else f"{part.reads:,}",
        "-" if part.waits is None else f"{part.waits:,}",
    )


def _has(placement: Placement, kind: str) -> bool:
    return any(part.kind == kind for part in placement.parts)


def _others(result: Result) -> list[Section]:
    """What of the image is not the model's: it lies below all that is."""
    assert result.placement is not None
    first = min((part.address for part in result.placement.parts), default=0)
    return [section for section in result.memory.sections if section.address < first]


def _waits_in(placement: Placement, memory: Section) -> str:
    within = [
        part
        for part in placement.parts
        if memory.address <= part.address < memory.address + memory.size
    ]
    used = sum(_within(part.address, part.size, memory)[1] for part in placement.parts)
    waits = sum(part.waits or 0 for part in within)
    text = f"{used / 1024:.1f} KiB of the model's"
    return text + (f", {waits:,} waits" if placement.cycles else "")


def _within(address: int, size: int, memory: Section) -> tuple[int, int]:
    """Where in a memory it begins, and how much of it lies there."""
    begin = max(address, memory.address)
    end = min(address + size, memory.address + memory.size)
    return begin - memory.address, max(0, end - begin)


def _blocks(
    placement: Placement, others: Sequence[Section], memory: Section, widest: int
) -> list[Block]:
    found = []
    for name, address, size, says, color in (
        *((s.name, s.address, s.size, "", _OTHERS) for s in others),
        *(
            (_row(p)[0], p.address, p.size, _says(p), _COLORS.get(p.kind, _OTHERS))
            for p in placement.parts
        ),
    ):
        begin, length = _within(address, size, memory)
        if length:
            title = f"{name}: {size / 1024:.1f} KiB from {address:#010x}{says}"
            found.append(block(begin, begin + length, widest, title, color, name))
    return found


def _says(part: PlacedPart) -> str:
    if part.reads is None:
        return ""
    return f", {part.reads:,} reads, {part.waits or 0:,} waits"
