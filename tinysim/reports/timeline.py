"""One inference over time: its operations, what they wait for, and the arena's contents."""

from collections.abc import Callable

from ..results import Cost, Plan, Profile, Result
from .strip import Block, Lane, Strip, block, colors

_WAITS, _ARENA = 64, 150
"""Pixels"""
_CAUSES = {
    "stall.fetch": ("s1", "waits for instructions from flash"),
    "stall.flash_data": ("s2", "waits for data from flash"),
    "stall.bus": ("s4", "waits for the bus"),
    "stall.hazard": ("s3", "waits for the result before"),
}


def timeline(profile: Profile, clock_hz: int, plan: Plan | None = None) -> Strip | None:
    """None where the image's operations could not be told apart."""
    if not profile.layers:
        return None
    ms = profile.cycles / clock_hz * 1000 if clock_hz else 0.0
    lanes = [_operations(profile, ms)]
    seen = {name for cost in profile.layers for name in cost.stalls}
    causes = {name: look for name, look in _CAUSES.items() if name in seen}
    causes |= {name: ("s5", name) for name in sorted(seen - set(causes))}
    if causes:
        lanes.append(_waits(profile, causes))
    if plan and plan.tensors and max(part.last for part in plan.tensors) < len(profile.layers):
        starts = _starts(profile)
        edges = [*starts, starts[-1] + profile.layers[-1].cycles]
        lanes.append(_arena(plan, edges.__getitem__, profile.cycles))
    return Strip(
        "One inference over time",
        "Every operation from its start to its end.",
        ms or float(profile.cycles),
        "ms" if ms else "cycles",
        tuple(lanes),
        tuple(causes.values()),
    )


def _starts(profile: Profile) -> list[int]:
    """Of each operation; where nobody noted it, the end of the one before."""
    starts, now = [], 0
    for cost in profile.layers:
        now = cost.start if cost.start is not None else now
        starts.append(now)
        now += cost.cycles
    return starts


def _operations(profile: Profile, ms: float) -> Lane:
    kinds = colors(cost.name for cost in profile.layers)
    blocks = [
        block(
            start,
            start + cost.cycles,
            profile.cycles,
            f"{number:02d} {cost.name}: {cost.cycles:,} cycles, "
            f"{cost.cycles / profile.cycles:.1%}"
            + (f", {ms * cost.cycles / profile.cycles:.3f} ms" if ms else ""),
            kinds[cost.name],
            f"{number:02d} {cost.name}",
        )
        for number, (start, cost) in enumerate(zip(_starts(profile), profile.layers, strict=True))
    ]
    return Lane("operations", 28, tuple(blocks))


def _waits(profile: Profile, causes: dict[str, tuple[str, str]]) -> Lane:
    # Of an operation too short to be seen, what is beyond the others' is cut.
    seen = [cost for cost in profile.layers if cost.cycles > profile.cycles / 100]
    most = max((_waiting(cost) for cost in seen or profile.layers), default=0.0) or 1.0
    blocks = []
    for number, (start, cost) in enumerate(zip(_starts(profile), profile.layers, strict=True)):
        top = float(_WAITS)
        for name, (color, words) in causes.items():
            share = cost.stalls.get(name, 0) / cost.cycles if cost.cycles else 0.0
            height = min(share / most * (_WAITS - 2), top)
            top -= height
            if share:
                blocks.append(
                    block(
                        start,
                        start + cost.cycles,
                        profile.cycles,
                        f"{number:02d} {cost.name} {words}: "
                        f"{cost.stalls[name]:,} cycles, {share:.1%} of its own",
                        color,
                        top=top,
                        height=height,
                    )
                )
    return Lane(
        f"waits, as a share of the operation: the lane ends at {most:.1%}", _WAITS, tuple(blocks)
    )


def _waiting(cost: Cost) -> float:
    return sum(cost.stalls.values()) / cost.cycles if cost.cycles else 0.0


def _arena(plan: Plan, edge: Callable[[int], int], span: int) -> Lane:
    """`edge` tells where an operation starts, and where the last one ends."""
    size = max(part.offset + part.bytes for part in plan.tensors) or 1
    blocks: list[Block] = []
    for number, part in enumerate(plan.tensors):
        height = part.bytes / size * _ARENA
        blocks.append(
            block(
                edge(part.first),
                edge(part.last + 1),
                span,
                f"tensor {number}: {part.bytes / 1024:.1f} KiB from byte {part.offset:,}, "
                f"operations {part.first} to {part.last}, {part.name}",
                f"k{number % 7 + 1}",
                f"{number}" if height >= 16 else "",
                top=_ARENA * (1 - (part.offset + part.bytes) / size),
                height=height,
            )
        )
    return Lane(
        f"arena: intermediate results, {plan.bytes / 1024:.1f} KiB from the bottom up; the most, "
        f"{plan.peak_bytes / 1024:.1f} KiB, lives at operation {plan.peak}",
        _ARENA,
        tuple(blocks),
    )


def memory_map(result: Result) -> Strip | None:
    """The arena by operation, for a result without their times."""
    if result.plan is None or not result.plan.tensors:
        return None
    operations = max(part.last for part in result.plan.tensors) + 1
    return Strip(
        "Arena by operation",
        "Where each intermediate result lies, and from which operation to which.",
        float(operations),
        "",
        (_arena(result.plan, lambda number: number, operations),),
    )
