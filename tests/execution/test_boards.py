"""Boards other than the first, made of a `.repl` and a `.toml` alone."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tinysim.execution import Edge, End, Execution, Text
from tinysim.image import load_image
from tinysim.platform import find_platforms, load_board

from .programs import VECTORS

_FOLLOW = (
    VECTORS
    + """
    ldr r0, =0x4002104C      @ RCC_AHB2ENR
    movs r1, #7
    str r1, [r0]
    ldr r0, =0x40021060      @ RCC_APB2ENR.USART1EN
    ldr r1, =0x4000
    str r1, [r0]
    ldr r0, =0x40013800
    movs r1, #35
    str r1, [r0, #0xC]
    movs r1, #13
    str r1, [r0]
    movs r1, #'!'
    str r1, [r0, #0x28]
    ldr r2, =0x48000400      @ PB14 is an output
    ldr r1, =0xDFFFFEBF
    str r1, [r2]
    ldr r3, =0x48000800      @ PC13 an input
    ldr r1, =0xF3FFFFFF
    str r1, [r3]
1:  ldr r1, [r3, #0x10]
    lsrs r1, #13
    and r1, #1
    lsls r1, #14
    str r1, [r2, #0x14]
    b 1b
    .balign 4
"""
)
"""USART1 says `!`, and PB14 follows PC13."""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "follow.bin"
    path.write_bytes(assemble(tmp_path, _FOLLOW))
    return path


def _copy(folder: Path, changes: dict[str, str]) -> Path:
    """The discovery board once more, with some of its lines changed; its `.toml`."""
    for source in find_platforms().glob("*.repl"):
        text = source.read_text()
        for before, after in changes.items():
            text = text.replace(before, after)
        (folder / source.name).write_text(text)
    own = folder / "mine.toml"
    own.write_text((find_platforms() / "b_l4s5i_iot01a.toml").read_text())
    return own


def test_a_discovery_board_boots_and_its_button_is_low_while_pressed(image: Path) -> None:
    run = Execution(load_board("b_l4s5i_iot01a"), load_image(image))
    run.watch("LD2")
    run.press("B2", at_s=0.02, for_s=0.01)
    events = list(run.run(0.05))
    assert [event.data for event in events if isinstance(event, Text)] == [b"!"]
    assert [event.level for event in events if isinstance(event, Edge)] == [True, False, True]
    assert events[-1] is End.TIME
    assert run.warnings() == []


def test_memory_is_what_the_description_says(image: Path, tmp_path: Path) -> None:
    own = _copy(tmp_path, {"size: 0x200000": "size: 0x100000", "size: 0x60000": "size: 0x20000"})
    run = Execution(load_board(str(own)), load_image(image))
    run.machine.read_memory(0x080FFFFF, 1)
    run.machine.read_memory(0x2005FFFF, 1)
    for outside in (0x08100000, 0x20060000):
        with pytest.raises(Exception, match="no memory"):
            run.machine.read_memory(outside, 1)
    machine = run.machine
    for key in (0x45670123, 0xCDEF89AB):
        machine.bus_write(0x40022008, key)
    machine.load(0x08080000, b"bank 2")
    machine.bus_write(0x40022014, 1 << 1 | 1 << 11 | 1 << 16)  # erase its first page
    assert machine.read_memory(0x08080000, 6) == b"\xff" * 6
    assert any(isinstance(event, Text) for event in run.run(0.1))


def _tinysim(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tinysim", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("own", [False, True])
def test_the_command_line_takes_a_board_by_name_or_file(
    image: Path, tmp_path: Path, own: bool
) -> None:
    board = str(_copy(tmp_path, {})) if own else "b_l4s5i_iot01a"
    done = _tinysim("exec", str(image), "--board", board, "--for", "10ms", "--watch", "LD2")
    assert done.returncode == 0, done.stderr
    assert "usart1 | !" in done.stdout
    assert re.search(r"LD2 high at 0\.00\d+ s", done.stdout)


def test_a_board_that_is_not_there_is_refused_by_name(image: Path) -> None:
    done = _tinysim("exec", str(image), "--board", "arduino")
    assert done.returncode == 2
    assert "no board 'arduino'" in done.stderr
    assert "b_l4s5i_iot01a, nucleo_l4r5zi" in done.stderr


def test_a_result_says_its_board(firmware: Path, tmp_path: Path) -> None:
    # The firmware speaks on LPUART1: the same chip with that as its link.
    own = _copy(tmp_path, {})
    text = own.read_text().replace('link = "usart1"', 'link = "lpuart1"')
    own.write_text(text.replace('"B-L4S5I-IOT01A"', '"My board"'))
    out = tmp_path / "out.json"
    arguments = ("run", "kws", "--image", str(firmware / "kws_dsp.elf"), "--board", str(own))
    done = _tinysim(*arguments, "--json", str(out))
    assert done.returncode == 0, done.stderr
    content = json.loads(out.read_text())
    result = content[0] if isinstance(content, list) else content
    assert result["board"] == "My board"
