"""The streaming wake word on a board at a serial port, with an interface board at another."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from .test_cli import tinysim
from .test_streaming import _write as write_wav


@dataclass
class _Served:
    """Two ports of an emulated device and its interface board, and the SD card's sound."""

    device: Path
    interface: Path
    wav: Path

    def run(self, *more: str, wav: Path | None = None) -> "subprocess.CompletedProcess[str]":
        return tinysim(
            *("run", "sww", "--engine", "serial", "--port", str(self.device)),
            *("--wav", str(wav or self.wav), *more),
        )


@pytest.fixture
def served(firmware: Path, tmp_path: Path) -> Iterator[_Served]:
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    noise = np.random.default_rng(11).integers(-6000, 6000, (48_000, 2))
    there = _Served(tmp_path / "d", tmp_path / "i", write_wav(sounds / "noise.wav", noise))
    server = subprocess.Popen(
        [
            *(sys.executable, "-c", "from tinysim.cli import main; main()", "serve", "sww"),
            *("--image", str(firmware / "sww_dsp.elf"), "--tier", "T2"),
            *("--pty", str(there.device), "--interface-pty", str(there.interface)),
            *("--sounds", str(sounds)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        for port in (there.device, there.interface):
            assert server.stdout.readline().strip() == str(port)
        yield there
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
        server.stdout.close()


def test_a_board_at_two_ports_measures_what_the_emulated_one_does(
    served: _Served, firmware: Path, tmp_path: Path
) -> None:
    found = []
    for name, ran in (
        (
            "serial.json",
            served.run(
                "--interface", str(served.interface), "--json", str(tmp_path / "serial.json")
            ),
        ),
        (
            "builtin.json",
            tinysim(
                *("run", "sww", "--image", str(firmware / "sww_dsp.elf"), "--tier", "T2"),
                *("--official", "--wav", str(served.wav), "--json", str(tmp_path / "builtin.json")),
            ),
        ),
    ):
        assert ran.returncode == 0, ran.stderr
        result = json.loads((tmp_path / name).read_text())
        found.append((result if isinstance(result, dict) else result[0])["streaming"])
    measured, emulated = (streaming["recordings"][0] for streaming in found)
    assert measured["activations"] == emulated["activations"]
    assert measured["frames"] == emulated["frames"] == 93
    assert measured["detections_s"] == pytest.approx(emulated["detections_s"], abs=0.0011)
    assert measured["duty_cycle"] == pytest.approx(emulated["duty_cycle"], rel=0.001)
    assert measured["period_us"] == pytest.approx(32_000, rel=0.001)
    assert measured["overrun"] is None


def test_what_a_board_at_two_ports_cannot_do_is_said(served: _Served, tmp_path: Path) -> None:
    other = write_wav(tmp_path / "other.wav", np.zeros((32_000, 2)))
    interface = ("--interface", str(served.interface))
    for arguments, wav, why in (
        ((), None, "needs --interface, the interface board's port, too"),
        (interface, other, "other.wav: not on the interface board's SD card, which has: noise.wav"),
        ((*interface, "--mode", "energy"), None, "energy mode is timed by a pin"),
    ):
        ran = served.run(*arguments, wav=wav)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert why in ran.stderr.replace("\n", " ")
