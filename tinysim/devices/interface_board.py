"""The streaming benchmark's interface board: plays sounds to a device and records its pins.

An STM32H573I-DK with the official firmware, as the device sees it.
"""

from collections.abc import Sequence
from typing import Protocol

from .._core import Machine
from .audio import AudioPort

RATE_HZ = 16_000
_DETECTED = ("gpiob", 8)
"""Falls when the device has heard the wake word."""
_BUSY = ("gpioe", 9)
"""High while the device processes a frame."""
_DEAF_MS = 10
"""A detection so soon after the last is none of its own."""
_MOST_DETECTIONS = 10_000
_MOST_FRAMES = 100
"""Of which the duty cycle is kept."""


class Edge(Protocol):
    """An edge of one of the device's pins."""

    @property
    def time_ns(self) -> int: ...
    @property
    def rising(self) -> bool: ...


class Device(Protocol):
    """The device's board, with wires to it."""

    @property
    def machine(self) -> Machine: ...
    def watch_pin(self, port: str, pin: int) -> None: ...
    def pin_edges(self, port: str, pin: int) -> Sequence[Edge]: ...


class InterfaceBoard:
    """Wired to a device that has not been booted yet, or has.

    `detections`, `starts` and `stops` are nanoseconds since `record`: all of them, where the board
    itself keeps what `detections_ms` and `duty_10us` have.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        for port, pin in (_DETECTED, _BUSY):
            device.watch_pin(port, pin)
        self._source = AudioPort(device.machine, "sai1", "A", rate_hz=RATE_HZ)
        self._zero_ns = 0
        self._playing = False
        self.detections: list[int] = []
        self.starts: list[int] = []
        self.stops: list[int] = []

    def record(self) -> None:
        """Forget what was recorded; time begins anew."""
        self.listen()
        self._zero_ns = self._device.machine.time_ns
        self.detections, self.starts, self.stops = [], [], []

    def play(self, frames: bytes) -> None:
        """Play from now on: left and right in turn, 16 bits each."""
        self._source.play(frames)
        self._playing = True

    def listen(self) -> None:
        """Take down what the pins have done meanwhile."""
        for edge in self._device.pin_edges(*_BUSY):
            (self.starts if edge.rising else self.stops).append(edge.time_ns - self._zero_ns)
        for edge in self._device.pin_edges(*_DETECTED):
            if not edge.rising:
                self._detect(edge.time_ns - self._zero_ns)

    def _detect(self, time_ns: int) -> None:
        last = self.detections[-1] // 1_000_000 if self.detections else -_DEAF_MS - 1
        if len(self.detections) < _MOST_DETECTIONS and last < time_ns // 1_000_000 - _DEAF_MS:
            self.detections.append(time_ns)

    @property
    def playing(self) -> bool:
        """Whether a sound is still on the line."""
        self._playing = self._playing and self._source.played < self._source.frames
        return self._playing

    @property
    def played(self) -> int:
        """Frames of the sound that have been on the line."""
        return self._source.played

    @property
    def lost(self) -> int:
        """Samples that found no room in the device."""
        return self._source.lost

    @property
    def detections_ms(self) -> list[int]:
        """As the board prints them."""
        return [time_ns // 1_000_000 for time_ns in self.detections]

    @property
    def first_frames(self) -> tuple[list[int], list[int]]:
        """When processing began and ended, for the frames whose duty cycle the board keeps."""
        return self.starts[:_MOST_FRAMES], self.stops[:_MOST_FRAMES]

    @property
    def duty_10us(self) -> tuple[list[int], list[int]]:
        """The same in tens of microseconds, as the board prints them."""
        starts, stops = self.first_frames
        return [t // 10_000 for t in starts], [t // 10_000 for t in stops]
