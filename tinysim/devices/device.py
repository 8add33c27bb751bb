"""Devices on the chip's buses, as small classes of one's own."""

import pickle
from collections.abc import Callable
from typing import Any, ClassVar, ParamSpec, TypeVar

from .._core import CoreError, Machine
from ..errors import EngineError, TinySimError

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Device:
    """What the kinds of device have in common.

    A snapshot of the machine holds what `save` gives: every attribute of the object, unless a
    class says otherwise. `power_on` is called when the board is given power.
    """

    kind: ClassVar[str]

    def power_on(self) -> None:
        """Forget what only power keeps."""

    def save(self) -> bytes:
        """Return its state."""
        return pickle.dumps(vars(self))

    def load(self, state: bytes) -> None:
        """Go on from what `save` gave."""
        vars(self).update(pickle.loads(state))

    def add_to(self, machine: Machine, name: str) -> None:
        """Make it a part of the machine, on no bus yet."""
        machine.add_device(name, self.kind, _Guarded(self))

    def connect(self, machine: Machine, bus: str, address: int = 0, name: str = "") -> str:
        """Put it on a bus of the board; the name that it has there.

        Raises:
            EngineError: no such bus, or one of another kind.

        """
        name = name or f"{type(self).__name__.lower()}On{bus.capitalize()}At{address:x}"
        try:
            self.add_to(machine, name)
            machine.attach(name, bus, address)
        except CoreError as error:
            raise EngineError(str(error)) from None
        return name


class I2cDevice(Device):
    """On an I2C bus, called by its address of 7 bits."""

    kind = "i2c"

    def start(self, reads: bool) -> bool:
        """Its address was sent, to read from it or to write to it; whether it acknowledges."""
        return True

    def write(self, byte: int) -> bool:
        """Take a byte from the chip; whether it acknowledges."""
        return True

    def read(self) -> int:
        """Return the next byte for the chip."""
        return 0xFF

    def stop(self) -> None:
        """The transfer is over."""


class SpiDevice(Device):
    """On an SPI bus."""

    kind = "spi"

    def select(self, selected: bool) -> None:
        """Its select line has gone low, or high again."""

    def exchange(self, frame: int, bits: int) -> int:
        """Take a frame from the chip, and give one in its place."""
        return 0

    def connect(self, machine: Machine, bus: str, address: int = 0, name: str = "") -> str:
        """As every device; `address` means nothing, see `selected_by`."""
        return super().connect(machine, bus, address, name)

    def selected_by(self, machine: Machine, bus: str, pin: str) -> str:
        """Put it on a bus with a pin of the chip as its select line: `PD14`.

        Raises:
            EngineError: no such bus or pin.

        """
        name = self.connect(machine, bus, name=f"{type(self).__name__.lower()}At{pin}")
        try:
            machine.connect(f"gpio{pin[1:2].lower()}", pin[2:], name, 0)
        except (CoreError, ValueError) as error:
            raise EngineError(f"{pin}: {error}") from None
        return name


class SerialDevice(Device):
    """On the lines of a serial port."""

    kind = "serial"

    def received(self, byte: int) -> bytes:
        """Take a byte from the chip; what it answers."""
        return b""


class _Guarded:
    """Turns what goes wrong in a device into an error that names the device."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return _guarded(self._device, getattr(self._device, name))


def _guarded(device: Device, method: Callable[_P, _T]) -> Callable[_P, _T]:
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(*args, **kwargs)
        except TinySimError:
            raise
        except Exception as error:
            raise EngineError(
                f"device {type(device).__name__}, {method.__name__}: "
                f"{type(error).__name__}: {error}"
            ) from error

    return call
