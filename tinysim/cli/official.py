"""`tinysim official-runner`."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError, ToolError
from ..models.locate import assets_folder
from ..storage import make_folder
from .options import Name, Tier, chosen

_SCRIPTS = {"a": "tests_accuracy.yaml", "p": "tests_performance.yaml"}
_DEVICES = {"ad": "devices_ad.yaml", "sww": "devices_sww.yaml"}
_START_S = 120


def official_runner(
    benchmark: Name,
    runner: Annotated[Path, typer.Option(help="benchmark/runner of mlcommons/tiny")],
    mode: Annotated[str, typer.Option(help="a (accuracy) or p (performance)")] = "p",
    out: Annotated[Path, typer.Option(help="where the runner puts its sessions")] = Path(),
    dataset: Annotated[
        Path | None, typer.Option(help="data sets; default: $TINYSIM_ASSETS/datasets")
    ] = None,
    script: Annotated[Path | None, typer.Option(help="another test script")] = None,
    devices: Annotated[Path | None, typer.Option(help="another device list")] = None,
    image: Annotated[Path | None, typer.Option(help="run this image")] = None,
    tier: Annotated[Tier, typer.Option(help="how time is counted")] = Tier.T3,
) -> None:
    """Run the official Python runner, as it is, against the emulated board."""
    listens = chosen([benchmark])[0].dialogue.listens
    assets = assets_folder()
    data = dataset or (assets / "datasets" if assets else None)
    if not (runner / "main.py").is_file():
        raise TinySimError(f"{runner}: there is no main.py of the official runner")
    if mode not in _SCRIPTS:
        raise TinySimError(f"--mode {mode}: a or p was expected")
    if data is None or not data.is_dir():
        raise TinySimError("the data sets are missing: give --dataset or set TINYSIM_ASSETS")
    make_folder(out)
    default_devices = _DEVICES.get(benchmark, "devices_kws_ic_vww.yaml")
    with tempfile.TemporaryDirectory() as folder:
        ports = [Path(folder) / "tty"]
        if listens:
            ports.append(Path(folder) / "interface")
        # The runner times its loop by its own clock: no faster than a real board. A sound has none.
        realtime = mode == "p" and not listens
        sounds = data / chosen([benchmark])[0].data_id
        board = _serve(benchmark, ports, image, tier.value, sounds, realtime=realtime)
        try:
            code = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "tinysim.cli.official_shim",
                    ",".join(map(str, ports)),
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
    benchmark: str,
    ports: Sequence[Path],
    image: Path | None,
    tier: str,
    sounds: Path,
    *,
    realtime: bool,
) -> "subprocess.Popen[str]":
    """A board in a process of its own, once its ports are there."""
    command = [sys.executable, "-c", "from tinysim.cli import main; main()", "serve", benchmark]
    command += ["--pty", str(ports[0]), "--tier", tier]
    for second in ports[1:]:
        command += ["--interface-pty", str(second), "--sounds", str(sounds.resolve())]
    if realtime:
        command.append("--realtime")
    if image:
        command += ["--image", str(image)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    for _ in ports:
        if not process.stdout.readline():
            raise ToolError(f"the board could not be served (exit code {process.wait(_START_S)})")
    return process
