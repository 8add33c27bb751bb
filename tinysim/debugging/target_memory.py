"""The board's memory as gdb sees it."""

from collections.abc import Callable

from .._core import Machine
from ..execution.memories import Region


class TargetMemory:
    """Memories and the registers of peripherals. `touched` is called after each change."""

    def __init__(
        self, machine: Machine, regions: list[Region], touched: Callable[[], None]
    ) -> None:
        self._machine = machine
        self._regions = regions
        self._touched = touched

    def map(self) -> bytes:
        """What gdb asks for to know what may be written, and how."""
        lines = ['<?xml version="1.0"?>', "<memory-map>"]
        for region in self._regions:
            place = f'start="{region.address:#x}" length="{region.size:#x}"'
            if region.is_flash:
                lines.append(f'<memory type="flash" {place}>')
                lines.append('<property name="blocksize">0x1000</property></memory>')
            else:
                lines.append(f'<memory type="{"rom" if region.is_rom else "ram"}" {place}/>')
        # Peripherals: gdb would refuse what the map leaves out.
        lines += [
            f'<memory type="ram" start="{start:#x}" length="0x20000000"/>'
            for start in (0x4000_0000, 0x6000_0000, 0x8000_0000, 0xA000_0000, 0xC000_0000)
        ]
        lines += ['<memory type="ram" start="0xe0000000" length="0x20000000"/>', "</memory-map>"]
        return "\n".join(lines).encode()

    def read(self, address: int, size: int) -> bytes:
        """Memory as it is, and registers of peripherals as a probe reads them, word by word."""
        if any(region.holds(address, size) for region in self._regions):
            return self._machine.read_memory(address, size)
        return b"".join(
            self._machine.probe_read(at, width).to_bytes(width, "little")
            for at, width in _accesses(address, size)
        )

    def write(self, address: int, data: bytes) -> None:
        """As `read`; flash is written at once."""
        if any(region.holds(address, len(data)) for region in self._regions):
            self._machine.write_memory(address, data)
        else:
            for at, width in _accesses(address, len(data)):
                value = int.from_bytes(data[at - address : at - address + width], "little")
                self._machine.probe_write(at, value, width)
        self._touched()

    def erase(self, address: int, size: int) -> bool:
        """Erase flash; whether all of it is flash."""
        if not any(region.is_flash and region.holds(address, size) for region in self._regions):
            return False
        self.write(address, b"\xff" * size)
        return True


def _accesses(address: int, size: int) -> list[tuple[int, int]]:
    """Aligned accesses, as wide as may be, for so many bytes."""
    result = []
    while size > 0:
        width = next(width for width in (4, 2, 1) if address % width == 0 and width <= size)
        result.append((address, width))
        address, size = address + width, size - width
    return result
