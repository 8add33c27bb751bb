"""`tinysim exec`."""

import re
from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..image import load_image
from ..platform import load_board
from ..platform.board import DEFAULT
from .console import detail, say, warn
from .options import BoardName, Sets, Tier, settings

_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(us|ms|s|min)?")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, None: 1.0}
_LONGEST_S = 86_400.0
_ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


def execute(
    image: Annotated[Path, typer.Argument(help="any image for the board: ELF, HEX or BIN")],
    duration: Annotated[
        str, typer.Option("--for", metavar="TIME", help="of the board's time: 500ms, 10s, 2min")
    ] = "10s",
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="REGEX", help="end at a line like this; exit code 1 if none"
        ),
    ] = None,
    uart: Annotated[
        str | None, typer.Option("--uart", help="print this serial port alone: lpuart1, usart2")
    ] = None,
    typed: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TEXT", help=r"send this at the start; \r and \n are known"),
    ] = None,
    prompt: Annotated[
        str | None,
        typer.Option("--prompt", metavar="REGEX", help="send each --type when asked like this"),
    ] = None,
    press: Annotated[
        list[str] | None,
        typer.Option("--press", metavar="NAME@TIME", help="press a button for 100 ms: B1@1.5s"),
    ] = None,
    drive: Annotated[
        list[str] | None,
        typer.Option("--pin", metavar="NAME=0|1@TIME", help="drive a pin: PA0=1@200ms"),
    ] = None,
    watch: Annotated[
        list[str] | None, typer.Option("--watch", metavar="NAME", help="print edges of a pin: LD2")
    ] = None,
    tier: Annotated[Tier, typer.Option("--tier", help="how time is counted")] = Tier.T2,
    board_name: BoardName = DEFAULT,
    sets: Sets = None,
) -> None:
    """Run any image on the emulated board and print what it says.

    Every serial port is heard, and semihosting and RTT; each line has its source before it. Ends
    when the time is over, at --until, when the firmware ends itself, or when it waits for nothing.
    """
    from ..execution import Edge, End, Execution, Text
    from .lines import Lines

    seconds = _duration("--for", duration)
    pattern = _pattern("--until", until)
    asks = _pattern("--prompt", prompt)
    options = {**settings("builtin", sets or ()), "tier": tier.value}
    board = load_board(board_name)
    run = Execution(board, load_image(image), options)
    for name in watch or ():
        run.watch(name)
    for given in press or ():
        name, at_s = _at("--press", given)
        run.press(name, at_s)
    for given in drive or ():
        what, at_s = _at("--pin", given)
        name, equals, level = what.partition("=")
        if not equals or level not in ("0", "1"):
            raise TinySimError(f"--pin {given}: NAME=0 or NAME=1 was expected, PA0=1@200ms")
        run.drive(name, level == "1", at_s)
    port = uart or board.settings.uart.link
    answers = [_unescape(text).encode("latin-1", "replace") for text in typed or ()]
    run.write(port, b"" if asks else b"".join(answers))

    lines = Lines(alone=uart)
    seen = False
    end = End.TIME
    try:
        for event in run.run(seconds):
            if isinstance(event, End):
                end = event
            elif isinstance(event, Edge):
                say(f"{event.name} {'high' if event.level else 'low'} at {event.time_s:.6f} s")
            elif isinstance(event, Text):
                for line in lines.add(event.source, event.data):
                    seen = seen or bool(pattern and pattern.search(line))
                asked = event.source == port and lines.unfinished(port)
                if asks and answers and asked and _ends_like(asks, asked):
                    run.write(port, answers.pop(0))
            if seen:
                break
    finally:
        for line in lines.end():
            seen = seen or bool(pattern and pattern.search(line))
        for warning in run.warnings():
            warn(warning)
    if not seen:
        detail(f"{end.value}: {run.time_s:.3f} s, {run.machine.cycles:,} cycles, in {run.where()}")
    if asks and answers and not seen:
        warn(f"no prompt like '{prompt}' for {len(answers)} of {len(typed or ())} --type")
    if pattern and not seen:
        warn(f"no line like '{until}' within {run.time_s:.3f} s of the board's time")
        raise SystemExit(1)
    if end is End.EXIT and run.exit_code:
        warn(f"the firmware ended itself with code {run.exit_code}")
        raise SystemExit(1)


def _duration(option: str, text: str) -> float:
    found = _DURATION.fullmatch(text.strip())
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0 < seconds <= _LONGEST_S:
        raise TinySimError(f"{option} {text}: a time was expected: 500ms, 10s, 2min, at most a day")
    return seconds


def _at(option: str, text: str) -> tuple[str, float]:
    name, at, time = text.rpartition("@")
    if not (name and at):
        raise TinySimError(f"{option} {text}: NAME@TIME was expected: B1@1.5s")
    return name, _duration(option, time)


def _pattern(option: str, regex: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(regex) if regex else None
    except re.error as error:
        raise TinySimError(f"{option} {regex}: {error}") from None


def _ends_like(pattern: re.Pattern[str], text: str) -> bool:
    return any(found.end() == len(text) for found in pattern.finditer(text))


def _unescape(text: str) -> str:
    return re.sub(r"\\([rnt0\\])", lambda found: _ESCAPES[found[1]], text)
