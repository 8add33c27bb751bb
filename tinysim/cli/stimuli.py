"""What is done to a board from outside while it runs: options that verbs share."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import TinySimError

if TYPE_CHECKING:
    from ..execution import Execution

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(us|ms|s|min)?")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, None: 1.0}
_LONGEST_S = 86_400.0
_ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}

Duration = Annotated[
    str, typer.Option("--for", metavar="TIME", help="of the board's time: 500ms, 10s, 2min")
]
Typed = Annotated[
    list[str] | None,
    typer.Option(
        "--type", metavar="TEXT", help=r"send this at the start; \r and \n are understood"
    ),
]
Press = Annotated[
    list[str] | None,
    typer.Option("--press", metavar="NAME@TIME", help="press a button for 100 ms: B1@1.5s"),
]
Drive = Annotated[
    list[str] | None,
    typer.Option("--pin", metavar="NAME=0|1@TIME", help="drive a pin: PA0=1@200ms"),
]
Wires = Annotated[
    list[str] | None,
    typer.Option("--wire", metavar="NAME=NAME", help="join two pins by a wire: PA0=PB3"),
]


def apply(
    run: "Execution",
    press: Sequence[str] | None,
    drive: Sequence[str] | None,
    wires: Sequence[str] | None,
) -> None:
    """Do, now and at their times, what the options say.

    Raises:
        TinySimError: one says something else than it may.

    """
    for given in wires or ():
        first, equals, second = given.partition("=")
        if not (first and equals and second):
            raise TinySimError(f"--wire {given}: NAME=NAME was expected: PA0=PB3")
        run.wire(first, second)
    for given in press or ():
        name, at_s = _at("--press", given)
        run.press(name, at_s)
    for given in drive or ():
        what, at_s = _at("--pin", given)
        name, equals, level = what.partition("=")
        if not equals or level not in ("0", "1"):
            raise TinySimError(f"--pin {given}: NAME=0 or NAME=1 was expected, PA0=1@200ms")
        run.drive(name, level == "1", at_s)


def typed_bytes(texts: Sequence[str] | None) -> list[bytes]:
    """What each --type sends, in UTF-8, as what the board says is read."""
    return [_unescape(text).encode("utf-8", "surrogateescape") for text in texts or ()]


def duration(option: str, text: str) -> float:
    """The seconds of a time; `option` is what stands before it on the command line.

    Raises:
        TinySimError: it is none, or too long.

    """
    found = _DURATION.fullmatch(text.strip())
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0 < seconds <= _LONGEST_S:
        given = f"{option}{text}" if option.endswith("@") else f"{option} {text}"
        raise TinySimError(f"{given}: a time was expected: 500ms, 10s, 2min, at most a day")
    return seconds


def _at(option: str, text: str) -> tuple[str, float]:
    name, at, time = text.rpartition("@")
    if not (name and at):
        raise TinySimError(f"{option} {text}: NAME@TIME was expected: B1@1.5s")
    return name, duration(f"{option} {name}@", time)


def _unescape(text: str) -> str:
    return re.sub(r"\\([rnt0\\])", lambda found: _ESCAPES[found[1]], text)
