"""The console by semihosting (ARM 100863)."""

from pathlib import Path

import pytest

from tinysim._core import Machine, Stop

from .assembly import boot, word

_FAILED = 0xFFFFFFFF
_RESULT = 0x20000100


def _call(folder: Path, operation: int, *arguments: str, typed: bytes = b"") -> Machine:
    """Make one call with a block of arguments; its result is at `_RESULT`."""
    machine = boot(
        folder,
        f"""
    .thumb_func
start:
    adr r0, given           @ the block is in RAM, as calls write to it
    ldr r1, =0x20000200
    movs r2, #4
1:  ldr r3, [r0], #4
    str r3, [r1], #4
    subs r2, #1
    bne 1b
    movs r0, #{operation}
    ldr r1, =0x20000200
    bkpt #0xAB
    ldr r1, ={_RESULT}
    str r0, [r1]
    movs r0, #0x18
    ldr r1, =0x20026
    bkpt #0xAB
    .ltorg
    .balign 4
given: .word {", ".join([*arguments, "0", "0", "0", "0"][:4])}
text: .asciz "hello, world"
console: .asciz ":tt"
file: .asciz "out"
""",
    )
    machine.semihosting_write(typed)
    assert machine.run(1_000_000) is Stop.EXIT
    return machine


@pytest.mark.parametrize(
    ("handle", "said", "left"), [(1, b"hello", 0), (2, b"hello", 0), (7, b"", 5)]
)
def test_what_is_written_to_the_console_is_heard(
    tmp_path: Path, handle: int, said: bytes, left: int
) -> None:
    machine = _call(tmp_path, 5, str(handle), "text", "5")
    assert machine.semihosting() == said
    assert word(machine, _RESULT) == left


def test_what_is_typed_is_read_and_no_more(tmp_path: Path) -> None:
    machine = _call(tmp_path, 6, "0", "0x20000300", "8", typed=b"abc")
    assert word(machine, _RESULT) == 8 - 3
    assert machine.read_memory(0x20000300, 4) == b"abc\0"
    assert word(_call(tmp_path, 7, typed=b"x"), _RESULT) == ord("x")
    assert word(_call(tmp_path, 7), _RESULT) == _FAILED


@pytest.mark.parametrize(
    ("name", "mode", "handle"),
    [("console", 0, 3), ("console", 4, 1), ("console", 8, 1), ("file", 4, _FAILED)],
)
def test_there_is_nothing_to_open_but_the_console(
    tmp_path: Path, name: str, mode: int, handle: int
) -> None:
    assert word(_call(tmp_path, 1, name, str(mode), "3"), _RESULT) == handle


@pytest.mark.parametrize(
    ("operation", "arguments", "result"),
    [
        (2, ["1"], 0),
        (8, ["0xFFFFFFFF"], 1),
        (8, ["5"], 0),
        (9, ["1"], 1),
        (9, ["9"], 0),
        (0x0C, ["1"], 0),
        (0x13, [], 2),
        (0x31, [], 1_000_000),
        (0x77, [], _FAILED),
    ],
)
def test_what_calls_answer(
    tmp_path: Path, operation: int, arguments: list[str], result: int
) -> None:
    assert word(_call(tmp_path, operation, *arguments), _RESULT) == result


def test_the_heap_is_the_firmwares_to_place(tmp_path: Path) -> None:
    machine = _call(tmp_path, 0x16, "0x20000300")
    assert machine.read_memory(0x20000300, 16) == bytes(16)
