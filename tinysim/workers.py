"""Processes that share work, and that end when their owner does, however it ends."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from .closing import Closing
from .errors import EngineError

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")

_ENDS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
_AHEAD = 2
"""Items that a worker has before it has answered the first: it need not wait for the next."""


class Workers(Closing, Generic[_Item, _Answer]):
    """A context of `jobs` processes that each call `start(*arguments)` and use what it returns.

    Signals that end the program are its owner's: a worker hears of them by being ended.
    """

    def __init__(
        self, jobs: int, start: Callable[..., Callable[[_Item], _Answer]], arguments: Sequence[Any]
    ) -> None:
        context = get_context("spawn")
        self._processes = []
        self._lines: list[Connection] = []
        resource_tracker.ensure_running()  # which unblocks signals when it first starts
        # A new process is born with what is blocked here, so that none dies of a Ctrl-C with a
        # traceback while it imports.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        try:
            for _ in range(jobs):
                here, there = context.Pipe()
                process = context.Process(
                    target=_serve, args=(there, start, tuple(arguments)), daemon=True
                )
                self._processes.append(process)
                self._lines.append(here)
                process.start()
                there.close()
        except BaseException:
            self.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def kill(self) -> None:
        """Let every worker end, whatever it is at. Any thread may; `map` then raises in its own."""
        for process in self._processes:
            if process.pid is not None:
                process.kill()

    def close(self) -> None:
        """End every worker, whatever it is at. Only the thread that uses `map` may: a line that two
        threads close can take with it a file that a third has just opened.
        """
        self.kill()
        for process in self._processes:
            if process.pid is not None:
                process.join()
        for line in self._lines:
            line.close()
        self._processes, self._lines = [], []

    def map(self, items: Iterable[_Item]) -> Iterator[_Answer]:
        """The answer to each item, in their order, as soon as it is there. Items are taken no
        sooner than a worker has room for them.

        Raises:
            EngineError: a worker has died.
            TinySimError: what an item raised.

        """
        waiting = enumerate(items)
        asked: dict[Connection, deque[int]] = {line: deque() for line in self._lines}
        found: dict[int, _Answer] = {}
        due = 0
        for _ in range(_AHEAD):
            for line in self._lines:
                _ask(line, waiting, asked[line])
        while busy := [line for line in self._lines if asked[line]]:
            for ready in wait(busy):
                assert isinstance(ready, Connection)
                try:
                    answer, error = ready.recv()
                except (EOFError, OSError):
                    raise EngineError("a worker died: fewer --jobs need less memory") from None
                if error is not None:
                    raise error
                found[asked[ready].popleft()] = answer
                _ask(ready, waiting, asked[ready])
            while due in found:
                yield found.pop(due)
                due += 1


def _ask(line: Connection, waiting: Iterator[tuple[int, Any]], asked: deque[int]) -> None:
    number, item = next(waiting, (-1, None))
    if number < 0:
        return
    try:
        line.send(item)
    except OSError:
        raise EngineError("a worker died: fewer --jobs need less memory") from None
    asked.append(number)


def _serve(
    line: Connection, start: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]
) -> None:
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
    threading.Thread(target=_end_with_owner, daemon=True).start()
    work, failure = None, None
    try:
        work = start(*arguments)
    except Exception as error:
        failure = error
    while True:
        try:
            item = line.recv()
        except EOFError:
            return
        answer = None
        if work is not None:
            try:
                answer = work(item)
            except Exception as error:
                failure = error
        line.send((answer, failure))


def _end_with_owner() -> None:
    owner = parent_process()
    if owner is not None:
        wait([owner.sentinel])
    os._exit(1)
