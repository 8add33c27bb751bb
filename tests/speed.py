"""How fast the engine is, beside Unicorn without hooks, on the same firmware in one run.

Run by `make speed`, or as `python -m tests.speed kws vww`. The firmware waits for its input in
Unicorn too; there the inference is called again and again from a snapshot of memory and registers
taken where it begins. The rounds of all are interleaved, and CPU time is counted, so that what else
the machine does falls on all alike.
"""

import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import unicorn as uc
from unicorn import arm_const as arm

from tinysim._core import Machine, Stop
from tinysim.benchmarks import BENCHMARKS
from tinysim.engines.builtin import BuiltinEngine
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.protocol import Dut

from .conftest import IMAGES

ROUNDS = 7
INFERENCES = 3


def at_inference(path: Path, tier: str) -> tuple[BuiltinEngine, int]:
    """An engine at the first instruction of `th_infer`, and the address that it returns to."""
    engine = BuiltinEngine(load_board(), load_image(path), {"tier": tier})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    dut.load(bytes(BENCHMARKS[path.stem.split("_")[0]].input_bytes))
    address = load_image(path).symbols["th_infer"] & ~1
    engine.machine.add_breakpoint(address)
    engine.write(b"infer 1 0%")
    while engine.machine.run(10_000_000) is not Stop.BREAKPOINT:
        pass
    engine.machine.remove_breakpoint(address)
    return engine, engine.machine.registers()["lr"] & ~1


def time_builtin(path: Path, tier: str) -> tuple[float, float, int]:
    """CPU seconds, virtual seconds and instructions of the inferences."""
    engine, end = at_inference(path, tier)
    machine = engine.machine
    machine.add_breakpoint(end)
    state = machine.snapshot()
    spent = virtual = 0.0
    instructions = 0
    for number in range(INFERENCES + 1):
        machine.restore(state)
        begin, first, since = time.process_time(), machine.instructions, machine.time_ns
        while machine.run(1_000_000_000) is not Stop.BREAKPOINT:
            pass
        if number:  # the first warms the decoded code
            spent += time.process_time() - begin
            virtual += (machine.time_ns - since) / 1e9
            instructions += machine.instructions - first
    return spent, virtual, instructions


def make_unicorn(machine: Machine) -> uc.Uc:
    """Unicorn in the machine's state."""
    emulator = uc.Uc(uc.UC_ARCH_ARM, uc.UC_MODE_THUMB | uc.UC_MODE_MCLASS)
    emulator.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
    emulator.mem_map(0x08000000, 0x200000)
    emulator.mem_map(0x20000000, 0xA0000)
    emulator.mem_write(0x08000000, machine.read_memory(0x08000000, 0x200000))
    for start, size in ((0x20000000, 0x30000), (0x20030000, 0x10000), (0x20040000, 0x60000)):
        emulator.mem_write(start, machine.read_memory(start, size))
    emulator.reg_write(arm.UC_ARM_REG_FPEXC, 0x40000000)
    set_registers(emulator, machine.registers())
    return emulator


def set_registers(emulator: uc.Uc, registers: Mapping[str, int]) -> None:
    """The core registers; PC is given where Unicorn starts."""
    for index in range(13):
        emulator.reg_write(getattr(arm, f"UC_ARM_REG_R{index}"), registers[f"r{index}"])
    emulator.reg_write(arm.UC_ARM_REG_SP, registers["sp"])
    emulator.reg_write(arm.UC_ARM_REG_LR, registers["lr"])
    emulator.reg_write(arm.UC_ARM_REG_APSR, registers["xpsr"] & 0xF8000000)
    emulator.reg_write(arm.UC_ARM_REG_PC, registers["pc"] | 1)


def time_unicorn(path: Path) -> float:
    """CPU seconds of the same inferences."""
    engine, end = at_inference(path, "T0")
    registers = engine.machine.registers()
    emulator = make_unicorn(engine.machine)
    sram = bytes(emulator.mem_read(0x20000000, 0xA0000))
    spent = 0.0
    for number in range(INFERENCES + 1):
        emulator.mem_write(0x20000000, sram)
        set_registers(emulator, registers)
        begin = time.process_time()
        emulator.emu_start(registers["pc"] | 1, end)
        if number:
            spent += time.process_time() - begin
    return spent


def main() -> None:
    """Print a line for each image and tier."""
    for name in sys.argv[1:] or ("kws", "vww", "ic", "ad"):
        path = IMAGES / f"{name}_dsp.elf"
        oracle = []
        ours: dict[str, list[tuple[float, float, int]]] = {"T0": [], "T2": [], "T3": []}
        for _ in range(ROUNDS):
            oracle.append(time_unicorn(path))
            for tier, rounds in ours.items():
                rounds.append(time_builtin(path, tier))
        for tier, rounds in ours.items():
            ratios = [theirs / spent for theirs, (spent, _, _) in zip(oracle, rounds, strict=True)]
            spent, virtual, instructions = min(rounds)
            sys.stdout.write(
                f"{name} {tier}: {instructions / spent / 1e6:.0f} MIPS, {virtual / spent:.2f} "
                f"virtual seconds a CPU second; of Unicorn: best {min(oracle) / spent:.2f}, "
                f"median {statistics.median(ratios):.2f}\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
