"""Visual wake words: MobileNetV1 0.25 on 96x96 images from COCO."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...benchmarks import BENCHMARKS
from ..extra import load_tensorflow
from ..images import Warp, warp
from ..layers import classifier, convolution, depthwise
from ..recipe import Batch, Model, Recipe

_BLOCKS = (
    (1, 16),
    (2, 32),
    (1, 32),
    (2, 64),
    (1, 64),
    (2, 128),
    *[(1, 128)] * 5,
    (2, 256),
    (1, 256),
)
"""Stride of the depthwise and filters of the pointwise convolution."""
_WARP = Warp(degrees=10, shift=0.05, zoom=0.1)


def _build() -> Model:
    keras = load_tensorflow().keras
    start: dict[str, Any] = {"kernel_initializer": "he_normal"}
    # He's by what a channel gives, nine: Keras takes every channel for what one is made from, and
    # without a step of training the signal would fade below what softmax can represent.
    spread = keras.initializers.VarianceScaling(2.0, mode="fan_out")
    inputs = keras.Input((96, 96, 3))
    x = convolution(keras, inputs, 8, 3, 2, **start)
    for stride, filters in _BLOCKS:
        x = depthwise(keras, x, stride, depthwise_initializer=spread.clone())
        x = convolution(keras, x, filters, 1, **start)
    return keras.Model(inputs, classifier(keras, x, (3, 3), 2))


def _inputs(images: Batch) -> Batch:
    return images / 255.0


def _augment(images: Batch, seed: Any, _: Batch | None) -> Batch:
    return warp(images, seed, _WARP)


def _rate(epoch: int) -> float:
    return 1e-3 if epoch < 20 else 5e-4 if epoch < 30 else 2.5e-4


def _decode(data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, np.uint8).astype(np.float32) / np.float32(255)


RECIPE = Recipe(
    name="vww",
    title="MobileNetV1 0.25 on Visual Wake Words",
    input_shape=(96, 96, 3),
    classes=BENCHMARKS["vww"].classes,
    stored="uint8",
    stored_shape=(96, 96, 3),
    build=_build,
    epochs=50,
    batch=32,
    rate=_rate,
    decode=_decode,
    inputs=_inputs,
    augment=_augment,
    input_range=(0.0, 1.0),
)
