"""Lines that are joined."""

from .device import SerialDevice, SpiDevice


class SpiLoopback(SpiDevice):
    """MOSI is joined to MISO."""

    def exchange(self, frame: int, bits: int) -> int:
        return frame


class SerialLoopback(SerialDevice):
    """TX is joined to RX."""

    def received(self, byte: int) -> bytes:
        return bytes([byte])
