"""The way to the terminal: all that is printed passes here, and nothing but text comes out."""

import codecs
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import StorageError
from ..printable import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


_SPELLED = {"\u00b1": "+-", "\u00b5": "u", "\u2026": "..."}


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_SPELLED.get(character, "?") for character in missing), error.end


def prepare() -> None:
    """Let streams that cannot print a character print others in its place, and those that whoever
    started this program has closed (`>&-`) lead nowhere.
    """
    codecs.register_error("tinysim.spelled", _spell)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # In this order, so that each takes its own number: no file of ours may get it, which a
            # program that we start would write to.
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="tinysim.spelled")


def say(line: str = "") -> None:
    """Print a line."""
    _write(sys.stdout, printable(line) + "\n")


def warn(line: str) -> None:
    """Print a line on stderr, with the program's name."""
    _write(sys.stderr, f"tinysim: {printable(line)}\n")


def detail(line: str) -> None:
    """Print a line below a warning."""
    _write(sys.stderr, f"  {printable(line)}\n")


def pass_on(text: str) -> None:
    """Print what a program reads, JSON for example, as it is."""
    _write(sys.stdout, text)
    flush()


def flush() -> None:
    """Let all that was said be out.

    Raises:
        StorageError: there is no room for it, or nobody to read it.

    """
    _write(sys.stdout, "")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if stream is sys.stderr:
            return  # nobody is left to be told
        raise StorageError(f"standard output: {error.strerror or error}") from None


ALL = 400
"""Characters that every table fits in."""


def width() -> int:
    """Characters in a line: the terminal's, or plenty where there is none."""
    return _console().width


def show(table: "RenderableType", notes: Sequence[str] = (), *, whole: bool = False) -> None:
    """Print a table and lines below it; as wide as it is where nobody watches, or if `whole`."""
    console = _console(ALL if whole else 0)
    try:
        console.print(table)
        for note in notes:
            console.print(note)
    except OSError as error:
        raise StorageError(f"standard output: {error.strerror or error}") from None


def _console(least: int = 0) -> "Console":
    """A console of that width at least."""
    from rich.console import Console
    from rich.text import Text

    class PlainConsole(Console):
        """Takes strings for what they are: no markup, no escapes."""

        def render_str(self, text: str, **style: Any) -> Text:
            return super().render_str(printable(text), **{**style, "markup": False, "emoji": False})

    console = PlainConsole(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        least = max(least, 200)  # a pipe or a log has no width of its own
    if least > console.width:
        console = PlainConsole(width=least, highlight=False, markup=False, emoji=False)
    return console
