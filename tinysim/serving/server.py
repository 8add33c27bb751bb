"""An emulated board as a serial device for any client."""

import time
from collections import deque
from collections.abc import Callable

from ..devices import InterfaceConsole
from ..engines.base import Streaming
from ..links import Port
from ..links.rate import heard
from .monitoring import Monitoring

_SLICE_S = 0.01
"""The board's time between looks at the client."""

_MOST_AHEAD_S = 60.0
"""How far the board may work ahead of the host's clock."""

_EMPTY_S = 8.0
"""The host's time after which a client that waits gets an empty line."""

_IDLE = 20
"""The board waits for input when it goes through its time this much faster than the host."""


class Server:
    """Carries bytes between a client and a booted board.

    As quick as the host allows while the board works; its clock keeps step with the host's while it
    waits for input. With `realtime` it works ahead, and what it says is held back until a real
    board would have said it: a host that is slow now and then is not noticed. With `patient` a
    client that waits for long gets empty lines meanwhile. `interface` is a board beside it with a
    port of its own, `monitoring` a monitor that supplies the board.
    """

    def __init__(
        self,
        engine: Streaming,
        port: Port,
        *,
        realtime: bool = False,
        patient: bool = False,
        interface: tuple[InterfaceConsole, Port] | None = None,
        monitoring: Monitoring | None = None,
    ) -> None:
        self._engine = engine
        self._port = port
        self._realtime = realtime
        self._patient = patient
        self._held: deque[tuple[float, bytes]] = deque()
        """What the board has sent, and when by its own time."""
        self._is_idle = False
        self._asked_at: float | None = None
        """The host's time since which a client waits for a line."""
        self._in_line = False
        self._empty_at = 0.0
        self._asked_board_s = 0.0
        self.longest_s = 0.0
        """What a client has waited at most for a line for which the board took less than half."""
        self._interface = interface
        self._monitoring = monitoring
        self._zero = 0.0
        """The host's time at the board's reset."""

    def start(self, most_s: float) -> None:
        """Let the board boot, unheard as a board that had power before its client came.

        Raises:
            EngineError: the board cannot go on.

        """
        said = b""
        for _ in range(round(most_s / _SLICE_S)):
            said += self._engine.run_for(_SLICE_S)
            if b"m-ready" in said and said.endswith(b"\n"):
                break
        self._zero = time.monotonic() - self._engine.time_s()

    def run(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Serve until `stop` says so.

        Raises:
            EngineError: the board cannot go on.

        """
        wait_s = 0.0
        while not stop():
            wait_s = self._turn(wait_s)

    def _turn(self, wait_s: float) -> float:
        """Once to and fro; how long to wait for the client before the next."""
        received = self._port.read(wait_s)
        self._release()
        if received:
            if self._asked_at is None:
                self._wait_from(time.monotonic())
            self._engine.write(heard(received, self._port.baud(), self._engine.baud()))
        asked = self._ask_interface()
        if self._is_idle and not received and not asked and (ahead_s := self._ahead_s()) > 0:
            return min(ahead_s, _SLICE_S)
        if self._monitoring and not self._is_powered(self._monitoring):
            return _SLICE_S
        begun = time.monotonic()
        sent = (self._monitoring or self._engine).run_for(_SLICE_S)
        taken = time.monotonic() - begun
        if self._monitoring and b"m-ready" in sent:
            self._monitoring.settle()
        if sent and self._interface and self._interface[0].is_passing:
            self._interface[1].write(self._interface[0].overhear(sent))
        elif sent:
            self._held.append((self._engine.time_s(), sent))
        self._release()
        self._keep_waiting(sent)
        asked = self._hear_interface() or asked
        self._is_idle = not received and not sent and not asked and taken * _IDLE < _SLICE_S
        if not self._realtime:
            return _SLICE_S if self._is_idle else 0.0
        ahead_s = self._ahead_s()
        if ahead_s < 0 and not self._held:
            self._zero -= ahead_s  # what the host was late by is not made up for
        return min(ahead_s, _SLICE_S) if ahead_s > _MOST_AHEAD_S else 0.0

    def _ahead_s(self) -> float:
        """How far the board's clock is before the host's, which it may be in real time alone."""
        if not self._realtime:
            return 0.0
        return self._zero + self._engine.time_s() - time.monotonic()

    def _release(self) -> None:
        """Give the client what the board has sent, in real time when a real board would have."""
        while self._held:
            time_s, data = self._held[0]
            if self._realtime and self._zero + time_s > time.monotonic():
                return
            self._held.popleft()
            self._port.write(heard(data, self._port.baud(), self._engine.baud()))

    def _wait_from(self, now: float | None) -> None:
        self._asked_at = now
        self._empty_at = now or 0.0
        self._asked_board_s = self._engine.time_s()

    def _keep_waiting(self, sent: bytes) -> None:
        """Note how long a line has taken, and see to it that the client is still there then."""
        if self._asked_at is None:
            return
        now = time.monotonic()
        if now - self._asked_at > 2 * (self._engine.time_s() - self._asked_board_s):
            self.longest_s = max(self.longest_s, now - self._asked_at)
        if sent:
            self._in_line = not sent.endswith(b"\n")
            self._wait_from(None if b"m-ready" in sent else now)
        elif self._patient and not self._in_line and now - self._empty_at > _EMPTY_S:
            self._empty_at = now
            self._port.write(b"\r\n")

    def _is_powered(self, monitoring: Monitoring) -> bool:
        """Do what the monitor is told; whether it gives power."""
        monitoring.ask()
        if monitoring.boots:
            monitoring.boots = False
            self._zero = time.monotonic() - self._engine.time_s()
        return monitoring.is_powering

    def _ask_interface(self) -> bool:
        """Take what the interface board is told; whether it was."""
        if self._interface is None:
            return False
        console, port = self._interface
        told = port.read(0)
        if told:
            port.write(console.take(told))
        return bool(told)

    def _hear_interface(self) -> bool:
        """What the interface board says of itself; whether it is at work."""
        if self._interface is None:
            return False
        console, port = self._interface
        if said := console.poll():
            port.write(said)
        return console.is_busy
