"""Anomaly detection: an autoencoder on ToyADMOS."""

import struct
from random import Random

from .base import Benchmark, Metric

_WIDTH = 2560
"""Bytes of a window: 5 frames of 128 float32."""
_STRIDE = 512
"""Bytes between windows: one frame."""


def _windows(data: bytes) -> tuple[bytes, ...]:
    return tuple(
        data[start : start + _WIDTH] for start in range(0, len(data) - _WIDTH + 1, _STRIDE)
    )


def _invent(generator: Random, size: int) -> bytes:
    """Log-mel energies as floats, in the range of the data set."""
    return b"".join(struct.pack("<f", generator.uniform(-40.0, 10.0)) for _ in range(size // 4))


AD = Benchmark(
    name="ad",
    title="Anomaly detection",
    model_id="ad01",
    model_file="ad01_int8.tflite",
    model_path="benchmark/training/anomaly_detection/trained_models/ad01_int8.tflite",
    model_sha256="87cf24194ef93d1d9b11a591d805526b98008e351655d29883c825c9c106ba24",
    model_input=(1, 640),
    model_output=(1, 640),
    input_bytes=_WIDTH,
    input_type="float32",
    layout="5 frames of 128 mel energies",
    stride=_STRIDE,
    classes=("normal", "anomaly"),
    metric=Metric.AUC,
    target=0.85,
    macs=264_192,
    performance_inferences=1500,
    files=248,
    cut=_windows,
    invent=_invent,
)
