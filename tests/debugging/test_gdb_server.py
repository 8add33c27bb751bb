"""gdb at our own server: everything that a developer does, and going back."""

import re
from collections.abc import Iterator

import pytest

from .tools import gdb, program, serving


@pytest.fixture
def port() -> Iterator[int]:
    arguments = ("tinysim", "debug", str(program()), "--port", "0", "--rewind")
    with serving(*arguments, says="target remote 127.0.0.1:") as (found, _):
        yield found


def test_breakpoints_steps_and_backtraces(port: int) -> None:
    said = gdb(
        port,
        """
        break inner
        hbreak outer
        continue
        continue
        backtrace
        next
        delete
        finish
        finish
        print ratio
        info registers s0 fpscr control
        detach
        """,
    )
    assert "Breakpoint 2, outer (x=x@entry=0)" in said
    assert "Breakpoint 1, inner (x=x@entry=1)" in said
    assert re.search(r"#0 +inner .*\n#1 .* in outer .*\n#2 .* in main", said)
    assert "Value returned is $1 = 3" in said
    assert "Value returned is $2 = 4" in said
    assert "$3 = 1.75" in said
    assert re.search(r"^control +0x4 ", said, re.MULTILINE)  # FPCA


def test_watchpoints_say_which_and_what(port: int) -> None:
    said = gdb(
        port,
        """
        break main
        continue
        watch counter
        continue
        continue
        delete
        rwatch ticks
        continue
        delete
        awatch table[2]
        continue
        detach
        """,
    )
    assert "Hardware watchpoint 2: counter\n\nOld value = 0\nNew value = 1" in said
    assert "Hardware watchpoint 2: counter\n\nOld value = 1\nNew value = 3" in said
    assert "Hardware read watchpoint 3: ticks\n\nValue = " in said
    assert "Hardware access (read/write) watchpoint 4: table[2]" in said


def test_memory_and_registers_are_written(port: int) -> None:
    said = gdb(
        port,
        """
        break outer if x == 3
        continue
        print x
        set var x = 100
        set var table[0] = 77
        set var $s5 = 2.5
        print table
        print $s5
        break inner
        continue
        print x
        x/1wx 0xe000ed00
        x/2xb 0xe0042000
        print/x *(unsigned short *)0xe0042002
        set var *(int *)0x20000800 = 0x1234
        x/1wx 0x20000800
        detach
        """,
    )
    assert "$1 = 3" in said
    assert "$2 = {77," in said
    assert "$3 = 2.5" in said
    assert "$4 = 101" in said
    assert "0x410fc241" in said
    assert "0x70\t0x64" in said
    assert "$5 = 0x1003" in said
    assert "0x00001234" in said


def test_an_image_is_loaded_and_started_again(port: int) -> None:
    said = gdb(
        port,
        """
        break inner
        continue
        load
        monitor reset
        maintenance flush register-cache
        print $pc == (unsigned)&Reset_Handler - 0
        compare-sections
        continue
        print x
        monitor time
        monitor help
        kill
        """,
    )
    assert "Loading section .text" in said
    assert "$1 = 1" in said
    assert "MIS-MATCHED" not in said
    assert "$2 = 1" in said
    assert " cycles" in said


def test_it_runs_back(port: int) -> None:
    said = gdb(
        port,
        """
        break outer if x == 200
        continue
        delete
        print $pc
        print counter
        watch counter
        reverse-continue
        print counter
        delete
        break inner
        reverse-continue
        reverse-continue
        print x
        delete
        reverse-stepi
        reverse-stepi
        stepi
        stepi
        print x
        print $pc == (unsigned)&inner
        tbreak outer if x == 200
        continue
        print counter
        delete
        reverse-continue
        print $pc == (unsigned)&Reset_Handler
        kill
        """,
    )
    assert f"$2 = {sum(range(201))}" in said
    assert f"Old value = {sum(range(201))}\nNew value = {sum(range(200))}" in said
    assert f"$3 = {sum(range(200))}" in said
    assert "$4 = 199" in said  # x of the call before that one
    assert "$5 = 199" in said
    assert "$6 = 1" in said
    assert f"$7 = {sum(range(201))}" in said
    assert "No more reverse-execution history" in said
    assert "$8 = 1" in said


def test_interrupts_come_again_as_they_came(port: int) -> None:
    said = gdb(
        port,
        """
        break SysTick_Handler if ticks == 40
        continue
        print counter
        delete
        break SysTick_Handler
        reverse-continue
        print ticks
        print counter
        backtrace
        continue
        print ticks
        print counter
        kill
        """,
    )
    printed = dict(re.findall(r"\$(\d) = (\d+)", said))
    assert printed["2"] == "39"
    assert int(printed["3"]) < int(printed["1"])
    assert (printed["4"], printed["5"]) == ("40", printed["1"])
    assert "<signal handler called>" in said


def test_the_past_is_changed(port: int) -> None:
    said = gdb(
        port,
        """
        break outer if x == 20
        continue
        delete
        break inner if x == 10
        reverse-continue
        set var counter = 1000
        delete
        break outer if x == 20
        continue
        print counter
        delete
        break inner if x == 12
        reverse-continue
        print counter
        kill
        """,
    )
    assert f"$1 = {1000 + sum(range(10, 21))}" in said
    assert f"$2 = {1000 + 10 + 11}" in said


def test_rtt_is_printed() -> None:
    arguments = ("tinysim", "debug", str(program()), "--port", "0")
    with serving(*arguments, says="target remote 127.0.0.1:") as (port, process):
        said = gdb(port, "break outer if x == 1000\ncontinue\nreverse-stepi\nkill")
        assert "does not support this command" in said  # without --rewind
        assert process.wait(20) == 0
        assert process.stdout is not None
        assert process.stdout.read() == "rtt0 | hello by RTT\n"
