"""The streaming firmware's commands that try its parts on a captured sound."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tinysim.benchmarks import BENCHMARKS
from tinysim.devices import InterfaceBoard
from tinysim.engines.builtin import BuiltinEngine
from tinysim.features import sww_firmware
from tinysim.image import load_image
from tinysim.models import find_model, host
from tinysim.models.prepare import prepare
from tinysim.platform import load_board
from tinysim.protocol import Dut

_SCALE = float(np.float32(0.0037010426167398691))
_COMPLETED = "DMA Receive completed"


class _Listener:
    """A board that has booted, and what plays to it."""

    def __init__(self, firmware: Path) -> None:
        image = load_image(firmware / "sww_dsp.elf")
        self.engine = BuiltinEngine(load_board(), image, {"tier": "T0"})
        self.board = InterfaceBoard(self.engine)
        self.engine.boot()
        self.dut = Dut(self.engine)
        self.dut.wait_ready(15)

    def ask(self, command: str) -> list[str]:
        return [line.text.strip() for line in self.dut.command(command, 60)]

    def play(self, samples: NDArray[np.int16]) -> None:
        self.board.play(samples.tobytes())
        while self.board.playing:
            self.engine.run_for(0.01)

    def capture(self, samples: NDArray[np.int16], count: int) -> list[int]:
        """Play, with `i2scap` on; what the board prints of it."""
        assert self.ask(f"i2scap {count}")[-1] == "DMA receive initiated."
        self.board.play(samples.tobytes())
        line = ""
        while not line.startswith(_COMPLETED):
            line = self.engine.read_line(10).text.strip()
        assert line == f"{_COMPLETED} {count // 1024 * 1024} int16s read out of {count} requested"
        text = ""
        while "]" not in text:
            text += self.engine.read_line(10).text
        return [int(number) for number in text.strip(" []\r\n").split(",")]


@pytest.fixture
def listener(firmware: Path) -> _Listener:
    return _Listener(firmware)


def _noise(frames: int) -> NDArray[np.int16]:
    return np.random.default_rng(7).integers(-9000, 9000, (frames, 2)).astype(np.int16)


def _answers(features: NDArray[np.int8]) -> list[list[int]]:
    """The host's, for each frame."""
    model = find_model(BENCHMARKS["sww"])[0].path
    inputs = [frame.tobytes() for frame in sww_firmware.inputs(features)]
    answers = host.run(model.read_bytes(), prepare(model, int8_ends=True).lowered.graph, inputs)
    return [np.frombuffer(answer[0], np.int8).tolist() for answer in answers]


def test_a_sound_is_captured_as_it_was_played(listener: _Listener) -> None:
    sound = _noise(2000)
    assert listener.capture(sound, 3000) == sound.ravel()[:2048].tolist()
    assert "idle" in listener.ask("state")[1]
    assert listener.ask("start")[-1] == "DMA receive initiated."
    listener.ask("stop")
    refused = listener.ask("extract")[1]  # its memory was needed
    assert refused == "Error: i2scap has captured 0 samples, 1024 from 0 on are needed"


def test_features_and_activations_of_a_captured_sound_are_the_hosts(listener: _Listener) -> None:
    sound = _noise(5000)
    listener.capture(sound, 8192)
    left = sound[:4096, 0]
    said = listener.ask("extract 512")
    assert re.fullmatch(r"features::compute took \d+ us", said[1])
    told = json.loads("".join(said[2:]))
    assert told["Input"] == left[512:1536].tolist()
    assert told["Output"] == sww_firmware.features(left[512:1536], _SCALE)[1].tolist()
    features = sww_firmware.features(left, _SCALE)[1:]  # the first one's window is half a frame
    expected = _answers(features)
    text = "".join(listener.ask("infer_wav 0")[1:])
    frames = re.findall(r"\(\[([^\]]*)\], (?:\[\d+\]: Detection \(\d+\))?(-?\d+)\),", text)
    assert [[int(n) for n in part.split(",")] for part, _ in frames] == features.tolist()
    assert [int(value) for _, value in frames] == [answer[0] for answer in expected]
    assert listener.ask("run_model")[-1] == f"Output = {expected[-1]}"
    assert "Error: i2scap has captured 4096" in listener.ask("infer_wav 3500")[1]


def test_a_capture_can_be_stopped(listener: _Listener) -> None:
    listener.ask("i2scap 32000")
    assert listener.ask("start")[1] == "I2S Rx currently in progress. Ignoring request"
    assert "capturing" in listener.ask("state")[1]
    assert listener.ask("stop")[1:] == ["Wav capture stopped."]
    assert "From 1024 to 32000 samples" in listener.ask("i2scap 99999")[1]


def test_what_could_not_be_printed_is_in_the_log(listener: _Listener) -> None:
    listener.ask("start")
    listener.play(_noise(2048))
    listener.ask("stop")
    said = listener.ask("log")
    assert said[1] == "Log contents[cp=1]:"
    assert re.fullmatch(r"<\[0\]: detection \(-?\d+\)", said[2])  # the first frame always is one
    assert listener.ask("log")[1:] == ["Log contents[cp=0]:", "<>"]
