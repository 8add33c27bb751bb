"""The emulated board as a debug probe of pyOCD, by its entry point for plug-ins.

`pyocd ... --uid tinysim:app.elf` is the board with that image in its flash; `--uid tinysim` is one
as it comes out of its box.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pyocd.board.board import Board
from pyocd.core import exceptions
from pyocd.core.options import OptionInfo
from pyocd.core.plugin import Plugin
from pyocd.probe.debug_probe import DebugProbe

from .._core import CoreError
from ..errors import TinySimError
from ..execution import Execution
from ..image import Image, load_image
from ..platform import load_board
from ..platform.board import DEFAULT
from ..version import __version__
from .debug_port import DebugPort, TransferFault
from .live import LiveBoard
from .pyocd_target import BOARD_OPTION, TARGET_NAME, chosen_board, register_target

_NAME = "tinysim"
_T = TypeVar("_T")
_ERASED = Image(Path("erased"), (), "")


class _Bus:
    """The machine's bus as a probe reaches it."""

    def __init__(self, board: LiveBoard) -> None:
        self._board = board

    def read(self, address: int, size: int) -> int:
        with self._board.machine() as machine:
            try:
                return machine.probe_read(address, size)
            except CoreError as error:
                raise TransferFault(str(error)) from None

    def write(self, address: int, value: int, size: int) -> None:
        with self._board.machine() as machine:
            try:
                machine.probe_write(address, value, size)
            except CoreError as error:
                raise TransferFault(str(error)) from None


class TinySimProbe(DebugProbe):
    """A probe at the debug port of an emulated board, which it switches on when it is opened."""

    @classmethod
    def get_all_connected_probes(
        cls, unique_id: str | None = None, is_explicit: bool = False
    ) -> Sequence[DebugProbe]:
        # Who does not ask for it has a real probe in mind.
        return [cls("")] if is_explicit and not unique_id else []

    @classmethod
    def get_probe_with_id(cls, unique_id: str, is_explicit: bool = False) -> DebugProbe | None:
        if is_explicit:
            return cls(unique_id)
        return cls("") if unique_id.lower() == _NAME else None

    def __init__(self, image: str) -> None:
        super().__init__()
        self._image = image
        self._live: LiveBoard | None = None
        self._port: DebugPort | None = None
        self._connected = False
        self._in_reset = False

    @property
    def vendor_name(self) -> str:
        return "tinysim"

    @property
    def product_name(self) -> str:
        return f"emulated board {Path(self._image).name}".rstrip()

    @property
    def supported_wire_protocols(self) -> Collection[DebugProbe.Protocol]:
        return (DebugProbe.Protocol.DEFAULT, DebugProbe.Protocol.SWD)

    @property
    def unique_id(self) -> str:
        return self._image or _NAME

    @property
    def wire_protocol(self) -> DebugProbe.Protocol | None:
        return DebugProbe.Protocol.SWD if self._connected else None

    @property
    def is_open(self) -> bool:
        return self._port is not None

    @property
    def capabilities(self) -> set[DebugProbe.Capability]:
        return {DebugProbe.Capability.SWO}

    def create_associated_board(self) -> Board | None:
        session = self.session
        if session is None:
            return None
        register_target()
        chosen = session.options.get("target_override")
        return Board(session, chosen or TARGET_NAME)

    def open(self) -> None:
        try:
            image = load_image(Path(self._image)) if self._image else _ERASED
            board = load_board(chosen_board(self.session))
            self._live = LiveBoard(Execution(board, image, {"tier": "T2"}, listens=False))
        except TinySimError as error:
            raise exceptions.ProbeError(str(error)) from None
        self._port = DebugPort(_Bus(self._live))

    def close(self) -> None:
        if self._live is not None:
            self._live.close()
        self._live = self._port = None

    def connect(self, protocol: DebugProbe.Protocol | None = None) -> None:
        self._connected = True

    def disconnect(self) -> None:
        self._connected = False

    def set_clock(self, frequency: float) -> None:
        pass

    def reset(self) -> None:
        if self._live is None:
            raise exceptions.ProbeError("the probe is not open")
        with self._live.machine() as machine:
            machine.press_reset()

    def assert_reset(self, asserted: bool) -> None:
        # Nothing can be seen of a chip that is held in reset but that it does nothing.
        if self._in_reset and not asserted:
            self.reset()
        self._in_reset = asserted

    def is_reset_asserted(self) -> bool:
        return self._in_reset

    def swo_start(self, baudrate: float) -> None:
        self.swo_read()  # what came before nobody has asked for

    def swo_stop(self) -> None:
        pass

    def swo_read(self) -> bytearray:
        if self._live is None:
            raise exceptions.ProbeError("the probe is not open")
        with self._live.machine() as machine:
            return bytearray(machine.swo())

    @property
    def _opened(self) -> DebugPort:
        if self._port is None:
            raise exceptions.ProbeError("the probe is not open")
        return self._port

    def read_dp(self, addr: int, now: bool = True) -> Any:
        return _given(lambda: self._opened.read_dp(addr), now)

    def write_dp(self, addr: int, data: int) -> None:
        self._opened.write_dp(addr, data)

    def read_ap(self, addr: int, now: bool = True) -> Any:
        return _given(lambda: self._opened.read_ap(addr), now)

    def write_ap(self, addr: int, data: int) -> None:
        _transfer(lambda: self._opened.write_ap(addr, data))

    def read_ap_multiple(self, addr: int, count: int = 1, now: bool = True) -> Any:
        return _given(lambda: self._opened.read_ap_multiple(addr, count), now)

    def write_ap_multiple(self, addr: int, values: Sequence[int]) -> None:
        _transfer(lambda: self._opened.write_ap_multiple(addr, values))


def _transfer(act: Callable[[], _T]) -> _T:
    try:
        return act()
    except TransferFault as error:
        raise exceptions.TransferFaultError(str(error)) from None


def _given(read: Callable[[], _T], now: bool) -> _T | Callable[[], _T]:
    """What a read gives, or with `now` false what will give it: the transfer is made either way."""
    if now:
        return _transfer(read)
    try:
        value = read()
    except TransferFault as error:
        failure = exceptions.TransferFaultError(str(error))

        def fail() -> _T:
            raise failure

        return fail
    return lambda: value


class TinySimProbePlugin(Plugin):
    """What pyOCD finds under `pyocd.probe`."""

    def load(self) -> type[DebugProbe]:
        return TinySimProbe

    @property
    def name(self) -> str:
        return _NAME

    @property
    def description(self) -> str:
        return "the emulated board of tinysim"

    @property
    def options(self) -> list[OptionInfo]:
        return [OptionInfo(BOARD_OPTION, str, DEFAULT, "The emulated board: a name, or a .toml.")]

    @property
    def version(self) -> str:
        return __version__
