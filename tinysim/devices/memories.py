"""Memories with a serial interface."""

from .device import I2cDevice, SpiDevice

_WRITE_ENABLE, _WRITE_DISABLE, _READ_STATUS, _READ_ID = 0x06, 0x04, 0x05, 0x9F
_READ, _FAST_READ, _PROGRAM = 0x03, 0x0B, 0x02
_ERASES = {0x20: 4 << 10, 0x52: 32 << 10, 0xD8: 64 << 10, 0xC7: 0, 0x60: 0}
"""Bytes that a command erases; 0 stands for all."""
_PAGE = 256
_ADDRESS = 3
"""Bytes of an address."""


class Eeprom(I2cDevice):
    """A 24-series EEPROM: addresses of one byte up to 2 KB, of two above; never busy."""

    def __init__(self, size: int = 4096, page: int = 32) -> None:
        self.contents = bytearray(b"\xff" * size)
        self._page = page
        self._at = self._address_bytes = 0

    def start(self, reads: bool) -> bool:
        if not reads:
            self._address_bytes = 0
        return True

    def write(self, byte: int) -> bool:
        size = len(self.contents)
        if self._address_bytes < (2 if size > 2048 else 1):
            self._at = ((self._at << 8 if self._address_bytes else 0) | byte) % size
            self._address_bytes += 1
            return True
        self.contents[self._at] = byte
        page = self._at - self._at % self._page
        self._at = page + (self._at + 1) % self._page
        return True

    def read(self) -> int:
        byte = self.contents[self._at]
        self._at = (self._at + 1) % len(self.contents)
        return byte


class SpiFlash(SpiDevice):
    """A 25-series flash memory: reads, pages of 256 bytes, erases; never busy."""

    def __init__(self, size: int = 8 << 20, jedec_id: bytes = b"\xef\x40\x17") -> None:
        self.contents = bytearray(b"\xff" * size)
        self._id = jedec_id
        self._write_enabled = False
        self._frames = self._page = b""
        self._at = 0

    def power_on(self) -> None:
        self._write_enabled = False

    def select(self, selected: bool) -> None:
        command, self._frames = self._frames[:1], b""
        if selected or not command:
            return
        if command[0] == _PROGRAM and self._page:
            self._program()
        if command[0] == _PROGRAM or command[0] in _ERASES:
            self._write_enabled = False

    def exchange(self, frame: int, bits: int) -> int:
        # Of a read only the address is kept.
        place = len(self._frames)
        command = self._frames[0] if place else frame
        if place <= _ADDRESS or (command == _FAST_READ and place == _ADDRESS + 1):
            self._frames += bytes([frame & 0xFF])
            if place == 0:
                self._begin(command)
            elif place == _ADDRESS and command in _ERASES:
                self._erase(_ERASES[command])
            elif place == _ADDRESS:
                self._at = int.from_bytes(self._frames[1:], "big") % len(self.contents)
            if command in (_READ, _FAST_READ, _PROGRAM) or place == 0 or command in _ERASES:
                return 0
        if command == _READ_STATUS:
            return 2 * self._write_enabled
        if command == _READ_ID:
            return self._id[place - 1] if place <= len(self._id) else 0
        if command in (_READ, _FAST_READ):
            byte = self.contents[self._at]
            self._at = (self._at + 1) % len(self.contents)
            return byte
        if command == _PROGRAM:
            self._page = (self._page + bytes([frame & 0xFF]))[-_PAGE:]
        return 0

    def _begin(self, command: int) -> None:
        self._at, self._page = 0, b""
        if command in (_WRITE_ENABLE, _WRITE_DISABLE):
            self._write_enabled = command == _WRITE_ENABLE
        elif command in _ERASES and _ERASES[command] == 0:
            self._erase(0)

    def _erase(self, size: int) -> None:
        if not self._write_enabled:
            return
        size = size or len(self.contents)
        first = int.from_bytes(self._frames[1:], "big") % len(self.contents) // size * size
        self.contents[first : first + size] = b"\xff" * size

    def _program(self) -> None:
        if not self._write_enabled:
            return
        page = self._at - self._at % _PAGE
        for number, byte in enumerate(self._page):
            self.contents[page + (self._at + number) % _PAGE] &= byte
