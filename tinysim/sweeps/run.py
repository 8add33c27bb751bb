"""Measures the points of a sweep on several processes."""

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Queue

from ..errors import EngineError
from ..workers import Workers
from .grid import Point
from .measure import Measured, start

_TRIES = 3


def run_sweep(
    points: Sequence[Point], jobs: int, start: Callable[..., object] = start
) -> Iterator[Measured]:
    """Each point's outcome as soon as it is there, in no order. A point whose process was killed is
    tried again, three times in all.
    """
    waiting: Queue[Point] = Queue()
    done: Queue[Measured | BaseException] = Queue()
    for point in points:
        waiting.put(point)
    lines = [_Line(waiting, done, start) for _ in range(min(jobs, len(points)))]
    for line in lines:
        line.start()
    try:
        for _ in points:
            outcome = done.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield outcome
    finally:
        for line in lines:
            line.end()
        for line in lines:
            line.join()


class _Line:
    """A process, and the thread that gives it one point after the other."""

    def __init__(
        self,
        waiting: "Queue[Point]",
        done: "Queue[Measured | BaseException]",
        start: Callable[..., object],
    ) -> None:
        self._waiting, self._done, self._start = waiting, done, start
        self._worker: Workers[Point, Measured] | None = None
        self._is_over = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Let the process end, whatever it is at."""
        self._is_over = True
        worker = self._worker
        if worker is not None:
            worker.kill()

    def join(self) -> None:
        self._thread.join()

    def _work(self) -> None:
        try:
            while not self._is_over and not self._waiting.empty():
                self._done.put(self._measure(self._waiting.get_nowait()))
        except BaseException as error:
            if not self._is_over:
                self._done.put(error)
        finally:
            if self._worker is not None:
                self._worker.close()

    def _measure(self, point: Point) -> Measured:
        for _ in range(_TRIES):
            if self._worker is None:
                self._worker = Workers(1, self._start, ())  # type: ignore[arg-type]
            try:
                if self._is_over:  # end() may have found no worker yet
                    raise EngineError("the sweep has ended")
                return next(self._worker.map([point]))
            except EngineError:
                self._worker.close()
                self._worker = None
                if self._is_over:
                    raise
        return Measured(point, 0.0, error=f"its process died {_TRIES} times")
