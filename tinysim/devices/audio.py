"""The other end of a digital audio line."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from .._core import CoreError, Machine
from ..errors import EngineError

Clock = Literal["playing", "always", "none"]
Format = Literal["i2s", "left", "dsp"]


class AudioPort:
    """Plays a sound to an audio block of the chip, and records what the block sends.

    As it is by default: an I2S master that clocks the line while it plays, 16 bits in two channels.

    Args:
        machine: the board's, before it is reset.
        bus: the interface, `sai1`.
        block: its half, `A` or `B`.
        rate_hz: frames a second; need not be whole.
        channels: samples in a frame.
        bits: of a sample.
        slot_bits: of a sample's place on the line; those after the sample's are 0.
        layout: where FS is: `i2s`, `left` (justified) or `dsp` (a pulse of one bit).
        clock: when it clocks the line: while it is `playing`, `always`, or never (`none`) because
            the chip does.

    Raises:
        EngineError: there is no such interface, or no such line.

    """

    def __init__(
        self,
        machine: Machine,
        bus: str = "sai1",
        block: Literal["A", "B"] = "A",
        *,
        rate_hz: float = 16_000,
        channels: int = 2,
        bits: int = 16,
        slot_bits: int | None = None,
        layout: Format = "i2s",
        clock: Clock = "playing",
    ) -> None:
        self._machine = machine
        self._name = f"{bus}{block.lower()}Line"
        self._rate_mhz = round(rate_hz * 1000)
        self._channels, self._bits = channels, bits
        self._part = b""
        properties: dict[str, int | str | bool] = {
            "channels": channels,
            "bits": bits,
            "slotBits": slot_bits or bits,
            "rate": round(rate_hz),
            "format": layout,
            "clock": clock,
        }
        try:
            machine.add_peripheral(self._name, "Sound.AudioPort", None, None, properties)
            machine.attach(self._name, bus, "AB".index(block))
        except (CoreError, ValueError) as error:
            raise EngineError(str(error)) from None

    def play(self, samples: bytes | npt.NDArray[np.integer], at_s: float | None = None) -> None:
        """Play from a virtual time on, or at once; what is being played ends.

        `samples` is an array of one row a frame, or bytes in the same order: two a sample up to
        16 bits, four above, little endian.

        Raises:
            EngineError: not a whole number of frames.

        """
        if not isinstance(samples, bytes):
            samples = self._packed(samples)
        start_ns = self._machine.time_ns if at_s is None else round(at_s * 1e9)
        try:
            self._machine.audio_play(self._name, samples, start_ns, self._rate_mhz)
        except CoreError as error:
            raise EngineError(str(error)) from None

    def recorded(self) -> npt.NDArray[np.integer]:
        """What the chip has sent since the last call, one row a frame."""
        kind = np.dtype("<i2" if self._bits <= 16 else "<i4")
        data = self._part + self._machine.audio_recorded(self._name)
        whole = len(data) - len(data) % (self._channels * kind.itemsize)
        self._part = data[whole:]
        return np.frombuffer(data[:whole], kind).reshape(-1, self._channels)

    @property
    def frames(self) -> int:
        """Frames of the sound."""
        return self._machine.audio_counts(self._name)[1]

    @property
    def played(self) -> int:
        """How many of them have been on the line."""
        return self._machine.audio_counts(self._name)[0]

    @property
    def lost(self) -> int:
        """Samples for which the chip's FIFO had no room: its firmware was too slow."""
        return self._machine.audio_counts(self._name)[2]

    def _packed(self, samples: npt.NDArray[np.integer]) -> bytes:
        array = np.asarray(samples)
        if array.dtype.kind not in "iu":
            raise EngineError(f"samples are whole numbers of {self._bits} bits, not {array.dtype}")
        return array.astype("<i2" if self._bits <= 16 else "<i4").tobytes()
