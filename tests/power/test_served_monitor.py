"""A served board with a power monitor beside it, as clients have them; and the official runner."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from tests.acceptance.test_cli import tinysim
from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.power import Supply
from tinysim.runs import Setup, run_energy

_ROUNDS = 12


@pytest.fixture
def served(firmware: Path, tmp_path: Path) -> Iterator[Path]:
    """The folder of a served board's ports, which is ended after the test."""
    server = subprocess.Popen(
        [
            *(sys.executable, "-c", "from tinysim.cli import main; main()"),
            *("serve", "ad", "--mode", "energy", "--image", str(firmware / "ad_dsp_energy.elf")),
            *("--pty", str(tmp_path / "tty"), "--power", str(tmp_path / "monitor")),
            *("--tier", "T3", "--current", str(tmp_path / "current.csv")),
        ],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert server.stdout
    for name in ("tty", "monitor"):
        assert server.stdout.readline().strip() == str(tmp_path / name)
    yield tmp_path
    server.send_signal(signal.SIGINT)
    server.wait(20)
    server.stdout.close()


def _until(link: serial.Serial, word: str) -> list[str]:
    lines = [""]
    while word not in lines[-1]:
        line = link.readline()
        assert line, f"no {word} after {lines[-3:]}"
        lines.append(line.decode().replace("PowerShield > ", "").strip())
    return lines[1:]


def test_energy_between_two_timestamps_is_that_of_a_run(served: Path, firmware: Path) -> None:
    benchmark = BENCHMARKS["ad"]
    dataset = find_dataset(benchmark, 1)
    with (
        serial.Serial(str(served / "tty"), 9600, timeout=20) as board,
        serial.Serial(str(served / "monitor"), 3686400, timeout=20) as monitor,
    ):

        def tell(command: str) -> None:
            monitor.write(command.encode() + b"\r\n")
            assert _until(monitor, command)[-1] == f"ack {command}"

        for command in ("htc", "pwr off", "output energy", "freq 1k", "volt 3000m", "pwr on"):
            tell(command)
        _until(board, "m-ready")  # it has been started anew
        data = dataset.samples[0].inputs[0]
        board.write(f"db load {len(data)}%".encode())
        _until(board, "m-ready")
        for start in range(0, len(data), 31):
            board.write(b"db " + data[start : start + 31].hex().encode() + b"%")
            _until(board, "m-ready")
        tell("start")
        board.write(f"infer {_ROUNDS} 1%".encode())
        # Nobody reads samples meanwhile: none is lost.
        time.sleep(0.5)
        said = _read_both(board, monitor)
        monitor.write(b"stop\r\n")
        said += _until(monitor, "Acquisition completed")
    events = [at for at, line in enumerate(said) if line.startswith("event")]
    energies = [
        float(re.sub(r"([+-])", r"e\1", line))
        for line in said[events[-2] : events[-1]]
        if re.fullmatch(r"\d{4}[+-]\d{2}", line)
    ]
    setup = Setup(
        benchmark=benchmark,
        board=load_board(),
        image=load_image(firmware / "ad_dsp_energy.elf"),
        dataset=dataset,
        options={"tier": "T3"},
        supply=Supply(volts=3.0),
    )
    result = run_energy(setup)
    assert len(energies) == pytest.approx(_ROUNDS * result.latency_us / 1000, abs=2)
    assert result.energy is not None
    assert result.energy.power_mw is not None
    mean_mw = sum(energies) / len(energies) * 1e6
    assert mean_mw == pytest.approx(result.energy.power_mw, rel=0.01)


def _read_both(board: serial.Serial, monitor: serial.Serial) -> list[str]:
    """Read the monitor until the board has answered: its answer waits for that."""
    said: list[str] = []
    answer = b""
    board.timeout = monitor.timeout = 0.2
    until = time.monotonic() + 60
    while b"m-ready" not in answer and time.monotonic() < until:
        if line := monitor.readline():
            said.append(line.decode().strip())
        answer += board.read(board.in_waiting)
    assert b"m-ready" in answer
    monitor.timeout = 20
    return said


def test_the_current_is_written_at_the_end(firmware: Path, tmp_path: Path) -> None:
    wrong = tinysim("serve", "kws", "--pty", str(tmp_path / "t"), "--current", "x.svg")
    assert wrong.returncode == 2
    assert "--current go with --power" in wrong.stderr
    named = tinysim(
        *("serve", "kws", "--pty", str(tmp_path / "t"), "--power", str(tmp_path / "p")),
        *("--current", str(tmp_path / "x.pdf")),
    )
    assert named.returncode == 2
    assert ".svg, .html, .csv" in named.stderr


def test_the_official_runner_measures_what_ours_estimates(
    firmware: Path, assets: Path, tmp_path: Path
) -> None:
    folder = os.environ.get("TINYSIM_RUNNER")
    if not folder:
        pytest.skip("TINYSIM_RUNNER (benchmark/runner of mlcommons/tiny) is not set")
    script = tmp_path / "energy.yaml"
    script.write_text(
        "ad01:\n  name: anomaly\n  model: ad01\n  truth_file: y_labels.csv\n"
        "  script:\n    - loop 2:\n      - download\n      - infer 100 1\n"
    )
    page = tmp_path / "current.html"
    image = str(firmware / "ad_dsp_energy.elf")
    run = tinysim(
        *("official-runner", "ad", "--runner", folder, "--mode", "e", "--out", str(tmp_path)),
        *("--image", image, "--script", str(script), "--current", str(page)),
    )
    told = re.search(r"Median energy cost is ([0-9.]+) uJ", run.stdout + run.stderr)
    assert told, run.stdout + run.stderr
    ours = run_energy(
        Setup(
            benchmark=BENCHMARKS["ad"],
            board=load_board(),
            image=load_image(Path(image)),
            dataset=find_dataset(BENCHMARKS["ad"], 2),
            options={"tier": "T3"},
            supply=Supply(volts=1.8),  # as devices_ad.yaml has it
        )
    ).energy
    assert ours is not None
    assert float(told[1]) == pytest.approx(ours.per_inference_uj, rel=0.01)
    assert "data:image/svg+xml" in page.read_text()
