"""How far long work is, on stderr: a bar on a terminal, a line every ten seconds elsewhere."""

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from ..printable import printable
from .console import warn

Item = TypeVar("Item")


class Advance(Protocol):
    """Told how much is done, and of how much: 0 where that is not known."""

    def __call__(self, done: int, total: int) -> None: ...


EVERY_S = 10.0
"""A log must show that work goes on, and little else."""


@contextmanager
def shown(what: str) -> Iterator[Advance]:
    """Shows how far `what` is whenever the function that it gives is called."""
    if not sys.stderr.isatty():
        yield _Lines(what).advance
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(printable(what), total=None, rate="")

        def advance(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:,.1f}/s" if speed else ""
            bar.update(task, completed=done, total=total or None, rate=rate)

        yield advance


def watched(
    items: Iterable[Item],
    what: str,
    total: int | None = None,
    reached: Callable[[], int] | None = None,
) -> Iterator[Item]:
    """The items, while it shows how many of `total` there were so far, or what `reached` says."""
    with shown(what) as advance:
        for number, item in enumerate(items, 1):
            yield item
            advance(reached() if reached else number, total or 0)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows that work goes on which cannot say how far it is."""
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status(printable(what)):
            yield
        return
    lines, is_over = _Lines(what), threading.Event()

    def tell() -> None:
        while not is_over.wait(EVERY_S):
            lines.tell()

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


class _Lines:
    """Progress in a log."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._start = self._told = time.monotonic()

    def advance(self, done: int, total: int) -> None:
        """Print a line if the last is long enough ago."""
        now = time.monotonic()
        if now - self._told < EVERY_S:
            return
        self._told = now
        if not total or not done:
            self.tell(f"{done:,}, ")
            return
        left = (now - self._start) * (total - done) / done
        self.tell(f"{done:,} of {total:,} ({done / total:.0%}), ", f", about {left:.0f} s left")

    def tell(self, done: str = "", left: str = "") -> None:
        """Print a line now."""
        warn(f"{self._what}: {done}{time.monotonic() - self._start:.0f} s{left}")
