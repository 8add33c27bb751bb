"""The debug port of the chip: ADIv5 with one access port to memory (IHI 0031)."""

from collections.abc import Sequence
from typing import Protocol

from ..errors import TinySimError

_DPIDR = 0x2BA0_1477
"""A Cortex-M4's SW-DP, as the STM32L4R5 has it (RM0432 57.5)."""
_AHB_AP = 0x2477_0011
_ROM_TABLE = 0xE00F_F003

_STICKYERR = 1 << 5
_STICKY = 0xB2
_POWER_REQUESTS = 0x5000_0000
_CTRL_WRITABLE = 0x50FF_FF0D
_ABORT_CLEARS = {1 << 1: 1 << 4, 1 << 2: 1 << 5, 1 << 3: 1 << 7, 1 << 4: 1 << 1}
"""ABORT's bits and the sticky flag of CTRL/STAT that each clears."""

_CSW_RESET = 0x2300_0042
_CSW_WRITABLE = 0x7F00_0F37
_CSW_DEVICE_ENABLED = 1 << 6
_WRAP = 0x400
"""TAR is incremented within 1 KB."""


class TransferFault(TinySimError):  # noqa: N818 - what IHI 0031 calls it
    """The port answers FAULT: an access failed, or one before it did."""


class Bus(Protocol):
    """What the access port reaches."""

    def read(self, address: int, size: int) -> int:
        """Read `size` bytes. Raises TransferFault."""

    def write(self, address: int, value: int, size: int) -> None:
        """Write `size` bytes. Raises TransferFault."""


class DebugPort:
    """DP registers, and those of access port 0."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._control = 0
        self._select = 0
        self._buffer = 0
        self._csw = _CSW_RESET
        self._tar = 0

    def read_dp(self, address: int) -> int:
        """Read DPIDR, CTRL/STAT, RESEND or RDBUFF."""
        match address & 0xC:
            case 0x0:
                return _DPIDR
            case 0x4 if self._select & 0xF == 0:
                granted = (self._control & _POWER_REQUESTS) << 1
                return self._control | granted
            case 0x4:
                return 0x40 if self._select & 0xF == 1 else 0  # DLCR.TURNROUND
            case _:
                return self._buffer

    def write_dp(self, address: int, value: int) -> None:
        """Write ABORT, CTRL/STAT or SELECT."""
        match address & 0xC:
            case 0x0:
                for order, flag in _ABORT_CLEARS.items():
                    if value & order:
                        self._control &= ~flag
            case 0x4 if self._select & 0xF == 0:
                self._control = self._control & _STICKY | value & _CTRL_WRITABLE
            case 0x8:
                self._select = value

    def read_ap(self, address: int) -> int:
        """Read a register of the selected access port."""
        self._check()
        self._buffer = self._read_ap(address)
        return self._buffer

    def write_ap(self, address: int, value: int) -> None:
        """Write a register of the selected access port."""
        self._check()
        match self._register(address):
            case 0x00:
                self._csw = value & _CSW_WRITABLE | _CSW_DEVICE_ENABLED
            case 0x04:
                self._tar = value & 0xFFFF_FFFF
            case 0x0C:
                self._write_data(value)
            case 0x10 | 0x14 | 0x18 | 0x1C as banked:
                self._write(self._tar & ~0xF | banked & 0xC, value, 4)

    def read_ap_multiple(self, address: int, count: int) -> list[int]:
        """Read one register of the access port again and again."""
        return [self.read_ap(address) for _ in range(count)]

    def write_ap_multiple(self, address: int, values: Sequence[int]) -> None:
        """Write one register of the access port again and again."""
        for value in values:
            self.write_ap(address, value)

    def _register(self, address: int) -> int | None:
        """The offset in access port 0; None in one that is not there."""
        return None if self._select >> 24 else self._select & 0xF0 | address & 0xC

    def _check(self) -> None:
        if self._control & _STICKYERR:
            raise TransferFault("CTRL/STAT.STICKYERR is set")

    def _read_ap(self, address: int) -> int:
        match self._register(address):
            case 0x00:
                return self._csw
            case 0x04:
                return self._tar
            case 0x0C:
                return self._read_data()
            case 0x10 | 0x14 | 0x18 | 0x1C as banked:
                return self._read(self._tar & ~0xF | banked & 0xC, 4)
            case 0xF8:
                return _ROM_TABLE
            case 0xFC:
                return _AHB_AP
            case _:
                return 0

    @property
    def _size(self) -> int:
        return 1 << min(self._csw & 7, 2)

    def _read_data(self) -> int:
        size = self._size
        value = self._read(self._tar, size) << 8 * (self._tar & (4 - size))
        self._advance(size)
        return value

    def _write_data(self, value: int) -> None:
        size = self._size
        lane = value >> 8 * (self._tar & (4 - size))
        self._write(self._tar, lane & (1 << 8 * size) - 1, size)
        self._advance(size)

    def _advance(self, size: int) -> None:
        if self._csw >> 4 & 3:
            self._tar = self._tar & ~(_WRAP - 1) | self._tar + size & _WRAP - 1

    def _read(self, address: int, size: int) -> int:
        try:
            return self._bus.read(address & ~(size - 1), size)
        except TransferFault:
            self._control |= _STICKYERR
            raise

    def _write(self, address: int, value: int, size: int) -> None:
        try:
            self._bus.write(address & ~(size - 1), value, size)
        except TransferFault:
            self._control |= _STICKYERR
            raise
