"""Tier T3, mechanism by mechanism: loops whose cycles a document or a measurement gives."""

from pathlib import Path

import pytest

from tinysim._core import CoreError, Machine

from .assembly import assemble
from .micro_benchmarks import LOOPS, ROUNDS, SRAM1, SRAM2_CODE, SRAM3, Loop, table
from .micro_benchmarks import cycles as _cycles
from .micro_benchmarks import machine as _machine
from .micro_benchmarks import rate as _rate


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.mechanism)
def test_what_an_instruction_adds_to_a_loop(tmp_path: Path, loop: Loop) -> None:
    assert _cycles(tmp_path, loop.body, acr=loop.acr, **loop.options) - 3 == loop.cycles


@pytest.mark.parametrize(("rule", "extra"), [("paced", 1), ("late", 0), ("at_once", 0)])
def test_half_word_aligned_long_instructions_cost_what_the_restart_of_fetching_costs(
    tmp_path: Path, rule: str, extra: int
) -> None:
    """A published micro-benchmark finds one cycle for a run of three or more (docs/timing.md)."""
    # Short instructions fill the fetch buffer, so that fetching stops. The one behind the run
    # brings the loop's end to an aligned address again.
    for count in (3, 5, 8):
        run = "add.w r1, r2, r3\n" * count
        aligned = _cycles(tmp_path, "nop\n" * 10 + run, timing__fetch_restart=rule)
        unaligned = _cycles(tmp_path, "nop\n" * 9 + run + "nop", timing__fetch_restart=rule)
        assert aligned - 3 - 10 - count == 0
        assert unaligned - 3 - 10 - count == extra


def test_a_fetcher_that_stopped_starts_a_cycle_late(tmp_path: Path) -> None:
    # While a division lasts the buffer fills, and the long instructions behind it drain it.
    body = "nop\n sdiv r1, r2, r3\n" + "add.w r1, r2, r3\n" * 6 + "nop"
    at_once = _cycles(tmp_path, body, timing__fetch_restart="at_once")
    assert _cycles(tmp_path, body, timing__fetch_restart="late") == at_once + 1
    assert _cycles(tmp_path, body) == at_once + 1


@pytest.mark.parametrize(("body", "padding", "cycles"), [("", 0, 3), ("", 1, 4), ("", 2, 3)])
def test_a_branch_to_a_half_word_address_waits_for_a_second_word(
    tmp_path: Path, body: str, padding: int, cycles: int
) -> None:
    assert _cycles(tmp_path, body, padding) == cycles


_STREAM = "ldr r1, [r8], #4"


@pytest.mark.parametrize(
    ("options", "cycles"),
    [
        # A word read from flash in order: every second one (64-bit rows), every fourth one
        # (128-bit rows) misses and waits ACR.LATENCY = 5 cycles.
        ({}, 2 + 5 / 2),
        ({"flash__bank": "single"}, 2 + 5 / 4),
        ({"flash__latency": 3}, 2 + 3 / 2),
        ({"flash__latency": 0}, 2),
        ({"flash__data_cache": False}, 2 + 5 / 2),  # the row read last stays at hand
    ],
)
def test_a_stream_of_reads_waits_once_a_row(
    tmp_path: Path, options: dict[str, int | str | bool], cycles: float
) -> None:
    assert _cycles(tmp_path, _STREAM, **options) - 3 == pytest.approx(cycles, abs=0.05)


def test_interleaved_streams_need_the_data_cache(tmp_path: Path) -> None:
    two = "ldr r1, [r8], #4\n ldr.w r2, [r8, #0x400]"
    with_cache = _cycles(tmp_path, two)
    without = _cycles(tmp_path, two, flash__data_cache=False)
    assert with_cache - 3 == pytest.approx(3 + 2 * 5 / 2, abs=1.1)
    assert without - with_cache == pytest.approx(5, abs=0.1)  # each read now misses


def test_a_loop_larger_than_the_instruction_cache_misses(tmp_path: Path) -> None:
    small, large = "add r1, r2\n" * 400, "add r1, r2\n" * 800
    assert _cycles(tmp_path, small) == pytest.approx(403, abs=1)
    # No prefetch: each 8 bytes are a miss and two fetches, longer than their four instructions.
    cold = _cycles(tmp_path, large, acr=0x605)
    assert cold == pytest.approx(200 * (5 + 2), rel=0.02)
    ahead = _cycles(tmp_path, large, acr=0x705)
    assert 803 < ahead < cold
    assert _cycles(tmp_path, large, acr=0x605, flash__prefetch=True) == ahead


