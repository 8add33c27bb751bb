"""Our firmware's protocol, line by line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tinysim.engines import Engine, open_engine
from tinysim.errors import SilenceError
from tinysim.image import load_image
from tinysim.platform import load_board


@pytest.fixture
def board(firmware: Path) -> Iterator[Engine]:
    engine = open_engine("builtin", load_board(), load_image(firmware / "kws_dsp.elf"))
    engine.boot()
    yield engine
    engine.close()


def _lines(engine: Engine) -> list[str]:
    lines = []
    while not lines or lines[-1] != "m-ready":
        lines.append(engine.read_line(5).text)
    return lines


def _ask(engine: Engine, command: str) -> list[str]:
    engine.write(command.encode())
    return _lines(engine)


def test_the_firmware_boots_as_the_reference_does(board: Engine) -> None:
    boot = _lines(board)
    assert boot[0] == "m-timestamp-mode-performance"
    assert boot[1].startswith("m-lap-us-")
    assert boot[-2:] == ["m-init-done", "m-ready"]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("name%", ["m-name-dut-[unspecified]"]),
        ("profile%", ["m-profile-[ULPMark for tinyML Firmware V0.0.1]", "m-model-[kws01]"]),
        ("bogus%", ["e-[Unknown command: bogus]"]),
        ("%", ["e-[Unknown command: ]"]),
        ("db%", ["e-[Command 'db' requires a subcommand]"]),
        ("db load%", ["e-[Command 'db load' requires the # of bytes]"]),
        ("db load 0%", ["e-[Command 'db load' must be >0 bytes]"]),
        ("db load 491%", ["Supplied buffer size 491 exceeds maximum of 490"]),
        ("db load 3%db 0a%", ["m-[Expecting 3 bytes]"]),
        ("db abc%", ["e-[Insufficent number of hex digits]"]),
        ("db zz%", ["e-[Invalid hex digit 'zz']"]),
        ("infer 0%", ["e-[Inference iterations must be >0]"]),
        ("infer 1 -1%", ["e-[Inference warmup must be >=0]"]),
        ("x" * 100 + "%", ["e-[Unknown command: " + "x" * 80 + "]"]),
    ],
)
def test_every_command_is_answered(board: Engine, command: str, answer: list[str]) -> None:
    _lines(board)
    assert _ask(board, command)[:-1] == answer


def test_the_buffer_is_printed_eight_bytes_a_line(board: Engine) -> None:
    _lines(board)
    _ask(board, "db load 10%")
    assert _ask(board, "db 00112233445566778899%") == ["m-load-done", "m-ready"]
    assert _ask(board, "db print%") == [
        "m-buffer-00-11-22-33-44-55-66-77",
        "m-buffer-88-99",
        "",
        "m-ready",
    ]


def test_more_bytes_than_fit_do_no_harm(board: Engine) -> None:
    _lines(board)
    _ask(board, "db load 100000%")
    for _ in range(1000):
        _ask(board, f"db {'5a' * 31}%")
    assert _ask(board, "name%")[0] == "m-name-dut-[unspecified]"


def test_the_energy_image_times_by_the_pin_and_prints_no_laps(firmware: Path) -> None:
    from tinysim.engines.builtin import BuiltinEngine

    engine = BuiltinEngine(load_board(), load_image(firmware / "kws_dsp_energy.elf"), {})
    engine.boot()
    assert _lines(engine)[0] == "m-timestamp-mode-energy"
    assert engine.baud() == 9600
    engine.machine.pin_events()
    answer = _ask(engine, "infer 2 0%")
    assert not any("m-lap-us" in line for line in answer)
    falls = [event for event in engine.machine.pin_events() if not event.level]
    assert len(falls) == 2
    assert 0.05e9 < falls[1].time_ns - falls[0].time_ns < 0.3e9


def test_a_board_that_is_asked_nothing_says_nothing(board: Engine) -> None:
    _lines(board)
    with pytest.raises(SilenceError, match="no answer within"):
        board.read_line(1.0)


def test_instructions_and_cycles_are_counted_by_function(firmware: Path) -> None:
    from tinysim.engines.builtin import BuiltinEngine
    from tinysim.protocol import Dut

    engine = BuiltinEngine(load_board(), load_image(firmware / "kws_dsp.elf"), {})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    dut.load(bytes(490))
    engine.count_functions()
    before = engine.counters()
    dut.infer(1, 0)
    after = engine.counters()
    functions = engine.functions()
    total = sum(instructions for instructions, _ in functions.values())
    assert total == pytest.approx(after.instructions - before.instructions, rel=0.05)
    largest = max(functions, key=lambda name: functions[name][0])
    assert largest == "tinysim_multiply_lanes"
