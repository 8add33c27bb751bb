"""The streaming wake word: our firmware, a sound, and an interface board."""

import json
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest
import serial

from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import Dataset, find_dataset, read_given
from tinysim.devices import InterfaceBoard
from tinysim.engines.builtin import BuiltinEngine
from tinysim.errors import ProtocolError
from tinysim.features import sww_firmware
from tinysim.image import load_image
from tinysim.models import find_model, host
from tinysim.models.prepare import prepare
from tinysim.platform import load_board
from tinysim.protocol import Dut
from tinysim.runs import Setup
from tinysim.runs.streaming import run_streaming

from .test_cli import tinysim

_SWW = BENCHMARKS["sww"]
_SCALE = float(np.float32(0.0037010426167398691))


def _setup(image: Path, dataset: Dataset, **options: int | str) -> Setup:
    return Setup(
        benchmark=_SWW,
        board=load_board(),
        image=load_image(image),
        dataset=dataset,
        options={"tier": "T2", **options},
        model=find_model(_SWW)[0],
    )


def _write(path: Path, samples: np.ndarray, channels: int = 2, rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def _host_activations(samples: np.ndarray, model: Path) -> tuple[int, ...]:
    """Output 0 for each frame: features in Python, the model by the host's interpreter."""
    prepared = prepare(model, int8_ends=True)
    inputs = sww_firmware.inputs(sww_firmware.features(samples, _SCALE))
    answers = host.run(
        model.read_bytes(), prepared.lowered.graph, [frame.tobytes() for frame in inputs]
    )
    return tuple(int(np.frombuffer(answer[0], np.int8)[0]) for answer in answers)


def test_the_official_sound_is_heard_as_on_the_host(firmware: Path, assets: Path) -> None:
    """Frame by frame; and the official README's two of three."""
    dataset = find_dataset(_SWW)
    result = run_streaming(_setup(firmware / "sww_dsp.elf", dataset), "accuracy")
    assert result.streaming is not None
    (heard,) = result.streaming.recordings
    left = np.frombuffer(dataset.samples[0].inputs[0], "<i2")[::2]
    expected = _host_activations(left, assets / "models" / _SWW.model_file)
    assert len(expected) == heard.frames == 312
    assert heard.activations == expected
    # The first frame always gives a pulse, which is time zero.
    over = [number for number, value in enumerate(expected) if number and value > 115]
    assert heard.detections_s == pytest.approx([0.032 * n for n in over], abs=0.001)
    assert result.streaming.counts == (2, 1, 0)
    assert heard.false_negatives == (7.0,)
    assert result.streaming.passed is None  # not the sound that counts
    assert heard.period_us == pytest.approx(32_000, rel=1e-5)
    assert heard.duty_cycle == pytest.approx(heard.processing_us / heard.period_us, rel=1e-4)
    assert result.latency_us == pytest.approx(heard.processing_us, rel=1e-4)
    assert heard.overrun is None and not result.is_missed
    assert result.profile is not None
    layers = result.profile.layers
    assert len(layers) == 11
    assert sum(layer.macs or 0 for layer in layers) == _SWW.macs


def test_both_builds_agree_and_sleep_between_frames(firmware: Path, tmp_path: Path) -> None:
    """In energy mode the line is at 9600 Bd and the pin tells when power is measured."""
    noise = np.random.default_rng(3).integers(-8000, 8000, (16_000, 2))
    sound = read_given(_write(tmp_path / "noise.wav", noise), None)
    answers = set()
    for name, baud in (("sww_dsp", 115_200), ("sww_dsp_energy", 9600)):
        image = firmware / f"{name}.elf"
        result = run_streaming(_setup(image, sound), "performance")
        assert result.baud == pytest.approx(baud, rel=0.01)
        assert result.streaming is not None
        answers.add(result.streaming.recordings[0].activations)
    assert len(answers) == 1
    left = noise[:, 0].astype(np.int16)
    assert answers == {_host_activations(left, find_model(_SWW)[0].path)}
    engine = BuiltinEngine(load_board(), load_image(image), {"tier": "T0"})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready(15)
    engine.edges()
    dut.command("start")
    before = engine.counters().instructions
    engine.run_for(1.0)
    assert engine.counters().instructions - before < 1000  # nothing plays: it sleeps
    dut.command("stop")
    assert [edge.rising for edge in engine.edges()] == [False, True] * 2


def test_energys_window_goes_from_the_starts_timestamp_to_the_stops(
    firmware: Path, tmp_path: Path
) -> None:
    """The whole sound, and the quarter of a second that the official runner waits after it."""
    noise = np.random.default_rng(4).integers(-8000, 8000, (32_000, 2))
    sound = read_given(_write(tmp_path / "noise.wav", noise), None)
    result = run_streaming(_setup(firmware / "sww_dsp_energy.elf", sound), "energy")
    assert result.streaming is not None and result.streaming.timed_us is not None
    assert 2_250_000 <= result.streaming.timed_us < 2_350_000
    assert result.energy is not None and result.energy.per_inference_uj is None
    asleep = result.energy.activity.asleep
    assert asleep == pytest.approx(1 - result.streaming.duty_cycle, abs=0.03)
    with pytest.raises(ProtocolError, match="image for performance mode"):
        run_streaming(_setup(firmware / "sww_dsp.elf", sound), "energy")


def test_a_clock_that_is_too_slow_is_an_overrun_with_a_frame(
    firmware: Path, tmp_path: Path
) -> None:
    """Said by the run, from the pins alone, and by the firmware; the exit code is 1."""
    silence = _write(tmp_path / "silence.wav", np.zeros((16_000, 2)))
    ran = tinysim(
        *("run", "sww", "--image", str(firmware / "sww_dsp.elf"), "--tier", "T2"),
        *("--set", "clock=24MHz", "--wav", str(silence), "--json", str(tmp_path / "o.json")),
    )
    assert ran.returncode == 1
    assert "OVERRUN in frame 1 of silence.wav" in ran.stdout.replace("\n", " ")
    assert "\\n" not in ran.stdout  # headings of two lines are such
    heard = json.loads((tmp_path / "o.json").read_text())["streaming"]["recordings"][0]
    assert heard["overrun"] == 1 and heard["frames"] < 31
    engine = BuiltinEngine(
        load_board(), load_image(firmware / "sww_dsp.elf"), {"tier": "T0", "clock": 24_000_000}
    )
    board = InterfaceBoard(engine)
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready(15)
    dut.command("start")
    board.play(bytes(4 * 16_000))
    while board.playing:
        engine.run_for(0.01)
    said = [line.text for line in dut.command("stop", 10)]
    assert any(line.startswith("Error: overrun in frame 1, ") for line in said)


def test_ones_own_sound_is_scored_by_its_windows(
    firmware: Path, tmp_path: Path, assets: Path
) -> None:
    """A part of the official one, in one channel; and a window in which nothing is said."""
    sound = read_given(assets / "datasets" / "sww01" / "short_wav_easy10s.wav", None)
    frames = np.frombuffer(sound.samples[0].inputs[0], "<i2").reshape(-1, 2)
    wav = _write(tmp_path / "mine.wav", frames[8000:48_000, :1], channels=1)
    windows = tmp_path / "mine.json"
    windows.write_text("[[0.5, 1.15], [2.0, 2.1]]")
    ran = tinysim(
        *("run", "sww", "--image", str(firmware / "sww_dsp.elf"), "--mode", "accuracy"),
        *("--wav", str(wav), "--windows", str(windows)),
    )
    assert ran.returncode == 0, ran.stderr
    assert "1 TP, 1 FN, 0 FP" in ran.stdout


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[[2.0, 1.0]]", "a window from 2 to 1 s is none"),
        ("[1, 2]", "not a list of sounds or windows"),
        ("[[0.02, 0.05], [0.1, 0.2]]", "is 0.10 s long, and a window begins at 0.1 s"),
        ("[]", "has no window: without --windows nothing is scored"),
        ('[{"wav_file": "other.wav", "detection_windows": []}, {"wav_file": "b.wav"}]', "nothing"),
    ],
)
def test_windows_that_are_none_are_refused(tmp_path: Path, content: str, why: str) -> None:
    wav = _write(tmp_path / "a.wav", np.zeros((1600, 2)))
    (tmp_path / "w.json").write_text(content)
    ran = tinysim("run", "sww", "--wav", str(wav), "--windows", str(tmp_path / "w.json"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert why in ran.stderr.replace("\n", " ")


@pytest.mark.parametrize("samples", [0, 1, 1023])
def test_a_sound_too_short_for_a_frame_is_refused(tmp_path: Path, samples: int) -> None:
    wav = _write(tmp_path / "a.wav", np.zeros((samples, 2)))
    ran = tinysim("run", "sww", "--wav", str(wav))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"a.wav: {samples} samples; the first frame has 1024" in ran.stderr.replace("\n", " ")


def test_sounds_go_with_what_listens(tmp_path: Path) -> None:
    fast = _write(tmp_path / "a.wav", np.zeros((1600, 2)), rate=44_100)
    for arguments, why in (
        (("kws", "--wav", str(fast)), "a benchmark that listens|one benchmark that listens"),
        (("sww", "--windows", str(fast)), "--windows goes with --wav"),
        (("sww", "--wav", str(fast)), "44100 Hz"),
        (("sww", "--engine", "renode"), "--engine renode has no board for it yet"),
    ):
        ran = tinysim("run", *arguments)
        assert ran.returncode == 2
        assert any(part in ran.stderr.replace("\n", " ") for part in why.split("|")), ran.stderr


def test_the_interface_board_has_a_port_of_its_own(firmware: Path, tmp_path: Path) -> None:
    """A client with the official runner's habits; what it reads is what `run` says."""
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    noise = np.random.default_rng(5).integers(-3000, 3000, (64_000, 2))
    wav = _write(sounds / "noise.wav", noise)
    ours = run_streaming(_setup(firmware / "sww_dsp.elf", read_given(wav, None)), "performance")
    device, interface = tmp_path / "device", tmp_path / "interface"
    server = subprocess.Popen(
        [
            *(sys.executable, "-c", "from tinysim.cli import main; main()", "serve", "sww"),
            *("--image", str(firmware / "sww_dsp.elf"), "--tier", "T2", "--pty", str(device)),
            *("--interface-pty", str(interface), "--sounds", str(sounds)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert [server.stdout.readline().strip() for _ in range(2)] == [str(device), str(interface)]
    try:
        with (
            serial.Serial(str(device), 115200, timeout=20) as dut,
            serial.Serial(str(interface), 115200, timeout=20) as board,
        ):

            def ask(link: serial.Serial, command: str) -> list[str]:
                link.write(command.encode() + b"%")
                lines = [""]
                while "m-ready" not in lines[-1]:
                    lines.append(link.readline().decode().strip())
                    assert lines[-1] or link.in_waiting, f"no answer to {command}"
                return lines[1:]

            assert ask(board, "setbaud 115200") == ["set baud to: 115200", "m-ready"]
            assert ask(board, "ls") == ["noise.wav", "m-ready"]
            assert ask(board, "play none.wav")[1].startswith("Error playing file.")
            assert "m-model-[sww01]" in ask(dut, "profile")
            assert ask(board, "dut name") == ["m-dut-passthrough(name)", "m-ready"]
            passed = [board.readline().decode().strip() for _ in range(3)]
            assert passed[1:] == ["[dut]: m-name-dut-[tinysim]", "[dut]: m-ready"]
            ask(dut, "stop")
            ask(dut, "start")
            assert ask(board, "record_detections") == ["Now recording detections", "m-ready"]
            played = ask(board, "play noise.wav")
            assert played == ["Attempting to play noise.wav", "succeeded.", "m-ready"]
            time.sleep(0.25)
            ask(dut, "stop")
            heard = ask(board, "print_detections")
            duty = ask(board, "print_dutycycle")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
        server.stdout.close()
    assert heard[0] == "Detection Timestamps (ms)"
    times = [int(line.rstrip(",")) for line in heard[1:-1]]
    assert ours.streaming is not None
    expected = ours.streaming.recordings[0]
    assert [t - times[0] for t in times[1:]] == pytest.approx(
        [1000 * t for t in expected.detections_s], abs=1
    )
    middle = duty.index("Duty cycle stop times (s)")
    starts, stops = (
        np.array([int(v) for line in part for v in line.split(",") if v.strip()])
        for part in (duty[1:middle], duty[middle + 1 : -1])
    )
    assert len(starts) == len(stops) == 100
    assert (stops - starts).mean() / np.diff(starts).mean() == pytest.approx(
        expected.duty_cycle, rel=0.001
    )
