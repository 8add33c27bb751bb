"""What sits on the other side of the chip's buses and lines."""

from .audio import AudioPort
from .device import Device, I2cDevice, SerialDevice, SpiDevice
from .interface_board import InterfaceBoard
from .interface_console import InterfaceConsole
from .loopback import SerialLoopback, SpiLoopback
from .masters import Answer, I2cMaster, SpiMaster
from .memories import Eeprom, SpiFlash

__all__ = [
    "Answer",
    "AudioPort",
    "Device",
    "Eeprom",
    "I2cDevice",
    "I2cMaster",
    "InterfaceBoard",
    "InterfaceConsole",
    "SerialDevice",
    "SerialLoopback",
    "SpiDevice",
    "SpiFlash",
    "SpiLoopback",
    "SpiMaster",
]
