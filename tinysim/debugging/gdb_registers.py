"""The core's registers as gdb numbers them."""

from .._core import Machine

_FEATURES = {
    "org.gnu.gdb.arm.m-profile": (
        *(f"r{number}" for number in range(13)),
        "sp",
        "lr",
        "pc",
        "xpsr",
    ),
    "org.gnu.gdb.arm.vfp": (*(f"d{number}" for number in range(16)), "fpscr"),
    "org.gnu.gdb.arm.m-system": ("msp", "psp", "primask", "basepri", "faultmask", "control"),
}
_TYPES = {"sp": "data_ptr", "pc": "code_ptr", "msp": "data_ptr", "psp": "data_ptr"}

NAMES = tuple(name for names in _FEATURES.values() for name in names)
"""By gdb's number."""


def description() -> bytes:
    """The target description that gdb asks for."""
    lines = ['<?xml version="1.0"?>', '<!DOCTYPE target SYSTEM "gdb-target.dtd">']
    lines += ["<target>", "<architecture>arm</architecture>"]
    for feature, names in _FEATURES.items():
        lines.append(f'<feature name="{feature}">')
        for name in names:
            double = name[0] == "d"
            kind = "ieee_double" if double else _TYPES.get(name, "int")
            lines.append(
                f'<reg name="{name}" bitsize="{64 if double else 32}" type="{kind}" '
                f'regnum="{NAMES.index(name)}"/>'
            )
        lines.append("</feature>")
    lines.append("</target>")
    return "\n".join(lines).encode()


def read(registers: dict[str, int], number: int) -> bytes:
    """A register's bytes, out of all that `Machine.registers` gave."""
    name = NAMES[number]
    if name[0] == "d":
        low, high = (registers[f"s{2 * int(name[1:]) + half}"] for half in (0, 1))
        return (low | high << 32).to_bytes(8, "little")
    return registers[name].to_bytes(4, "little")


def write(machine: Machine, number: int, data: bytes) -> None:
    """Set a register."""
    name = NAMES[number]
    if name[0] == "d":
        for half in (0, 1):
            value = int.from_bytes(data[4 * half : 4 * half + 4], "little")
            machine.set_register(f"s{2 * int(name[1:]) + half}", value)
    else:
        machine.set_register(name, int.from_bytes(data[:4], "little"))
