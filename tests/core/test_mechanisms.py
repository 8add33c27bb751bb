"""Tier T3, mechanism by mechanism: loops whose cycles a document or a measurement gives."""

from pathlib import Path

import pytest

from tinysim._core import CoreError, Machine

from .assembly import assemble

FLASH, SRAM1, SRAM2, SRAM3 = 0x08000000, 0x20000000, 0x20030000, 0x20040000
_ROUNDS = 400


def _machine(image: bytes, **options: int | str | bool) -> Machine:
    machine = Machine()
    machine.add_memory("flash", "flash", [FLASH, 0], 0x10000)
    machine.add_memory("sram", "sram", [SRAM1], 0xA0000)
    machine.add_peripheral("flashInterface", "Python.stm32l4_flash", 0x40022000, 0x400, {})
    machine.configure("tier", "T3")
    for name, value in options.items():
        machine.configure(name.replace("__", "."), value)
    machine.load(FLASH, image)
    machine.reset()
    return machine


def _cycles(
    tmp_path: Path, body: str, padding: int = 0, acr: int = 0x705, **options: int | str | bool
) -> float:
    """Cycles a round of a loop in flash; `subs; bne` alone takes 3 where it is aligned."""
    source = f"""
    .word 0x20008000, start + 1
    .balign 32
    .thumb_func
start:
    ldr r0, =0x40022000
    ldr r1, ={acr}
    str r1, [r0]
    ldr r0, ={_ROUNDS}
    ldr r4, =0x20000100
    ldr r5, =0x08004000
    ldr r6, =0x20040100
    ldr r7, =0x20030100
    mov r8, r5
    mov r9, #0
    b loop_head
    .ltorg
    .balign 32
loop_head:
    .rept {padding}
    nop
    .endr
loop:
    {body}
    subs r0, #1
    bne loop
end: b end
"""
    machine = _machine(assemble(tmp_path, source), **options)
    return _rate(machine, _ROUNDS // 2, _ROUNDS // 4)


def _rate(machine: Machine, first: int, last: int) -> float:
    while machine.registers()["r0"] != first:
        machine.step(1)
    start = machine.cycles
    while machine.registers()["r0"] != last:
        machine.step(1)
    return (machine.cycles - start) / (first - last)


@pytest.mark.parametrize(
    ("body", "cycles"),
    [
        # Instruction classes (100166 table 3-1). An even number of half-words keeps the loop's
        # end aligned.
        ("add r1, r2\n add r2, r3", 2),
        ("mul r1, r2, r3\n mla r1, r2, r3, r1", 2),
        ("smull r1, r2, r3, r1\n umlal r1, r2, r3, r3", 2),
        ("smlad r1, r2, r3, r1\n smuad r1, r2, r3", 2),
        ("it ne\n addne r1, r2", 1),
        # Loads and stores (3.3.2).
        ("ldr r1, [r4]\n nop", 3),
        ("ldr r1, [r4]\n ldr r2, [r4, #4]", 3),
        ("ldr r1, [r4]\n ldr r2, [r4, #4]\n ldr r3, [r4, #8]\n ldr r1, [r4]", 5),
        ("ldr r1, [r4]\n str r1, [r4]", 2),
        ("str r1, [r4]\n nop", 2),
        ("str.w r1, [r4, r9]", 2),
        ("ldrd r1, r2, [r4]", 3),
        ("ldm r4, {r1, r2, r3}", 4),
        ("stm r4, {r1, r2, r3}", 4),
        # An address that was computed or loaded just before (3.3.1).
        ("add r4, r9\n ldr r1, [r4]", 4),
        # Unaligned accesses are two or three.
        ("ldr.w r1, [r4, #2]", 3),
        ("ldr.w r1, [r4, #1]", 4),
        ("ldrh.w r1, [r4, #1]", 3),
        ("ldrh.w r1, [r4, #2]", 2),
        # SRAM2 and SRAM3 make a read wait one cycle, a write none (inferred).
        ("ldr r1, [r6]\n nop", 4),
        ("ldr r1, [r7]\n nop", 4),
        ("str r1, [r6]\n nop", 2),
        # A change of the bus does not pipeline (inferred).
        ("ldr r1, [r4]\n ldr r2, [r5]", 4),
    ],
)
def test_what_an_instruction_adds_to_a_loop(tmp_path: Path, body: str, cycles: int) -> None:
    assert _cycles(tmp_path, body) - 3 == cycles


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
        ({"sram__sram3_wait": 0}, "ldr r1, [r6]\n nop", -1),
        ({"sram__sram1_wait": 2}, "ldr r1, [r4]\n nop", 2),
        ({"timing__bus_change": False}, "ldr r1, [r4]\n ldr r2, [r5]", -1),
    ],
)
def test_what_is_inferred_can_be_chosen(
    tmp_path: Path, option: dict[str, int | str | bool], body: str, change: int
) -> None:
    assert _cycles(tmp_path, body, **option) - _cycles(tmp_path, body) == change


def test_code_in_sram_is_fetched_without_waits(tmp_path: Path) -> None:
    source = f"""
    .word 0x20008000, start + 1
    .balign 4
    .thumb_func
start:
    ldr r0, ={_ROUNDS}
    ldr r4, =0x20002000
    ldr r1, =0x20001001
    bx r1
    .ltorg
"""
    loop = assemble(tmp_path, "add r1, r2\n add r2, r3\n subs r0, #1\n bne .-6\n b .\n")
    machine = _machine(assemble(tmp_path, source))
    machine.load(SRAM1 + 0x1000, loop)
    assert _rate(machine, _ROUNDS // 2, _ROUNDS // 4) == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flash.bank", "triple"),
        ("flash.latency", 16),
        ("flash.prefetch", "perhaps"),
        ("sram.sram1_wait", -1),
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
