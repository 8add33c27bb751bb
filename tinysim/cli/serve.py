"""`tinysim serve`."""

from pathlib import Path
from typing import Annotated

import typer

from ..benchmarks import BENCHMARKS, Benchmark
from ..benchmarks.streaming import read_sound
from ..datasets import find_folder
from ..devices import InterfaceBoard, InterfaceConsole
from ..engines import Engine, open_engine
from ..engines.base import Streaming, Wired
from ..engines.builtin import BuiltinEngine
from ..engines.kinds import DEFAULT_ENGINE
from ..errors import TinySimError
from ..image import load_image
from ..links import Port, PtyPort, TcpPort
from ..platform import load_board
from ..platform.board import DEFAULT
from ..serving import Server
from ..timeouts import TIMEOUTS
from .console import say, warn
from .options import (
    NAMES,
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
        str,
        typer.Argument(metavar="BENCHMARK|IMAGE", help=f"{NAMES}, or any image's file"),
    ],
    pty: Annotated[Path | None, typer.Option(help="make a pseudo-terminal with this name")] = None,
    tcp: Annotated[
        int | None, typer.Option(min=0, max=65535, help="listen on this port; 0 takes a free one")
    ] = None,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    interface_pty: Annotated[
        Path | None, typer.Option(help="sww: the interface board's port, a pseudo-terminal")
    ] = None,
    interface_tcp: Annotated[
        int | None, typer.Option(min=0, max=65535, help="sww: the interface board's port, TCP")
    ] = None,
    sounds: Annotated[
        Path | None, typer.Option(help="sww: the interface board's SD card; default: the data set")
    ] = None,
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
    second = interface_pty is not None or interface_tcp is not None
    if second and not (target in BENCHMARKS and BENCHMARKS[target].dialogue.listens):
        raise TinySimError("an interface board goes with a benchmark that listens")
    if interface_pty is not None and interface_tcp is not None:
        raise TinySimError("serve: give --interface-pty PATH or --interface-tcp PORT")
    if sounds and not second:
        raise TinySimError("--sounds goes with --interface-pty or --interface-tcp")
    if target not in BENCHMARKS and Path(target).exists():
        if image or model or engine != DEFAULT_ENGINE or mode is not Mode.PERFORMANCE:
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
        patience_s = TIMEOUTS.boot
    if not isinstance(board, Streaming):
        raise TinySimError(f"engine '{engine}' cannot be served")
    ports: list[Port] = []
    try:
        ports.append(_open(pty, tcp, host))
        interface = None
        if second:
            ports.append(_open(interface_pty, interface_tcp, host))
            interface = (_interface(board, BENCHMARKS[target], sounds), ports[1])
        board.boot()
        server = Server(board, ports[0], realtime=realtime, interface=interface)
        server.start(patience_s)
        for port in ports:
            say(port.name)
        server.run()
    except TinySimError:
        for warning in board.warnings():
            warn(warning)
        raise
    finally:
        for port in ports:
            port.close()
        board.close()


def _open(pty: Path | None, tcp: int | None, host: str) -> Port:
    return PtyPort(pty) if pty else TcpPort(tcp or 0, host)


def _interface(board: Engine, benchmark: Benchmark, sounds: Path | None) -> InterfaceConsole:
    """An interface board that is wired to the device.

    Raises:
        TinySimError: nothing can be wired to it, or there are no sounds.

    """
    if not isinstance(board, Wired):
        raise TinySimError(f"engine '{board.name}' has no board that sounds can be played to")
    found = find_folder(benchmark)
    folder = sounds or (found[0] if found else None)
    if folder is None or not folder.is_dir():
        raise TinySimError("the interface board has no sounds: give --sounds FOLDER")

    def read(path: Path) -> bytes:
        return read_sound(path).inputs[0]

    return InterfaceConsole(InterfaceBoard(board), folder, read, board.write)
