"""Anomaly detection: an autoencoder on ToyADMOS."""

import numpy as np
from numpy.typing import NDArray

from ..extra import load_tensorflow
from ..recipe import Model, Recipe

_WIDTH = 640
"""Five frames of 128 log-mel energies."""
_LAYERS = (128, 128, 128, 128, 8, 128, 128, 128, 128)


def _build() -> Model:
    keras = load_tensorflow().keras
    inputs = x = keras.Input((_WIDTH,))
    for width in _LAYERS:
        x = keras.layers.Dense(width)(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
    return keras.Model(inputs, keras.layers.Dense(_WIDTH)(x))


def _rate(_: int) -> float:
    return 1e-3


def _decode(data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4").astype(np.float32)


RECIPE = Recipe(
    name="ad",
    title="autoencoder on ToyADMOS",
    input_shape=(_WIDTH,),
    classes=(),
    stored="float32",
    stored_shape=(_WIDTH,),
    build=_build,
    epochs=100,
    batch=512,
    rate=_rate,
    decode=_decode,
)
