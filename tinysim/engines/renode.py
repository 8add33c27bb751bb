"""The board in Renode, an emulator of whole systems that counts instructions, not cycles."""

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path

from ..errors import EngineError, SilenceError
from ..image import Image
from ..platform import Board
from ..platform.board import find_platforms
from .base import Counters, Line
from .monitor import Monitor

_START_S = 60.0
_STOP_S = 5.0
_CLOCK_HZ = 120_000_000
"""One instruction a cycle of this clock, at tier T0 (platforms/stm32l4r5.repl)."""

_CPI = {"T0": 1.0, "T1": 1.4}
"""Cycles an instruction; T1's as in platforms/nucleo_l4r5zi.toml."""

_LINE = re.compile(r"(\d+) (\d+) (.*)\|")


def find_renode() -> list[str]:
    """The command that starts Renode.

    Raises:
        EngineError: there is none.

    """
    if chosen := os.environ.get("RENODE"):
        if shutil.which(chosen) is None:
            raise EngineError(f"RENODE={chosen}: no such program")
        return [chosen]
    if shutil.which("renode"):
        return ["renode"]
    if shutil.which("renode-run"):
        return ["renode-run", "exec", "--"]
    raise EngineError(
        "Renode (1.15 or newer) is not installed: get it from renode.io, or set RENODE"
    )


def find_scripts() -> Path:
    """The folder of our Renode scripts."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here / "renode", here.parent / "sim" / "renode"):
        if (folder / "dut.py").is_file():
            return folder
    raise EngineError("the folder 'sim/renode' is missing: install tinysim again")


class RenodeEngine:
    """Runs an image on Renode, commanded over its monitor in virtual time alone.

    Options: `tier` (T0, T1), `uart`, `quantum` (seconds of virtual time between
    synchronisations: longer is quicker).
    """

    name = "renode"
    lossy = False
    has_snapshots = False

    def __init__(self, board: Board, image: Image, options: Mapping[str, int | str | bool]) -> None:
        self.tier = str(options.get("tier", "T0"))
        if self.tier not in _CPI:
            raise EngineError(
                f"engine renode counts instructions: tiers T0 and T1, not {self.tier}"
            )
        for name in options:
            if name not in ("tier", "uart", "quantum"):
                raise EngineError(f"engine renode has no option {name}")
        self._image = image
        self._uart = str(options.get("uart", f"sysbus.{board.settings.uart.link}"))
        self._quantum = str(options.get("quantum", "0.0001"))
        self._platform = find_platforms() / board.settings.repl
        self._command = find_renode()
        self._lines: list[Line] = []
        self._pending = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._monitor: Monitor | None = None
        self._end: weakref.finalize[..., RenodeEngine] | None = None
        self.version = "unknown"

    def boot(self) -> None:
        self.close()
        self._lines, self._pending = [], ""
        port = _free_port()
        folder = Path(tempfile.mkdtemp(prefix="tinysim-renode-"))
        self._process = subprocess.Popen(
            [
                *self._command,
                "--disable-xwt",
                "--plain",
                "--config",
                str(folder / "config"),
                "-P",
                str(port),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Whatever ends this process or this object ends Renode with it.
        self._end = weakref.finalize(self, _kill, self._process, folder)
        self._monitor = Monitor(port, _START_S)
        weakref.finalize(self, self._monitor.close)
        scripts = find_scripts()
        self.version = " ".join(self._ask("version"))[:80]
        for command in (
            f"$image={_path(self._image.path.resolve())}",
            f"$platform={_path(self._platform)}",
            f'$uart="{self._uart}"',
            f'$quantum="{self._quantum}"',
            f"include {_path(scripts / 'nucleo_l4r5zi.resc')}",
            f"sysbus.cpu PerformanceInMips {round(_CLOCK_HZ / 1e6 / _CPI[self.tier])}",
            f"include {_path(scripts / 'dut.py')}",
            f"dut_attach {self._uart}",
        ):
            self._ask(command)

    def _ask(self, command: str, timeout_s: float = _START_S) -> list[str]:
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
            told = self._ask(f'dut "{text}" {timeout_s:g}', 60 + 60 * timeout_s)
            for line in told:
                if match := _LINE.fullmatch(line):
                    self._lines.append(self._line(int(match[1]), int(match[2]), match[3]))
        if not self._lines:
            raise SilenceError(f"no answer within {timeout_s:g} s of the board's time")
        return self._lines.pop(0)

    def _line(self, started: int, ended: int, text: str) -> Line:
        cpi = _CPI[self.tier]
        cycles = round(ended * cpi)
        time_ns = round(cycles * 1e9 / _CLOCK_HZ)  # sending takes no time in Renode
        return Line(text, time_ns, ended, cycles, started, round(started * cpi))

    def clock_hz(self) -> int:
        return _CLOCK_HZ

    def baud(self) -> int:
        return self._number(f"{self._uart} BaudRate")

    def counters(self) -> Counters:
        executed = self._number("sysbus.cpu ExecutedInstructions")
        return Counters(executed, round(executed * _CPI[self.tier]), {})

    def edges(self) -> list[int]:
        """Pins are not watched in Renode."""
        return []

    def warnings(self) -> list[str]:
        return ["sending takes no time in Renode: the window lacks the line that it begins with"]

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


def _kill(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    """End the launcher and the emulator that it has started."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, patience in ((signal.SIGTERM, _STOP_S), (signal.SIGKILL, _STOP_S)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


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
