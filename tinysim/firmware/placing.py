"""A layout of RAM for a model, from what the emulated board reads in one inference."""

from dataclasses import replace
from pathlib import Path

from ..errors import EngineError
from ..image import read_image
from ..models.graph import list_operations
from ..models.network import Graph
from ..models.plan import make_plan
from ..placement import Layout, Request, Units, lay_out
from ..placement.measure import measure
from ..placement.memories import memories_of
from ..placement.report import make_report
from ..placement.search import search
from ..platform import Board
from .bare import Bare, Sizes


def provisional(units: Units, board: Board) -> Layout:
    """All that must be in RAM, and an arena that takes the rest."""
    rest = replace(units, arena=units.free)
    layout = lay_out(rest, rest.order, memories_of(board))
    assert layout is not None
    return layout


def with_optional(units: Units) -> Units:
    """With what kernels can do without as far as there is room: what is read most often comes
    first, of the same the largest.
    """
    left = set(range(len(units.requests))) - set(units.placed)
    for number in sorted(left, key=lambda number: _worth(units.requests[number]), reverse=True):
        more = replace(units, placed=tuple(sorted((*units.placed, number))))
        if more.free >= 0:
            units = more
    return units


def _worth(request: Request) -> tuple[int, int]:
    return request.rounds, request.bytes


def placed(
    code: Bare, model: bytes, sizes: Sizes, units: Units, graph: Graph, board: Board
) -> Sizes:
    """The sizes with the layout that lets an inference wait least, and its reasons."""
    memories = memories_of(board)
    layout = lay_out(units, units.order, memories)
    assert layout is not None
    counted = None
    if units.placed:
        content = code.with_model(model, replace(sizes, layout=layout))
        image = read_image(Path("trial.elf"), content)
        try:
            measured = measure(image, board, layout, make_plan(graph))
        except EngineError:  # too long, or it ends with what is said when it runs
            measured = None
        if measured:
            found = search(units, measured.traffic, memories)
            layout, counted = found.layout, (measured, found)
    names = [operation.name for operation in list_operations(graph)]
    report = make_report(units, layout, memories, names, counted)
    return replace(sizes, layout=layout, note=report.model_dump_json().encode())
