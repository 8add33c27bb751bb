"""Interrupts that change nothing: random programs must end alike with and without them."""

import random
from pathlib import Path

import pytest

from tinysim._core import Machine

from .assembly import assemble
from .encodings import draw

FLASH = 0x08000000
_ROUNDS = 3000


def _source(seed: int, period: int) -> str:
    rng = random.Random(seed)
    halves = [half for _ in range(rng.randrange(5, 60)) for half in draw(rng, nearest=True).halves]
    return (
        f"""
    .word 0x20008000, start + 1
    .word 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    .word systick + 1
    .thumb_func
systick:
    push {{r4-r7, lr}}
    ldr r4, =0x20002000
    ldr r5, [r4]
    adds r5, #1
    str r5, [r4]
    movs r6, #0
    mvns r7, r6
    msr apsr_nzcvqg, r7
    pop {{r4-r7, pc}}
    .ltorg
    .thumb_func
start:
    ldr r0, =0xE000ED88     @ CPACR: the FPU is on
    mov r1, #0x00F00000
    str r1, [r0]
    dsb
    ldr r0, =0xE000E010
    ldr r1, ={max(period, 1)}
    str r1, [r0, #4]
    movs r1, #0
    str r1, [r0, #8]
    movs r1, #{7 if period else 0}
    str r1, [r0]
    movs r0, #0
    movs r1, #1
    ldr sp, =0x20000800
    ldr r6, =8
    ldr r7, =0x20001000
    ldr r8, =0x20001004
    ldr r9, =0x20000FC0
    msr apsr_nzcvqg, r0
    ldr r12, ={_ROUNDS}
    ldr r11, =0x20002004
    str r12, [r11]
    b loop
    .ltorg
loop:
"""
        + "\n".join(f"    .inst.n 0x{half:04x}" for half in halves)
        + """
    mrs r10, apsr
    push {r10, r11}
    ldr r11, =0x20002004
    ldr r10, [r11]
    subs r10, #1
    str r10, [r11]
    beq end
    pop {r10, r11}
    b.w loop
end:
    ldr r11, =0xE000E010    @ no more of them
    movs r10, #0
    str r10, [r11]
    b .
    .ltorg
"""
    )


def _end(folder: Path, seed: int, period: int, tier: str) -> tuple[dict[str, int], bytes, int]:
    machine = Machine()
    machine.add_memory("flash", "flash", [FLASH, 0], 0x4000)
    machine.add_memory("sram", "sram", [0x20000000], 0x10000)
    machine.configure("tier", tier)
    machine.load(FLASH, assemble(folder, _source(seed, period)))
    machine.reset()
    left = b""
    for _ in range(25):
        machine.run(20_000)
        left = machine.read_memory(0x20002004, 4)
        if left == bytes(4):
            machine.run(2_000)
            break
    assert left == bytes(4)
    registers = {
        name: value
        for name, value in machine.registers().items()
        if name not in ("pc", "xpsr") and not name.endswith("sp")
    }
    ticks = int.from_bytes(machine.read_memory(0x20002000, 4), "little")
    return registers, machine.read_memory(0x20000F00, 0x1000), ticks


@pytest.mark.parametrize("tier", ["T0", "T2", "T3"])
@pytest.mark.parametrize("seed", range(25))
def test_interrupts_leave_no_trace(tmp_path: Path, seed: int, tier: str) -> None:
    quiet = _end(tmp_path, seed, 0, tier)
    busy = _end(tmp_path, seed, random.Random(seed).randrange(150, 400), tier)
    assert quiet[2] == 0
    assert busy[2] > 50
    assert busy[:2] == quiet[:2]
