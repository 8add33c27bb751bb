"""Pins and buttons of a board from Python."""

from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tests.execution import programs
from tinysim import Board
from tinysim.errors import EngineError, PlatformError


@pytest.fixture
def board(tmp_path: Path) -> Board:
    path = tmp_path / "program.bin"
    path.write_bytes(assemble(tmp_path, programs.ECHO_BUTTON))
    made = Board(path, tier="T2")
    made.engine.boot()
    return made


def test_a_button_lights_a_light(board: Board) -> None:
    light = board.pin("LD2")
    board.run_for(0.01)
    assert (light.level, light.edges()) == (False, [])
    board.press("B1", for_s=0.05)
    board.run_for(0.01)
    edges = light.edges()
    assert [edge.level for edge in edges] == [True, False]
    assert edges[0].time_s == pytest.approx(0.01, abs=1e-4)
    assert edges[1].time_s == pytest.approx(0.06, abs=1e-4)
    assert light.edges() == []


def test_a_pin_is_driven_and_let_go(board: Board) -> None:
    button, light = board.pin("PC13"), board.pin("pb7")
    button.drive(True)
    board.run_for(0.01)
    assert button.level and light.level
    button.release()
    board.run_for(0.01)
    assert not button.level and not light.level
    with pytest.raises(PlatformError, match="there are PA0 to PI15"):
        board.pin("X1")


def test_the_timestamps_of_energy_mode_stay_apart(board: Board) -> None:
    light = board.pin("LD2")
    board.run_for(0.001)
    board.press("B1")
    assert board.engine.edges() == []  # type: ignore[attr-defined]
    assert len(light.edges()) == 1


def test_a_breakpoint_instruction_ends_in_an_error(tmp_path: Path) -> None:
    path = tmp_path / "program.bin"
    path.write_bytes(assemble(tmp_path, programs.VECTORS + "bkpt 5\nb .\n"))
    board = Board(path, tier="T2", debugger=True)
    with pytest.raises(EngineError, match="BKPT instruction has halted the core, at"):
        board.boot()
