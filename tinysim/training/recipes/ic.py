"""Image classification: ResNet-8 on CIFAR-10."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...benchmarks import BENCHMARKS
from ..extra import load_tensorflow
from ..images import Warp, warp
from ..layers import WEIGHT_DECAY, classifier, convolution
from ..recipe import Batch, Model, Recipe

_WARP = Warp(degrees=15, shift=0.1)


def resnet(filters: int) -> Model:
    """Three residual blocks of so many filters, twice and four times as many."""
    keras = load_tensorflow().keras
    start: dict[str, Any] = {"kernel_initializer": "he_normal"}
    inputs = keras.Input((32, 32, 3))
    x = convolution(keras, inputs, filters, 3, **start)
    for factor in (1, 2, 4):
        stride = 1 if factor == 1 else 2
        y = convolution(keras, x, filters * factor, 3, stride, **start)
        y = convolution(keras, y, filters * factor, 3, relu=False, **start)
        if stride > 1:
            x = keras.layers.Conv2D(
                filters * factor,
                1,
                strides=stride,
                padding="same",
                kernel_regularizer=keras.regularizers.L2(WEIGHT_DECAY),
                **start,
            )(x)
        x = keras.layers.ReLU()(keras.layers.Add()([x, y]))
    return keras.Model(inputs, classifier(keras, x, (8, 8), 10, **start))


def _build() -> Model:
    return resnet(16)


def augment(images: Batch, seed: Any, _: Batch | None) -> Batch:
    """Images turned, shifted and mirrored."""
    return warp(images, seed, _WARP)


def rate(epoch: int) -> float:
    """Adam's learning rate in an epoch."""
    return float(1e-3 * 0.99**epoch)


def _decode(data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, np.uint8).astype(np.float32)


RECIPE = Recipe(
    name="ic",
    title="ResNet-8 on CIFAR-10",
    input_shape=(32, 32, 3),
    classes=BENCHMARKS["ic"].classes,
    stored="uint8",
    stored_shape=(32, 32, 3),
    build=_build,
    epochs=500,
    batch=32,
    rate=rate,
    decode=_decode,
    augment=augment,
    input_range=(0.0, 255.0),
)
