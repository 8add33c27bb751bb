"""`tinysim serve`."""

from pathlib import Path
from typing import Annotated

import typer

from ..benchmarks import BENCHMARKS, Benchmark
from ..datasets import find_folder, read_sound
from ..devices import InterfaceBoard, InterfaceConsole
from ..engines import Engine, open_engine
from ..engines.base import Streaming, Wired
from ..engines.builtin import BuiltinEngine
from ..engines.kinds import DEFAULT_ENGINE
from ..errors import TinySimError
from ..image import load_image
from ..links import Port, PtyPort, TcpPort
from ..platform import Board, load_board
from ..platform.board import DEFAULT
from ..power import Supply, parse_supply
from ..power.supply import MONITOR_V
from ..reports.current import render_current, require_format
from ..serving import Monitoring, Server
from ..storage import check_target, write_text
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
    SupplyOption,
    TierOption,
    Variant,
    settings,
)
from .request import Request

_LONG_S = 10.0


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
    power: Annotated[
        str | None,
        typer.Option(
            metavar="PORT",
            help="energy mode: the port of a power monitor, an LPM01A: a number for TCP, or the "
            "name of a pseudo-terminal",
        ),
    ] = None,
    supply: SupplyOption = None,
    current: Annotated[
        Path | None,
        typer.Option(help="with --power: the current over time, at the end: .svg, .html or .csv"),
    ] = None,
    uart: Annotated[
        str | None, typer.Option("--uart", help="of an image's file: the serial port to serve")
    ] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="never faster than the real board")
    ] = False,
    patient: Annotated[
        bool,
        typer.Option(
            "--patient",
            help="send empty lines while the host computes an answer: the official runner gives up "
            "after 30 s without a line",
        ),
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
    """Serve the board's serial port until interrupted; print its name when it is ready."""
    if (pty is None) == (tcp is None):
        raise TinySimError("serve: give --pty PATH or --tcp PORT")
    second = interface_pty is not None or interface_tcp is not None
    listens = target in BENCHMARKS and BENCHMARKS[target].dialogue.listens
    if second and not listens and not (target in BENCHMARKS and power):
        raise TinySimError("an interface board goes with a benchmark that listens, or with --power")
    if power is None and (supply or current):
        raise TinySimError("--supply and --current go with --power")
    if current:
        check_target(current)
        require_format(current)
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
    monitoring = server = None
    try:
        ports.append(_open(pty, tcp, host))
        interface = None
        if second:
            ports.append(_open(interface_pty, interface_tcp, host))
            interface = (_interface(board, BENCHMARKS[target], sounds), ports[-1])
        if power:
            ports.append(_open_named(power, host))
            monitoring = _monitoring(board, load_board(board_name), supply, ports[-1])
        board.boot()
        server = Server(
            board,
            ports[0],
            realtime=realtime,
            patient=patient,
            interface=interface,
            monitoring=monitoring,
        )
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
        if server and server.longest_s > _LONG_S:
            warn(
                f"the host took {server.longest_s:.0f} s for a line of the board's, and clients "
                "give up: the official runner after 30 s. Stop other work on this host, ask for "
                "fewer inferences (--script), or take a lower --tier"
            )
        if current and monitoring and len(monitoring.trace):
            told = str(monitoring.meter.supply)
            write_text(current, render_current(current, monitoring.trace, told))


def _open_named(name: str, host: str) -> Port:
    """A number is a TCP port, anything else a pseudo-terminal's name."""
    if name.isascii() and name.isdigit():
        if int(name) > 65535:
            raise TinySimError(f"--power {name}: a TCP port of 0 to 65535 was expected")
        return TcpPort(int(name), host)
    return PtyPort(Path(name))


def _monitoring(board: Engine, described: Board, supply: str | None, port: Port) -> Monitoring:
    """A monitor that supplies the board.

    Raises:
        TinySimError: nothing can be wired to it, or nobody knows what it draws.

    """
    model = described.settings.power
    if not isinstance(board, Wired):
        raise TinySimError(f"engine '{board.name}' has no board that a monitor can supply")
    if model is None:
        raise TinySimError(f"{described.settings.name}: its description has no [power]")
    given = parse_supply(supply) if supply else described.settings.supply
    return Monitoring(board, model, given or Supply(volts=MONITOR_V[1]), port)


def _open(pty: Path | None, tcp: int | None, host: str) -> Port:
    return PtyPort(pty) if pty else TcpPort(tcp or 0, host)


def _interface(board: Engine, benchmark: Benchmark, sounds: Path | None) -> InterfaceConsole:
    """An interface board that is wired to the device.

    Raises:
        TinySimError: nothing can be wired to it, or there are no sounds.

    """
    if not isinstance(board, Wired):
        raise TinySimError(f"engine '{board.name}' has no board that sounds can be played to")
    found = find_folder(benchmark) if benchmark.dialogue.listens else None
    folder = sounds or (found[0] if found else None)
    if benchmark.dialogue.listens and (folder is None or not folder.is_dir()):
        raise TinySimError("the interface board has no sounds: give --sounds FOLDER")

    def read(path: Path) -> bytes:
        return read_sound(path).inputs[0]

    return InterfaceConsole(InterfaceBoard(board), folder, read, board.write)
