"""A whole inference of real firmware against Unicorn."""

from pathlib import Path

import pytest
import unicorn as uc
from unicorn import arm_const as arm

from tests.speed import at_inference, make_unicorn
from tinysim._core import Machine, Stop

_NAMES = [*(f"r{i}" for i in range(13)), "sp", "lr", "pc"]
_IDS = [
    *(getattr(arm, f"UC_ARM_REG_R{i}") for i in range(13)),
    arm.UC_ARM_REG_SP,
    arm.UC_ARM_REG_LR,
    arm.UC_ARM_REG_PC,
]
_BLOCKS = 20_000
"""Blocks at whose ends the registers are compared; the rest of the inference in one piece."""


def _same_registers(machine: Machine, emulator: uc.Uc) -> None:
    ours = machine.registers()
    theirs = dict(zip(_NAMES, emulator.reg_read_batch(_IDS), strict=True))
    assert {name: ours[name] for name in _NAMES} == theirs
    flags = emulator.reg_read(arm.UC_ARM_REG_XPSR) & 0xF8000000
    assert ours["xpsr"] & 0xF8000000 == flags


@pytest.mark.parametrize("variant", ["dsp", "reference"])
def test_an_inference_leaves_the_same_registers_and_memory(firmware: Path, variant: str) -> None:
    engine, end = at_inference(firmware / f"kws_{variant}.elf", "T2")
    machine = engine.machine
    machine.set_register("primask", 1)  # Unicorn has no SysTick
    emulator = make_unicorn(machine)
    blocks = 0
    block_end = 0

    def finish_block() -> None:
        """Step to the end of the block that Unicorn has just executed."""
        for _ in range(200):
            pc = machine.registers()["pc"]
            first = int.from_bytes(machine.read_memory(pc, 2), "little")
            machine.step(1)
            if pc + (4 if first >= 0xE800 else 2) == block_end:
                return

    def on_block(_: uc.Uc, address: int, size: int, __: object) -> None:
        nonlocal blocks, block_end
        if blocks > _BLOCKS:
            return  # Unicorn calls a deleted hook once more
        if blocks:
            finish_block()
        blocks += 1
        block_end = address + size
        _same_registers(machine, emulator)
        if blocks > _BLOCKS:
            emulator.hook_del(hook)

    hook = emulator.hook_add(uc.UC_HOOK_BLOCK, on_block)
    emulator.emu_start(machine.registers()["pc"] | 1, end)
    assert blocks > _BLOCKS
    machine.add_breakpoint(end)
    assert machine.run(10_000_000_000) is Stop.BREAKPOINT
    _same_registers(machine, emulator)
    sram1 = machine.read_memory(0x20000000, 0x30000)
    assert sram1 == bytes(emulator.mem_read(0x20000000, 0x30000))
