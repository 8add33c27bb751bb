"""A power monitor that supplies a board: an LPM01A, as its host sees it (UM2269)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..power.supply import MONITOR_V, Supply

_PROMPT = b"PowerShield > "
_LONGEST = 200
_VERSION = "1.0.6"
_RATES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
"""Hz, of those that decimal texts are offered at."""
_UNITS = {"": 1.0, "u": 1e-6, "m": 1e-3, "k": 1e3}
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:([-+])([0-9]{1,2})|([umk]?))")
_TAKEN = {
    "htc": (),
    "hrc": (),
    "lcd": None,
    "echo": None,
    "acqtime": None,
    "trigdelay": None,
    "currthres": None,
    "trigsrc": ("sw",),
    "eventsrc": None,
    "acqmode": ("dyn",),
    "funcmode": ("optim", "high"),
    "pwrend": ("on", "off"),
    "format": ("ascii_dec",),
    "output": ("energy", "current"),
}
"""Commands that are acknowledged, and the arguments that they take here; None is any."""


class Sample(Protocol):
    """A step of the board's time."""

    @property
    def power_mw(self) -> float: ...
    @property
    def energy_j(self) -> float: ...
    @property
    def rose_ns(self) -> Sequence[int]: ...


class Target(Protocol):
    """The board that is supplied and measured."""

    supply: Supply

    def start(self, step_ns: int) -> None: ...
    def stop(self) -> None: ...


@dataclass
class _Setting:
    output: str = "current"
    rate_hz: int = 100
    reads: int = 0
    events: int = 0


class PowerMonitor:
    """Answers the host's commands, and writes samples while it acquires.

    Args:
        target: what is measured.
        power: gives the board power, or takes it away.

    """

    def __init__(self, target: Target, power: Callable[[bool], None]) -> None:
        self._target = target
        self._power = power
        self._part = b""
        self._setting = _Setting()
        self.is_powering = True
        self.is_acquiring = False

    def take(self, data: bytes) -> bytes:
        """Bytes from the host; what is said at once."""
        *commands, self._part = re.split(rb"[\r\n]+", self._part + data)
        self._part = self._part[-_LONGEST:]
        said = b""
        for command in commands:
            if text := command.decode("latin-1").strip():
                said += self._run(text)
        return said

    def hear(self, samples: Sequence[Sample]) -> bytes:
        """Samples that were taken, as lines."""
        if not self.is_acquiring:
            return b""
        setting, said = self._setting, []
        volts = self._target.supply.volts
        for sample in samples:
            for _ in sample.rose_ns:
                said.append(f"event {setting.events:02d} ris")
                setting.events += 1
            amperes = sample.power_mw / 1000 / volts
            said.append(_decimal(sample.energy_j if setting.output == "energy" else amperes))
            setting.reads += 1
            if setting.reads % setting.rate_hz == 0:
                seconds = setting.reads // setting.rate_hz % 1000
                said.append(f"TimeStamp: {seconds:03d}s 000ms, buff 00%")
        return b"".join(map(_line, said))

    def overrun(self) -> bytes:
        """Nobody has read for too long: the acquisition ends."""
        self._end()
        return _line("error: acquisition stopped: buffer overflow") + _PROMPT

    def _run(self, command: str) -> bytes:
        name, _, rest = command.partition(" ")
        arguments = rest.split()
        if name == "start":
            return self._start(command)
        if name == "stop":
            self._end()
            # The official runner waits for the last line, and takes what follows for other answers.
            lines = [f"ack {command}", f"Samples: {self._setting.reads}", "Acquisition completed"]
            return b"".join(map(_line, lines)) + _PROMPT
        told, wrong = self._answer(name, arguments)
        if wrong:
            return _line(f"error {command}") + _line(f"Error detail: {wrong}") + _PROMPT
        return _line(f"ack {command}{told}") + _PROMPT

    def _start(self, command: str) -> bytes:
        setting = self._setting
        setting.reads = setting.events = 0
        self.is_acquiring = True
        if not self.is_powering:  # as the monitor does at an acquisition's start
            self._switch(on=True)
        self._target.start(round(1e9 / setting.rate_hz))
        return _line(f"ack {command}")

    def _end(self) -> None:
        self.is_acquiring = False
        self._target.stop()

    def _switch(self, *, on: bool) -> None:
        if on != self.is_powering:
            self.is_powering = on
            self._power(on)
            if on and self.is_acquiring:
                self._target.start(round(1e9 / self._setting.rate_hz))

    def _answer(self, name: str, arguments: Sequence[str]) -> tuple[str, str]:
        """What follows an acknowledgement, or what is wrong."""
        first = arguments[0] if arguments else ""
        if name == "volt":
            return self._volt(first)
        if name == "freq":
            return self._rate(first)
        if name == "pwr":
            if first not in ("on", "off", "get"):
                return "", f"pwr takes on, off or get, not '{first}'"
            if first != "get":
                self._switch(on=first == "on")
                return "", ""
            return f": {'on' if self.is_powering else 'off'}", ""
        told = {
            "version": f": {_VERSION}",
            "powershield": " present: tinysim",
            "status": ": ok",
            "range": ": 100-09 500-04",
        }
        if name in told:
            return told[name], ""
        if name not in _TAKEN:
            return "", f"no command '{name}'"
        takes = _TAKEN[name]
        if takes and first not in takes:
            return "", f"{name}: only {' and '.join(takes)}, not '{first}'"
        if name == "output":
            self._setting.output = first
        return "", ""

    def _volt(self, text: str) -> tuple[str, str]:
        if text == "get":
            return f": {round(self._target.supply.volts * 1000)}-03", ""
        volts = _value(text)
        low, high = MONITOR_V
        if volts is None or not low <= round(volts, 6) <= high:
            return "", f"volt takes {low * 1000:.0f}m to {high * 1000:.0f}m"
        self._target.supply = self._target.supply.model_copy(update={"volts": volts})
        return "", ""

    def _rate(self, text: str) -> tuple[str, str]:
        rate = _value(text)
        if rate not in _RATES:
            return "", f"freq takes {', '.join(map(str, _RATES))}"
        self._setting.rate_hz = round(rate)
        return "", ""


def _value(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match[2]:
        return float(f"{match[1]}e{match[2]}{match[3]}")
    return float(match[1]) * _UNITS[match[4]]


def _decimal(value: float) -> str:
    """Four digits and a power of ten: 6409-07 is 640.9e-6."""
    digits, exponent = f"{value:.3e}".split("e")
    return f"{digits.replace('.', '')}{int(exponent) - 3:+03d}"


def _line(text: str) -> bytes:
    return text.encode("latin-1", "replace") + b"\r\n"
