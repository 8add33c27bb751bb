"""Inferences of our own firmware.

The firmware waits for its input in Unicorn too; there the inference is called again and again from
where it begins, with the memory and registers of then.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import unicorn as uc
from unicorn import arm_const as arm

from tinysim._core import Machine, Stop
from tinysim.benchmarks import BENCHMARKS
from tinysim.engines.builtin import BuiltinEngine
from tinysim.image import load_image
from tinysim.platform import load_board
from tinysim.protocol import Dut

from .measure import Spent

_INFERENCES = 3


def at_inference(path: Path, tier: str, inferences: int = 1) -> tuple[BuiltinEngine, int]:
    """An engine at the first instruction of `th_infer`, and the address that it returns to."""
    engine = BuiltinEngine(load_board(), load_image(path), {"tier": tier})
    engine.boot()
    dut = Dut(engine)
    dut.wait_ready()
    dut.load(bytes(BENCHMARKS[path.stem.split("_")[0]].input_bytes))
    address = load_image(path).symbols["th_infer"] & ~1
    engine.machine.add_breakpoint(address)
    engine.write(b"infer %d 0%%" % inferences)
    _run_to(engine.machine, address)
    if inferences == 1:
        engine.machine.remove_breakpoint(address)
    return engine, engine.machine.registers()["lr"] & ~1


def _run_to(machine: Machine, address: int) -> None:
    while machine.run(1_000_000_000) is not Stop.BREAKPOINT or machine.registers()["pc"] != address:
        pass


def builtin_inferences(path: Path, tier: str) -> Callable[[], Spent]:
    """What measures inferences with the engine, after one that is not counted."""

    def measure() -> Spent:
        engine, end = at_inference(path, tier, _INFERENCES + 1)
        machine = engine.machine
        start = machine.registers()["pc"]
        machine.add_breakpoint(end)
        spent = Spent()
        for number in range(_INFERENCES + 1):
            if number:
                _run_to(machine, start)
            begin, first, since = time.process_time(), machine.instructions, machine.time_ns
            _run_to(machine, end)
            if number:
                spent += Spent(
                    time.process_time() - begin,
                    machine.instructions - first,
                    (machine.time_ns - since) / 1e9,
                )
        return spent

    return measure


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


def unicorn_inferences(path: Path) -> Callable[[], Spent]:
    """What measures the same inferences with Unicorn."""

    def measure() -> Spent:
        engine, end = at_inference(path, "T0")
        machine = engine.machine
        registers = machine.registers()
        emulator = make_unicorn(machine)
        first = machine.instructions
        machine.add_breakpoint(end)
        _run_to(machine, end)
        instructions = machine.instructions - first
        sram = bytes(emulator.mem_read(0x20000000, 0xA0000))
        spent = Spent()
        for number in range(_INFERENCES + 1):
            emulator.mem_write(0x20000000, sram)
            set_registers(emulator, registers)
            begin = time.process_time()
            emulator.emu_start(registers["pc"] | 1, end)
            if number:
                spent += Spent(time.process_time() - begin, instructions, 0.0)
        return spent

    return measure
