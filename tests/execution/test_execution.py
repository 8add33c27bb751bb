"""Any image: what it says, the pins it moves, how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tinysim.engines.base import open_engine
from tinysim.errors import EngineError, FaultError, PlatformError
from tinysim.execution import Edge, End, Execution, Text
from tinysim.image import SRAM1_BASE, load_image
from tinysim.platform import load_board

from . import programs


def _image(tmp_path: Path, source: str) -> Path:
    path = tmp_path / "program.bin"
    path.write_bytes(assemble(tmp_path, source))
    return path


def _run(tmp_path: Path, source: str) -> Execution:
    return Execution(load_board(), load_image(_image(tmp_path, source)), {"tier": "T2"})


def _tinysim(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tinysim", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_semihosting_is_heard_and_ends_the_run(tmp_path: Path) -> None:
    run = _run(tmp_path, programs.SEMIHOSTING.format(code=0))
    events = list(run.run(1.0))
    assert [(e.source, e.data) for e in events if isinstance(e, Text)] == [
        ("semihosting", b"hello\n")
    ]
    assert events[-1] is End.EXIT


def test_an_image_for_sram1_boots_there(tmp_path: Path) -> None:
    from intelhex import IntelHex

    content = IntelHex()
    program = programs.SEMIHOSTING.format(code=0).replace("0x20008000", "0x20018000")
    content.puts(SRAM1_BASE, assemble(tmp_path, program, SRAM1_BASE))
    path = tmp_path / "in_ram.hex"
    content.write_hex_file(str(path))
    run = Execution(load_board(), load_image(path), {"tier": "T3"})
    events = list(run.run(1.0))
    assert [event.data for event in events if isinstance(event, Text)] == [b"hello\n"]
    assert events[-1] is End.EXIT
    assert run.machine.bus_read(4) == run.machine.bus_read(SRAM1_BASE + 4)


def test_an_image_for_sram1_is_no_other_engines_matter(tmp_path: Path) -> None:
    from intelhex import IntelHex

    content = IntelHex()
    content.puts(SRAM1_BASE, assemble(tmp_path, programs.RTT, SRAM1_BASE))
    path = tmp_path / "in_ram.hex"
    content.write_hex_file(str(path))
    for engine in ("renode", "serial"):
        with pytest.raises(EngineError, match=f"{engine} boots from flash alone"):
            open_engine(engine, load_board(), load_image(path))


def test_a_ring_of_rtt_is_drained_as_often_as_it_fills(tmp_path: Path) -> None:
    run = _run(tmp_path, programs.RTT)
    heard = [event for event in run.run(2.0) if isinstance(event, Text)]
    assert {event.source for event in heard} == {"rtt0"}
    assert b"".join(event.data for event in heard) == b"longer than the ring of sixteen bytes\n"
    assert len(heard) > 2


@pytest.mark.parametrize("address", [0x2000FFF8, 0x20010000, 0x2002FFD0])
def test_rtt_is_found_wherever_it_lies(tmp_path: Path, address: int) -> None:
    run = _run(tmp_path, programs.ECHO_BUTTON)
    words = (1, 0, 0, 0x20000800, 16, 3, 0, 0)  # one channel up with three bytes to be read
    block = b"SEGGER RTT".ljust(16, b"\0") + b"".join(word.to_bytes(4, "little") for word in words)
    run.machine.write_memory(0x20000900, b"SEGGER RTT, but not its block")
    run.machine.write_memory(0x20000800, b"abc")
    run.machine.write_memory(address, block)
    heard = [event for event in run.run(0.05) if isinstance(event, Text)]
    assert [(event.source, event.data) for event in heard] == [("rtt0", b"abc")]


def test_a_button_is_pressed_and_a_light_follows(tmp_path: Path) -> None:
    run = _run(tmp_path, programs.ECHO_BUTTON)
    run.watch("LD2")
    run.press("B1", at_s=0.05)
    run.drive("PC13", True, at_s=0.3)
    events = [event for event in run.run(0.4) if isinstance(event, Edge)]
    assert [(event.name, event.level) for event in events] == [
        ("LD2", True),
        ("LD2", False),
        ("LD2", True),
    ]
    for event, at_s in zip(events, (0.05, 0.15, 0.3), strict=True):
        assert at_s <= event.time_s < at_s + 1e-4
    assert run.level("PB7") and run.level("B1") and not run.level("LD3")


def test_every_port_is_heard_by_its_name(tmp_path: Path) -> None:
    run = _run(tmp_path, programs.TWO_PORTS)
    said: dict[str, bytes] = {}
    for event in run.run(0.1):
        if isinstance(event, Text):
            said[event.source] = said.get(event.source, b"") + event.data
    assert said == {"usart2": b"from the second\r\n", "usart3": b"from the third"}


def test_a_fault_says_where(tmp_path: Path) -> None:
    run = _run(tmp_path, programs.VECTORS.replace("fault: b fault", "fault: udf #1") + "udf #0")
    with pytest.raises(FaultError, match="0x"):
        list(run.run(1.0))


def test_wrong_names_are_refused(tmp_path: Path) -> None:
    run = _run(tmp_path, programs.ECHO_BUTTON)
    for name in ("PJ0", "PA16", "LD9", "", "A5"):
        with pytest.raises(PlatformError, match="there are PA0 to PI15, and B1, LD1"):
            run.watch(name)
    with pytest.raises(EngineError, match="no serial port 'usart9'; there are: lpuart1"):
        run.write("usart9", b"x")


@pytest.mark.parametrize(
    ("source", "arguments", "code", "out", "err"),
    [
        (programs.SEMIHOSTING.format(code=0), [], 0, "semihosting | hello\n", "ended itself"),
        (programs.SEMIHOSTING.format(code=3), [], 1, "semihosting | hello\n", "with code 3"),
        (programs.TWO_PORTS, ["--for", "50ms"], 0,
         "usart2 | from the second\nusart3 | from the third\n", "nothing is left"),
        (programs.TWO_PORTS, ["--uart", "usart3"], 0, "from the third\n", "nothing is left"),
        (programs.TWO_PORTS, ["--until", "sec.nd$"], 0, "usart2 | from the second\n", ""),
        (programs.TWO_PORTS, ["--until", "fourth"], 1, "usart2 | from the second\n",
         "no line like 'fourth'"),
        (programs.ECHO_BUTTON, ["--for", ".2", "--watch", "LD2", "--press", "B1@100ms"], 0,
         "LD2 high at 0.1000", ""),
        (programs.ECHO_BUTTON, ["--for", "0"], 2, "", "a time was expected"),
        (programs.ECHO_BUTTON, ["--press", "B1"], 2, "", "NAME@TIME was expected"),
        (programs.ECHO_BUTTON, ["--pin", "PA0@1s"], 2, "", "NAME=0 or NAME=1"),
        (programs.ECHO_BUTTON, ["--until", "("], 2, "", "--until ("),
        (programs.ASKS, ["--uart", "usart2", "--prompt", r"\?", "--type", "a", "--type", "b"], 0,
         "        ä?a\n        ä?b\n        ä?\n", "nothing is left"),
        (programs.ASKS, ["--uart", "usart2", "--type", "a", "--type", "b"], 0,
         "        ä?a\n        ä?b\n        ä?\n", "nothing is left"),
        (programs.ASKS, ["--uart", "usart2", "--prompt", ">", "--type", "a"], 0,
         "        ä?\n", "no prompt like '>'"),
        (programs.ASKS, ["--until", r"ä\?$"], 0, "usart2 |         ä?\n", ""),
        (programs.ASKS, ["--prompt", "("], 2, "", "--prompt ("),
        (programs.ECHO_BUTTON, ["--uart", "com1"], 2, "", "no serial port 'com1'"),
    ],
)  # fmt: skip
def test_the_command_prints_and_ends(
    tmp_path: Path, source: str, arguments: list[str], code: int, out: str, err: str
) -> None:
    done = _tinysim("exec", str(_image(tmp_path, source)), *arguments)
    assert done.returncode == code, done.stderr
    assert done.stdout.startswith(out)
    assert err in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("said", ["gr\u00fc\u00dfe", "\u20ac", "\u65e5\u672c"])
def test_what_is_typed_comes_back_as_it_was(firmware: Path, said: str) -> None:
    image = str(firmware / "kws_dsp.elf")
    ran = _tinysim("exec", image, "--type", f"{said}%", "--until", rf"command: {said}\]")
    assert ran.returncode == 0, ran.stdout


def test_a_wire_joins_two_pins(tmp_path: Path) -> None:
    run = _run(tmp_path, programs.ECHO_BUTTON)
    run.wire("PB7", "PA3")
    run.wire("PC13", "PA4")
    run.press("B1", at_s=0.05)
    run.watch("PA3")
    edges = [event for event in run.run(0.4) if isinstance(event, Edge)]
    assert [event.level for event in edges] == [True, False]
    with pytest.raises(EngineError, match="joins two pins"):
        run.wire("PA3", "PA3")


def test_a_debugger_is_found_if_one_is_asked_for(tmp_path: Path) -> None:
    image = load_image(_image(tmp_path, programs.ITM.format(end="nop")))
    heard: dict[bool, dict[str, bytes]] = {}
    for debugger in (False, True):
        run = Execution(load_board(), image, {"debugger": debugger})
        said = heard.setdefault(debugger, {})
        for event in run.run(0.1):
            if isinstance(event, Text):
                said[event.source] = said.get(event.source, b"") + event.data
    text = b"by the back door\n"
    assert heard == {False: {}, True: {"itm0": text, "itm1": text, "semihosting": text}}


def test_a_breakpoint_instruction_ends_a_run_with_a_debugger(tmp_path: Path) -> None:
    path = str(_image(tmp_path, programs.ITM.format(end="bkpt 1")))
    done = _tinysim("exec", path, "--debugger", "--for", "100ms")
    assert (done.returncode, "a BKPT instruction" in done.stderr) == (1, True)
    assert "itm0 | by the back door\nitm1 | by the back door\n" in done.stdout
    assert _tinysim("exec", path, "--for", "100ms").returncode == 0
