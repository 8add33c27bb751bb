"""A board's pins by the names that its users have for them."""

import re
from dataclasses import dataclass

from ..errors import PlatformError
from ..platform import Board

_PIN = re.compile(r"P([A-I])(1[0-5]|[0-9])", re.IGNORECASE)


@dataclass(frozen=True)
class Pin:
    """One line of a GPIO port; `rest` is its level while nobody touches it."""

    name: str
    port: str
    number: int
    rest: bool = False


def find_pin(board: Board, name: str) -> Pin:
    """The pin called `PA5`, or as the board prints it beside a button or a light (`B1`, `LD2`).

    Raises:
        PlatformError: the board has no such name.

    """
    named = {key.upper(): value for key, value in board.settings.pins.items()}
    found = _PIN.fullmatch(named.get(name.upper(), name))
    if not found:
        known = ", ".join(board.settings.pins)
        raise PlatformError(f"no pin '{name}'; there are PA0 to PI15, and {known}")
    port, number = f"gpio{found[1].lower()}", int(found[2])
    return Pin(name, port, number, _rests_high(board, port, number))


def _rests_high(board: Board, port: str, number: int) -> bool:
    """Whether a button that is low when it is pressed sits there."""
    return any(
        bool(entry.properties.get("invert"))
        for entry in board.machine.entries.values()
        if entry.type == "Miscellaneous.Button"
        for wire in entry.connections
        if (wire.target, wire.input) == (port, number)
    )
