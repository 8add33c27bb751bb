"""The emulated power monitor: what it answers, and what it samples."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from tinysim.devices.power_monitor import PowerMonitor
from tinysim.engines.base import Counters, Edge
from tinysim.platform import load_board
from tinysim.power import Supply
from tinysim.power.meter import Meter, Sample
from tinysim.results.current import CurrentTrace
from tinysim.serving import Monitoring

_VALUE = re.compile(r"\d{4}[+-]\d{2}")
"""As the official runner tells a sample."""


@dataclass
class _Target:
    supply: Supply = field(default_factory=lambda: Supply(volts=3.3))
    steps_ns: list[int] = field(default_factory=list)

    def start(self, step_ns: int) -> None:
        self.steps_ns.append(step_ns)

    def stop(self) -> None:
        self.steps_ns.append(0)


@pytest.fixture
def target() -> _Target:
    return _Target()


@pytest.fixture
def switched() -> list[bool]:
    return []


@pytest.fixture
def monitor(target: _Target, switched: list[bool]) -> PowerMonitor:
    return PowerMonitor(target, switched.append)


def _lines(said: bytes) -> list[str]:
    return said.decode().replace("PowerShield > ", "").split("\r\n")[:-1]


@pytest.mark.parametrize(
    "command",
    [
        "htc",
        'lcd 1 "MLPerf Tiny"',
        "acqtime inf",
        "trigdelay 0",
        "trigsrc sw",
        "eventsrc d7 fal",
        "output energy",
        "format ascii_dec",
        "freq 1k",
        "volt 1800m",
        "pwr on nostatus",
        "pwr off",
        "start",
        "stop",
        "hrc",
    ],
)
def test_what_the_official_runner_sends_is_acknowledged_word_for_word(
    monitor: PowerMonitor, command: str
) -> None:
    assert _lines(monitor.take(command.encode() + b"\r\n"))[0] == f"ack {command}"


@pytest.mark.parametrize(
    ("command", "detail"),
    [
        ("volt 5000m", "1800m to 3300m"),
        ("volt x", "1800m to 3300m"),
        ("freq 3", "freq takes"),
        ("format bin_hexa", "only ascii_dec"),
        ("pwr maybe", "on, off or get"),
        ("bogus", "no command 'bogus'"),
    ],
)
def test_what_it_cannot_do_is_an_error_with_its_reason(
    monitor: PowerMonitor, command: str, detail: str
) -> None:
    error, reason = _lines(monitor.take(command.encode() + b"\r\n"))
    assert error == f"error {command}"
    assert reason.startswith("Error detail: ")
    assert detail in reason


def test_commands_come_in_any_pieces(monitor: PowerMonitor) -> None:
    assert monitor.take(b"ht") == b""
    assert _lines(monitor.take(b"c\r")) == ["ack htc"]
    assert _lines(monitor.take(b"\nvolt 1800m\r\nvolt get\r\n")) == [
        "ack volt 1800m",
        "ack volt get: 1800-03",
    ]


def test_it_sets_the_supply_and_switches_it(
    monitor: PowerMonitor, target: _Target, switched: list[bool]
) -> None:
    monitor.take(b"volt 1800m\r\npwr off\r\npwr off\r\npwr on nostatus\r\n")
    assert target.supply.volts == 1.8
    assert switched == [False, True]


def test_samples_are_energies_or_currents_that_the_runner_can_read(
    monitor: PowerMonitor, target: _Target
) -> None:
    sample = Sample(0, 1_000_000, 40.5)
    assert monitor.hear([sample]) == b""  # nobody has asked for any
    monitor.take(b"volt 1800m\r\noutput energy\r\nfreq 1k\r\nstart\r\n")
    assert target.steps_ns == [1_000_000]
    (energy,) = _lines(monitor.hear([sample]))
    assert _VALUE.fullmatch(energy)
    assert float(energy.replace("-", "e-")) == pytest.approx(40.5e-6)
    monitor.take(b"stop\r\noutput current\r\nstart\r\n")
    (current,) = _lines(monitor.hear([sample]))
    assert float(current.replace("-", "e-")) == pytest.approx(22.5e-3)
    assert _VALUE.fullmatch(_lines(monitor.hear([Sample(0, 1, 0.0)]))[0])


def test_events_are_numbered_and_each_second_has_its_stamp(monitor: PowerMonitor) -> None:
    monitor.take(b"freq 10\r\nstart\r\n")
    samples = [Sample(n, 1, 1.0, (n,) if n in (3, 7) else ()) for n in range(10)]
    lines = _lines(monitor.hear(samples))
    assert [lines.index("event 00 ris"), lines.index("event 01 ris")] == [3, 8]
    assert lines[-1] == "TimeStamp: 001s 000ms, buff 00%"


def test_a_stop_is_answered_whether_or_not_anything_runs(monitor: PowerMonitor) -> None:
    for _ in range(2):
        assert _lines(monitor.take(b"stop\r\n"))[-1] == "Acquisition completed"


class _Board:
    """Works for a while, then sleeps; 1 cycle is 10 ns."""

    def __init__(self, working_ns: int) -> None:
        self.now_ns, self._working_ns = 0, working_ns
        self.rises: list[int] = []
        self.machine: Any = SimpleNamespace(
            time_ns=0, probe_read=lambda address: {0x40007080: 0}.get(address, 0x200)
        )

    def run_for(self, seconds: float) -> bytes:
        self.now_ns += max(10, round(seconds * 1e9))
        self.machine.time_ns = self.now_ns
        return b""

    def counters(self) -> Counters:
        return Counters(
            0, self.now_ns // 10, {"sleep": max(0, self.now_ns - self._working_ns) // 10}
        )

    def clock_hz(self) -> int:
        return 100_000_000

    def edges(self) -> Sequence[Edge]:
        found = [Edge(time_ns, True) for time_ns in self.rises if time_ns <= self.now_ns]
        self.rises = [time_ns for time_ns in self.rises if time_ns > self.now_ns]
        return found


def _meter(board: _Board) -> Meter:
    model = load_board().settings.power
    assert model is not None
    return Meter(board, model, Supply(volts=1.8))


def test_a_meter_samples_every_step_of_the_boards_time() -> None:
    board = _Board(working_ns=5_000_000)
    board.rises = [2_300_000, 7_900_000]
    meter = _meter(board)
    meter.start(1_000_000)
    samples = [sample for _ in range(7) for sample in meter.run_for(0.0017)[1]]
    assert [sample.time_ns for sample in samples] == [n * 1_000_000 for n in range(11)]
    assert samples[0].power_mw == pytest.approx(samples[4].power_mw)
    assert samples[6].power_mw == pytest.approx(0.287 * samples[0].power_mw)
    assert [n for n, sample in enumerate(samples) if sample.rose_ns] == [2, 7]


def test_a_meter_that_was_not_started_takes_nothing() -> None:
    meter = _meter(_Board(0))
    assert meter.run_for(0.01) == (b"", [])


def test_a_trace_goes_on_behind_a_reset() -> None:
    trace = CurrentTrace()
    for _ in range(2):
        trace.add([Sample(0, 10**9, 18.0), Sample(10**9, 10**9, 36.0, (1_500_000_000,))], 1.8)
    assert trace.end_s == 4.0
    assert trace.events_s == [1.5, 3.5]
    assert trace.bins(2) == [(0.0, 10.0, 15.0, 20.0), (2.0, 10.0, 15.0, 20.0)]
    lines = trace.to_csv().splitlines()
    assert lines[2] == "1.000000,1.000000,20.0000,1"
    assert len(lines) == 5


class _Deaf:
    """A port whose client has told something, and reads no more than `room` bytes."""

    name = "deaf"

    def __init__(self, told: bytes, room: int) -> None:
        self.told, self.room, self.said = told, room, b""

    def read(self, wait_s: float) -> bytes:
        told, self.told = self.told, b""
        return told

    def write(self, data: bytes) -> None:
        raise AssertionError("samples would be lost")

    def offer(self, data: bytes) -> int:
        taken = data[: self.room]
        self.room -= len(taken)
        self.said += taken
        return len(taken)

    def unread(self) -> int:
        return 0

    def baud(self) -> int:
        return 0

    def close(self) -> None: ...


def test_who_does_not_read_is_waited_for_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinysim.serving.monitoring._PATIENCE_S", 0.05)
    model = load_board().settings.power
    assert model is not None
    port = _Deaf(b"freq 1k\r\nstart\r\n", 100)
    board: Any = _Board(working_ns=10**9)
    monitoring = Monitoring(board, model, Supply(volts=1.8), port)
    assert monitoring.ask()
    monitoring.run_for(0.05)
    assert not monitoring.meter.is_measuring
    port.room = 1000
    monitoring.ask()
    port.told = b"status\r\n"
    monitoring.ask()
    assert b"buffer overflow" in port.said
    assert port.said.endswith(b"ack status: ok\r\nPowerShield > ")


def test_power_that_comes_back_boots_the_board() -> None:
    model = load_board().settings.power
    assert model is not None
    board: Any = _Board(working_ns=10**9)
    booted: list[bool] = []
    board.boot = lambda: booted.append(True)
    monitoring = Monitoring(board, model, Supply(volts=1.8), _Deaf(b"pwr off\r\n", 10_000))
    monitoring.ask()
    assert not monitoring.is_powering
    monitoring.port.told = b"pwr on\r\n"  # type: ignore[attr-defined]
    monitoring.ask()
    assert monitoring.is_powering
    assert monitoring.boots
    assert booted == [True]