def test_without_the_instruction_cache_every_row_waits(tmp_path: Path) -> None:
    body = "add r1, r2\n" * 16
    assert _cycles(tmp_path, body, acr=0x605) == 19
    assert _cycles(tmp_path, body, acr=0x405) > 19 + 4 * 5 - 5


@pytest.mark.parametrize(
    ("option", "body", "change"),
    [
        ({"bus__arbitration": 0}, "ldr r1, [r6]\n nop", -1),
        ({"bus__arbitration": 3}, "ldr r1, [r6]\n nop", 2),
        ({"bus__parked": "none"}, "ldr r1, [r4]\n nop", 1),
        ({"bus__parked": "sram3"}, "ldr r1, [r6]\n nop", -1),
        ({"timing__bus_change": False}, "ldr r1, [r4]\n ldr r2, [r5]", -1),
    ],
)
def test_what_is_inferred_can_be_chosen(
    tmp_path: Path, option: dict[str, int | str | bool], body: str, change: int
) -> None:
    assert _cycles(tmp_path, body, **option) - _cycles(tmp_path, body) == change


@pytest.mark.parametrize(
    ("place", "body", "cycles"),
    [
        # Two words in two cycles each where flash has them in one, and three of the branch.
        (SRAM1, "add r1, r2\n add r2, r3", 8),
        # A word that nobody is granted SRAM3 for takes a cycle more.
        (SRAM3, "add r1, r2\n add r2, r3", 9),
        # ICode reads SRAM2 in a cycle, the first word behind a pause in two.
        (SRAM2_CODE, "add r1, r2\n add r2, r3", 6),
        # A load finds the bus free between two fetches.
        (SRAM1, "ldr r1, [r4]\n add r2, r3", 8),
    ],
)
def test_code_in_ram_is_fetched_over_the_bus_that_leads_there(
    tmp_path: Path, place: int, body: str, cycles: int
) -> None:
    source = f"""
    .word 0x20008000, start + 1
    .balign 4
    .thumb_func
start:
    ldr r0, ={ROUNDS}
    ldr r4, =0x20002000
    ldr r1, ={place + 0x1001}
    bx r1
    .ltorg
"""
    loop = assemble(tmp_path, f"{body}\n subs r0, #1\n bne .-6\n b .\n")
    machine = _machine(assemble(tmp_path, source))
    machine.load(place + 0x1000, loop)
    assert _rate(machine, ROUNDS // 2, ROUNDS // 4) == cycles


def test_without_wait_states_a_fetcher_that_stopped_starts_at_once(tmp_path: Path) -> None:
    body = "nop\n sdiv r1, r2, r3\n" + "add.w r1, r2, r3\n" * 6 + "nop"
    at_once = _cycles(tmp_path, body, acr=0x700, timing__fetch_restart="at_once")
    assert _cycles(tmp_path, body, acr=0x700) == at_once


def test_paths_that_differ_in_branch_and_alignment_are_remembered_apart(tmp_path: Path) -> None:
    # The branch is taken in every other round, the half-word is unaligned in the others.
    body = "and r1, r0, #1\n add r1, r4\n ldrh.w r2, [r1, #2]\n tst r0, #1\n beq 1f\n nop\n1:"
    assert _cycles(tmp_path, body) == _cycles(tmp_path, body, timing__memoise=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flash.bank", "triple"),
        ("flash.latency", 16),
        ("flash.prefetch", "perhaps"),
        ("bus.arbitration", -1),
        ("clock", 5),
        ("tier", "T9"),
        ("no.such.option", 1),
    ],
)
def test_a_wrong_option_is_refused(name: str, value: int | str) -> None:
    with pytest.raises(CoreError, match=name):
        Machine().configure(name, value)


def test_every_option_takes_what_it_shows() -> None:
    machine = Machine()
    for name, value in machine.options().items():
        machine.configure(name, value)
    assert machine.options() == Machine().options()


def test_the_page_of_micro_benchmarks_is_what_the_tests_say() -> None:
    page = Path(__file__).parents[2] / "docs" / "micro-benchmarks.md"
    assert page.read_text() == table()
