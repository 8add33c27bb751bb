"""Every setting of the flash interface: wait states, prefetch, caches, bank mode."""

from itertools import product
from pathlib import Path

import pytest

from tinysim._core import Machine

from .assembly import assemble
from .micro_benchmarks import machine

PRFTEN, ICEN, DCEN = 1 << 8, 1 << 9, 1 << 10
ROW_BYTES = {"dual": 8, "single": 16}
WAIT_STATES = range(6)


def boot(tmp_path: Path, acr: int, code: str, **options: str | int | bool) -> Machine:
    """A machine that has run `code`, which ends with BKPT, under FLASH_ACR's value."""
    source = f"""
    .word 0x20008000, start + 1
    .balign 32
    .thumb_func
start:
    ldr r0, =0x40022000
    ldr r1, ={acr}
    str r1, [r0]
    ldr r5, =0x08008000
    b code
    .ltorg
    .balign 32
code:
    {code}
    bkpt 0
"""
    made = machine(assemble(tmp_path, source), **options)
    made.run(1_000_000)
    return made


def cycles_a_row(tmp_path: Path, instruction: str, size: int, acr: int, bank: str) -> float:
    """What straight code takes for each row of flash, behind the first 32 of them."""
    rounds = ROW_BYTES[bank] // size
    short, long = (
        boot(
            tmp_path, acr, f".rept {rows * rounds}\n {instruction}\n .endr", flash__bank=bank
        ).cycles
        for rows in (32, 64)
    )
    return (long - short) / 32


@pytest.mark.parametrize(("bank", "caches"), [*product(ROW_BYTES, (0, ICEN | DCEN))])
@pytest.mark.parametrize("wait_states", WAIT_STATES)
def test_straight_code_waits_for_each_row(
    tmp_path: Path, wait_states: int, bank: str, caches: int
) -> None:
    """A row is asked for when there is room for its first word. Long instructions take a word a
    cycle, so that all of its wait shows; of short ones, two words in the buffer hide two cycles.
    """
    row = ROW_BYTES[bank]
    acr = wait_states | caches
    assert cycles_a_row(tmp_path, "nop.w", 4, acr, bank) == row // 4 + wait_states
    assert cycles_a_row(tmp_path, "nop", 2, acr, bank) == row // 2 + max(0, wait_states - 2)


@pytest.mark.parametrize("bank", ROW_BYTES)
@pytest.mark.parametrize("wait_states", WAIT_STATES)
def test_prefetch_reads_the_next_row_beside(tmp_path: Path, wait_states: int, bank: str) -> None:
    """Execution and the array work side by side: the slower one decides (RM0432 3.3.4)."""
    row = ROW_BYTES[bank]
    acr = wait_states | PRFTEN | ICEN | DCEN
    for instruction, size in (("nop.w", 4), ("nop", 2)):
        expected = max(row // size, 1 + wait_states)
        assert cycles_a_row(tmp_path, instruction, size, acr, bank) == expected


@pytest.mark.parametrize(("bank", "data_cache"), [*product(ROW_BYTES, (0, DCEN))])
@pytest.mark.parametrize("wait_states", WAIT_STATES)
def test_a_copy_from_flash_waits_once_a_row(
    tmp_path: Path, wait_states: int, bank: str, data_cache: int
) -> None:
    """LDR r1, [r5], #4 in a loop whose code is in the instruction cache."""
    words = 256
    loop = f"movs r2, #{words // 16}\n b 1f\n .balign 32\n1:\n" + 16 * " ldr.w r1, [r5], #4\n"
    taken = [
        boot(
            tmp_path,
            states | ICEN | data_cache,
            f"{loop} subs r2, #1\n bne 1b",
            flash__bank=bank,
        ).cycles
        for states in (0, wait_states)
    ]
    rows = words * 4 // ROW_BYTES[bank]
    fetched = (16 * 4 + 4 + 31) // ROW_BYTES[bank] + 12  # the loop's and the start's own rows, once
    waited = taken[1] - taken[0]
    assert rows * wait_states <= waited <= (rows + fetched) * wait_states


@pytest.mark.parametrize("wait_states", WAIT_STATES)
def test_a_loop_in_the_instruction_cache_does_not_wait(tmp_path: Path, wait_states: int) -> None:
    """Its rows are read once, whatever the number of rounds."""

    def taken(rounds: int, acr: int) -> int:
        code = f"movw r2, #{rounds}\n b 1f\n .balign 32\n1:\n .rept 64\n nop\n .endr\n subs r2, #1"
        return boot(tmp_path, acr, f"{code}\n bne 1b").cycles

    cached = taken(200, wait_states | ICEN) - taken(100, wait_states | ICEN)
    assert cached == 100 * 67
    rows = 64 * 2 // ROW_BYTES["dual"]
    bare = taken(200, wait_states) - taken(100, wait_states)
    assert bare >= cached + 100 * rows * max(0, wait_states - 2)
    assert (bare > cached) == (wait_states > 0)
