"""A board behind a serial port that loses, doubles and delays bytes."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.engines.builtin import BuiltinEngine
from tinysim.engines.serial_board import SerialBoard
from tinysim.errors import EngineError, LinkError, SilenceError, TinySimError
from tinysim.image import load_image, unknown_image
from tinysim.links import PtyPort, TcpPort
from tinysim.platform import load_board
from tinysim.protocol import LossyDut
from tinysim.runs import Setup, run_accuracy, run_performance
from tinysim.serving import Server


@dataclass
class Faulty:
    """A port that spoils what the board sends, once it is armed."""

    port: TcpPort | PtyPort
    spoil: Callable[[bytes], bytes] = lambda data: data
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.port.name

    def read(self, wait_s: float) -> bytes:
        return self.port.read(wait_s)

    def write(self, data: bytes) -> None:
        self.port.write(self.spoil(data))

    def baud(self) -> int:
        return self.port.baud()

    def close(self) -> None:
        self.port.close()


@contextmanager
def _served(image: Path, port: TcpPort | PtyPort) -> Iterator[tuple[Faulty, BuiltinEngine]]:
    engine = BuiltinEngine(load_board(), load_image(image), {"tier": "T0"})
    engine.boot()
    faulty, ended = Faulty(port), threading.Event()
    server = threading.Thread(target=Server(engine, faulty).run, args=(ended.is_set,))
    server.start()
    try:
        yield faulty, engine
    finally:
        ended.set()
        server.join()
        faulty.close()


def _open(name: str, **options: int | str | bool) -> tuple[SerialBoard, LossyDut]:
    board = SerialBoard(
        load_board(), unknown_image(), {"port": name, "timeout_scale": 0.2, **options}
    )
    board.boot()
    dut = LossyDut(board)
    dut.wait_ready()
    return board, dut


def _once(spoil: Callable[[bytes, int], bytes], at: int) -> Callable[[bytes], bytes]:
    """Spoils what the `at`th byte from now on is part of."""
    passed = 0

    def apply(data: bytes) -> bytes:
        nonlocal passed
        index = at - passed
        passed += len(data)
        return spoil(data, index) if 0 <= index < len(data) else data

    return apply


def _drop(data: bytes, index: int) -> bytes:
    return data[:index] + data[index + 1 :]


def _double(data: bytes, index: int) -> bytes:
    return data[: index + 1] + data[index:]


def _delay(data: bytes, index: int) -> bytes:
    time.sleep(1.3)
    return data


@pytest.mark.parametrize("spoil", [_drop, _double, _delay])
@pytest.mark.parametrize("seed", range(8))
def test_a_fault_never_makes_a_wrong_result(
    firmware: Path, spoil: Callable[[bytes, int], bytes], seed: int
) -> None:
    data = find_dataset(BENCHMARKS["kws"], 1).samples[0].inputs[0]
    with _served(firmware / "kws_dsp.elf", TcpPort(0)) as (faulty, _):
        board, dut = _open(faulty.name)
        dut.load(data)
        right = dut.infer(2, 1)
        # Somewhere in the loading of the input or in the window.
        faulty.spoil = _once(spoil, random.Random(seed).randrange(20, 700))
        try:
            dut.load(data)
            window = dut.infer(2, 1)
        except TinySimError:
            return
        finally:
            board.close()
        assert window.results == right.results
        assert window.elapsed_us == pytest.approx(right.elapsed_us, rel=0.01)


def test_a_single_fault_is_recovered_from(firmware: Path) -> None:
    data = find_dataset(BENCHMARKS["kws"], 1).samples[0].inputs[0]
    with _served(firmware / "kws_dsp.elf", TcpPort(0)) as (faulty, _):
        board, dut = _open(faulty.name)
        dut.load(data)
        right = dut.infer(1, 0)
        faulty.spoil = _once(_drop, 150)  # in the middle of the window's lines
        assert dut.infer(1, 0).results == right.results
        board.close()


def test_a_line_that_keeps_losing_bytes_is_an_error_that_names_one(firmware: Path) -> None:
    with _served(firmware / "kws_dsp.elf", TcpPort(0)) as (faulty, _):
        board, dut = _open(faulty.name)
        dut.load(bytes(490))
        faulty.spoil = lambda data: data.replace(b"m-infer-done", b"m-inferdone")
        with pytest.raises(LinkError, match="m-inferdone"):
            dut.infer(1, 0)
        board.close()


def test_a_board_that_resets_within_a_window_is_asked_again(firmware: Path) -> None:
    data = find_dataset(BENCHMARKS["kws"], 1).samples[0].inputs[0]
    with _served(firmware / "kws_dsp.elf", TcpPort(0)) as (faulty, engine):
        board, dut = _open(faulty.name)
        dut.load(data)
        right = dut.infer(1, 0)

        def reset(sent: bytes, index: int) -> bytes:
            engine.machine.reset()
            return sent

        faulty.spoil = _once(reset, 120)
        assert dut.infer(1, 0).results == right.results
        board.close()


def test_a_silent_board_is_one_clear_error(firmware: Path) -> None:
    with _served(firmware / "kws_dsp.elf", TcpPort(0)) as (faulty, _):
        board, dut = _open(faulty.name)
        faulty.spoil = lambda data: b""
        with pytest.raises(SilenceError, match="no line within"):
            dut.infer(1, 0, limit_s=5)
        board.close()


# pyserial's socket:// leaves its socket open when the other end went first.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_that_goes_away_is_one_clear_error(firmware: Path) -> None:
    with _served(firmware / "kws_dsp.elf", TcpPort(0)) as (faulty, _):
        _, dut = _open(faulty.name)
    with pytest.raises(EngineError, match="went away"):
        for _ in range(10):  # answers may still be on their way
            dut.command("name")


def test_nobody_at_the_port() -> None:
    with pytest.raises(EngineError, match="cannot be opened"):
        _open("socket://127.0.0.1:9")


@pytest.mark.parametrize(("suffix", "rate"), [("dsp", 115200), ("dsp_energy", 9600)])
def test_the_rate_is_found_out(firmware: Path, tmp_path: Path, suffix: str, rate: int) -> None:
    image = firmware / f"kws_{suffix}.elf"
    with _served(image, PtyPort(tmp_path / "tty")) as (faulty, _):
        board, dut = _open(faulty.name)
        assert board.baud() == rate
        assert dut.name() == "unspecified"
        board.close()
    with (
        _served(image, PtyPort(tmp_path / "tty")) as (faulty, _),
        pytest.raises(SilenceError, match="no board answers"),
    ):
        _open(faulty.name, baud=921600)


def test_whole_runs_over_a_serial_port_give_what_the_emulator_gives(
    firmware: Path, tmp_path: Path
) -> None:
    image, benchmark = firmware / "kws_dsp.elf", BENCHMARKS["kws"]
    emulated = Setup(
        benchmark=benchmark,
        board=load_board(),
        image=load_image(image),
        dataset=find_dataset(benchmark, 3),
        options={"tier": "T0"},
    )
    with _served(image, PtyPort(tmp_path / "tty")) as (faulty, _):
        measured = Setup(
            benchmark=benchmark,
            board=load_board(),
            image=unknown_image(),
            dataset=find_dataset(benchmark, 3),
            engine="serial",
            options={"port": faulty.name},
        )
        there, here = run_performance(measured), run_performance(emulated)
        assert there.latency_us == pytest.approx(here.latency_us, rel=0.001)
        assert (there.tier, there.error_band, there.baud) == ("silicon", None, 115200)
        answers = [out.results for out in run_accuracy(emulated).outputs]
    with _served(image, PtyPort(tmp_path / "tty")):
        assert [out.results for out in run_accuracy(measured).outputs] == answers
