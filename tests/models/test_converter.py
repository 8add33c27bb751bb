"""Models as the converter of today's TensorFlow writes them, which the extra `train` has."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinysim
from tinysim.models.prepare import prepare
from tinysim.results import Result

tf = pytest.importorskip("tensorflow", reason="the extra `train` is not installed")
pytestmark = pytest.mark.filterwarnings("default")

_INPUTS = 5
_BUILTINS = {"int8": "TFLITE_BUILTINS_INT8", "float_ends": "TFLITE_BUILTINS_INT8"}


def _converted(converter: Any, shape: tuple[int, ...], mode: str) -> bytes:
    generator = np.random.default_rng(0)

    def samples() -> Iterator[list[np.ndarray]]:  # type: ignore[type-arg]
        for _ in range(20):
            yield [generator.normal(size=shape).astype(np.float32)]

    if mode != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = samples
        converter.target_spec.supported_ops = [getattr(tf.lite.OpsSet, _BUILTINS[mode])]
    if mode == "int8":
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def _inverted_residual(x: Any, channels: int, stride: int, *, squeeze: bool = False) -> Any:
    layers = tf.keras.layers
    wide = 4 * x.shape[-1]
    y = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(wide, 1)(x)))
    y = layers.DepthwiseConv2D(3, stride, padding="same")(y)
    y = layers.ReLU(6.0)(layers.BatchNormalization()(y))
    if squeeze:
        gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
        gate = layers.Conv2D(wide // 4, 1, activation="relu")(gate)
        y = layers.Multiply()([y, layers.Conv2D(wide, 1, activation="sigmoid")(gate)])
    y = layers.BatchNormalization()(layers.Conv2D(channels, 1)(y))
    return layers.Add()([x, y]) if stride == 1 and x.shape[-1] == channels else y


def _mobile_net(*, squeeze: bool = False) -> Any:
    layers = tf.keras.layers
    source = layers.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, 2, padding="same", activation="relu6")(source)
    for channels, stride in ((8, 1), (16, 2), (16, 1)):
        x = _inverted_residual(x, channels, stride, squeeze=squeeze)
    x = layers.GlobalAveragePooling2D()(x)
    return tf.keras.Model(source, layers.Dense(5, activation="softmax")(x))


def _decoder() -> Any:
    layers = tf.keras.layers
    source = layers.Input((16, 16, 2), batch_size=1)
    wide = layers.Conv2D(8, 3, padding="same", activation="relu")(source)
    deep = layers.Conv2D(16, 3, padding="same", activation="relu")(layers.MaxPooling2D()(wide))
    up = layers.Conv2DTranspose(8, 2, 2, padding="same")(deep)
    x = layers.Concatenate()([up, wide])
    return tf.keras.Model(source, layers.Conv2D(1, 1, activation="sigmoid")(x))


def _recurrent(kind: str) -> Any:
    layers = tf.keras.layers
    source = layers.Input((12, 10), batch_size=1)
    x = getattr(layers, kind)(12, unroll=True)(source)
    return tf.keras.Model(source, layers.Dense(4, activation="softmax")(x))


def _dilated() -> Any:
    layers = tf.keras.layers
    source = layers.Input((20, 10, 1))
    x = layers.Conv2D(8, 3, dilation_rate=2, activation="relu")(source)
    x = layers.AveragePooling2D(2)(layers.LeakyReLU()(layers.Conv2D(8, 3, groups=2)(x)))
    return tf.keras.Model(source, layers.Dense(6, activation="tanh")(layers.Flatten()(x)))


_MODELS: dict[str, tuple[Callable[[], Any], tuple[int, ...], str]] = {
    "mobile net": (_mobile_net, (1, 32, 32, 3), "int8"),
    "float ends": (_mobile_net, (1, 32, 32, 3), "float_ends"),
    "squeeze and excite": (lambda: _mobile_net(squeeze=True), (1, 32, 32, 3), "int8"),
    "decoder": (_decoder, (1, 16, 16, 2), "int8"),
    "LSTM": (lambda: _recurrent("LSTM"), (1, 12, 10), "int8"),
    "GRU": (lambda: _recurrent("GRU"), (1, 12, 10), "int8"),
    "dilated": (_dilated, (1, 20, 10, 1), "int8"),
}


def _run(content: bytes, shape: tuple[int, ...], folder: Path) -> Result:
    path, inputs = folder / "model.tflite", folder / "x.npy"
    path.write_bytes(content)
    batch = np.random.default_rng(1).normal(size=(_INPUTS, *shape)).astype(np.float32)
    np.save(inputs, batch)
    return tinysim.run_model(path, inputs, tier="T0")


@pytest.mark.parametrize("name", _MODELS)
def test_a_converted_models_answers_are_the_hosts(name: str, tmp_path: Path) -> None:
    make, shape, mode = _MODELS[name]
    tf.keras.utils.set_random_seed(1)
    converter = tf.lite.TFLiteConverter.from_keras_model(make())
    result = _run(_converted(converter, shape, mode), shape, tmp_path)
    assert result.host is not None
    assert result.host.equal, result.host.note


def test_a_streaming_model_keeps_its_variables_between_inferences(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)

    class Streaming(tf.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            self.past = tf.Variable(tf.zeros((1, 5, 8)), trainable=False)
            self.kernel = tf.constant(0.3 * generator.normal(size=(3, 8, 12)), tf.float32)
            self.dense = tf.constant(0.3 * generator.normal(size=(12, 4)), tf.float32)

        @tf.function(input_signature=[tf.TensorSpec((1, 1, 8), tf.float32)])  # type: ignore[untyped-decorator]
        def __call__(self, x: Any) -> Any:
            past = tf.concat([self.past[:, 1:, :], x], 1)
            self.past.assign(past)
            y = tf.reduce_mean(tf.nn.relu(tf.nn.conv1d(past, self.kernel, 1, "VALID")), 1)
            return tf.nn.softmax(tf.matmul(y, self.dense))

    module = Streaming()
    concrete = module.__call__.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], module)
    result = _run(_converted(converter, (1, 1, 8), "int8"), (1, 1, 8), tmp_path)
    assert result.host is not None and result.host.equal
    assert prepare(tmp_path / "model.tflite").lowered.state.count == 1
    assert len({output.results for output in result.outputs}) > 1
