"""What a running board takes from its supply, in equal steps of its own time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .._core import Machine
from .activity import Activity, Counted, voltage_range
from .model import PowerModel
from .supply import Supply


class _Edge(Protocol):
    @property
    def time_ns(self) -> int: ...
    @property
    def rising(self) -> bool: ...


class Metered(Protocol):
    """The board that is measured, and its timestamp pin."""

    @property
    def machine(self) -> Machine: ...
    def run_for(self, seconds: float) -> bytes: ...
    def counters(self) -> Counted: ...
    def clock_hz(self) -> int: ...
    def edges(self) -> Sequence[_Edge]: ...


@dataclass(frozen=True)
class Sample:
    """A step: when it began, in ns of the board's time, the mean power in it, and when in it the
    timestamp pin rose.
    """

    time_ns: int
    length_ns: int
    power_mw: float
    rose_ns: tuple[int, ...] = ()

    @property
    def energy_j(self) -> float:
        """Joules."""
        return self.power_mw * 1e-3 * self.length_ns * 1e-9


class Meter:
    """Lets a board run and takes a sample at the end of every step."""

    def __init__(self, board: Metered, model: PowerModel, supply: Supply) -> None:
        self._board = board
        self._model = model
        self.supply = supply
        self._step_ns = 0
        self._since: Counted | None = None
        self._since_ns = 0
        self._due_ns = 0

    @property
    def is_measuring(self) -> bool:
        """Whether samples are taken."""
        return self._step_ns > 0

    def start(self, step_ns: int) -> None:
        """From now on a sample every so many nanoseconds of the board's time."""
        self._step_ns = step_ns
        self._board.edges()
        self._since = self._board.counters()
        self._since_ns = self._board.machine.time_ns
        self._due_ns = self._since_ns + step_ns

    def stop(self) -> None:
        """Take no more; what has begun is lost."""
        self._step_ns = 0

    def run_for(self, seconds: float) -> tuple[bytes, list[Sample]]:
        """Let the board run, or less when a line ends, as `Streaming.run_for`."""
        if not self._step_ns:
            return self._board.run_for(seconds), []
        end_ns = self._board.machine.time_ns + round(seconds * 1e9)
        samples: list[Sample] = []
        sent = b""
        while not sent and (now_ns := self._board.machine.time_ns) < end_ns:
            # At least a cycle, or nothing would happen.
            until_ns = min(end_ns, max(self._due_ns, now_ns + 10))
            sent = self._board.run_for((until_ns - now_ns) / 1e9)
            samples += self._take()
        return sent, samples

    def _take(self) -> list[Sample]:
        """The steps that are over. Where one call went over several, they have the same power."""
        now_ns = self._board.machine.time_ns
        if now_ns < self._due_ns or self._since is None:
            return []
        counted = self._board.counters()
        clock_hz = self._board.clock_hz()
        activity = Activity.between(
            self._since, counted, clock_hz, voltage_range(self._board.machine)
        ) or Activity(clock_hz=clock_hz)
        power_mw = self._model.power_mw(activity, self.supply)
        rose = [edge.time_ns for edge in self._board.edges() if edge.rising]
        samples = []
        while self._due_ns <= now_ns:
            start_ns, self._due_ns = self._since_ns, self._due_ns + self._step_ns
            last = self._due_ns > now_ns
            end_ns = start_ns + self._step_ns
            inside = tuple(time for time in rose if time < end_ns or last)
            rose = [time for time in rose if time >= end_ns and not last]
            samples.append(Sample(start_ns, self._step_ns, power_mw, inside))
            self._since_ns = end_ns
        self._since = counted
        return samples
