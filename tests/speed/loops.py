"""Two bare loops: what QEMU can run too, as it has other boards than ours with this core."""

import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import unicorn as uc
from unicorn import arm_const as arm

from tests.core.assembly import FLASH, assemble
from tinysim._core import Machine, Stop

from .measure import Spent

QEMU = "qemu-system-arm"
_BOARD = (
    *("-M", "netduinoplus2", "-nographic"),
    *("-semihosting-config", "enable=on,target=native", "-kernel"),
)
_SRAM = 0x2000_0000
_FEW, _MANY = 1_000, 200_000
"""Rounds of a loop: few to begin with, which decodes and starts, and many that are counted."""

_EXIT = bytes.fromhex("abbe")
"""BKPT 0xAB, two instructions behind `end`."""

DOT_PRODUCT = """
    ldr r4, =0x20000100
    ldr r5, =0x20000200
    movs r2, #16
1:  ldr r0, [r4], #4
    ldr r1, [r5], #4
    sxtb16 r3, r0
    sxtb16 r0, r0, ror #8
    smlad r7, r3, r1, r7
    smlad r7, r0, r1, r7
    subs r2, #1
    bne 1b
"""
"""16 words of bytes by half-words."""

LIST_AND_STATES = """
    ldr r4, =0x20000400     @ a list of eight
    movs r2, #8
1:  ldr r0, [r4]
    ldrh r1, [r4, #4]
    eor r3, r1, r7
    and r3, r3, #3
    cmp r3, #1
    bhi 2f
    beq 3f
    add r7, r7, r1
    b 4f
2:  eor r7, r7, r1, lsl #1
    ubfx r7, r7, #0, #16
    b 4f
3:  lsrs r7, r7, #1
    it cs
    eorcs r7, r7, #0xA000
4:  strh r7, [r4, #6]
    mov r4, r0
    subs r2, #1
    bne 1b
"""
"""Pointers followed and states changed, as a benchmark of control code does."""

LOOPS = {"dot product": DOT_PRODUCT, "list, states": LIST_AND_STATES}


def _source(body: str, rounds: int) -> str:
    # The last instruction is at `end`; before it, QEMU is told to exit by semihosting.
    return f"""
    .word 0x20008000, start + 1
    .thumb_func
start:
    ldr r4, =0x20000400     @ the list: eight items, the last one before the first
    movs r2, #0
1:  add r3, r4, r2, lsl #6
    adds r2, #1
    and r1, r2, #7
    add r0, r4, r1, lsl #6
    str r0, [r3]
    muls r0, r2, r0
    strh r0, [r3, #4]
    cmp r2, #8
    bne 1b
    movs r7, #0
    ldr r6, ={rounds}
    b round
    .ltorg
    .balign 8
round:
{body}
    subs r6, #1
    bne round
    b end
    .ltorg
    .balign 4
end:
    movs r0, #0x18
    ldr r1, =0x20026
    bkpt 0xAB
    b end
"""


class Loop:
    """An image of a loop with few rounds and one with many."""

    def __init__(self, folder: Path, body: str) -> None:
        self.few = assemble(folder, _source(body, _FEW))
        self.many = assemble(folder, _source(body, _MANY))
        machine = self._machine("T0", self.many)
        _finish(machine)
        self._end = FLASH + self.many.index(_EXIT) - 4
        self.instructions = machine.instructions
        few = self._machine("T0", self.few)
        _finish(few)
        self.counted = self.instructions - few.instructions

    def _machine(self, tier: str, image: bytes) -> Machine:
        machine = Machine()
        machine.add_memory("flash", "flash", [FLASH, 0], 0x4000)
        machine.add_memory("sram", "sram", [_SRAM], 0x10000)
        machine.configure("tier", tier)
        machine.load(FLASH, image)
        machine.reset()
        return machine

    def builtin(self, tier: str) -> Callable[[], Spent]:
        """What measures it with our engine."""

        def measure() -> Spent:
            machine = self._machine(tier, self.many)
            begin = time.process_time()
            _finish(machine)
            return Spent(time.process_time() - begin, self.instructions, machine.time_ns / 1e9)

        return measure

    def unicorn(self) -> Spent:
        """Measure it with Unicorn."""
        emulator = uc.Uc(uc.UC_ARCH_ARM, uc.UC_MODE_THUMB | uc.UC_MODE_MCLASS)
        emulator.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
        emulator.mem_map(FLASH, 0x4000)
        emulator.mem_map(_SRAM, 0x10000)
        emulator.mem_write(FLASH, self.many)
        begin = time.process_time()
        emulator.emu_start(int.from_bytes(self.many[4:8], "little"), self._end)
        return Spent(time.process_time() - begin, self.instructions)

    def qemu(self, folder: Path) -> Callable[[], Spent]:
        """What measures it with QEMU, whose start the run with few rounds takes off."""

        def measure() -> Spent:
            few, many = (_qemu(folder, image) for image in (self.few, self.many))
            return Spent(max(many - few, 1e-3), self.counted)

        return measure


def _finish(machine: Machine) -> None:
    while machine.run(1_000_000_000) is Stop.BUDGET:
        pass


def _qemu(folder: Path, image: bytes) -> float:
    path = folder / "qemu.bin"
    path.write_bytes(image)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [QEMU, *_BOARD, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=120,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def has_qemu() -> bool:
    """Whether Debian's package qemu-system-arm, or another, is installed."""
    return shutil.which(QEMU) is not None
