"""The core's steps and runs, with a past where one is kept."""

from .._core import CoreError, Machine, Stop
from .history import History, Hit

_HOST_MS = 20


class Motion:
    """Moves a machine on, and with `rewind` keeps what is needed to go back."""

    def __init__(self, machine: Machine, rewind: bool) -> None:
        self._machine = machine
        self.history = History(machine) if rewind else None

    def touch(self) -> None:
        """The machine was changed from outside: what comes now is another future."""
        if self.history is not None:
            self.history.touch()

    def step(self) -> Hit:
        """One instruction."""
        self.leave_breakpoint_instruction()
        if self.history is not None:
            return self.history.step()
        return self._hit(self._machine.step(1))

    def run(self, seconds: float) -> Hit:
        """Run for some of the board's time, or until something stops it."""
        cycles = max(1, int(seconds * self._machine.clock_hz))
        if self.history is not None:
            return self.history.run(cycles, _HOST_MS)
        return self._hit(self._machine.run(cycles, host_ms=_HOST_MS))

    def leave_breakpoint_instruction(self) -> None:
        """A BKPT has halted the core: go on after it."""
        machine = self._machine
        if not machine.halted:
            return
        pc = machine.registers()["pc"]
        try:
            here = machine.read_memory(pc, 2)
        except CoreError:
            here = b""
        if here[1:] == b"\xbe":
            machine.set_register("pc", pc + 2)
        machine.resume()
        self.touch()

    def _hit(self, stop: Stop) -> Hit:
        machine = self._machine
        moment = machine.instructions, machine.cycles
        return Hit(stop, moment, machine.registers()["pc"], machine.watch_hit())
