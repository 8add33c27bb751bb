"""A pin of a board for scripts and notebooks."""

from dataclasses import dataclass

from ..engines.builtin import BuiltinEngine
from ..execution.pins import Pin


@dataclass(frozen=True)
class Edge:
    """A pin has a new level."""

    level: bool
    time_s: float


class BoardPin:
    """A pin of an emulated board."""

    def __init__(self, engine: BuiltinEngine, pin: Pin) -> None:
        self._engine = engine
        self._pin = pin
        engine.machine.watch_pin(pin.port, pin.number)

    @property
    def level(self) -> bool:
        """Its level, whoever drives it."""
        return self._engine.machine.pin_level(self._pin.port, self._pin.number)

    def drive(self, level: bool) -> None:
        """Drive it from outside."""
        self._engine.machine.set_input(self._pin.port, self._pin.number, level)

    def release(self) -> None:
        """Drive it no more."""
        self._engine.machine.release_input(self._pin.port, self._pin.number)

    def edges(self) -> list[Edge]:
        """Take its edges since it was asked for, or since the last call."""
        seen = self._engine.pin_edges(self._pin.port, self._pin.number)
        return [Edge(edge.rising, edge.time_ns / 1e9) for edge in seen]
