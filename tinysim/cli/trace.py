"""`tinysim trace`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..image import load_image
from ..platform import load_board
from ..platform.board import DEFAULT
from ..storage import check_target, write_whole
from .console import detail, say, warn
from .options import BoardName, Sets, Tier, settings
from .stimuli import Drive, Duration, Press, Typed, Wires, apply, duration, typed_bytes


def trace(
    image: Annotated[Path, typer.Argument(help="any image for the board: ELF, HEX or BIN")],
    length: Duration = "1s",
    vcd: Annotated[
        Path | None,
        typer.Option("--vcd", help="pins, serial ports and exceptions as signals, for GTKWave"),
    ] = None,
    perfetto: Annotated[
        Path | None,
        typer.Option("--perfetto", "--json", help="functions and exceptions, for ui.perfetto.dev"),
    ] = None,
    typed: Typed = None,
    press: Press = None,
    drive: Drive = None,
    wires: Wires = None,
    tier: Annotated[Tier, typer.Option("--tier", help="how time is counted")] = Tier.T2,
    board_name: BoardName = DEFAULT,
    sets: Sets = None,
) -> None:
    """Run any image and record what happens when: for GTKWave, for Perfetto, or for both."""
    from ..execution import End, Execution
    from ..tracing import Names, Sink
    from ..tracing import trace as run_traced
    from ..tracing.chrome import ChromeSink
    from ..tracing.vcd import VcdSink

    if not (vcd or perfetto):
        raise TinySimError("trace: give --vcd FILE or --perfetto FILE")
    seconds = duration("--for", length)
    for path in (vcd, perfetto):
        if path:
            check_target(path)
    board, loaded = load_board(board_name), load_image(image)
    run = Execution(board, loaded, {**settings("builtin", sets or ()), "tier": tier.value})
    apply(run, press, drive, wires)
    run.write(board.settings.uart.link, b"".join(typed_bytes(typed)))
    names = Names.of(run, board, loaded)
    if perfetto and not names.functions:
        warn(f"{image}: has no symbols: exceptions are traced, functions are not")
    end = End.TIME
    try:
        with ExitStack() as files:
            sinks: list[Sink] = []
            if vcd:
                file = files.enter_context(files.enter_context(write_whole(vcd)).open("w"))
                sinks.append(VcdSink(file, names, run.port_levels()))
            if perfetto:
                file = files.enter_context(files.enter_context(write_whole(perfetto)).open("w"))
                sinks.append(ChromeSink(file, names))
            for event in run_traced(run, names, seconds, sinks, functions=perfetto is not None):
                if isinstance(event, End):
                    end = event
    finally:
        for warning in run.warnings():
            warn(warning)
    for path in (vcd, perfetto):
        if path:
            say(str(path))
    detail(run.account(end))
