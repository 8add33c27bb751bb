"""Traces: read back by other people's readers, and compared with what the machine counts."""

import json
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from vcdvcd import VCDVCD

from tests.core.assembly import assemble
from tests.debugging.tools import program
from tests.execution import programs
from tinysim.execution import Execution
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.tracing import Names, trace
from tinysim.tracing.chrome import ChromeSink


def _tinysim(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tinysim", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _image(tmp_path: Path, source: str) -> Path:
    path = tmp_path / "program.bin"
    path.write_bytes(assemble(tmp_path, source))
    return path


def _changes(vcd: VCDVCD, signal: str) -> list[tuple[float, str]]:
    """Of a signal: seconds and value."""
    return [(time * 1e-12, value) for time, value in vcd[signal].tv]


def test_pins_are_signals(tmp_path: Path) -> None:
    dump = tmp_path / "out.vcd"
    done = _tinysim(
        "trace", str(_image(tmp_path, programs.ECHO_BUTTON)), "--for", "300ms",
        "--vcd", str(dump), "--press", "B1@100ms",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    vcd = VCDVCD(str(dump))
    button, light = _changes(vcd, "pins.B1"), _changes(vcd, "pins.LD2")
    assert [value for _, value in button] == ["0", "1", "0"]
    assert [value for _, value in light] == ["0", "1", "0"]
    for (pressed, _), (lit, _) in zip(button[1:], light[1:], strict=True):
        assert pressed < lit < pressed + 1e-5
    assert int(vcd["pins.gpiob"][int(0.15e12)], 2) >> 7 & 1


def test_bytes_are_signals(tmp_path: Path) -> None:
    dump = tmp_path / "out.vcd"
    done = _tinysim(
        "trace", str(_image(tmp_path, programs.TWO_PORTS)), "--for", "50ms", "--vcd", str(dump)
    )
    assert done.returncode == 0, done.stderr
    vcd = VCDVCD(str(dump))
    sent = bytes(int(value, 2) for _, value in _changes(vcd, "uarts.usart3_tx")[1:])
    assert sent == b"from the third"
    times = [time for time, _ in _changes(vcd, "uarts.usart2_tx_byte")]
    assert len(times) == len(b"from the second\r\n")
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) == pytest.approx(10 * 35 / 4e6, rel=0.01)  # frames of 10 bits


def test_exceptions_are_signals_and_slices(tmp_path: Path) -> None:
    dump, events = tmp_path / "out.vcd", tmp_path / "out.json"
    done = _tinysim(
        "trace", str(program()), "--for", "20ms", "--vcd", str(dump), "--perfetto", str(events)
    )
    assert done.returncode == 0, done.stderr
    vcd = VCDVCD(str(dump))
    ticks = [time for time, value in _changes(vcd, "exceptions.SysTick") if value == "1"]
    assert len(ticks) == 20e-3 * 4e6 // 5000 - 1 or len(ticks) == 20e-3 * 4e6 // 5000
    assert {value for _, value in _changes(vcd, "exceptions.IPSR")} == {"0", "1111"}
    slices = _slices(json.loads(events.read_text())["traceEvents"])
    handlers = [one for one in slices if one["name"] == "SysTick"]
    assert [one["start"] for one in handlers] == pytest.approx([1e6 * time for time in ticks])
    inside = [one for one in slices if one["name"] == "SysTick_Handler"]
    assert [one["parents"] for one in inside] == [("SysTick",)] * len(ticks)


def _slices(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Slices with their parents' names; every one is closed, on its track and in order."""
    stacks: dict[int, list[dict[str, Any]]] = {}
    result = []
    for event in events:
        stack = stacks.setdefault(event.get("tid", 0), [])
        if event["ph"] == "B":
            parents = tuple(one["name"] for one in stack)
            stack.append({"name": event["name"], "start": event["ts"], "parents": parents})
        elif event["ph"] == "E":
            one = stack.pop()
            assert event["ts"] >= one["start"]
            result.append({**one, "end": event["ts"]})
    assert not any(stacks.values())
    return sorted(result, key=lambda one: float(one["start"]))


def test_calls_are_slices(tmp_path: Path) -> None:
    events = tmp_path / "out.json"
    done = _tinysim("trace", str(program()), "--for", "5ms", "--perfetto", str(events))
    assert done.returncode == 0, done.stderr
    slices = _slices(json.loads(events.read_text())["traceEvents"])
    counts = Counter(one["name"] for one in slices)
    assert counts["main"] == counts["Reset_Handler"] == 1
    assert counts["outer"] - counts["inner"] in (0, 1)
    parents = {(one["name"], one["parents"]) for one in slices if one["name"] in ("inner", "outer")}
    assert parents == {
        ("outer", ("Reset_Handler", "main")),
        ("inner", ("Reset_Handler", "main", "outer")),
    }
    one = next(one for one in slices if one["name"] == "inner")
    assert 1.0 < one["end"] - one["start"] < 10.0  # some 15 instructions at 4 MHz


_CALLS = (
    programs.VECTORS
    + """
    bl leaf
    bl direct
    movs r4, #3
    bl recursive
    ldr r0, =twice
    blx r0
    b .
    .type leaf, %function
    .thumb_func
leaf: bx lr
    .type direct, %function
    .thumb_func
direct: b leaf                @ a tail call
    .type recursive, %function
    .thumb_func
recursive:
    push {lr}
    subs r4, #1
    beq 1f
    bl recursive
1:  pop {pc}
    .type twice, %function
    .thumb_func
twice:
    push {lr}
    bl leaf
    bl leaf
    pop {pc}
    .ltorg
    .type start, %function
"""
)


@pytest.mark.parametrize("tier", ["T0", "T3"])
def test_every_way_to_call_is_followed(tmp_path: Path, tier: str) -> None:
    assemble(tmp_path, _CALLS)
    board, image = load_board(), load_image(tmp_path / "program.elf")
    run = Execution(board, image, {"tier": tier})
    with (tmp_path / "out.json").open("w") as file:
        sink = ChromeSink(file, Names.of(run, board, image))
        for _ in trace(run, Names.of(run, board, image), 0.001, [sink], functions=True):
            pass
    slices = _slices(json.loads((tmp_path / "out.json").read_text())["traceEvents"])
    root = slices[0]["parents"]
    assert root == ()
    assert [(one["name"], len(one["parents"])) for one in slices if one["name"] != "start"] == [
        ("leaf", 1),
        ("direct", 1),
        ("leaf", 1),  # in place of `direct`
        ("recursive", 1),
        ("recursive", 2),
        ("recursive", 3),
        ("twice", 1),
        ("leaf", 2),
        ("leaf", 2),
    ]


def test_functions_in_cpp_have_the_names_of_their_source(firmware: Path, tmp_path: Path) -> None:
    board, image = load_board(), load_image(firmware / "kws_dsp.elf")
    run = Execution(board, image)
    with (tmp_path / "out.json").open("w") as file:
        sink = ChromeSink(file, Names.of(run, board, image))
        for _ in trace(run, Names.of(run, board, image), 0.003, [sink], functions=True):
            pass
    text = (tmp_path / "out.json").read_text()
    assert '"name":"board::send"' in text and "_ZN" not in text


def test_a_trace_changes_no_run(tmp_path: Path) -> None:
    image = load_image(program())
    ends = []
    for traced in (False, True):
        run = Execution(load_board(), image, {"tier": "T3"})
        if traced:
            run.machine.trace_start([symbol.address & ~1 for symbol in image.functions])
        for _ in run.run(0.05):
            run.machine.trace_take()
        ends.append((run.machine.cycles, run.machine.instructions, run.machine.registers()))
    assert ends[0] == ends[1]


def test_a_long_trace_is_taken_in_pieces(tmp_path: Path) -> None:
    image = load_image(program())
    run = Execution(load_board(), image, {"tier": "T0"})
    run.machine.trace_start([symbol.address & ~1 for symbol in image.functions])
    most = 0
    for _ in range(5):
        run.machine.run(4_000_000)
        most = max(most, len(run.machine.trace_take()))
    assert most == 16 << 16


def test_what_cannot_be_traced_is_said(tmp_path: Path) -> None:
    image = _image(tmp_path, programs.TWO_PORTS)
    done = _tinysim("trace", str(image))
    assert (done.returncode, "give --vcd FILE or --perfetto FILE" in done.stderr) == (2, True)
    done = _tinysim("trace", str(image), "--perfetto", str(tmp_path / "o.json"), "--for", "1ms")
    assert done.returncode == 0
    assert "functions are not" in done.stderr
    done = _tinysim("trace", str(image), "--vcd", str(tmp_path / "missing" / "o.vcd"))
    assert done.returncode == 2
