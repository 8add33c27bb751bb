"""Sounds from wav files."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError

RATE = 16_000


def read_wav(content: bytes, name: str, most: int | None = None) -> NDArray[np.int16]:
    """The samples of a wav file: one channel of 16 bits at 16 kHz, at most `most`.

    Raises:
        AssetError: it is none, or another kind of one.

    """
    samples = _read(content, name, (1,))[:, 0]
    if most is not None and len(samples) > most:
        raise AssetError(f"{name}: {len(samples)} samples where {most} were expected at most")
    return np.ascontiguousarray(samples)


def read_stereo(content: bytes, name: str) -> NDArray[np.int16]:
    """The frames of a wav file of 16 bits at 16 kHz, left and right; one channel goes to both.

    Raises:
        AssetError: it is none, or another kind of one.

    """
    samples = _read(content, name, (1, 2))
    return np.ascontiguousarray(np.broadcast_to(samples, (len(samples), 2)))


def _read(content: bytes, name: str, channels: tuple[int, ...]) -> NDArray[np.int16]:
    """Frames x channels."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            rate, width, found = file.getframerate(), 8 * file.getsampwidth(), file.getnchannels()
            samples = file.readframes(file.getnframes())
            count = file.getnframes()
    except (wave.Error, EOFError) as error:
        why = str(error) or "it ends too early"
        if why.startswith("unknown format"):
            # Floats (3), compressed ones, and what an extensible header says of itself (65534).
            raise AssetError(
                f"{name}: a wav file of another kind than PCM, 16 bits: {why}"
            ) from None
        raise AssetError(f"{name}: not a wav file: {why}") from None
    if (rate, width) != (RATE, 16) or found not in channels:
        wanted = " or ".join(map(str, channels)) + f" channel{'s' * (channels != (1,))}"
        raise AssetError(
            f"{name}: {rate} Hz, {width} bits, {found} channels; 16000 Hz, 16 bits, {wanted} "
            f"{'was' if channels == (1,) else 'were'} expected"
        )
    if len(samples) != 2 * count * found:
        raise AssetError(f"{name}: {len(samples) // (2 * found)} of its {count} samples are there")
    return np.frombuffer(samples, "<i2").astype(np.int16).reshape(-1, found)
