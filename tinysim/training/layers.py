"""Layers that several architectures have."""

from typing import Any

from .recipe import Batch

WEIGHT_DECAY = 1e-4


def convolution(
    keras: Any,
    x: Batch,
    filters: int,
    kernel: int | tuple[int, int],
    stride: int = 1,
    *,
    relu: bool = True,
    **options: Any,
) -> Batch:
    """A convolution with batch normalization, and ReLU unless told otherwise."""
    settings = {"padding": "same", "kernel_regularizer": keras.regularizers.L2(WEIGHT_DECAY)}
    x = keras.layers.Conv2D(filters, kernel, strides=stride, **{**settings, **options})(x)
    x = keras.layers.BatchNormalization()(x)
    return keras.layers.ReLU()(x) if relu else x


def depthwise(keras: Any, x: Batch, stride: int = 1, **options: Any) -> Batch:
    """A 3x3 convolution of each channel by itself, with batch normalization and ReLU."""
    settings = {"padding": "same", "depthwise_regularizer": keras.regularizers.L2(WEIGHT_DECAY)}
    x = keras.layers.DepthwiseConv2D(3, strides=stride, **{**settings, **options})(x)
    x = keras.layers.BatchNormalization()(x)
    return keras.layers.ReLU()(x)


def classifier(keras: Any, x: Batch, pool: tuple[int, int], classes: int, **options: Any) -> Batch:
    """The mean over `pool`, one dense layer, and softmax."""
    x = keras.layers.AveragePooling2D(pool)(x)
    x = keras.layers.Flatten()(x)
    return keras.layers.Dense(classes, activation="softmax", **options)(x)
