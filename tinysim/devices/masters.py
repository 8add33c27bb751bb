"""Masters on the chip's buses, where the chip is the slave."""

from dataclasses import dataclass

from .._core import CoreError, Machine
from ..errors import EngineError

# As the core numbers operations and results.
_FRAME, _SELECT, _RELEASE = 0x10000, 0x20000, 0x30000
_START, _WRITE, _READ, _STOP = 0x100, 0x200, 0x300, 0x400
_GOT, _REFUSED, _ENDED = 0x100, 0x200, 0x400
_ADDRESSES = 128


class _Master:
    """What the kinds of master have in common."""

    def __init__(
        self, machine: Machine, bus: str, kind: str, properties: dict[str, int | str | bool]
    ) -> None:
        self._machine = machine
        self._name = f"{bus}Master"
        try:
            machine.add_peripheral(self._name, kind, None, None, properties)
            machine.attach(self._name, bus, 0)
        except CoreError as error:
            raise EngineError(str(error)) from None

    @property
    def is_done(self) -> bool:
        """Whether it has nothing left to do."""
        return self._machine.master_is_done(self._name)

    def _queue(self, operations: list[int], at_s: float | None) -> None:
        start_ns = self._machine.time_ns if at_s is None else round(at_s * 1e9)
        self._machine.master_queue(self._name, operations, start_ns)


class SpiMaster(_Master):
    """Clocks an SPI of the chip, most significant bit first.

    Args:
        machine: the board's.
        bus: the interface, `spi1`.
        rate_hz: of the clock.
        bits: of a frame.
        gap_s: between two frames.

    Raises:
        EngineError: there is no such interface, or no such clock.

    """

    def __init__(
        self,
        machine: Machine,
        bus: str = "spi1",
        *,
        rate_hz: int = 1_000_000,
        bits: int = 8,
        gap_s: float = 0,
    ) -> None:
        super().__init__(
            machine,
            bus,
            "SPI.Master",
            {"rate": rate_hz, "bits": bits, "gapNs": round(gap_s * 1e9)},
        )
        self._bits = bits

    def transfer(self, data: bytes, at_s: float | None = None) -> None:
        """Select the chip, exchange frames, and let it go; from a virtual time on, or at once.

        Frames of more than 8 bits are two bytes each, little endian. What is asked for while
        another transfer is under way follows it.

        Raises:
            EngineError: not a whole number of frames.

        """
        size = 1 if self._bits <= 8 else 2
        if len(data) % size:
            raise EngineError(f"frames of {self._bits} bits are {size} bytes each")
        frames = [data[i : i + size] for i in range(0, len(data), size)]
        values = [int.from_bytes(frame, "little") & ((1 << self._bits) - 1) for frame in frames]
        self._queue([_SELECT, *(_FRAME | value for value in values), _RELEASE], at_s)

    def received(self) -> bytes:
        """What the chip has sent since the last call."""
        size = 1 if self._bits <= 8 else 2
        frames = self._machine.master_results(self._name)
        return b"".join(frame.to_bytes(size, "little") for frame in frames)


@dataclass(frozen=True)
class Answer:
    """What came of an I2C transfer."""

    acknowledged: bool
    """The chip has taken its address and every byte."""
    data: bytes
    """What it sent."""


class I2cMaster(_Master):
    """Calls an I2C of the chip by an address of 7 bits.

    Args:
        machine: the board's.
        bus: the interface, `i2c1`.
        rate_hz: of the clock, as long as the chip does not stretch it.

    Raises:
        EngineError: there is no such interface, or no such clock.

    """

    def __init__(self, machine: Machine, bus: str = "i2c1", *, rate_hz: int = 100_000) -> None:
        super().__init__(machine, bus, "I2C.Master", {"rate": rate_hz})
        self._unfinished: list[int] = []

    def transfer(
        self, address: int, data: bytes = b"", reads: int = 0, at_s: float | None = None
    ) -> None:
        """Write bytes, then read some after a repeated start; from a virtual time on, or at once.

        What is asked for while another transfer is under way follows it.

        Raises:
            EngineError: no address of 7 bits.

        """
        if not 0 <= address < _ADDRESSES:
            raise EngineError(f"{address:#x} is no address of 7 bits")
        operations = []
        if data or not reads:
            operations += [_START | address << 1, *(_WRITE | byte for byte in data)]
        if reads:
            operations += [_START | address << 1 | 1, *[_READ] * (reads - 1), _READ | 1]
        self._queue([*operations, _STOP], at_s)

    def answers(self) -> list[Answer]:
        """What came of the transfers that have ended since the last call."""
        found = []
        for result in self._machine.master_results(self._name):
            self._unfinished.append(result)
            if result == _ENDED:
                data = bytes(each & 0xFF for each in self._unfinished if each & _GOT)
                found.append(Answer(_REFUSED not in self._unfinished, data))
                self._unfinished = []
        return found
