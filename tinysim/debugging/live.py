"""A board that runs by itself, as one on a desk does, while a debugger looks at it now and then."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .._core import CoreError, Machine
from ..errors import TinySimError
from ..execution import End, Execution

_SLICE_S = 0.002
"""The longest that the board runs, in its own time, before a debugger gets its turn."""
_NAP_S = 0.002


class LiveBoard:
    """Runs an execution in a thread of its own, never faster than the real board.

    `ended` is told in words why it stands still without a debugger's
    doing; it tries again when a debugger has done something. While it stands no time passes.
    """

    def __init__(
        self,
        execution: Execution,
        ended: Callable[[str], None] = lambda words: None,
    ) -> None:
        self.execution = execution
        self._ended = ended
        self._lock = threading.Lock()
        self._queue = threading.Lock()
        self._closing = threading.Event()
        self._stuck = False
        self._last_words = ""
        self._thread = threading.Thread(target=self._live, name="board", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the board for good."""
        self._closing.set()
        self._thread.join()

    @contextmanager
    def machine(self) -> Iterator[Machine]:
        """The machine, while it does not run."""
        # Who waits holds the queue, and the board does not go on before it has had its turn.
        with self._queue:
            self._lock.acquire()
        try:
            yield self.execution.machine
            self._stuck = False
        finally:
            self._lock.release()

    def _live(self) -> None:
        wall, board = time.monotonic(), self.execution.time_s
        while not self._closing.is_set():
            with self._queue:
                pass
            with self._lock:
                halted = self._stuck or self.execution.machine.halted or self._run()
            ahead = (self.execution.time_s - board) - (time.monotonic() - wall)
            if ahead < -_SLICE_S or halted:  # slower than the real one, or stopped: no catching up
                wall, board = time.monotonic(), self.execution.time_s
            if halted or ahead > 0:
                self._closing.wait(max(ahead, _NAP_S if halted else 0.0))

    def _run(self) -> bool:
        """Run a slice; whether the core stands still after it."""
        try:
            for event in self.execution.run(_SLICE_S):
                if isinstance(event, End):
                    if event is End.EXIT:
                        code = self.execution.exit_code
                        self._stand(f"the firmware ended itself with code {code}")
                    return event is not End.TIME
        except (TinySimError, CoreError) as error:
            self._stand(str(error))
        return True

    def _stand(self, words: str) -> None:
        self._stuck = True
        if words != self._last_words:
            self._ended(words)
        self._last_words = words
