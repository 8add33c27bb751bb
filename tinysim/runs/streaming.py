"""Streaming: how long the board works on each frame of a sound, and what it hears in it."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import numpy as np

from ..benchmarks import Sample
from ..benchmarks.streaming import MOST_WRONG, OFFICIAL_WINDOWS, RATE_HZ, STRIDE, cut
from ..engines.base import Line
from ..errors import EngineError, ProtocolError
from ..power import Activity
from ..results import InputResult, Profile, Recording, Result, Streaming, WindowResult
from ..scoring import detections
from ..timeouts import TIMEOUTS
from .booted import Booted, boot
from .energy import between, estimate_energy
from .performance import OFFICIAL_US
from .profile import profile_inference
from .setup import Progress, Setup
from .stages import Stage, stage_of
from .summary import make_result

QUICK_S = 4.0
"""Of a sound in performance and energy mode, for the hundred frames that count and some more."""
_MOST_VARIATION = 0.02
"""Of the period, before the official runner warns."""
_ENVELOPE = 500
"""Points of a sound that a page shows."""
_ACTIVATIONS = re.compile(r"target activations:\s*\[([^\]]*)\]")


Mode = Literal["performance", "accuracy", "energy"]


def run_streaming(setup: Setup, mode: Mode, progress: Progress | None = None) -> Result:
    """Play sounds to the board as the official runner lets the interface board do it.

    Performance and energy take the beginning of the first sound, with `setup.official` all of it,
    and hold detections against its windows then; accuracy does with every sound. Energy's window
    goes from the timestamp at the start to the one at the stop.

    Raises:
        EngineError: nothing can be played to this engine's board.
        ProtocolError: the board processed nothing, or a window of energy has not two timestamps.
        TinySimError: see `boot` and `protocol.Dut`.

    """
    started = time.perf_counter()
    samples: Sequence[Sample] = setup.dataset.samples
    is_twin = setup.model is not None and setup.model.is_twin
    scored = (mode == "accuracy" or setup.official) and not is_twin
    if mode != "accuracy":
        samples = samples[:1]
    setup = replace(setup, dataset=replace(setup.dataset, samples=tuple(samples)))
    with boot(setup, energy=mode == "energy", any_mode=mode != "energy") as booted:
        stage = stage_of(booted.engine)
        if mode == "energy" and not stage.times_energy:
            raise EngineError("energy mode is timed by a pin, which a serial port does not show")
        if mode != "accuracy" and not setup.official and stage.plays_parts:
            samples = [cut(samples[0], QUICK_S)]
            setup = replace(setup, dataset=replace(setup.dataset, samples=tuple(samples)))
        recordings, windows, outputs = [], [], []
        timed_us: list[int] = []
        for number, sample in enumerate(samples):
            recording, window, output = _measure(setup, booted, stage, sample)
            recordings.append(recording)
            windows.append(window)
            outputs.append(output)
            if mode == "energy":
                edges = booted.engine.edges()
                timed_us.append(round(between(setup.image.path, edges) / 1000))
            if progress:
                progress(number + 1, len(samples))
        activity = stage.activity
        profile = _profiled(setup, booted, stage, setup.benchmark.dialogue.function)
        result = make_result(
            setup,
            booted,
            mode,
            windows=windows,
            outputs=outputs,
            profile=profile,
            official_rule=setup.official
            and mode != "accuracy"
            and min(timed_us, default=OFFICIAL_US) >= OFFICIAL_US,
            wall_s=time.perf_counter() - started,
        )
        streaming = _summed(recordings, scored)
        if timed_us:
            streaming = streaming.model_copy(update={"timed_us": timed_us[0]})
        return result.model_copy(
            update={
                "streaming": streaming,
                "energy": estimate_energy(setup, activity, None) if mode == "energy" else None,
                "warnings": (*result.warnings, *_warnings(recordings)),
            }
        )


def profile_frame(setup: Setup, function: str) -> Profile | None:
    """What one call of a function takes while silence is played.

    Raises:
        TinySimError: see `run_streaming`.

    """
    with boot(setup, any_mode=True) as booted:
        return _profiled(setup, booted, stage_of(booted.engine), function)


def stream_activity(setup: Setup) -> Activity | None:
    """What the core and its memories do while the first sound's beginning is played.

    Raises:
        TinySimError: see `run_streaming`.

    """
    with boot(setup, any_mode=True) as booted:
        stage = stage_of(booted.engine)
        with _streaming(booted, stage):
            stage.play(cut(setup.dataset.samples[0], QUICK_S))
        return stage.activity


def _profiled(setup: Setup, booted: Booted, stage: Stage, function: str) -> Profile | None:
    """Over two frames of silence; None where a board plays nothing but files."""
    if not stage.plays_parts:
        return None
    silence = Sample("silence", 0, (bytes(2 * STRIDE * 4),))

    def hear_two_frames() -> None:
        with _streaming(booted, stage):
            stage.play(silence)

    return profile_inference(setup, booted, function, hear_two_frames)


@contextmanager
def _streaming(booted: Booted, stage: Stage) -> Iterator[list[Line]]:
    """The board listens meanwhile; what it says at the end."""
    booted.dut.command("stop", TIMEOUTS.stop)  # in case it was not stopped earlier
    booted.engine.edges()
    _expect("start", booted.dut.command("start"), "Listening")
    stage.record()
    said: list[Line] = []
    yield said
    said += booted.dut.command("stop", TIMEOUTS.stop)
    _expect("stop", said, "stopped")


def _expect(command: str, said: Sequence[Line], word: str) -> None:
    """A command that did not come across is no measurement."""
    if not any(word in line.text for line in said):
        answer = " ".join(line.text for line in said)
        raise ProtocolError(f"the board answered '{answer[:80]}' to {command}")


def _measure(
    setup: Setup, booted: Booted, stage: Stage, sample: Sample
) -> tuple[Recording, WindowResult, InputResult]:
    with _streaming(booted, stage) as said:
        stage.play(sample)
    heard = stage.heard()
    starts, stops = heard.first_frames
    count = min(len(starts), len(stops))
    if count < 2:
        raise ProtocolError(
            f"{setup.image.path}: PE9 was high {count} times while {sample.file} was played: no "
            "frames were processed"
        )
    if not heard.detections:
        raise ProtocolError(
            f"{setup.image.path}: PB8 never fell: without its pulse in the first frame there is no "
            "time zero"
        )
    zero = heard.detections[0]
    times = [(t - zero) / 1e9 for t in heard.detections[1:]]
    hits, misses, wrong = detections(times, sample.windows)
    on_ns = [stop - start for start, stop in zip(starts, stops, strict=False)]
    periods_ns = np.diff(starts)
    activations = _activations(said)
    frame = heard.lost_frame if heard.lost_frame is not None else _late_frame(heard.starts)
    recording = Recording(
        file=sample.file,
        seconds=len(sample.inputs[0]) / 4 / RATE_HZ,
        frames=max(len(heard.starts), len(activations)),
        duty_cycle=float(np.mean(on_ns) / np.mean(periods_ns)),
        period_us=float(np.mean(periods_ns)) / 1000,
        period_variation=float((periods_ns.max() - periods_ns.min()) / periods_ns.mean()),
        processing_us=float(np.mean(on_ns)) / 1000,
        windows=sample.windows,
        detections_s=tuple(times),
        true_positives=tuple(hits),
        false_negatives=tuple(misses),
        false_positives=tuple(wrong),
        activations=activations,
        starts_s=tuple((t - zero) / 1e9 for t in starts),
        stops_s=tuple((t - zero) / 1e9 for t in stops),
        envelope=_envelope(sample.inputs[0]),
        overrun=frame,
        samples_lost=heard.lost,
    )
    window = WindowResult(
        file=sample.file,
        inferences=count,
        warmups=0,
        elapsed_us=max(1, round(sum(on_ns) / 1000)),
        instructions=0,
        cycles=round(sum(on_ns) * booted.engine.clock_hz() / 1e9),
    )
    detections_ms = [time_ns // 1_000_000 for time_ns in heard.detections]
    answers = [",".join(map(str, values)) for values in (activations, detections_ms)]
    output = InputResult(file=sample.file, label=0, results=tuple(a for a in answers if a))
    return recording, window, output


def _activations(said: Sequence[Line]) -> tuple[int, ...]:
    found = _ACTIVATIONS.search(" ".join(line.text for line in said))
    if not found:
        return ()
    try:
        return tuple(int(part) for part in found[1].split(",") if part.strip())
    except ValueError:
        raise ProtocolError(
            f"target activations: '{found[1][:60]}': numbers were expected"
        ) from None


def _late_frame(starts: Sequence[int]) -> int | None:
    """The first frame, from 0 on, whose processing began more than half a frame late."""
    period_ns = STRIDE / RATE_HZ * 1e9
    for number, start in enumerate(starts):
        if start - starts[0] > (number + 0.5) * period_ns:
            return number
    return None


def _envelope(sound: bytes) -> tuple[int, ...]:
    """The loudest sample of each of some hundred parts of the left channel."""
    left = np.abs(np.frombuffer(sound, "<i2")[::2].astype(np.int32))
    parts = np.array_split(left, min(_ENVELOPE, len(left)))
    return tuple(int(part.max()) for part in parts)


def _summed(recordings: Sequence[Recording], scored: bool) -> Streaming:
    first = recordings[0]
    official = scored and sum(len(r.windows) for r in recordings) == OFFICIAL_WINDOWS
    wrong = max(
        sum(len(r.false_positives) for r in recordings),
        sum(len(r.false_negatives) for r in recordings),
    )
    return Streaming(
        scored=scored and any(r.windows for r in recordings),
        official=official,
        passed=wrong <= MOST_WRONG if official else None,
        duty_cycle=first.duty_cycle,
        period_us=first.period_us,
        processing_us=first.processing_us,
        recordings=tuple(recordings),
    )


def _warnings(recordings: Sequence[Recording]) -> list[str]:
    found = []
    for r in recordings:
        if r.overrun is not None:
            lost = f", and {r.samples_lost} samples found no room" if r.samples_lost else ""
            heard = int(r.seconds * RATE_HZ) // STRIDE
            found.append(
                f"OVERRUN in frame {r.overrun} of {r.file}: the board did not keep up with a frame "
                f"each 32 ms; it processed {r.frames} of {heard}{lost}"
            )
        if r.period_variation > _MOST_VARIATION:
            found.append(
                f"periods of {r.file} vary by {r.period_variation:.1%}, the official runner warns "
                f"above {_MOST_VARIATION:.0%}"
            )
    return found
