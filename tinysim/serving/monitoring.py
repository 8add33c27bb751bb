"""A power monitor between a served board and its host."""

import time
from collections.abc import Callable

from ..devices.power_monitor import PowerMonitor
from ..engines.base import Wired
from ..links import Port
from ..power import PowerModel, Supply
from ..power.meter import Meter
from ..results.current import CurrentTrace

_PATIENCE_S = 5.0
"""The host's time in which nothing is read, after which a monitor's buffer is full."""
_SETTLE_S = 0.02
"""For the client's threads to pass on what they have read."""
_NAP_S = 0.0005


class Monitoring:
    """Supplies the board and samples what it takes, without losing a sample to a slow client:
    the board's time stands while the port's buffer is full.
    """

    def __init__(self, board: Wired, model: PowerModel, supply: Supply, port: Port) -> None:
        self.meter = Meter(board, model, supply)
        self.port = port
        self.trace = CurrentTrace()
        self.boots = False
        """Whether power has come back, so that the board has been reset."""
        self._board = board
        self._monitor = PowerMonitor(self.meter, self._power)
        self._pending = b""

    @property
    def is_powering(self) -> bool:
        """Whether the board has power."""
        return self._monitor.is_powering

    def ask(self) -> bool:
        """Take the host's commands; whether there were any."""
        told = self.port.read(0)
        if told:
            self._pending += self._monitor.take(told)
            self._offer()
        return bool(told)

    def run_for(self, seconds: float) -> bytes:
        """Let the board run, and sample; what the board has sent."""
        sent, samples = self.meter.run_for(seconds)
        if samples:
            self.trace.add(samples, self.meter.supply.volts)
            self._pending += self._monitor.hear(samples)
            self._drain(self._offer)
        return sent

    def settle(self) -> None:
        """Wait until the client has read everything, so that what comes after is later for it."""
        if self._monitor.is_acquiring:
            self._drain(lambda: self._offer() and not self.port.unread())
            time.sleep(_SETTLE_S)

    def _drain(self, done: Callable[[], bool]) -> None:
        patient_until = time.monotonic() + _PATIENCE_S
        left = len(self._pending) + self.port.unread()
        while not done():
            now = len(self._pending) + self.port.unread()
            if now < left:
                left, patient_until = now, time.monotonic() + _PATIENCE_S
            elif time.monotonic() > patient_until:
                self._pending = self._monitor.overrun()
                return
            time.sleep(_NAP_S)

    def _offer(self) -> bool:
        """Send what there is room for; whether that was all."""
        if self._pending:
            self._pending = self._pending[self.port.offer(self._pending) :]
        return not self._pending

    def _power(self, on: bool) -> None:
        if on:
            self._board.boot()
            self.boots = True
