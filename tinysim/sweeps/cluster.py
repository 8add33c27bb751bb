"""Measures the points of a sweep on the workers of a Dask cluster."""

import asyncio
import contextlib
import logging
import math
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import EngineError, ToolError
from .grid import Point
from .measure import Measured, measure
from .parcels import Parcel, pack, unpack

_CONNECT_S = 10
_LOOK_S = 5
"""Between looks at how many workers there are."""
_GIVE_UP_S = 60
"""Without a worker; one that was killed is back before."""
_AHEAD = 2
"""Points that a worker has at once: it need not wait for the next."""


def run_on_cluster(
    points: Sequence[Point],
    scheduler: str,
    work: Callable[[Point], Measured] = measure,
) -> Iterator[Measured]:
    """Each point's outcome as soon as it is there, in no order.

    Files go to the workers once each. A point whose worker is killed goes to another one, as often
    as the scheduler allows (four workers, unless it is told otherwise). Points that were at those
    workers with it are suspected too; all of them are tried once more at the end, each alone.

    Raises:
        EngineError: there is no cluster at `scheduler`, or it has no worker any more.
        StorageError: a file of a point cannot be read.
        ToolError: Dask is missing.

    """
    if not points:
        return
    distributed = load_distributed()
    with _quiet(), _connected(distributed, scheduler) as client:
        known: dict[Path, Parcel] = {}
        needs = {point: dict(pack(point, known)) for point in points}
        # A task holds each parcel, not a worker: it is there again when that worker has died.
        sent = {path: client.submit(_same, parcel, pure=False) for path, parcel in known.items()}

        def submit(point: Point) -> Any:
            parcels = {role: sent[path] for role, path in needs[point].items()}
            return client.submit(_measure, work, point, parcels, pure=False)

        line = _Line(distributed, client, submit)
        suspects = []
        for point, measured in line.outcomes(points):
            if measured is None:
                suspects.append(point)
            else:
                yield measured
        for suspect in suspects:
            for point, measured in line.outcomes([suspect]):
                yield measured or Measured(point, 0.0, error="every worker that had it was killed")


class _Line:
    """Points on their way through a cluster."""

    def __init__(self, distributed: Any, client: Any, submit: Callable[[Point], Any]) -> None:
        self._distributed, self._client, self._submit = distributed, client, submit
        self._threads, self._looked, self._seen = 1, -math.inf, time.monotonic()
        self._lost = (
            *(OSError, TimeoutError, CancelledError, asyncio.CancelledError),
            distributed.client.ClosedClientError,
        )
        """What is raised without a scheduler."""

    def outcomes(self, points: Sequence[Point]) -> Iterator[tuple[Point, Measured | None]]:
        """What became of each, None where its workers were killed."""
        waiting = deque(points)
        at_work: dict[Any, Point] = {}
        try:
            while waiting or at_work:
                self._look()
                while waiting and len(at_work) < _AHEAD * self._threads:
                    point = waiting.popleft()
                    at_work[self._submit(point)] = point
                for future in self._done(list(at_work)):
                    point = at_work.pop(future)
                    yield point, self._outcome(future, point)
        except self._lost:
            raise EngineError("the scheduler has gone; what was measured is kept") from None
        finally:
            with contextlib.suppress(*self._lost):
                self._client.cancel(list(at_work), force=True)

    def _done(self, futures: list[Any]) -> list[Any]:
        try:
            self._distributed.wait(futures, timeout=_LOOK_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return []
        return [future for future in futures if future.done()]

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        if threads := sum(self._client.nthreads().values()):
            self._threads, self._seen = threads, now
        elif now - self._seen > _GIVE_UP_S:
            raise EngineError("every worker of the cluster has gone; what was measured is kept")

    def _outcome(self, future: Any, point: Point) -> Measured | None:
        if future.status == "finished":
            measured = future.result()
            assert isinstance(measured, Measured)
            return measured
        error = future.exception() if future.status == "error" else None
        if isinstance(error, self._distributed.KilledWorker):
            return None
        text = " ".join(str(error or future.status).split())
        return Measured(point, 0.0, error=f"the worker cannot measure: {text[:200]}")


def load_distributed() -> Any:
    """The module `distributed`.

    Raises:
        ToolError: the extra `cluster` is not installed.

    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import distributed
    except ImportError:
        raise ToolError("Dask is missing: pip install 'tinysim[cluster]'") from None
    return distributed


@contextlib.contextmanager
def _connected(distributed: Any, scheduler: str) -> Iterator[Any]:
    try:
        client = distributed.Client(scheduler, timeout=_CONNECT_S)
    except (OSError, TimeoutError, ValueError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise EngineError(f"{scheduler}: no Dask scheduler answers: {first[:160]}") from None
    try:
        try:
            client.wait_for_workers(1, timeout=_CONNECT_S)
        except TimeoutError:
            raise EngineError(
                f"{scheduler}: has no worker: start some with `dask worker {scheduler} "
                "--nthreads 1 --nworkers N`"
            ) from None
        yield client
    finally:
        with contextlib.suppress(OSError, TimeoutError):
            client.close()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What is wrong ends up in a row or an error; Dask need not say it too."""
    known = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    loggers = [logging.getLogger(name) for name in (*known, "tornado", "asyncio")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _same(parcel: Parcel) -> Parcel:
    return parcel


def _measure(
    work: Callable[[Point], Measured], point: Point, parcels: dict[str, Parcel]
) -> Measured:
    """On a worker. What comes back names the files as they were given."""
    return replace(work(unpack(point, parcels)), point=point)
