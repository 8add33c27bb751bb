"""Running any image on the emulated board: what it says, which pins it moves, how it ends."""

from .execution import End, Execution
from .heard import Edge, Text

__all__ = ["Edge", "End", "Execution", "Text"]
