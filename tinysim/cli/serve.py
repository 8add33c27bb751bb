"""`tinysim serve`."""

from pathlib import Path
from typing import Annotated

import typer

from ..engines import open_engine
from ..engines.base import Streaming
from ..errors import TinySimError
from ..links import Port, PtyPort, TcpPort
from ..runs.session import BOOT_S
from ..serving import Server
from .console import say
from .options import EngineName, ImagePath, Mode, ModelPath, ModeOption, Sets, TierOption, Variant
from .request import Request


def serve(
    benchmark: Annotated[str, typer.Argument(help="kws, vww, ic or ad")],
    pty: Annotated[Path | None, typer.Option(help="make a pseudo-terminal with this name")] = None,
    tcp: Annotated[
        int | None, typer.Option(min=0, max=65535, help="listen on this port; 0 takes a free one")
    ] = None,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    realtime: Annotated[
        bool, typer.Option("--realtime", help="never faster than the real board")
    ] = False,
    mode: ModeOption = Mode.PERFORMANCE,
    variant: Variant = "dsp",
    image: ImagePath = None,
    model: ModelPath = None,
    engine: EngineName = "builtin",
    tier: TierOption = None,
    sets: Sets = None,
) -> None:
    """Serve the board's serial port until interrupted; prints where once it is there."""
    if (pty is None) == (tcp is None):
        raise TinySimError("serve: give --pty PATH or --tcp PORT")
    setup = Request(
        names=(benchmark,),
        mode=mode,
        variant=variant,
        image=image,
        model=model,
        engine=engine,
        tier=tier,
        limit=1,
        sets=tuple(sets or ()),
    ).setups()[0]
    board = open_engine(setup.engine, setup.board, setup.image, setup.options)
    if not isinstance(board, Streaming):
        raise TinySimError(f"engine '{engine}' cannot be served")
    port: Port = PtyPort(pty) if pty else TcpPort(tcp or 0, host)
    try:
        board.boot()
        server = Server(board, port, realtime=realtime)
        server.start(BOOT_S)
        say(port.name)
        server.run()
    finally:
        port.close()
        board.close()
