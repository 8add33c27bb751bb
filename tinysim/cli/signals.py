"""What a signal does to the command line: one line, and an end within a second."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

from ..errors import Interrupted

_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE_S = 3
"""For cleaning up, after which the process ends all the same."""


def install() -> None:
    """Let SIGINT, SIGTERM and SIGHUP raise `Interrupted`; those that are ignored stay so."""
    for number in _ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)
    sys.unraisablehook = _unraisable


@contextlib.contextmanager
def gently() -> Iterator[list[int]]:
    """Within it, a first signal is only noted in the list; a second one raises `Interrupted`."""
    noted: list[int] = []

    def note(number: int, frame: object) -> None:
        if noted:
            _raise(number, frame)
        noted.append(number)
        sys.stderr.write("tinysim: ends after this epoch; once more ends at once\n")

    before = {number: signal.getsignal(number) for number in _ENDS}
    for number, handler in before.items():
        if handler is _raise:
            signal.signal(number, note)
    try:
        yield noted
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is note:
                signal.signal(number, handler)


def ignore() -> None:
    """Let no signal that `install` is for say anything more."""
    for number in _ENDS:
        signal.signal(number, signal.SIG_IGN)


def _raise(number: int, frame: object) -> None:
    ignore()  # a group is often told twice, and cleaning up must not be cut short
    signal.signal(signal.SIGALRM, lambda *_: os._exit(128 + number))
    signal.alarm(_PATIENCE_S)
    raise Interrupted(number)


def _unraisable(failure: "sys.UnraisableHookArgs") -> None:
    """The signal came within a finalizer, which swallows what it raises."""
    if isinstance(failure.exc_value, Interrupted):
        sys.stderr.write(f"tinysim: {failure.exc_value}\n")
        sys.stderr.flush()
        os._exit(failure.exc_value.exit_code)
    sys.__unraisablehook__(failure)
