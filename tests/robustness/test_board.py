"""The Python API used wrongly, and two servers with one name."""

import math
import os
from pathlib import Path

import numpy as np
import pytest

import tinysim
from tinysim import Board
from tinysim.benchmarks import BENCHMARKS
from tinysim.errors import (
    EngineError,
    ImageError,
    PlatformError,
    ProtocolError,
    TinySimError,
)
from tinysim.links import PtyPort


@pytest.fixture
def board(firmware: Path) -> Board:
    return Board(firmware / "kws_dsp.elf", tier="T0")


def test_nothing_is_asked_before_boot(board: Board) -> None:
    for ask in (
        lambda: board.infer(bytes(490)),
        lambda: board.command("name"),
        lambda: board.read_line(),
        lambda: board.write(b"name%"),
        lambda: board.run_to("th_infer"),
    ):
        with pytest.raises(EngineError, match=r"call boot\(\) first"):
            ask()


def test_nothing_is_asked_after_close(board: Board) -> None:
    board.boot()
    board.close()
    board.close()
    for ask in (lambda: board.infer(bytes(490)), board.boot, board.read_line):
        with pytest.raises(EngineError, match="make another Board"):
            ask()


def test_nothing_is_looked_at_after_close(board: Board) -> None:
    board.boot()
    board.close()
    for look in (
        lambda: board.register("pc"),
        lambda: board.read_memory(0x20000000, 4),
        board.counters,
        lambda: board.on("th_infer", print),
        lambda: board.watch("th_infer"),
        lambda: board.pin("LD2"),
        lambda: board.press("B1"),
        lambda: board.run_for(0.1),
        board.reset,
    ):
        with pytest.raises(EngineError, match="make another Board"):
            look()
    assert "closed" in repr(board)


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan, math.inf, -math.inf, 1e30])
def test_times_that_cannot_be(board: Board, seconds: float) -> None:
    board.boot()
    for wait in (
        lambda: board.run_for(seconds),
        lambda: board.press("B1", for_s=seconds),
        lambda: board.read_line(seconds),
        lambda: board.run_to("main", seconds),
    ):
        with pytest.raises(EngineError, match="a time from 0 on was expected"):
            wait()
    assert board.command("name")


@pytest.mark.parametrize(
    ("address", "size"), [(0x20000000, -1), (0x20000000, 1 << 40), (-4, 4), (1 << 64, 4)]
)
def test_memory_that_cannot_be(board: Board, address: int, size: int) -> None:
    with pytest.raises(EngineError, match="no memory of"):
        board.read_memory(address, size)


@pytest.mark.parametrize("name", ["kwz", "KWS", "", "/"])
def test_a_name_that_is_nothing_is_told_what_there_is(name: str) -> None:
    with pytest.raises(ImageError, match="no image and no benchmark; there are: kws, vww"):
        Board(name)
    with pytest.raises(ImageError, match=r"build/.*app: cannot be read: "):
        Board(f"build/{name}/app")


def test_a_command_is_ascii(board: Board) -> None:
    board.boot()
    with pytest.raises(ProtocolError, match="of ASCII characters"):
        board.command("n\u00e4me")
    assert board.command("name")


_RIGHT = np.arange(-128, 362, dtype=np.int16).astype(np.int8)
_INPUTS = {
    "bytes": _RIGHT.tobytes(),
    "a bytearray": bytearray(_RIGHT.tobytes()),
    "a memoryview": memoryview(_RIGHT.tobytes()),
    "an array": _RIGHT,
    "its shape": _RIGHT.reshape(1, 49, 10, 1),
    "every second": np.repeat(_RIGHT, 2)[::2],
    "a list": _RIGHT.tolist(),
    "lists": _RIGHT.reshape(49, 10).tolist(),
    "floats in a list": [float(value) for value in _RIGHT],
}
_WRONG = {
    "pixels": (_RIGHT.astype(np.uint8), "uint8, int8 was expected"),
    "wide": (_RIGHT.astype(np.int64), "int64, int8 was expected"),
    "as many bytes of wider numbers": (np.zeros(245, np.int16), "int16, int8 was expected"),
    "numpy's zeros": (np.zeros((49, 10)), "float64, int8 was expected"),
    "too large": ([128] * 490, "a number that is none of int8"),
    "a fraction": ([0.5] * 490, "a number that is none of int8"),
    "NaN": ([math.nan] * 490, "a number that is none of int8"),
    "too few": ([0] * 489, "489 bytes .* 490 were expected: int8, 49 frames"),
    "a text": ("x" * 490, "int8 was expected"),
    "nothing": (None, "int8 was expected"),
}


@pytest.mark.parametrize("name", _INPUTS)
def test_an_input_is_what_numpy_makes_an_array_of(board: Board, name: str) -> None:
    board.boot()
    expected = board.infer(_INPUTS["bytes"]).output
    board.boot()
    assert board.infer(_INPUTS[name]).output == expected


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("name", _WRONG)
def test_an_input_of_other_numbers(board: Board, name: str) -> None:
    board.boot()
    data, pattern = _WRONG[name]
    with pytest.raises(ProtocolError, match=pattern):
        board.infer(data)


@pytest.mark.parametrize("name", ["vww", "ic", "ic2", "ad"])
def test_an_array_of_the_models_int8_is_not_what_the_firmware_takes(
    firmware: Path, name: str
) -> None:
    """Pixels and energies are quantized on the board."""
    benchmark = BENCHMARKS[name]
    with Board(firmware / f"{name}_dsp.elf", tier="T0") as board:
        board.boot()
        with pytest.raises(ProtocolError, match=f"int8, {benchmark.input_type} was expected"):
            board.infer(np.zeros(benchmark.model_input, np.int8))
        count = benchmark.input_bytes // np.dtype(benchmark.input_type).itemsize
        assert board.infer(np.zeros(count, benchmark.input_type)).output


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_leaves_nothing(limit: int) -> None:
    for mode in ("performance", "accuracy"):
        with pytest.raises(TinySimError, match=r"leaves none; 1 is the least"):
            tinysim.run("kws", mode=mode, limit=limit)


def test_a_real_board_is_run_as_it_is() -> None:
    with pytest.raises(EngineError, match="cannot be opened"):
        tinysim.run("kws", engine="serial", port="/nowhere")
    for given in ({"tier": "T2"}, {"variant": "reference"}, {"folding": False}, {"flash": True}):
        with pytest.raises(TinySimError, match="takes a board as it is"):
            tinysim.run("kws", engine="serial", port="/nowhere", **given)


def test_numbers_of_notebooks_are_numbers(firmware: Path) -> None:
    for clock in (80e6, np.int64(80_000_000), np.float64(80e6), "80MHz"):
        with Board(firmware / "kws_dsp.elf", tier="T0", clock=clock) as board:
            board.boot()
            assert board.engine.clock_hz() == 80_000_000
    for wrong in (80e6 + 0.5, np.float64("nan"), np.bool_(1), np.zeros(1)):
        with pytest.raises(PlatformError, match="option clock: "):
            Board(firmware / "kws_dsp.elf", clock=wrong)


@pytest.mark.parametrize("size", [0, 1, 489, 491, 2560, 100_000])
def test_an_input_of_another_size(board: Board, size: int) -> None:
    board.boot()
    with pytest.raises(ProtocolError, match=rf"{size} bytes, 490 were expected"):
        board.infer(bytes(size))


@pytest.mark.parametrize(("inferences", "warmups"), [(0, 0), (-1, 0), (1, -1)])
def test_counts_that_cannot_be(board: Board, inferences: int, warmups: int) -> None:
    board.boot()
    with pytest.raises(ProtocolError, match="at least 1 inference"):
        board.infer(bytes(490), inferences, warmups)


@pytest.mark.parametrize("name", ["", "r16", "R0", "cpsr", "s32", "\x1b"])
def test_a_register_that_is_not_there(board: Board, name: str) -> None:
    board.boot()
    with pytest.raises(TinySimError, match="there are: "):
        board.register(name)


def test_watches_and_handlers_of_one_function_all_count(board: Board) -> None:
    board.boot()
    board.infer(bytes(490))
    before = len(board.engine._handlers)
    seen: list[int] = []
    first, second = board.watch("th_infer"), board.watch("th_infer")
    board.on("th_infer", lambda: seen.append(1))
    third = board.watch("th_infer")
    board.infer(bytes(490), inferences=2, warmups=1)
    assert [len(watch.calls) for watch in (first, second, third)] == [3, 3, 3]
    assert first.calls == second.calls == third.calls
    assert len(seen) == 3
    # Of the places that calls have come back to nothing is left.
    assert len(board.engine._handlers) == before + 1


def test_run_to_leaves_the_handlers_of_others(board: Board) -> None:
    board.boot()
    watch = board.watch("th_infer")
    board.write(b"infer 1 0%")
    board.run_to("th_infer")
    while "m-ready" not in board.read_line():
        pass
    assert len(watch.calls) == 1


def test_a_name_that_another_server_holds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    first = PtyPort(path)
    with pytest.raises(EngineError, match="perhaps another server's"):
        PtyPort(path)
    assert path.readlink() == Path(first._device)
    first.close()
    assert not path.is_symlink()


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dangling link"])
def test_what_it_did_not_make_is_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "tty"
    if kind == "file":
        path.write_text("mine")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/null" if kind == "link" else "/dev/pts/none")
    before = os.lstat(path)
    with pytest.raises(EngineError, match="cannot be made"):
        PtyPort(path)
    assert os.lstat(path) == before


def test_anothers_link_is_left_when_ours_has_gone(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    first = PtyPort(path)
    path.unlink()
    second = PtyPort(path)
    first.close()
    assert path.is_symlink()
    second.close()
    assert not path.is_symlink()
