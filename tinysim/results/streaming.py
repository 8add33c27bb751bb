"""What came of listening to sounds."""

from typing import Annotated

from pydantic import Field

from .part import Amount, Count, Part


class Recording(Part):
    """A sound that was played to the board, and what the board did.

    Seconds count from the first pulse of the detection pin, which every sound has in its first
    frame. Duty cycle, period, processing time and its times are those of the first 100 frames;
    positives are by the official runner's rules, those of a window by the window's start.
    """

    file: str
    seconds: Amount
    frames: Count
    duty_cycle: Amount
    period_us: Annotated[float, Field(gt=0)]
    period_variation: Amount
    processing_us: Amount
    windows: tuple[tuple[float, float], ...] = ()
    detections_s: tuple[float, ...] = ()
    true_positives: tuple[float, ...] = ()
    false_negatives: tuple[float, ...] = ()
    false_positives: tuple[float, ...] = ()
    activations: tuple[int, ...] = ()
    """Output 0 of each frame, where the board tells."""
    starts_s: tuple[float, ...] = ()
    stops_s: tuple[float, ...] = ()
    envelope: tuple[int, ...] = ()
    """The loudest samples of equal parts of the sound."""
    overrun: Count | None = None
    """The first frame for which the board was too slow."""
    samples_lost: Count = 0


class Streaming(Part):
    """What came of listening; duty cycle, period and processing time are those of the first sound.
    `passed` is None where the closed division has no target: for any sounds but the official ones.
    """

    scored: bool
    official: bool
    passed: bool | None
    duty_cycle: Amount
    period_us: Annotated[float, Field(gt=0)]
    processing_us: Amount
    timed_us: Count | None = None
    """In energy mode, between the timestamps at the start and at the stop."""
    recordings: Annotated[tuple[Recording, ...], Field(min_length=1)]

    @property
    def is_overrun(self) -> bool:
        """Whether the board was too slow for a frame."""
        return any(recording.overrun is not None for recording in self.recordings)

    @property
    def counts(self) -> tuple[int, int, int]:
        """True positives, false negatives and false positives."""
        return (
            sum(len(r.true_positives) for r in self.recordings),
            sum(len(r.false_negatives) for r in self.recordings),
            sum(len(r.false_positives) for r in self.recordings),
        )
