"""What plays sounds to a board that listens, and watches its pins."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..benchmarks import Sample
from ..benchmarks.streaming import RATE_HZ, STRIDE
from ..devices import InterfaceBoard
from ..engines import Engine
from ..engines.base import Attended, Wired
from ..errors import EngineError, LinkError, ProtocolError
from ..power import Activity
from ..power.activity import voltage_range
from ..protocol import Dut

_SLICE_S = 0.01
_AFTER_S = 0.25
"""As the official runner waits before it stops the device."""
_MORE_S = 10.0
"""Over a sound's length, as the official runner waits for its end."""
_KEPT = 100
"""Frames whose duty cycle the interface board keeps."""


@dataclass(frozen=True)
class Heard:
    """What the pins have done since `record`, in nanoseconds: falls of PB8, rises and falls of PE9.

    `starts` and `stops` are those of all frames, or of the first ones where a board keeps no more.
    `lost` samples found no room in the device, the first of them in frame `lost_frame`.
    """

    detections: Sequence[int]
    starts: Sequence[int]
    stops: Sequence[int]
    lost: int = 0
    lost_frame: int | None = None

    @property
    def first_frames(self) -> tuple[Sequence[int], Sequence[int]]:
        """Starts and stops of the frames whose duty cycle counts."""
        return self.starts[:_KEPT], self.stops[:_KEPT]


class Stage(Protocol):
    """An interface board."""

    plays_parts: bool
    """Whether it can play a part of a sound, or whole files alone."""
    times_energy: bool
    """Whether the device's timestamp pin is seen."""

    activity: Activity | None
    """What the device did while the last sound was played; None where nobody counts it."""

    def record(self) -> None:
        """Forget what was recorded; time begins anew."""

    def play(self, sample: Sample) -> None:
        """Play a sound to its end, and let the device finish.

        Raises:
            EngineError: it cannot be played.

        """

    def heard(self) -> Heard:
        """What was recorded."""


class EmulatedStage:
    """In virtual time, wired to an emulated device."""

    plays_parts = True
    times_energy = True

    def __init__(self, engine: Wired) -> None:
        self._engine = engine
        self._board = InterfaceBoard(engine)
        self.activity: Activity | None = None
        self._lost_frame: int | None = None

    def record(self) -> None:
        self._board.record()
        self._lost_frame = None

    def play(self, sample: Sample) -> None:
        board, engine = self._board, self._engine
        before = engine.counters()
        board.play(sample.inputs[0])
        while board.playing:
            engine.run_for(_SLICE_S)
            board.listen()
            if self._lost_frame is None and board.lost:
                self._lost_frame = board.played // STRIDE
        self.activity = Activity.between(
            before, engine.counters(), engine.clock_hz(), voltage_range(engine.machine)
        )
        end_s = engine.time_s() + _AFTER_S
        while engine.time_s() < end_s:
            engine.run_for(_SLICE_S)

    def heard(self) -> Heard:
        board = self._board
        board.listen()
        return Heard(board.detections, board.starts, board.stops, board.lost, self._lost_frame)


class RemoteStage:
    """A real interface board on a serial port, with the sounds on its SD card. What it prints is
    believed when it was printed twice.
    """

    plays_parts = False
    times_energy = False
    activity: Activity | None = None

    def __init__(self, board: Dut) -> None:
        self._board = board

    def record(self) -> None:
        if "Now recording detections" not in self._ask("record_detections"):
            raise LinkError("record_detections: the interface board has not said that it records")

    def play(self, sample: Sample) -> None:
        sounds = self._ask("ls")
        if sample.file not in sounds:
            raise EngineError(
                f"{sample.file}: not on the interface board's SD card, which has: "
                f"{', '.join(sounds) or 'nothing'}"
            )
        seconds = len(sample.inputs[0]) / 4 / RATE_HZ
        said = [
            line.text.strip()
            for line in self._board.command(f"play {sample.file}", seconds + _MORE_S)
        ]
        if "succeeded." not in said:
            raise EngineError(f"play {sample.file}: the interface board says: {' '.join(said)}")
        time.sleep(_AFTER_S)

    def heard(self) -> Heard:
        detections = self._numbers("print_detections", "Detection Timestamps (ms)")
        starts, stops = self._numbers(
            "print_dutycycle", "Duty cycle start times (s)", "Duty cycle stop times (s)"
        )
        return Heard(
            [ms * 1_000_000 for ms in detections[0]],
            [tens * 10_000 for tens in starts],
            [tens * 10_000 for tens in stops],
        )

    def _ask(self, command: str) -> list[str]:
        return [line.text.strip() for line in self._board.command(command)]

    def _numbers(self, command: str, *headings: str) -> list[list[int]]:
        """The numbers below each heading."""
        said = self._ask(command)
        if said != self._ask(command):
            raise LinkError(f"{command}: the interface board has given two different answers")
        lists: list[list[int]] = []
        for line in said:
            if line in headings:
                lists.append([])
            elif not lists or not re.fullmatch(r"[\d, ]*", line):
                raise ProtocolError(f"{command}: '{line[:60]}': numbers were expected")
            else:
                lists[-1] += [int(part) for part in line.split(",") if part.strip()]
        if len(lists) != len(headings):
            raise ProtocolError(f"{command}: '{headings[len(lists)]}' was expected")
        return lists


def stage_of(engine: Engine) -> Stage:
    """The interface board of an engine's board.

    Raises:
        EngineError: it has none.

    """
    if isinstance(engine, Wired):
        return EmulatedStage(engine)
    if isinstance(engine, Attended):
        return RemoteStage(Dut(engine.interface()))
    raise EngineError(f"engine '{engine.name}' has no board that sounds can be played to")
