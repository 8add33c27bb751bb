"""What stands in for measuring a point, in the worker's process."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from tinysim.sweeps import Point
from tinysim.sweeps.measure import Measured


def at_once() -> Callable[[Point], Measured]:
    """Points without any work."""
    return lambda point: Measured(point, 0.0, latency_us=float(len(point.value("clock"))))


def killed_once() -> Callable[[Point], Measured]:
    """The point whose clock is 48MHz kills its process the first time, 24MHz every time."""

    def measure(point: Point) -> Measured:
        clock = point.value("clock")
        trace = Path(point.model).with_suffix(".tried")
        if clock == "24MHz" or (clock == "48MHz" and not trace.exists()):
            trace.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Measured(point, 0.0, latency_us=1.0)

    return measure
