"""Streaming: how long the board works on each frame of a sound, and what it hears in it."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import numpy as np

from ..benchmarks import Sample
from ..benchmarks.streaming import MOST_WRONG, OFFICIAL_WINDOWS, cut
from ..devices import InterfaceBoard
from ..engines.base import Line, Wired
from ..errors import EngineError, ProtocolError
from ..power import Activity
from ..power.activity import voltage_range
from ..results import InputResult, Profile, Recording, Result, Streaming, WindowResult
from ..scoring import detections
from ..timeouts import TIMEOUTS
from .energy import between
from .performance import OFFICIAL_US
from .profile import profile_inference
from .session import Booted, Progress, Setup, boot, make_result

STRIDE = 512
"""Samples that a frame moves on by."""
RATE_HZ = 16_000
QUICK_S = 4.0
"""Of a sound in performance and energy mode, for the hundred frames that count and some more."""
_SLICE_S = 0.01
_AFTER_S = 0.25
"""As the official runner waits before it stops the device."""
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
        samples = samples[:1] if setup.official else [cut(samples[0], QUICK_S)]
    setup = replace(setup, dataset=replace(setup.dataset, samples=tuple(samples)))
    with boot(setup, energy=mode == "energy", any_mode=mode != "energy") as booted:
        engine, board = _wired(booted)
        recordings, windows, outputs = [], [], []
        timed_us: list[int] = []
        for number, sample in enumerate(samples):
            recording, window, output = _measure(setup, booted, engine, board, sample)
            recordings.append(recording)
            windows.append(window)
            outputs.append(output)
            if mode == "energy":
                edges = engine.edges()
                timed_us.append(round(between(setup.image.path, edges) / 1000))
            if progress:
                progress(number + 1, len(samples))
        profile = _profiled(setup, booted, engine, board, setup.benchmark.dialogue.function)
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
                "warnings": (*result.warnings, *_warnings(recordings), *_unpowered(mode)),
            }
        )


def profile_frame(setup: Setup, function: str) -> Profile | None:
    """What one call of a function takes while silence is played.

    Raises:
        TinySimError: see `run_streaming`.

    """
    with boot(setup, any_mode=True) as booted:
        return _profiled(setup, booted, *_wired(booted), function)


def _wired(booted: Booted) -> tuple[Wired, InterfaceBoard]:
    engine = booted.engine
    if not isinstance(engine, Wired):
        raise EngineError(f"engine '{engine.name}' has no board that sounds can be played to")
    return engine, InterfaceBoard(engine)


def _profiled(
    setup: Setup, booted: Booted, engine: Wired, board: InterfaceBoard, function: str
) -> Profile | None:
    silence = bytes(2 * STRIDE * 4)

    def hear_two_frames() -> None:
        with _streaming(booted, engine, board):
            _play(engine, board, silence)

    return profile_inference(setup, booted, function, hear_two_frames)


@contextmanager
def _streaming(booted: Booted, engine: Wired, board: InterfaceBoard) -> Iterator[list[Line]]:
    """The board listens meanwhile; what it says at the end."""
    booted.dut.command("stop", TIMEOUTS.stop)  # in case it was not stopped earlier
    engine.edges()
    booted.dut.command("start")
    board.record()
    said: list[Line] = []
    yield said
    said += booted.dut.command("stop", TIMEOUTS.stop)
    board.listen()


def _play(engine: Wired, board: InterfaceBoard, sound: bytes) -> int | None:
    """Play a sound to its end; the frame in which the first sample was lost, if one was."""
    board.play(sound)
    lost: int | None = None
    while board.playing:
        engine.run_for(_SLICE_S)
        board.listen()
        if lost is None and board.lost:
            lost = board.played // STRIDE
    end_s = engine.time_s() + _AFTER_S
    while engine.time_s() < end_s:
        engine.run_for(_SLICE_S)
    board.listen()
    return lost


def _measure(
    setup: Setup, booted: Booted, engine: Wired, board: InterfaceBoard, sample: Sample
) -> tuple[Recording, WindowResult, InputResult]:
    with _streaming(booted, engine, board) as said:
        lost = _play(engine, board, sample.inputs[0])
    starts, stops = board.first_frames
    count = min(len(starts), len(stops))
    if count < 2:
        raise ProtocolError(
            f"{setup.image.path}: PE9 was high {count} times while {sample.file} was played: no "
            "frames were processed"
        )
    if not board.detections:
        raise ProtocolError(
            f"{setup.image.path}: PB8 never fell: without its pulse in the first frame there is no "
            "time zero"
        )
    zero = board.detections[0]
    times = [(t - zero) / 1e9 for t in board.detections[1:]]
    hits, misses, wrong = detections(times, sample.windows)
    on_ns = [stop - start for start, stop in zip(starts, stops, strict=False)]
    periods_ns = np.diff(starts)
    activations = _activations(said)
    frame = lost if lost is not None else _late_frame(board.starts)
    recording = Recording(
        file=sample.file,
        seconds=len(sample.inputs[0]) / 4 / RATE_HZ,
        frames=len(board.starts),
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
        samples_lost=board.lost,
    )
    window = WindowResult(
        file=sample.file,
        inferences=count,
        warmups=0,
        elapsed_us=max(1, round(sum(on_ns) / 1000)),
        instructions=0,
        cycles=round(sum(on_ns) * engine.clock_hz() / 1e9),
    )
    answers = [",".join(map(str, values)) for values in (activations, board.detections_ms)]
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


def _unpowered(mode: Mode) -> list[str]:
    if mode != "energy":
        return []
    return [
        "no energy is given: the board sleeps between frames, and only the current of a core that "
        "runs is known"
    ]


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


def stream_activity(setup: Setup) -> Activity | None:
    """What the core and its memories do while the first sound's beginning is played.

    Raises:
        TinySimError: see `run_streaming`.

    """
    with boot(setup, any_mode=True) as booted:
        engine, board = _wired(booted)
        with _streaming(booted, engine, board):
            before = engine.counters()
            board.play(cut(setup.dataset.samples[0], QUICK_S).inputs[0])
            while board.playing:
                engine.run_for(_SLICE_S)
                board.listen()
            after = engine.counters()
        return Activity.between(before, after, engine.clock_hz(), voltage_range(engine.machine))
