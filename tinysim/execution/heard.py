"""What comes out of a board."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """What one source has said: a serial port by its name, `semihosting`, or `rtt` and `itm`
    with the channel's or port's number. `time_s` is the board's time, at most a slice later than
    the last byte.
    """

    source: str
    data: bytes
    time_s: float


@dataclass(frozen=True)
class Edge:
    """A watched pin has a new level; `time_s` is exact."""

    name: str
    level: bool
    time_s: float
