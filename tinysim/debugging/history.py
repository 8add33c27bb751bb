"""Going back in a run: snapshots now and then, and running again from the one before.

A moment is the count of instructions executed, and of cycles. The machine is deterministic, so that
from a snapshot it comes to every later moment again, as long as nobody has touched it in between;
who does, with `touch`, begins a new stretch.
"""

from bisect import bisect_right
from dataclasses import dataclass

from .._core import Machine, Stop

_CHUNK = 4096
_EVERY_S = 0.02
"""Of the board's time between two snapshots: running that again takes some ten milliseconds."""
_MOST = 256
"""Snapshots; then every other one of the older half is given up."""
_MARGIN = 512
"""Cycles before a moment from which on it is approached step by step."""

Moment = tuple[int, int]


@dataclass(frozen=True)
class _Kept:
    moment: Moment
    chunks: tuple[bytes, ...]
    first: bool
    """Of its stretch: nothing before it leads to what comes after it."""


@dataclass(frozen=True)
class Hit:
    """Why a run came back, and what it had come to."""

    stop: Stop
    moment: Moment
    pc: int
    watched: tuple[int, bool] | None = None
    """Address and kind (whether it wrote) of the access to watched data."""


class History:
    """The past of a machine. All its running goes through here."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._kept: list[_Kept] = []
        self._touched = True

    def __len__(self) -> int:
        """How many snapshots there are."""
        return len(self._kept)

    @property
    def now(self) -> Moment:
        """The machine's moment."""
        return self._machine.instructions, self._machine.cycles

    def touch(self) -> None:
        """To be called when anybody but the machine has changed its state."""
        self._touched = True

    def run(self, cycles: int, host_ms: int) -> Hit:
        """Run on, as `Machine.run`, and keep snapshots."""
        self._settle()
        self._drop_future()
        machine = self._machine
        end = machine.cycles + cycles
        every = int(_EVERY_S * machine.clock_hz)
        while True:
            due = self._kept[-1].moment[1] + every
            hit = self._go(max(1, min(end, due) - machine.cycles), host_ms)
            if machine.cycles >= due:
                self._keep()
            if hit.stop is not Stop.BUDGET or machine.cycles >= end:
                return hit

    def step(self) -> Hit:
        """Execute one instruction."""
        self._settle()
        self._drop_future()
        stop = self._machine.step(1)
        return self._hit(stop)

    def step_back(self) -> bool:
        """Undo one instruction; False at the beginning of what is known."""
        self._settle()
        instructions, cycles = self.now
        return self._come_to(instructions - 1, cycles)

    def run_back(self) -> Hit | None:
        """Go back to the last time that a breakpoint was come to or watched data accessed.

        None: there was none, and the machine is at the beginning. Watched data is as it was before
        the access.
        """
        self._settle()
        end = self.now
        while (number := self._before(end)) is not None:
            start = self._kept[number]
            self._restore(start)
            last = None
            while (hit := self._replay(end)) is not None:
                last = hit
            if last is not None:
                self._come_to(last.moment[0] - (last.watched is not None), last.moment[1])
                if self._machine.registers()["pc"] != last.pc and last.watched is None:
                    self._go(_MARGIN, 0)  # an exception is taken before the breakpoint
                return last
            end = start.moment
        if self._kept:
            self._restore(self._kept[0])
        return None

    def _replay(self, end: Moment) -> Hit | None:
        """Run up to a moment; what stopped it before."""
        while self.now < end:
            hit = self._go(max(1, end[1] - self._machine.cycles), 0)
            if hit.stop is Stop.BREAKPOINT and hit.moment < end:
                return hit
            if hit.stop is Stop.WATCHPOINT and hit.moment <= end:
                return hit
            if hit.stop not in (Stop.BREAKPOINT, Stop.WATCHPOINT, Stop.BUDGET, Stop.IDLE):
                return None
        return None

    def _go(self, cycles: int, host_ms: int) -> Hit:
        stop = self._machine.run(cycles, host_ms=host_ms)
        return self._hit(stop)

    def _hit(self, stop: Stop) -> Hit:
        machine = self._machine
        return Hit(stop, self.now, machine.registers()["pc"], machine.watch_hit())

    def _come_to(self, instructions: int, cycles: int) -> bool:
        """Go to the moment at which so many instructions had executed, at most `cycles` late."""
        machine = self._machine
        margin = _MARGIN
        while (number := self._before((instructions, cycles), including=True)) is not None:
            start = self._kept[number]
            self._restore(start)
            while (left := cycles - margin - machine.cycles) > 0:
                self._go(left, 0)
            if machine.instructions <= instructions:
                while machine.instructions < instructions:
                    machine.step(instructions - machine.instructions)
                machine.watch_hit()
                return True
            margin *= 8  # it slept, or an exception took long
        return False

    def _before(self, moment: Moment, including: bool = False) -> int | None:
        """The number of the last snapshot before a moment."""
        moments = [kept.moment for kept in self._kept]
        if including:
            number = bisect_right([instructions for instructions, _ in moments], moment[0]) - 1
            return number if number >= 0 else None
        for number in reversed(range(len(moments))):
            if moments[number] < moment:
                return number
        return None

    def _settle(self) -> None:
        """After a touch, what follows starts from here."""
        if not self._touched:
            return
        self._drop_future()
        self._keep(first=True)
        self._touched = False

    def _drop_future(self) -> None:
        now = self.now
        while self._kept and self._kept[-1].moment > now:
            self._kept.pop()

    def _keep(self, first: bool = False) -> None:
        state = self._machine.snapshot()
        before = self._kept[-1].chunks if self._kept else ()
        chunks = []
        for number, at in enumerate(range(0, len(state), _CHUNK)):
            chunk = state[at : at + _CHUNK]
            same = number < len(before) and before[number] == chunk
            chunks.append(before[number] if same else chunk)
        self._kept.append(_Kept(self.now, tuple(chunks), first))
        if len(self._kept) > _MOST:
            half = len(self._kept) // 2
            older = [
                kept
                for number, kept in enumerate(self._kept[:half])
                if kept.first or number % 2 == 0
            ]
            self._kept[:half] = older

    def _restore(self, kept: _Kept) -> None:
        self._machine.restore(b"".join(kept.chunks))
