"""A run goes back to what it was, register by register and cycle by cycle."""

from pathlib import Path

import pytest

from tests.core.assembly import boot
from tinysim._core import Machine, Stop
from tinysim.debugging.history import History

_BUSY = """
    .thumb_func
start:
    ldr r3, =0xE000E010
    movw r1, #997
    str r1, [r3, #4]
    movs r1, #7
    str r1, [r3]
    ldr r4, =0x20000200
1:  adds r0, #1
    str r0, [r4]
    ldr r1, [r4]
    ldr r2, [r4, #4]
    muls r1, r0
    tst r0, #7
    bne 1b
    wfi
    b 1b
    .thumb_func
systick:
    ldr r0, [r4, #8]
    adds r0, #1
    str r0, [r4, #8]
    bx lr
    .ltorg
"""


def _state(machine: Machine) -> tuple[int, int, dict[str, int], bytes]:
    return (
        machine.instructions,
        machine.cycles,
        machine.registers(),
        machine.read_memory(0x20000000, 0x8000),
    )


@pytest.mark.parametrize("tier", ["T0", "T1", "T2", "T3"])
def test_each_step_is_undone(tmp_path: Path, tier: str) -> None:
    machine = boot(tmp_path, _BUSY, tier)
    history = History(machine)
    history.run(30_000, 0)
    states = [_state(machine)]
    for _ in range(1200):
        history.step()
        states.append(_state(machine))
    for state in reversed(states[-40:-1]):
        assert history.step_back()
        assert _state(machine) == state
    assert history.run(1000, 0).stop is Stop.BUDGET
    for _ in range(20):
        assert history.step_back()


@pytest.mark.parametrize("tier", ["T0", "T2", "T3"])
def test_every_write_is_met_going_back(tmp_path: Path, tier: str) -> None:
    machine = boot(tmp_path, _BUSY, tier)
    history = History(machine)
    machine.watch_data(0x20000208, 4, reads=False, writes=True)
    forward = []
    while len(forward) < 6:
        hit = history.run(100_000, 0)
        assert hit.stop is Stop.WATCHPOINT
        forward.append(hit)
    backward = []
    while (back := history.run_back()) is not None:
        assert machine.instructions == back.moment[0] - 1
        backward.append(back)
    assert backward[::-1] == forward
    assert machine.instructions == 0


def test_a_long_past_takes_bounded_room(tmp_path: Path) -> None:
    machine = boot(tmp_path, _BUSY, "T0")
    history = History(machine)
    history.run(2_000_000, 0)
    history.touch()
    for _ in range(300):
        history.run(2_400_000, 0)
    assert 128 <= len(history) <= 256
    history.step()
    before = _state(machine)
    history.step()
    assert history.step_back()
    assert _state(machine) == before
