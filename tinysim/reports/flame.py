"""Where the cycles of an inference go, from the whole down to functions: a flame graph."""

from ..results import Cost, Profile
from .strip import Block, Lane, Strip, block, colors

_ROW = 24


def flame(root: str, profile: Profile) -> Strip:
    """Kinds of operations under the inference, operations under these, functions under these; at
    each level those that take most come first.
    """
    blocks = [_bar(0, profile.cycles, profile, root, "k7", 0)]
    kinds: dict[str, list[tuple[int, Cost]]] = {}
    for number, cost in enumerate(profile.layers):
        kinds.setdefault(cost.name, []).append((number, cost))
    palette = colors(kinds, count=6)
    at = 0
    for kind, costs in sorted(kinds.items(), key=lambda entry: -_sum(entry[1])):
        color = palette[kind]
        blocks.append(_bar(at, _sum(costs), profile, kind, color, 1, f"operations: {len(costs)}"))
        for number, cost in sorted(costs, key=lambda entry: -entry[1].cycles):
            blocks.append(_bar(at, cost.cycles, profile, f"{number:02d} {kind}", color, 2))
            blocks += _functions(at, cost.parts, profile, color, 3)
            at += cost.cycles
    blocks += _functions(at, _elsewhere(profile), profile, "k7", 1)
    depth = 4 if profile.layers else 2
    return Strip(
        "Flame graph",
        "Cycles by kind of operation, operation and function.",
        profile.cycles / 1e6,
        "M cycles",
        (Lane("", depth * _ROW, tuple(blocks)),),
    )


def _sum(costs: list[tuple[int, Cost]]) -> int:
    return sum(cost.cycles for _, cost in costs)


def _elsewhere(profile: Profile) -> tuple[Cost, ...]:
    """What functions took outside of operations."""
    inside: dict[str, int] = {}
    for layer in profile.layers:
        for part in layer.parts:
            inside[part.name] = inside.get(part.name, 0) + part.cycles
    rest = (
        cost.model_copy(update={"cycles": cost.cycles - inside.get(cost.name, 0)})
        for cost in profile.functions
        if cost.cycles > inside.get(cost.name, 0)
    )
    return tuple(sorted(rest, key=lambda cost: -cost.cycles))


def _functions(
    at: int, costs: tuple[Cost, ...], profile: Profile, color: str, level: int
) -> list[Block]:
    blocks = []
    for cost in costs:
        if cost.cycles:
            blocks.append(_bar(at, cost.cycles, profile, cost.name, color, level))
            at += cost.cycles
    return blocks


def _bar(
    at: int, cycles: int, profile: Profile, name: str, color: str, level: int, more: str = ""
) -> Block:
    said = f"{name}: {cycles:,} cycles, {cycles / profile.cycles:.1%}"
    return block(
        at,
        at + cycles,
        profile.cycles,
        f"{said}, {more}" if more else said,
        color,
        name,
        top=level * _ROW,
        height=_ROW - 1,
    )
