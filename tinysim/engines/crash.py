"""What a fault left behind, for a reader."""

from collections.abc import Mapping

from .._core import CoreError, Machine
from ..errors import FaultError
from ..image import Image

_MOST_STACK = 256
"""Bytes of the stack that are looked through for return addresses."""
_MOST_CALLERS = 8


def describe_fault(machine: Machine, image: Image) -> FaultError:
    """The fault that stopped a machine: its cause in one line, registers and callers below."""
    fault = machine.fault()
    if fault is None:
        return FaultError("the firmware faulted")
    registers = fault.registers
    details = [
        "  ".join(f"{name:>4} {registers[name]:08x}" for name in names)
        for names in (
            ("r0", "r1", "r2", "r3"),
            ("r4", "r5", "r6", "r7"),
            ("r8", "r9", "r10", "r11"),
            ("r12", "sp", "lr", "pc"),
        )
    ]
    details.append(f"xpsr {registers['xpsr']:08x}  CFSR {fault.cfsr:08x}  HFSR {fault.hfsr:08x}")
    callers = _callers(machine, image, registers)
    details += [f"called from {image.describe(caller)}" for caller in callers]
    return FaultError(f"{fault.cause}, at {image.describe(registers['pc'])}", tuple(details))


def _callers(machine: Machine, image: Image, registers: Mapping[str, int]) -> list[int]:
    """Return addresses found in LR and on the stack: a chain to read, not a proof."""
    if not image.functions:
        return []
    found = [registers["lr"] & ~1] if image.function_at(registers["lr"] & ~1) else []
    for offset in range(0, _MOST_STACK, 4):
        try:
            word = int.from_bytes(machine.read_memory(registers["sp"] + offset, 4), "little")
        except CoreError:
            break
        if word & 1 and image.function_at(word & ~1) and word & ~1 not in found:
            found.append(word & ~1)
    return found[:_MOST_CALLERS]
