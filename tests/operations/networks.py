"""Small networks as people build them, written by TensorFlow's converter with seeded weights."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _quantized(model: Any, shape: tuple[int, ...], *, wide: bool = False) -> bytes:
    """The model in full integers; `wide` has activations of int16."""
    import tensorflow as tf

    random = np.random.default_rng(3)

    def samples() -> Any:
        for _ in range(20):
            yield [random.normal(0, 1, (1, *shape)).astype(np.float32)]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    sets = tf.lite.OpsSet
    converter.target_spec.supported_ops = [
        sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        if wide
        else sets.TFLITE_BUILTINS_INT8
    ]
    converter.inference_input_type = tf.int16 if wide else tf.int8
    converter.inference_output_type = tf.int16 if wide else tf.int8
    return bytes(converter.convert())


def _build(shape: tuple[int, ...], body: Callable[[Any, Any], Any], **options: bool) -> bytes:
    import tensorflow as tf

    tf.keras.utils.set_random_seed(7)
    x = tf.keras.Input(shape, batch_size=1)
    return _quantized(tf.keras.Model(x, body(tf.keras.layers, x)), shape, **options)


def mobilenet_v2_block() -> bytes:
    def body(k: Any, x: Any) -> Any:
        x = k.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
        x = k.ReLU(6.0)(k.BatchNormalization()(x))
        y = k.ReLU(6.0)(k.BatchNormalization()(k.Conv2D(32, 1, use_bias=False)(x)))
        y = k.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
        y = k.Conv2D(8, 1, use_bias=False)(k.ReLU(6.0)(k.BatchNormalization()(y)))
        x = k.Add()([x, k.BatchNormalization()(y)])
        return k.Dense(5, activation="softmax")(k.GlobalAveragePooling2D()(x))

    return _build((16, 16, 3), body)


def squeeze_and_excite() -> bytes:
    def body(k: Any, x: Any) -> Any:
        y = k.Conv2D(24, 1, activation="hard_swish")(x)
        y = k.DepthwiseConv2D(5, padding="same", activation="hard_swish")(y)
        s = k.GlobalAveragePooling2D(keepdims=True)(y)
        s = k.Conv2D(6, 1, activation="relu")(s)
        y = k.Multiply()([y, k.Conv2D(24, 1, activation="sigmoid")(s)])
        x = k.Add()([x, k.Conv2D(8, 1)(y)])
        return k.Dense(4)(k.Flatten()(x))

    return _build((8, 8, 8), body)


def u_net_decoder() -> bytes:
    def body(k: Any, x: Any) -> Any:
        a = k.Conv2D(8, 3, padding="same", activation="relu")(x)
        b = k.Conv2D(16, 3, padding="same", activation="relu")(k.MaxPool2D()(a))
        c = k.Conv2D(16, 3, padding="same", dilation_rate=2, activation="relu")(k.MaxPool2D()(b))
        b = k.Concatenate()([b, k.Conv2DTranspose(16, 2, strides=2, padding="same")(c)])
        up = k.UpSampling2D(interpolation="bilinear")(k.Conv2D(8, 3, padding="same")(b))
        a = k.Concatenate()([a, up])
        return k.Conv2D(2, 1, activation="sigmoid")(k.LeakyReLU(0.1)(a))

    return _build((16, 16, 1), body)


def gru_spotter() -> bytes:
    def body(k: Any, x: Any) -> Any:
        x = k.GRU(12, unroll=True)(x)
        return k.Dense(4, activation="softmax")(x)

    return _build((6, 10), body)


def lstm_spotter() -> bytes:
    def body(k: Any, x: Any) -> Any:
        return k.Dense(4, activation="softmax")(k.LSTM(12, unroll=True)(x))

    return _build((6, 10), body)


def wide_spotter() -> bytes:
    def body(k: Any, x: Any) -> Any:
        x = k.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
        x = k.DepthwiseConv2D(3, padding="same", activation="relu")(x)
        x = k.Conv2D(12, 1, activation="relu")(x)
        return k.Dense(4)(k.GlobalAveragePooling2D()(x))

    return _build((12, 10, 1), body, wide=True)


NETWORKS: dict[str, Callable[[], bytes]] = {
    make.__name__: make
    for make in (
        mobilenet_v2_block,
        squeeze_and_excite,
        u_net_decoder,
        gru_spotter,
        lstm_spotter,
        wide_spotter,
    )
}
