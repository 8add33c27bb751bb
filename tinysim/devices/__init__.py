"""What sits on the other side of the chip's buses and lines."""

from .audio import AudioPort
from .device import Device, I2cDevice, SerialDevice, SpiDevice
from .loopback import SerialLoopback, SpiLoopback
from .memories import Eeprom, SpiFlash

__all__ = [
    "AudioPort",
    "Device",
    "Eeprom",
    "I2cDevice",
    "SerialDevice",
    "SerialLoopback",
    "SpiDevice",
    "SpiFlash",
    "SpiLoopback",
]
