"""The picture of the architecture: who imports whom among the rooms of the package."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent / "tinysim"
_DOORS = ("robot", "pytest_plugin", "_core")
"""Modules that are drawn beside the packages."""
_WIDTH, _BOX, _HIGH, _ROW = 1120, 104, 30, 84

Graph = dict[str, set[str]]


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


def layers(graph: Graph) -> list[list[str]]:
    """Rooms by layers, the lowest first: a room imports only from layers below.

    Raises:
        graphlib.CycleError: rooms import each other in a circle.

    """
    depth: dict[str, int] = {}
    for room in TopologicalSorter(graph).static_order():
        depth[room] = 1 + max((depth[other] for other in graph[room]), default=-1)
    return [
        sorted(room for room in depth if depth[room] == level)
        for level in range(max(depth.values()) + 1)
    ]


def _reachable(graph: Graph, start: str) -> set[str]:
    return graph[start].union(*(_reachable(graph, other) for other in graph[start]))


def picture() -> str:
    """An SVG: a row a layer, and a line for each import that none of the others implies."""
    graph = imports()
    rows = layers(graph)
    place: dict[str, tuple[float, float]] = {}
    boxes, lines = [], []
    for number, row in enumerate(reversed(rows)):
        gap = _WIDTH / len(row)
        for index, room in enumerate(row):
            place[room] = (gap * (index + 0.5), 30 + number * _ROW)
    for room, (x, y) in place.items():
        boxes.append(
            f'<rect x="{x - _BOX / 2:.0f}" y="{y - _HIGH / 2:.0f}" width="{_BOX}" '
            f'height="{_HIGH}" rx="4"/><text x="{x:.0f}" y="{y + 4:.0f}">{room}</text>'
        )
    for room, others in graph.items():
        implied = {far for other in others for far in _reachable(graph, other)}
        for other in sorted(others - implied):
            (x1, y1), (x2, y2) = place[room], place[other]
            y1, y2 = y1 + _HIGH / 2, y2 - _HIGH / 2
            curve = f"C{x1:.0f} {y1 + 40:.0f} {x2:.0f} {y2 - 40:.0f} {x2:.0f} {y2:.0f}"
            lines.append(f'<path d="M{x1:.0f} {y1:.0f}{curve}"/>')
    height = 30 + len(rows) * _ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
        "<title>Imports between the rooms of tinysim, from above to below</title>"
        "<style>text{font:12px system-ui,sans-serif;text-anchor:middle;fill:#1e293b}"
        "path{fill:none;stroke:#94a3b8}rect{fill:#f8fafc;stroke:#475569}</style>"
        f'<rect width="{_WIDTH}" height="{height}" style="fill:#ffffff;stroke:none"/>'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )
