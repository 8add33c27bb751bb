"""The board in Renode, an emulator of whole systems that counts instructions, not cycles."""

import contextlib
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Mapping
from pathlib import Path

from ..errors import EngineError, SilenceError
from ..image import Image
from ..platform import Board, find_platforms
from . import renode_keeper
from .base import Counters, Edge, Line
from .monitor import Monitor
from .opcodes import OPCODES, Opcodes
from .renode_found import find_renode, require_version

_START_S = 20.0
"""The host's time until Renode's monitor has to answer."""
_LOAD_S = 60.0
"""Until the platform and the image have to be loaded, and for any other command."""
_BULK = 1000
"""Bytes from which on commands are handed over in a file: a monitor's line is for people."""
_CLOCK_HZ = 120_000_000
"""One instruction a cycle of this clock is what Renode takes (platforms/stm32l4r5.repl)."""

_LINE = re.compile(r"(\d+) (\d+) (\d+) (\d+) (.*)\|")
"""As dut.py prints it."""


class RenodeEngine:
    """Runs an image on Renode, commanded over its monitor in virtual time alone.

    Options: `tier` (T0, T1, or T2 from the mix of opcodes), `uart`, `quantum` (seconds of virtual
    time between synchronisations: longer is quicker), `loading` (whether an input's commands are
    handed over together).
    """

    name = "renode"
    lossy = False
    has_snapshots = False
    keeps_time = False

    def __init__(self, board: Board, image: Image, options: Mapping[str, int | str | bool]) -> None:
        self.tier = str(options.get("tier", "T0"))
        if self.tier not in ("T0", "T1", "T2"):
            raise EngineError(
                f"engine renode counts instructions: tiers T0, T1 and T2, not {self.tier}"
            )
        percent = board.settings.timing.get("cpi_percent", 100) if self.tier == "T1" else 100
        self._cpi = int(percent) / 100
        for name in options:
            if name not in ("tier", "uart", "quantum", "loading"):
                raise EngineError(f"engine renode has no option {name}")
        self._image = image
        self._uart = str(options.get("uart", f"sysbus.{board.settings.uart.link}"))
        self._quantum = str(options.get("quantum", "0.0001"))
        self._timestamp = board.settings.timestamp
        self._platform = board.folder.resolve() / board.settings.repl
        self.queues = options.get("loading", "together") == "together"
        self._scratch = Path(tempfile.mkdtemp(prefix="tinysim-renode-"))
        weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        self._command = find_renode()
        self._lines: list[Line] = []
        self._pending = ""
        self._keeper: subprocess.Popen[bytes] | None = None
        self._monitor: Monitor | None = None
        self._end: weakref.finalize[..., RenodeEngine] | None = None
        self.version = "unknown"

    def boot(self) -> None:
        self.close()
        self._lines, self._pending = [], ""
        port = _free_port()
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", renode_keeper.__file__, str(port), *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us
        )
        # Whatever ends this process or this object ends Renode with it.
        self._end = weakref.finalize(self, _end, self._keeper)
        until = time.monotonic() + _START_S
        self._monitor = _connect(port, self._keeper, until)
        weakref.finalize(self, self._monitor.close)
        scripts = find_platforms()
        told = self._ask("version", max(1.0, until - time.monotonic()))
        self.version = " ".join(told)[:80]
        require_version(self.version)
        for command in (
            f"$image={_path(self._image.path.resolve())}",
            f"$platform={_path(self._platform)}",
            f'$uart="{self._uart}"',
            f'$quantum="{self._quantum}"',
            f"include {_path(scripts / 'nucleo_l4r5zi.resc')}",
            f"include {_path(scripts / 'dut.py')}",
            f"dut_attach {self._uart}",
            f"dut_watch sysbus.{self._timestamp.port} {self._timestamp.pin}",
            *(_count(opcodes) for opcodes in OPCODES if self.tier == "T2"),
        ):
            self._ask(command)

    def _ask(self, command: str, timeout_s: float = _LOAD_S) -> list[str]:
        if self._monitor is None:
            raise EngineError("Renode has not been started")
        return self._monitor.command(command, timeout_s)

    def _number(self, command: str) -> int:
        told = self._ask(command)
        try:
            return int(told[-1], 0)
        except (IndexError, ValueError):
            raise EngineError(f"Renode: '{command}' gave {told}, not a number") from None

    def write(self, data: bytes) -> None:
        self._pending += data.decode("latin-1")

    def read_line(self, timeout_s: float) -> Line:
        if not self._lines:
            text, self._pending = self._pending, ""
            # The host's time-out is long: Renode may be slower than the board.
            told = self._ask(self._dut(text, timeout_s), 60 + 60 * timeout_s)
            for line in told:
                if match := _LINE.fullmatch(line):
                    self._lines.append(self._line(match))
        if not self._lines:
            raise SilenceError(f"no answer within {timeout_s:g} s of the board's time")
        return self._lines.pop(0)

    def _dut(self, text: str, timeout_s: float) -> str:
        """The monitor's command that sends so much to the board, and waits for all answers."""
        if len(text) < _BULK:
            return f'dut "{text}" {timeout_s:g}'
        path = self._scratch / "commands"
        path.write_bytes(text.encode("latin-1"))
        return f'dut_file "{path}" {max(1, text.count("%"))} {timeout_s:g}'

    def _line(self, match: re.Match[str]) -> Line:
        """Counters at the line's start and end."""
        started, started_hundredths, ended, ended_hundredths = map(int, match.group(1, 2, 3, 4))
        time_ns = round(ended * 1e9 / _CLOCK_HZ)  # sending takes no time in Renode
        return Line(
            match[5],
            time_ns,
            ended,
            self._cycles(ended, ended_hundredths),
            started,
            self._cycles(started, started_hundredths),
        )

    def _cycles(self, instructions: int, hundredths: int) -> int:
        """At tier T2 those of the mix of opcodes, else a constant an instruction."""
        return round(hundredths / 100 if self.tier == "T2" else instructions * self._cpi)

    def clock_hz(self) -> int:
        return _CLOCK_HZ

    def baud(self) -> int:
        """Unknown: sending takes no time, PRESC is not there, and BaudRate overflows."""
        return 0

    def counters(self) -> Counters:
        executed = self._number("sysbus.cpu ExecutedInstructions")
        hundredths = self._number("dut_cycles") if self.tier == "T2" else 0
        return Counters(executed, self._cycles(executed, hundredths), {})

    def edges(self) -> list[Edge]:
        result = []
        for line in self._ask("dut_edges"):
            level, executed, hundredths = map(int, line.split())
            cycles = self._cycles(executed, hundredths)
            result.append(Edge(round(cycles * 1e9 / _CLOCK_HZ), bool(level)))
        return result

    def warnings(self) -> list[str]:
        return ["sending takes no time in Renode: windows hold no printing"]

    def snapshot(self) -> bytes:
        raise EngineError("engine renode has no snapshots")

    def restore(self, state: bytes) -> None:
        raise EngineError("engine renode has no snapshots")

    def close(self) -> None:
        if self._monitor is not None:
            with contextlib.suppress(OSError, EngineError):
                self._monitor.command("quit", 1.0)
            self._monitor.close()
            self._monitor = None
        if self._end is not None:
            self._end()
            self._end = None


def _connect(port: int, keeper: "subprocess.Popen[bytes]", until: float) -> Monitor:
    while (left := until - time.monotonic()) > 0:
        with contextlib.suppress(OSError):
            return Monitor(port, left)
        if keeper.poll() is not None:
            assert keeper.stdout
            words = keeper.stdout.read().decode("utf-8", "replace").strip()
            raise EngineError(f"Renode ended as it started: {words or 'it said nothing'}")
        time.sleep(0.1)
    raise EngineError(f"Renode's monitor did not come up within {_START_S:g} s")


def _end(keeper: "subprocess.Popen[bytes]") -> None:
    """Let the keeper end Renode, and itself."""
    assert keeper.stdin
    assert keeper.stdout
    keeper.stdin.close()
    keeper.wait()
    keeper.stdout.close()


def _count(opcodes: Opcodes) -> str:
    return f'dut_count "{opcodes.pattern}" {round(100 * opcodes.cycles)}'


def _path(path: Path) -> str:
    return "@" + str(path).replace(" ", "\\ ")


def _free_port() -> int:
    """A port below those that the system gives to clients."""
    first = random.SystemRandom().randrange(20000, 31000)
    for port in range(first, first + 1000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise EngineError(f"no free TCP port from {first} on")
