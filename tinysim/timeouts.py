"""How long a board is waited for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeOuts:
    """Seconds of the board's own time, unless a field says otherwise."""

    boot: float = 15.0
    """From a reset to its first line: some images wait 3 s for their supply."""
    ready: float = 30.0
    """To `m-ready` where nobody says how long."""
    answer: float = 5.0
    """A line, as in the official runner; and a place in the program."""
    packing: float = 10.0
    """A line while large weights are packed at start."""
    stop: float = 30.0
    """The answer to `stop` of a board that listens: it may be far behind."""
    probe: float = 2.0
    """A real board's answer at one baud rate, by the host's clock."""
    reopen: float = 5.0
    """A port that has gone away, by the host's clock."""


TIMEOUTS = TimeOuts()
