"""What a core and its memories did over some time, as far as its current depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .._core import CoreError, Machine

_PWR_CR1, _PWR_CR5 = 0x4000_7000, 0x4000_7080
"""RM0432 5.4.1, 5.4.22"""
_SCR = 0xE000_ED10
"""DDI0403 B3.2.7"""
_SLEEPDEEP = 1 << 2
_VOS_RANGE_2 = 2
_R1MODE = 1 << 8


class Counted(Protocol):
    """What an engine has counted since reset."""

    @property
    def cycles(self) -> int: ...
    @property
    def detail(self) -> Mapping[str, int]: ...


class Range(StrEnum):
    """Of the core's voltage (RM0432 5.1.8)."""

    BOOST = "range 1 boost"
    NORMAL = "range 1"
    LOW = "range 2"


def voltage_range(machine: Machine) -> Range:
    """As the firmware has set it: PWR_CR1.VOS and PWR_CR5.R1MODE."""
    try:
        control, boost = machine.probe_read(_PWR_CR1), machine.probe_read(_PWR_CR5)
    except CoreError:  # a board without the peripheral
        return Range.NORMAL
    if control >> 9 & 3 == _VOS_RANGE_2:
        return Range.LOW
    return Range.NORMAL if boost & _R1MODE else Range.BOOST


def sleeps_deeply(machine: Machine) -> bool:
    """Whether the firmware has asked for Stop, Standby or Shutdown instead of sleep."""
    return machine.probe_read(_SCR) & _SLEEPDEEP != 0


@dataclass(frozen=True)
class Activity:
    """`asleep` and `flash_waits` are shares of all cycles: of sleeping, and of standing still until
    data from flash have come. `flash_reads` and `sram_accesses` are events a cycle, which the
    model has no current for.
    """

    clock_hz: int
    asleep: float = 0.0
    flash_waits: float = 0.0
    flash_reads: float = 0.0
    sram_accesses: float = 0.0
    range: Range = Range.BOOST
    waits_counted: bool = True
    """Whether the engine's tier counts them."""
    is_deep: bool = False
    """Whether sleep is one of the modes that stop clocks or take the core's voltage away."""

    @classmethod
    def between(
        cls, before: Counted, after: Counted, clock_hz: int, range_: Range = Range.BOOST
    ) -> "Activity | None":
        """Of the time between two looks; None where no time has passed or sleep is not counted."""
        return cls.of(
            {name: count - before.detail.get(name, 0) for name, count in after.detail.items()},
            after.cycles - before.cycles,
            clock_hz,
            range_,
        )

    @classmethod
    def of(
        cls,
        counted: Mapping[str, int],
        cycles: int,
        clock_hz: int,
        range_: Range = Range.BOOST,
    ) -> "Activity | None":
        """From an engine's counters over `cycles`."""
        if cycles <= 0 or clock_hz <= 0 or "sleep" not in counted:
            return None

        def share(name: str) -> float:
            return max(0, counted.get(name, 0)) / cycles

        return cls(
            clock_hz=clock_hz,
            asleep=min(1.0, share("sleep")),
            flash_waits=min(1.0, share("stall.flash_data")),
            flash_reads=share("flash.read"),
            sram_accesses=share("bus.access"),
            range=range_,
            waits_counted="stall.flash_data" in counted,
        )
