"""Current over time, as it was sampled."""

import csv
import io
from array import array
from collections.abc import Sequence
from typing import Protocol


class Sample(Protocol):
    """A step of a board's time."""

    @property
    def time_ns(self) -> int: ...
    @property
    def length_ns(self) -> int: ...
    @property
    def power_mw(self) -> float: ...
    @property
    def rose_ns(self) -> Sequence[int]: ...


class CurrentTrace:
    """Samples of a board's current; every start of the board is set behind the last."""

    def __init__(self) -> None:
        self.starts_s = array("d")
        self.lengths_s = array("d")
        self.currents_ma = array("d")
        self.events_s: list[float] = []
        self._offset_s = 0.0

    def __len__(self) -> int:
        return len(self.starts_s)

    def add(self, samples: Sequence[Sample], volts: float) -> None:
        """Keep samples, in their order."""
        for sample in samples:
            start_s = sample.time_ns / 1e9
            if len(self) and start_s + self._offset_s < self.end_s - 1e-9:
                self._offset_s = self.end_s - start_s
            self.events_s += [time_ns / 1e9 + self._offset_s for time_ns in sample.rose_ns]
            self.starts_s.append(start_s + self._offset_s)
            self.lengths_s.append(sample.length_ns / 1e9)
            self.currents_ma.append(sample.power_mw / volts)

    @property
    def end_s(self) -> float:
        """When the last sample ended."""
        return self.starts_s[-1] + self.lengths_s[-1] if len(self) else 0.0

    def bins(self, most: int) -> list[tuple[float, float, float, float]]:
        """At most so many equal parts of the samples: start in s; least, mean, largest in mA."""
        size = max(1, -(-len(self) // most))
        found = []
        for first in range(0, len(self), size):
            part = self.currents_ma[first : first + size]
            found.append((self.starts_s[first], min(part), sum(part) / len(part), max(part)))
        return found

    def to_csv(self) -> str:
        """A line a sample; `event` is 1 where the timestamp pin rose in it."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["start_s", "length_s", "current_ma", "event"])
        events = iter([*sorted(self.events_s), float("inf")])
        event = next(events)
        for start, length, current in zip(
            self.starts_s, self.lengths_s, self.currents_ma, strict=True
        ):
            rose = 0
            while event < start + length:
                rose, event = 1, next(events)
            writer.writerow([f"{start:.6f}", f"{length:.6f}", f"{current:.4f}", rose])
        return out.getvalue()
