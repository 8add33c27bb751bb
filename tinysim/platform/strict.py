"""What Renode 1.16 asks of the peripheral types that our boards use."""

from dataclasses import dataclass
from itertools import pairwise

from ..errors import PlatformError
from .repl import Description, Entry


@dataclass(frozen=True)
class Type:
    """Properties that a type must and may have, and whether it must be given a range."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    needs_range: bool = False


def _type(required: str = "", optional: str = "", *, needs_range: bool = False) -> Type:
    return Type(frozenset(required.split()), frozenset(optional.split()), needs_range)


TYPES = {
    "CPU.CortexM": _type("cpuType nvic", "numberOfMPURegions PerformanceInMips id"),
    "CRC.STM32_CRC": _type("series", "configurablePoly"),
    "GPIOPort.STM32_GPIOPort": _type(
        "",
        "modeResetValue outputSpeedResetValue pullUpPullDownResetValue numberOfAFs",
        needs_range=True,
    ),
    "IRQControllers.NVIC": _type("", "priorityMask systickFrequency deferredHardFault"),
    "IRQControllers.STM32F4_EXTI": _type("", "numberOfOutputLines firstDirectLine"),
    "Memory.MappedMemory": _type("size"),
    "Miscellaneous.BitBanding": _type("peripheralBase", needs_range=True),
    "Miscellaneous.Button": _type("", "invert"),
    "Miscellaneous.CombinedInput": _type("numberOfInputs"),
    "Miscellaneous.DWT": _type("frequency"),
    "Miscellaneous.LED": _type("", "invert"),
    "Miscellaneous.STM32F4_RNG": _type(),
    "Miscellaneous.STM32_SYSCFG": _type(),
    # No `filename`: Renode looks for that in its own working directory, wherever the .repl lies.
    "Python.PythonPeripheral": _type("size script", "initable"),
    "Timers.STM32_Timer": _type("frequency initialLimit"),
    "UART.STM32F7_USART": _type("frequency", "lowPowerMode"),
}
"""Found by trying on a Renode 1.16.1."""


def check(description: Description) -> None:
    """Raise where Renode would refuse, or would not do what is meant.

    Raises:
        PlatformError: names the entry and what is wrong with it.

    """
    for entry in description.entries.values():
        _check_entry(entry)
        for wire in entry.connections:
            if wire.target.partition("#")[0] not in description.entries:
                raise PlatformError(f"{entry.name}: there is no '{wire.target}' to connect to")
    _check_overlap(description)


def _check_entry(entry: Entry) -> None:
    known = TYPES.get(entry.type)
    if known is None:
        raise PlatformError(f"{entry.name}: type {entry.type} has not been tried")
    given = set(entry.properties)
    if missing := known.required - given:
        raise PlatformError(f"{entry.name}: {entry.type} needs {', '.join(sorted(missing))}")
    if odd := given - known.required - known.optional:
        raise PlatformError(f"{entry.name}: {entry.type} has no {', '.join(sorted(odd))}")
    if known.needs_range and any(place.size is None for place in entry.registrations):
        raise PlatformError(f"{entry.name}: {entry.type} wants `<address, +size>`")


def _check_overlap(description: Description) -> None:
    """Two entries on one address are an error in Renode (E39)."""
    ranges = []
    for entry in description.entries.values():
        size = entry.properties.get("size")
        for place in entry.registrations:
            length = place.size or (size if isinstance(size, int) else 0)
            if place.parent == "sysbus" and place.address is not None and length:
                ranges.append((place.address, place.address + length, entry.name))
    ranges.sort()
    for (_, end, name), (start, _, other) in pairwise(ranges):
        if start < end:
            raise PlatformError(f"{name} and {other} overlap at 0x{start:08x}")
