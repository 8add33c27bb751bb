"""`tinysim debug`."""

from pathlib import Path
from typing import Annotated

import typer

from ..image import load_image
from ..platform import load_board
from ..platform.board import DEFAULT
from .console import say, warn
from .options import BoardName, Sets, Tier, settings


def debug(
    image: Annotated[Path, typer.Argument(help="any image for the board: ELF, HEX or BIN")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="TCP port for gdb; 0 takes a free one")
    ] = 3333,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    rewind: Annotated[
        bool, typer.Option("--rewind", help="gdb can go back: reverse-stepi, reverse-continue")
    ] = False,
    tier: Annotated[Tier, typer.Option("--tier", help="how time is counted")] = Tier.T2,
    board_name: BoardName = DEFAULT,
    sets: Sets = None,
) -> None:
    """Wait for gdb with the board at its first instruction; print what the board says.

    In gdb: target remote :3333. The core stands still until gdb lets it run, and no time passes
    then.
    """
    from ..debugging.gdb_server import GdbServer
    from ..execution import Execution, Text
    from .lines import Lines

    options = {**settings("builtin", sets or ()), "tier": tier.value, "debugger": True}
    run = Execution(load_board(board_name), load_image(image), options)
    lines = Lines()

    def heard(event: object) -> None:
        if isinstance(event, Text):
            list(lines.add(event.source, event.data))

    server = GdbServer(run, port, host, rewind, heard)
    say(f"gdb {image}: target remote {host}:{server.port}")
    try:
        server.serve()
    finally:
        server.close()
        list(lines.end())
        for warning in run.warnings():
            warn(warning)
