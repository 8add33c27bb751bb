"""What stands in for measuring a point, in the worker's process."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tinysim.sweeps import Point
from tinysim.sweeps.measure import Measured


def at_once() -> Callable[[Point], Measured]:
    """Points without any work."""
    return lambda point: Measured(point, 0.0, latency_us=float(len(point.value("clock"))))


def waiting(seconds: float, point: Point) -> Measured:
    """So long, and no work."""
    time.sleep(seconds)
    return Measured(point, seconds, latency_us=1.0)


@dataclass(frozen=True)
class Killing:
    """The point whose clock is 48MHz kills its process the first time, 24MHz every time."""

    traces: str
    """A folder."""

    def __call__(self, point: Point) -> Measured:
        """Measure nothing."""
        clock = point.value("clock")
        trace = Path(self.traces) / f"{clock}.tried"
        if clock == "24MHz" or (clock == "48MHz" and not trace.exists()):
            trace.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Measured(point, 0.0, latency_us=1.0)


def killed_once(traces: str) -> Callable[[Point], Measured]:
    """See `Killing`."""
    return Killing(traces)
