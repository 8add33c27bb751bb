"""The served board, and the official runner's way of finding and asking it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import serial

import tinysim as api
from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.scoring import argmax

from .test_cli import tinysim

_RUNNER = """
import sys
from serial.tools import list_ports
import serial, usb.core

port = next(p for p in list_ports.comports(True) if (p.vid, p.pid) == (0x0483, 0x374B))
assert list(usb.core.find(find_all=True)) == []
with serial.Serial(port.device, 115200, timeout=5) as link:
    link.write(b"name%")
    lines = [link.readline().decode().strip() for _ in range(2)]
print(sys.argv[1:], lines)
"""


def test_a_real_board_is_measured_from_python(firmware: Path, tmp_path: Path) -> None:
    port, image = tmp_path / "tty", str(firmware / "kws_dsp.elf")
    command = [sys.executable, "-m", "tinysim", "serve", "kws", "--image", image]
    with subprocess.Popen([*command, "--pty", str(port)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        there = api.run("kws", engine="serial", port=str(port), limit=1)
        server.terminate()
    here = api.run("kws", limit=1)
    assert (there.engine, there.tier, there.error_band) == ("serial", "silicon", None)
    assert there.latency_us == pytest.approx(here.latency_us, rel=0.01)
    assert there.outputs == here.outputs


def test_a_client_with_the_official_runners_habits(firmware: Path, tmp_path: Path) -> None:
    """31 bytes a command, one byte a read, five seconds for a line."""
    port = tmp_path / "tty"
    server = subprocess.Popen(
        [
            *(sys.executable, "-c", "from tinysim.cli import main; main()"),
            *("serve", "kws", "--image", str(firmware / "kws_dsp.elf"), "--pty", str(port)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        # A shell's background job, which this run may be, passes on that it ignores Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert server.stdout is not None
    assert server.stdout.readline().strip() == str(port)
    sample = find_dataset(BENCHMARKS["kws"], 1).samples[0]
    data = sample.inputs[0]
    with serial.Serial(str(port), 115200, timeout=5) as link:

        def ask(command: str) -> list[str]:
            link.write(command.encode() + b"%")
            lines: list[str] = []
            while not lines or "m-ready" not in lines[-1]:
                line = b""
                while not line.endswith(b"\n"):
                    byte = link.read(1)
                    assert byte, f"no answer to {command}"
                    line += byte
                lines.append(line.decode().strip())
            return lines

        assert ask("name") == ["m-name-dut-[unspecified]", "m-ready"]
        ask(f"db load {len(data)}")
        for start in range(0, len(data), 31):
            answer = ask(f"db {data[start : start + 31].hex()}")
        assert answer[0] == "m-load-done"
        lines = ask("infer 1 0")
        laps = [int(line[9:]) for line in lines if line.startswith("m-lap-us-")]
        assert 30_000 < laps[1] - laps[0] < 60_000
        scores = [float(x) for x in lines[-2][len("m-results-[") : -1].split(",")]
        assert len(scores) == 12
        if not sample.file.startswith("seeded"):
            assert argmax(scores) == sample.label
    server.send_signal(signal.SIGINT)
    assert server.wait(10) == 130
    server.stdout.close()
    assert not os.path.lexists(port)


def test_the_runner_finds_the_board_among_its_usb_ports(firmware: Path, tmp_path: Path) -> None:
    runner = tmp_path / "runner"
    runner.mkdir()
    (runner / "main.py").write_text(_RUNNER)
    run = tinysim(
        *("official-runner", "kws", "--runner", str(runner), "--mode", "a"),
        *("--image", str(firmware / "kws_dsp.elf")),
        *("--out", str(tmp_path / "out"), "--dataset", str(tmp_path)),
    )
    assert run.returncode == 0, run.stderr
    assert "'--mode', 'a'" in run.stdout
    assert "m-name-dut-[unspecified]" in run.stdout


def test_a_runner_that_fails_ends_though_its_threads_go_on(firmware: Path, tmp_path: Path) -> None:
    runner = tmp_path / "runner"
    runner.mkdir()
    (runner / "main.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(20), print('went on'))).start()\n"
        "open('sounds.json')\n"
    )
    run = tinysim(
        *("official-runner", "kws", "--runner", str(runner), "--mode", "a"),
        *("--image", str(firmware / "kws_dsp.elf")),
        *("--out", str(tmp_path / "out"), "--dataset", str(tmp_path)),
    )
    assert run.returncode == 1
    assert "FileNotFoundError" in run.stderr
    assert "went on" not in run.stdout


def test_the_official_runner_agrees_with_ours(firmware: Path, assets: Path, tmp_path: Path) -> None:
    folder = os.environ.get("TINYSIM_RUNNER")
    if not folder:
        pytest.skip("TINYSIM_RUNNER (benchmark/runner of mlcommons/tiny) is not set")
    data = tmp_path / "data" / "kws01"
    data.mkdir(parents=True)
    rows = (assets / "datasets" / "kws01" / "y_labels.csv").read_text().splitlines()[:20]
    (data / "y_labels.csv").write_text("\n".join(rows) + "\n")
    for row in rows:
        name = row.split(",")[0]
        (data / name).write_bytes((assets / "datasets" / "kws01" / name).read_bytes())
    run = tinysim(
        *("official-runner", "kws", "--runner", folder, "--mode", "a", "--out", str(tmp_path)),
        *("--image", str(firmware / "kws_dsp.elf"), "--dataset", str(data.parent)),
    )
    ours = tinysim(
        *("run", "kws", "--mode", "accuracy", "--limit", "20", "--json", "-"),
        *("--image", str(firmware / "kws_dsp.elf")),
    )
    top1 = f"{100 * json.loads(ours.stdout)['accuracy']['top1']:.1f}"
    assert f"Top 1% = {top1}" in run.stdout + run.stderr
