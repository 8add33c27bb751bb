"""`tinysim serve`."""

from pathlib import Path
from typing import Annotated

import typer

from ..benchmarks import BENCHMARKS
from ..engines import Engine, open_engine
from ..engines.base import Streaming
from ..engines.builtin import BuiltinEngine
from ..errors import TinySimError
from ..image import load_image
from ..links import Port, PtyPort, TcpPort
from ..platform import load_board
from ..platform.board import DEFAULT
from ..runs.session import BOOT_S
from ..serving import Server
from .console import say, warn
from .options import (
    BoardName,
    EngineName,
    ImagePath,
    Mode,
    ModelPath,
    ModeOption,
    Sets,
    TierOption,
    Variant,
    settings,
)
from .request import Request


def serve(
    target: Annotated[
        str, typer.Argument(metavar="BENCHMARK|IMAGE", help="kws, vww, ic, ad, or any image's file")
    ],
    pty: Annotated[Path | None, typer.Option(help="make a pseudo-terminal with this name")] = None,
    tcp: Annotated[
        int | None, typer.Option(min=0, max=65535, help="listen on this port; 0 takes a free one")
    ] = None,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    uart: Annotated[
        str | None, typer.Option("--uart", help="the serial port to serve of an image's file")
    ] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="never faster than the real board")
    ] = False,
    mode: ModeOption = Mode.PERFORMANCE,
    variant: Variant = "dsp",
    image: ImagePath = None,
    model: ModelPath = None,
    engine: EngineName = "builtin",
    tier: TierOption = None,
    board_name: BoardName = DEFAULT,
    sets: Sets = None,
) -> None:
    """Serve the board's serial port until interrupted; prints where once it is there."""
    if (pty is None) == (tcp is None):
        raise TinySimError("serve: give --pty PATH or --tcp PORT")
    if target not in BENCHMARKS and Path(target).exists():
        if image or model or engine != "builtin" or mode is not Mode.PERFORMANCE:
            raise TinySimError(
                f"serve {target}: an image's file goes with --uart, --tier and --set"
            )
        options = settings(engine, sets or ())
        if tier:
            options["tier"] = tier.value
        board: Engine = BuiltinEngine(
            load_board(board_name), load_image(Path(target)), options, uart
        )
        patience_s = 0.0  # its first words are for the client
    else:
        if uart:
            raise TinySimError("--uart goes with an image's file")
        setup = Request(
            names=(target,),
            mode=mode,
            variant=variant,
            image=image,
            model=model,
            engine=engine,
            tier=tier,
            limit=1,
            sets=tuple(sets or ()),
            board=board_name,
        ).setups()[0]
        board = open_engine(setup.engine, setup.board, setup.image, setup.options)
        patience_s = BOOT_S
    if not isinstance(board, Streaming):
        raise TinySimError(f"engine '{engine}' cannot be served")
    port: Port = PtyPort(pty) if pty else TcpPort(tcp or 0, host)
    try:
        board.boot()
        server = Server(board, port, realtime=realtime)
        server.start(patience_s)
        say(port.name)
        server.run()
    except TinySimError:
        for warning in board.warnings():
            warn(warning)
        raise
    finally:
        port.close()
        board.close()
