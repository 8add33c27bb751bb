"""What every file of a submission says alike."""

from datetime import datetime

from ..results import Result

NOTICE = "NOTE: this system was emulated by tinysim; no silicon was measured."


def notice(result: Result) -> list[str]:
    """Says that the system was emulated, unless a real board was measured."""
    return [] if result.engine == "serial" else [NOTICE]


def stamp_of(when: datetime, *, eembc: bool) -> str:
    """The time of a line, as the runner writes it."""
    if eembc:
        return f"{when.hour * 3600 + when.minute * 60 + when.second:05d}.000"
    return f"{when:%m%d.%H%M%S}"
