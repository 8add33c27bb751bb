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
    try:
        with wave.open(io.BytesIO(content)) as file:
            found = (file.getframerate(), 8 * file.getsampwidth(), file.getnchannels())
            samples = file.readframes(file.getnframes())
            count = file.getnframes()
    except (wave.Error, EOFError) as error:
        raise AssetError(f"{name}: not a wav file: {error or 'it ends too early'}") from None
    if found != (RATE, 16, 1):
        rate, width, channels = found
        raise AssetError(
            f"{name}: {rate} Hz, {width} bits, {channels} channels; 16000 Hz, 16 bits, 1 channel "
            "was expected"
        )
    if len(samples) != 2 * count:
        raise AssetError(f"{name}: {len(samples) // 2} of its {count} samples are there")
    if most is not None and count > most:
        raise AssetError(f"{name}: {count} samples where {most} were expected at most")
    return np.frombuffer(samples, "<i2").astype(np.int16)
