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
from .stimuli import Drive, Duration, Press, Typed, Wires, apply, duration, typed_bytes


def execute(
    image: Annotated[Path, typer.Argument(help="any image for the board: ELF, HEX or BIN")],
    length: Duration = "10s",
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="REGEX", help="end at a line like this; exit code 1 if none"
        ),
    ] = None,
    uart: Annotated[
        str | None, typer.Option("--uart", help="print this serial port alone: lpuart1, usart2")
    ] = None,
    typed: Typed = None,
    prompt: Annotated[
        str | None,
        typer.Option("--prompt", metavar="REGEX", help="send each --type at a prompt like this"),
    ] = None,
    press: Press = None,
    drive: Drive = None,
    wires: Wires = None,
    debugger: Annotated[
        bool,
        typer.Option("--debugger", help="let the firmware find a debugger, which listens to SWO"),
    ] = False,
    watch: Annotated[
        list[str] | None, typer.Option("--watch", metavar="NAME", help="print edges of a pin: LD2")
    ] = None,
    tier: Annotated[Tier, typer.Option("--tier", help="how time is counted")] = Tier.T2,
    board_name: BoardName = DEFAULT,
    sets: Sets = None,
) -> None:
    """Run any image on the emulated board and print what it says.

    Prints every serial port, semihosting, RTT and ITM, with its source before each line. Ends when
    the time is over, at --until, when the firmware ends itself, or when nothing can wake it.
    """
    from ..execution import Edge, End, Execution, Text
    from .lines import Lines

    seconds = duration("--for", length)
    pattern = _pattern("--until", until)
    asks = _pattern("--prompt", prompt)
    options = {**settings("builtin", sets or ()), "tier": tier.value}
    if debugger:
        options["debugger"] = True
    board = load_board(board_name)
    run = Execution(board, load_image(image), options)
    for name in watch or ():
        run.watch(name)
    apply(run, press, drive, wires)
    port = uart or board.settings.uart.link
    answers = typed_bytes(typed)
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
        detail(run.account(end))
    if asks and answers and not seen:
        warn(f"no prompt like '{prompt}' for {len(answers)} of {len(typed or ())} --type")
    if pattern and not seen:
        warn(f"no line like '{until}' within {run.time_s:.3f} s of the board's time")
        raise SystemExit(1)
    if end is End.HALTED:
        warn("a BKPT instruction has halted the core for the debugger")
        raise SystemExit(1)
    if end is End.EXIT and run.exit_code:
        warn(f"the firmware ended itself with code {run.exit_code}")
        raise SystemExit(1)


def _pattern(option: str, regex: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(regex) if regex else None
    except re.error as error:
        raise TinySimError(f"{option} {regex}: {error}") from None


def _ends_like(pattern: re.Pattern[str], text: str) -> bool:
    return any(found.end() == len(text) for found in pattern.finditer(text))
