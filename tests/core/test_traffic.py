"""Reads of parts of memory, as tier T3 counts them."""

from pathlib import Path

import pytest

from tinysim._core import Machine

from .assembly import assemble

_FLASH = 0x0800_0000
_FAST, _SLOW = 0x2000_0000, 0x2004_0000
_ROUNDS = 50


def _machine(folder: Path, body: str) -> Machine:
    """Runs `body` so often; r4 points to one memory, r5 to another."""
    source = f"""
    .word 0x20008000, start + 1
    .thumb_func
start:
    ldr r0, ={_ROUNDS}
    ldr r4, ={_FAST + 0x100}
    ldr r5, ={_SLOW}
    .balign 16
loop:
    {body}
    subs r0, #1
    bne loop
end: b end
    .ltorg
"""
    machine = Machine()
    machine.add_memory("flash", "flash", [_FLASH, 0], 0x4000)
    machine.add_memory("sram1", "sram", [_FAST], 0x10000)
    machine.add_memory("sram3", "sram", [_SLOW], 0x10000)
    for option, value in (("tier", "T3"), ("bus.arbitration", 1), ("bus.parked", "sram1")):
        machine.configure(option, value)
    machine.load(_FLASH, assemble(folder, source))
    machine.reset()
    return machine


_PARTS = [(_FAST + 0x100, 8), (_SLOW, 4), (_SLOW + 4, 0x100)]


@pytest.mark.parametrize(
    ("body", "flows"),
    [
        ("ldr r1, [r4]\n nop", {(1, 1, False)}),
        ("ldr r1, [r4]\n ldr r2, [r5]\n nop", {(1, 2, True), (2, 1, False)}),
        ("ldr r1, [r5]\n ldr r2, [r5, #4]\n nop", {(2, 3, True), (3, 2, False)}),
        ("str r1, [r5]\n nop\n nop\n ldr r2, [r5, #8]\n nop", {(2, 3, False)}),
        ("ldm r5, {r1, r2}\n nop", {(2, 3, True), (3, 2, False)}),
    ],
)
def test_reads_are_counted_by_what_came_before(
    tmp_path: Path, body: str, flows: set[tuple[int, int, bool]]
) -> None:
    machine = _machine(tmp_path, body)
    machine.count_traffic(_PARTS)
    machine.run(5_000)
    counted = {flow[:3]: flow[3] for flow in machine.traffic()}
    first = {flow: count for flow, count in counted.items() if flow[0] == 0}
    assert sum(first.values()) <= 1  # the very first one, behind none of them
    rest = {flow: count for flow, count in counted.items() if flow not in first}
    assert set(rest) == flows
    assert all(_ROUNDS - 1 <= count <= _ROUNDS for count in rest.values())


def test_counting_changes_no_cycle(tmp_path: Path) -> None:
    body = "ldr r1, [r4]\n ldr r2, [r5]\n add r1, r2\n str r1, [r5, #4]\n ldr r3, [r4, #4]"
    plain, counting = _machine(tmp_path, body), _machine(tmp_path, body)
    counting.count_traffic(_PARTS)
    for machine in (plain, counting):
        machine.step(4 + 7 * _ROUNDS)
    assert plain.counters() == counting.counters()
    counting.count_traffic([])
    assert counting.traffic() == []


def test_the_waits_follow_from_the_counts(tmp_path: Path) -> None:
    """A read waits that follows nothing, or another memory; one of the parked memory, only the
    latter.
    """
    body = "ldr r1, [r4]\n ldr r2, [r5]\n ldr r3, [r5, #4]\n nop\n ldr r1, [r5, #8]\n nop"
    machine = _machine(tmp_path, body)
    machine.count_traffic(_PARTS)
    machine.run(5_000)
    waits = 0
    for before, part, follows, count in machine.traffic():
        slow = part in (2, 3)
        same = (before in (2, 3)) == slow
        waits += count * (not (same and follows) if slow else not same)
    assert machine.counters()["stall.bus"] - waits in (0, 1)  # nothing is granted at first
