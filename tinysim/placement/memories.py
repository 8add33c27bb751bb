"""The board's RAM, and what a read of it waits."""

from dataclasses import dataclass

from ..execution.memories import regions_of
from ..platform import Board

_SYSTEM_BUS = 0x2000_0000
"""What lies below is reached over ICode and DCode (100166 2.3.1)."""


@dataclass(frozen=True)
class Memory:
    """A memory in one piece with the next. `waits` are the cycles of a read that finds the bus
    granted to another, `is_parked`: it is granted while the bus idles (docs/timing.md).
    """

    name: str
    address: int
    bytes: int
    waits: int
    is_parked: bool = False

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.address + self.bytes


def memories_of(board: Board) -> tuple[Memory, ...]:
    """Those on the system bus that begin where the one before ends, by address."""
    bus = board.settings.bus
    found = [
        Memory(
            region.name.upper(),
            region.address,
            region.size,
            bus.arbitration,
            region.name == bus.parked,
        )
        for region in sorted(regions_of(board), key=lambda region: region.address)
        if region.address >= _SYSTEM_BUS and not region.is_rom and not region.is_flash
    ]
    count = 1
    while count < len(found) and found[count].address == found[count - 1].end:
        count += 1
    return tuple(found[:count])
