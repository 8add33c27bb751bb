"""The picture of the architecture: who imports whom among the rooms of the package."""

import ast
from collections.abc import Hashable, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent / "tinysim"
_DOORS = ("api", "robot", "pytest_plugin", "protocol", "_core")
"""Modules that are drawn beside the packages."""
_WIDTH, _BOX, _HIGH, _ROW = 1120, 104, 30, 84

Graph = dict[str, set[str]]
Group = tuple[str, ...]
Node = TypeVar("Node", bound=Hashable)


def imports(root: Path = ROOT) -> Graph:
    """For each room the other rooms that its files import, in functions too."""
    rooms = {path.name for path in root.iterdir() if (path / "__init__.py").is_file()}
    rooms |= set(_DOORS)
    found: Graph = {room: set() for room in rooms}
    for file in root.rglob("*.py"):
        parts = ("tinysim", *file.relative_to(root).with_suffix("").parts)
        if parts[1] not in rooms:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                found[parts[1]] |= {room for room in _targets(node, parts) if room in rooms}
    return {room: others - {room} for room, others in found.items()}


def _targets(node: ast.ImportFrom, parts: tuple[str, ...]) -> set[str]:
    base = list(parts[: -node.level]) if node.level else []
    path = base + (node.module.split(".") if node.module else [])
    names = [[*path, alias.name] for alias in node.names]
    return {name[1] for name in names if name[0] == "tinysim" and len(name) > 1}


def layers(graph: Graph) -> list[list[Group]]:
    """Groups of rooms by layers, the lowest first: a group imports only from layers below. Rooms
    that import each other in a circle are one group.
    """
    below = _groups(graph)
    depth: dict[Group, int] = {}
    for group in TopologicalSorter(below).static_order():
        depth[group] = 1 + max((depth[other] for other in below[group]), default=-1)
    return [
        sorted(group for group in depth if depth[group] == level)
        for level in range(max(depth.values()) + 1)
    ]


def _groups(graph: Graph) -> dict[Group, set[Group]]:
    """The groups, and for each those from which it imports."""
    groups = {room: _circle(graph, room) for room in graph}
    below: dict[Group, set[Group]] = {group: set() for group in groups.values()}
    for room, others in graph.items():
        below[groups[room]] |= {groups[other] for other in others} - {groups[room]}
    return below


def _middle(group: Group, place: dict[str, tuple[float, float]]) -> tuple[float, float]:
    return (place[group[0]][0] + place[group[-1]][0]) / 2, place[group[0]][1]


def _reachable(graph: Mapping[Node, set[Node]], start: Node) -> set[Node]:
    seen: set[Node] = set()
    left = list(graph[start])
    while left:
        room = left.pop()
        if room not in seen:
            seen.add(room)
            left += graph[room]
    return seen


def _circle(graph: Graph, room: str) -> Group:
    others = {other for other in _reachable(graph, room) if room in _reachable(graph, other)}
    return tuple(sorted(others | {room}))


def picture() -> str:
    """An SVG: a row a layer, and a line for each import that none of the others implies."""
    graph = imports()
    rows = layers(graph)
    place: dict[str, tuple[float, float]] = {}
    boxes, lines = [], []
    for number, row in enumerate(reversed(rows)):
        rooms = [room for group in row for room in group]
        gap = _WIDTH / len(rooms)
        for index, room in enumerate(rooms):
            place[room] = (gap * (index + 0.5), 30 + number * _ROW)
        for group in row:
            if len(group) > 1:
                left, right = place[group[0]][0] - _BOX / 2 - 6, place[group[-1]][0] + _BOX / 2 + 6
                y = place[group[0]][1] - _HIGH / 2 - 6
                boxes.append(
                    f'<rect class="circle" x="{left:.0f}" y="{y:.0f}" width="{right - left:.0f}" '
                    f'height="{_HIGH + 12}" rx="8"/>'
                )
    for room, (x, y) in place.items():
        boxes.append(
            f'<rect class="room" x="{x - _BOX / 2:.0f}" y="{y - _HIGH / 2:.0f}" width="{_BOX}" '
            f'height="{_HIGH}" rx="4"/><text x="{x:.0f}" y="{y + 4:.0f}">{room}</text>'
        )
    below = _groups(graph)
    for group, others in below.items():
        implied = {far for other in others for far in _reachable(below, other)}
        for other in sorted(others - implied):
            (x1, y1), (x2, y2) = _middle(group, place), _middle(other, place)
            y1, y2 = y1 + _HIGH / 2, y2 - _HIGH / 2
            curve = f"C{x1:.0f} {y1 + 40:.0f} {x2:.0f} {y2 - 40:.0f} {x2:.0f} {y2:.0f}"
            lines.append(f'<path d="M{x1:.0f} {y1:.0f}{curve}"/>')
    height = 30 + len(rows) * _ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
        "<title>Imports between the rooms of tinysim, from above to below</title>"
        "<style>text{font:12px system-ui,sans-serif;text-anchor:middle;fill:#1e293b}"
        "path{fill:none;stroke:#94a3b8}.room{fill:#f8fafc;stroke:#475569}"
        ".circle{fill:#fed7aa;stroke:none}</style>"
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )
