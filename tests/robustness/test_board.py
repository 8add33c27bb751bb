"""The Python API used wrongly, and two servers with one name."""

import os
from pathlib import Path

import pytest

from tinysim import Board
from tinysim.errors import EngineError, ProtocolError, TinySimError
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
