"""Puts the builtin engine's machine together as a board's description says."""

from collections.abc import Mapping

from .._core import CoreError, Machine
from ..errors import PlatformError
from .board import Board
from .devices import make_device
from .repl import Entry

_MEMORY = "Memory.MappedMemory"
_BIT_BAND = "Miscellaneous.BitBanding"
_BUTTON = "Miscellaneous.Button"
_LED = "Miscellaneous.LED"
_PYTHON = "Python.PythonPeripheral"
_DEVICE = "Python.Device"
_BRIDGES = {None: 0, "APB1": 1, "APB2": 2}
"""As the core numbers them."""


def build_machine(board: Board, options: Mapping[str, int | str | bool] | None = None) -> Machine:
    """A machine of the board's parts, reset but empty, with `options` over the board's own.

    Raises:
        PlatformError: the engine has no model for a part, or no such option.

    """
    try:
        machine = Machine(board.settings.core.chip)
        entries = board.machine.entries.values()
        for entry in entries:
            _add(machine, board, entry)
        for entry in entries:
            _connect(machine, board, entry)
        for preset in board.machine.presets:
            machine.write_memory(preset.address, preset.value.to_bytes(preset.width, "little"))
        for bus in board.settings.bus.slave:
            machine.add_bus(bus.name, bus.address, bus.size, _BRIDGES[bus.bridge])
        for reserved in board.settings.reserved:
            machine.add_reserved(reserved.name, reserved.address, reserved.size)
        for name, value in {**board.options(), **(options or {})}.items():
            machine.configure(name, value)
    except CoreError as error:
        raise PlatformError(f"{board.settings.name}: {error}") from None
    return machine


def _add(machine: Machine, board: Board, entry: Entry) -> None:
    if entry.type in (_BUTTON, _LED):
        return
    place = entry.registrations[0]
    if entry.type == _MEMORY:
        addresses = [where.address for where in entry.registrations if where.address is not None]
        machine.add_memory(entry.name, _kind(board, entry.name), addresses, _size(entry))
    elif entry.type == _BIT_BAND:
        if place.address is None or place.size is None:
            raise PlatformError(f"{entry.name}: a bit-band region needs an address and a size")
        target = entry.properties.get("peripheralBase")
        if not isinstance(target, int):
            raise PlatformError(f"{entry.name}: peripheralBase is missing")
        machine.add_bit_band(entry.name, place.address, place.size, target)
    elif entry.type == _DEVICE:
        make_device(board.folder, entry).add_to(machine, entry.name)
    else:
        kind = entry.type
        if kind == _PYTHON:
            kind = f"Python.{entry.name}"
        on_bus = place.parent == "sysbus"
        machine.add_peripheral(
            entry.name, kind, place.address if on_bus else None, place.size, entry.properties
        )


def _kind(board: Board, name: str) -> str:
    if name in board.settings.memory.flash:
        return "flash"
    return "rom" if name in board.settings.memory.rom else "sram"


def _size(entry: Entry) -> int:
    size = entry.properties.get("size")
    if not isinstance(size, int):
        raise PlatformError(f"{entry.name}: a memory needs a size")
    return size


def _connect(machine: Machine, board: Board, entry: Entry) -> None:
    entries = board.machine.entries
    if entry.type == _BUTTON:
        for wire in entry.connections:
            # A button that is never pressed: low, or high where it is inverted.
            machine.set_input(wire.target, wire.input, bool(entry.properties.get("invert")))
        return
    place = entry.registrations[0]
    if place.parent not in ("sysbus", "none") and entry.type != _LED:
        machine.attach(entry.name, place.parent, place.address or 0)
    for wire in entry.connections:
        target = entries.get(wire.target.split("#")[0])
        if target is None:
            raise PlatformError(f"{entry.name}: connected to '{wire.target}', which does not exist")
        if target.type != _LED:
            machine.connect(entry.name, wire.output, wire.target, wire.input)
