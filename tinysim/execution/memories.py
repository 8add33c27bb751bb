"""Which plain memory a board has, and where."""

from dataclasses import dataclass

from ..platform import Board


@dataclass(frozen=True)
class Region:
    """Plain memory at one of its addresses. `size` is in bytes."""

    name: str
    address: int
    size: int
    is_flash: bool = False
    is_rom: bool = False

    def holds(self, address: int, size: int) -> bool:
        """Whether so many bytes from an address lie in it."""
        return self.address <= address and address + size <= self.address + self.size


def regions_of(board: Board) -> list[Region]:
    """Every memory, once for each address at which it is seen."""
    settings = board.settings.memory
    return [
        Region(
            entry.name,
            registration.address or 0,
            int(entry.properties["size"]),
            entry.name in settings.flash,
            entry.name in settings.rom,
        )
        for entry in board.machine.entries.values()
        if entry.type == "Memory.MappedMemory"
        for registration in entry.registrations
    ]
