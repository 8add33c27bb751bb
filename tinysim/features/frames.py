"""Pieces of a sound, and their spectra."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ToolError

Samples = NDArray[np.float32]


def cut(samples: Samples, length: int, step: int) -> Samples:
    """Every whole frame of so many samples: frames x length."""
    if samples.shape[-1] < length:
        return np.empty((0, length), np.float32)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(samples, length)[::step], np.float32)


def raised_cosine(length: int, share: float, period: int) -> Samples:
    """A window: `share` - (1 - `share`) cos(2 pi n / `period`)."""
    angle = np.float32(2 * np.pi) * np.arange(length, dtype=np.float32) / np.float32(period)
    return np.asarray(np.float32(share) - np.float32(1 - share) * np.cos(angle), np.float32)


def magnitudes(frames: Samples, size: int) -> Samples:
    """Of the Fourier transform of frames that zeros fill up to `size`: frames x size / 2 + 1."""
    return np.asarray(np.abs(_fft().rfft(frames, size)), np.float32)


def cosine_transform(rows: Samples) -> Samples:
    """The discrete cosine transform, type 2, of each row."""
    return np.asarray(_fft().dct(rows, type=2), np.float32)


def require_transforms() -> None:
    """Make sure that sounds can be transformed.

    Raises:
        ToolError: SciPy is missing.

    """
    _fft()


def _fft() -> Any:
    """SciPy's transforms, which stay in float32, and give what TensorFlow's do."""
    try:
        from scipy import fft
    except ImportError:
        raise ToolError("SciPy is missing: pip install 'tinysim[data]'") from None
    return fft


def mel_weights(
    bands: int, bins: int, rate: int, lowest: float, highest: float
) -> NDArray[np.float32]:
    """Triangular bands of equal width in mel, bins x bands, as `tf.signal` has them.

    Mel is 1127 ln(1 + f / 700). The bin of no frequency belongs to no band.
    """

    def mel(hertz: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(
            np.float32(1127) * np.log(np.float32(1) + hertz / np.float32(700)), np.float32
        )

    places = mel(np.linspace(0, rate / 2, bins, dtype=np.float32)[1:])[:, None]
    ends = mel(np.array([lowest, highest], np.float32))
    edges = np.linspace(ends[0], ends[1], bands + 2, dtype=np.float32)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (places - low) / (centre - low), (high - places) / (high - centre)
    weights = np.maximum(0, np.minimum(rising, falling))
    return np.asarray(np.pad(weights, ((1, 0), (0, 0))), np.float32)
