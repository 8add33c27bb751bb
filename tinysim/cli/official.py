"""`tinysim official-runner`."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError, ToolError
from ..models.locate import assets_folder
from ..reports.current import require_format
from ..storage import make_folder
from .options import Name, SupplyOption, Tier, chosen

_SCRIPTS = {
    "a": "tests_accuracy.yaml",
    "p": "tests_performance.yaml",
    "e": "tests_energy.yaml",
}
_DEVICES = {"ad": "devices_ad.yaml", "sww": "devices_sww.yaml"}
_PORTS = {"dut": "--pty", "interface": "--interface-pty", "power": "--power"}
_START_S = 120


def official_runner(
    benchmark: Name,
    runner: Annotated[Path, typer.Option(help="benchmark/runner of mlcommons/tiny")],
    mode: Annotated[str, typer.Option(help="a (accuracy), p (performance) or e (energy)")] = "p",
    out: Annotated[Path, typer.Option(help="where the runner puts its sessions")] = Path(),
    dataset: Annotated[
        Path | None, typer.Option(help="data sets; default: $TINYSIM_ASSETS/datasets")
    ] = None,
    script: Annotated[Path | None, typer.Option(help="another test script")] = None,
    devices: Annotated[Path | None, typer.Option(help="another device list")] = None,
    image: Annotated[Path | None, typer.Option(help="run this image")] = None,
    tier: Annotated[Tier, typer.Option(help="how time is counted")] = Tier.T3,
    supply: SupplyOption = None,
    current: Annotated[
        Path | None,
        typer.Option(help="with --mode e: the current over time: .svg, .html or .csv"),
    ] = None,
) -> None:
    """Run the official Python runner, as it is, against the emulated board.

    In energy mode it speaks to the board through an interface board, and to a power monitor.
    """
    listens = chosen([benchmark])[0].dialogue.listens
    assets = assets_folder()
    data = dataset or (assets / "datasets" if assets else None)
    if not (runner / "main.py").is_file():
        raise TinySimError(f"{runner}: there is no main.py of the official runner")
    if mode not in _SCRIPTS:
        raise TinySimError(f"--mode {mode}: a, p or e was expected")
    if mode != "e" and (supply or current):
        raise TinySimError("--supply and --current go with --mode e")
    if current:
        require_format(current)
    if data is None or not data.is_dir():
        raise TinySimError("the data sets are missing: give --dataset or set TINYSIM_ASSETS")
    make_folder(out)
    default_devices = _DEVICES.get(benchmark, "devices_kws_ic_vww.yaml")
    with tempfile.TemporaryDirectory() as folder:
        ports = {"dut": Path(folder) / "tty"}
        if listens or mode == "e":
            ports["interface"] = Path(folder) / "interface"
        if mode == "e":
            ports["power"] = Path(folder) / "monitor"
        arguments = ["--tier", tier.value]
        if listens:
            sounds = data / chosen([benchmark])[0].data_id
            arguments += ["--sounds", str(sounds.resolve())]
        elif mode == "p":
            # The runner times its loop by its own clock: no faster than a real board.
            arguments.append("--realtime")
        if mode == "e":
            arguments += ["--mode", "energy"]
            arguments += ["--supply", supply] if supply else []
            arguments += ["--current", str(current.resolve())] if current else []
        if image:
            arguments += ["--image", str(image)]
        board = _serve(benchmark, ports, arguments)
        if mode == "e":
            # A device with a port of its own would be asked there, and not be measured.
            ports = {kind: port for kind, port in ports.items() if kind != "dut"}
        try:
            code = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "tinysim.cli.official_shim",
                    ",".join(f"{kind}={port}" for kind, port in ports.items()),
                    str(runner.resolve() / "main.py"),
                    "--dataset_path",
                    str(data.resolve()),
                    "--test_script",
                    str((script or runner / _SCRIPTS[mode]).resolve()),
                    "--device_list",
                    str((devices or runner / default_devices).resolve()),
                    "--mode",
                    mode,
                ],
                cwd=out,
                check=False,
            ).returncode
        finally:
            board.send_signal(signal.SIGTERM)
            board.wait()
    raise SystemExit(code)


def _serve(
    benchmark: str, ports: Mapping[str, Path], arguments: Sequence[str]
) -> "subprocess.Popen[str]":
    """A board in a process of its own, once its ports are there."""
    command = [sys.executable, "-c", "from tinysim.cli import main; main()", "serve", benchmark]
    for kind, port in ports.items():
        command += [_PORTS[kind], str(port)]
    command += ["--patient", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    for _ in ports:
        if not process.stdout.readline():
            raise ToolError(f"the board could not be served (exit code {process.wait(_START_S)})")
    return process
