"""Where an inference spends its time."""

from typing import Annotated

from pydantic import Field

from .part import Count, Part


class Cost(Part):
    """What a function, or an operation of the model, took in one inference, callees apart for
    functions and with them for operations. `macs` is None where the model is not known; `parts`
    are an operation's functions.

    `start` and `stalls` are an operation's: cycles from the inference's begin to its own, and the
    cycles that it waited by cause, as far as the engine counts them.
    """

    name: str
    instructions: Count
    cycles: Count
    macs: Count | None = None
    start: Count | None = None
    stalls: dict[str, Count] = Field(default={})
    parts: tuple["Cost", ...] = ()


class Profile(Part):
    """Where one inference spends its time.

    `counters` are the engine's own over that inference: at tier T3 stall cycles by cause
    (`stall.fetch`, ...) and hits and misses of the flash accelerator.
    """

    instructions: Count
    cycles: Annotated[int, Field(ge=1)]
    clock_hz: Count = 0
    """Of the core; 0 where nobody noted it."""
    layers: tuple[Cost, ...] = ()
    functions: tuple[Cost, ...] = ()
    counters: dict[str, Count] = Field(default={})
