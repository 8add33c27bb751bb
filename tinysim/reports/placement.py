"""The picture of RAM: what lies in which memory, and what reads of it wait in an inference."""

from collections.abc import Iterator

from rich.table import Table

from ..results import PlacedPart, Placement, Result, Section
from .grid import Grid, make_grid
from .strip import Block, Lane, Strip, block

_LANE = 34
"""Pixels"""
_KINDS = {
    "variables": ("k7", "stack and variables"),
    "weights": ("k1", "weights"),
    "working memory": ("k2", "working memory"),
    "arena": ("k3", "arena"),
    "input": ("k4", "what the host sends"),
    "state": ("k5", "state"),
}
"""Colours of the page's style, and what they stand for."""
_OTHER = ("k6", "others")
_NAME = 40
"""Characters of a tensor's name: converters join those of several layers."""
_TITLE = "RAM by address"
_HEADINGS = ("part", "memory", "address", "bytes", "reads", "waits")


def picture(result: Result) -> Strip | None:
    """A lane a memory, each as wide as it is large; None where the image does not tell."""
    placement = result.placement
    widest = max((memory.size for memory in placement.memories), default=0) if placement else 0
    if placement is None or not widest:
        return None
    lanes = (
        Lane(
            f"{memory.name}, {memory.size / 1024:.0f} KiB: {_sums(placement, memory)}",
            _LANE,
            tuple(_blocks(placement, memory, widest)),
        )
        for memory in placement.memories
    )
    return Strip(
        _TITLE,
        "What lies where, how often an inference reads it, and for how many cycles it waits.",
        widest / 1024,
        "KiB",
        tuple(lanes),
        tuple(dict.fromkeys(_KINDS.get(part.kind, _OTHER) for part in placement.parts)),
    )


def placement_grid(name: str, result: Result) -> tuple[Grid, ...]:
    """The same as a table; none where the image does not tell."""
    if result.placement is None:
        return ()
    rows = _rows(result.placement)
    return (make_grid(_TITLE, _HEADINGS, rows, left=("memory",), of=name),)


def make_placement(placement: Placement) -> Table:
    """The same for the terminal."""
    table = Table(title=_TITLE, title_justify="left")
    for heading in _HEADINGS:
        is_left = heading in ("part", "memory")
        table.add_column(heading, justify="left" if is_left else "right", no_wrap=not is_left)
    for row in _rows(placement):
        table.add_row(*row)
    return table


def _rows(placement: Placement) -> list[tuple[str, ...]]:
    """By address, what lies in the arena behind it."""
    rows = []
    for part in placement.parts:
        rows.append(_row(part))
        if part.kind == "arena":
            rows += [_row(inner, "in it: ") for inner in placement.in_arena]
    return rows


def _row(part: PlacedPart, before: str = "") -> tuple[str, ...]:
    return (
        before + _name(part),
        part.memory,
        f"{part.address:#010x}",
        f"{part.size:,}",
        "-" if part.reads is None else f"{part.reads:,}",
        "-" if part.waits is None else f"{part.waits:,}",
    )


def _name(part: PlacedPart) -> str:
    name = f"{part.name} weights" if part.kind == "weights" else part.name
    return name if len(name) <= _NAME else f"{name[:_NAME]}..."


def _sums(placement: Placement, memory: Section) -> str:
    """What is used of a memory, and the waits of what begins there."""
    used = sum(_within(part, memory)[1] for part in placement.parts)
    text = f"{used / 1024:.1f} KiB used"
    if not placement.cycles:
        return text
    waits = sum(
        part.waits or 0
        for part in placement.parts
        if memory.address <= part.address < memory.address + memory.size
    )
    return f"{text}, {waits:,} waits"


def _within(part: PlacedPart, memory: Section) -> tuple[int, int]:
    """Where in a memory it begins, and how much of it lies there."""
    begin = max(part.address, memory.address)
    end = min(part.address + part.size, memory.address + memory.size)
    return begin - memory.address, max(0, end - begin)


def _blocks(placement: Placement, memory: Section, widest: int) -> Iterator[Block]:
    for part in placement.parts:
        begin, length = _within(part, memory)
        if not length:
            continue
        title = f"{_name(part)}: {part.size / 1024:.1f} KiB from {part.address:#010x}"
        if part.reads is not None:
            title += f", {part.reads:,} reads, {part.waits or 0:,} waits"
        color = _KINDS.get(part.kind, _OTHER)[0]
        yield block(begin, begin + length, widest, title, color, _name(part))
