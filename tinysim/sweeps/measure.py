"""One point at work, in a process of its own."""

import time
from dataclasses import dataclass

from ..errors import TinySimError
from ..models.inputs import load_inputs, load_labels, seeded_inputs
from ..models.prepare import prepare
from ..platform import Board
from ..power import Activity
from ..power.estimate import estimate
from ..results import Result
from ..runs.model import model_setup, run_model
from .grid import Point


@dataclass(frozen=True)
class Measured:
    """What a point came to: figures, or the error that ended it."""

    point: Point
    wall_s: float
    """Of the whole point, building the firmware and finding the smallest arena included."""
    error: str = ""
    latency_us: float | None = None
    instructions: float | None = None
    cycles: float | None = None
    flash: int | None = None
    ram: int | None = None
    arena: int | None = None
    energy_uj: float | None = None
    """An estimate, as in energy mode; None where the board's description states no supply."""
    top1: float | None = None
    equals_host: bool | None = None


def measure(point: Point) -> Measured:
    """Run a point; nothing that is wrong with it is raised."""
    started = time.monotonic()
    try:
        board = point.load_board()
        result = _run(point, board)
    except (TinySimError, OSError, MemoryError) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        return Measured(point, time.monotonic() - started, error=text)
    return Measured(
        point,
        time.monotonic() - started,
        latency_us=result.latency_us,
        instructions=result.instructions,
        cycles=result.cycles,
        flash=result.memory.flash,
        ram=result.memory.ram,
        arena=result.memory.arena,
        energy_uj=_energy(board, result),
        top1=result.accuracy.top1 if result.accuracy else None,
        equals_host=result.host.equal if result.host else None,
    )


def _energy(board: Board, result: Result) -> float | None:
    """Of a board whose description has its supply."""
    model, supply, profile = board.settings.power, board.settings.supply, result.profile
    if model is None or supply is None or profile is None:
        return None
    activity = Activity.of(profile.counters, profile.cycles, result.clock_hz)
    if activity is None:
        return None
    return estimate(model, supply, activity, result.latency_us).per_inference_uj


def _run(point: Point, board: Board) -> Result:
    prepared = prepare(point.model, folding=point.value("folding") == "true")
    graph = prepared.network.main
    inputs = load_inputs(graph, point.inputs) if point.inputs else seeded_inputs(graph)
    labels = load_labels(graph, point.labels, len(inputs)) if point.labels else []
    options = {**point.options(), "tier": point.value("tier")}
    setup = model_setup(
        prepared,
        inputs,
        variant=point.value("variant"),
        flags=point.value("flags"),
        options=options,
        board=board,
    )
    return run_model(setup, prepared, labels)


def start() -> object:
    """What a worker does with a point."""
    return measure
