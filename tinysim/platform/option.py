"""An option of an engine: its name, what it takes and what that means."""

import re
from dataclasses import dataclass
from typing import Any

from ..errors import PlatformError

Value = int | str | bool

_FREQUENCY = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,9})?) ?(k|m|g)?hz", re.IGNORECASE)
_HERTZ = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


@dataclass(frozen=True)
class Option:
    """An option. It takes an integer of `least` to `most`, or one of `words`."""

    name: str
    meaning: str
    source: str
    """Of its default, or of its range."""
    default: Value
    least: int = 0
    most: int = -1
    words: tuple[Value, ...] = ()
    engine: str = "builtin"
    changes_board: bool = True
    """Whether the board is another with it, so that its tier's error band says nothing."""
    own: str = ""
    """The command line's own option for it, which `--set` leaves alone."""

    @property
    def range(self) -> str:
        """What it takes, for a reader."""
        words = [str(word).lower() if isinstance(word, bool) else str(word) for word in self.words]
        numbers = [f"{self.least} to {self.most}"] if self.least <= self.most else []
        return ", ".join([*numbers, *words]) or "a text"

    def parse(self, value: Value) -> Value:
        """The value as the engine takes it; texts such as `80MHz` and `true` are understood.

        Raises:
            PlatformError: it is out of range.

        """
        found = _understood(value) if isinstance(value, str) else _plain(value)
        if any(found == word and type(found) is type(word) for word in self.words):
            return found
        if type(found) is int and self.least <= found <= self.most:
            return found
        if self.range == "a text" and isinstance(value, str) and value:
            return value
        raise PlatformError(f"option {self.name}: {str(value)[:40]!r}; it takes {self.range}")


def _plain(value: Any) -> Value:
    """A number as Python's own: from notebooks come numpy's, and 80e6."""
    number = value.item() if hasattr(value, "item") else value
    found: Value = int(number) if isinstance(number, float) and number.is_integer() else number
    return found


def _understood(text: str) -> Value:
    lowered = text.strip().lower()
    if lowered in ("true", "false"):
        return lowered == "true"
    if match := _FREQUENCY.fullmatch(lowered):
        return round(float(match[1]) * _HERTZ[match[2] or ""])
    return int(lowered) if _INTEGER.fullmatch(lowered) else text.strip()
