"""Models as the converter of today's TensorFlow writes them, which the extra `train` has."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinysim
from tests.operations.networks import NETWORKS
from tinysim.models.prepare import prepare
from tinysim.results import Result

tf = pytest.importorskip("tensorflow", reason="the extra `train` is not installed")
pytestmark = pytest.mark.filterwarnings("default")

_INPUTS = 5
_BUILTINS = {
    "int8": "TFLITE_BUILTINS_INT8",
    "float_ends": "TFLITE_BUILTINS_INT8",
    "wide": "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8",
}


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


def _open_batch() -> Any:
    """Global pooling and a dense layer, where the converter computes shapes."""
    layers = tf.keras.layers
    source = layers.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, 2, padding="same", activation="relu6")(source)
    x = layers.Flatten()(layers.DepthwiseConv2D(3, 2, padding="same")(x))
    return tf.keras.Model(source, layers.Dense(5, activation="softmax")(x))


def _attention() -> Any:
    """Dense layers along time, whose rows the converter leaves open."""
    layers = tf.keras.layers
    source = layers.Input((16, 12))
    x = layers.Attention()([layers.Dense(12)(source), source])
    return tf.keras.Model(source, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def _dilated() -> Any:
    layers = tf.keras.layers
    source = layers.Input((20, 10, 1))
    x = layers.Conv2D(8, 3, dilation_rate=2, activation="relu")(source)
    x = layers.AveragePooling2D(2)(layers.LeakyReLU()(layers.Conv2D(8, 3, groups=2)(x)))
    return tf.keras.Model(source, layers.Dense(6, activation="tanh")(layers.Flatten()(x)))


def _transformer() -> Any:
    """A block with two heads, normalized, with the feed-forward part that text models have."""
    layers = tf.keras.layers
    source = layers.Input((8, 12))
    x = layers.LayerNormalization()(layers.MultiHeadAttention(2, 6)(source, source) + source)
    x = layers.Dense(12)(layers.Dense(24, activation="gelu")(x))
    return tf.keras.Model(source, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def _temporal() -> Any:
    """Causal convolutions that reach far back, and the most along time."""
    layers = tf.keras.layers
    x = source = layers.Input((24, 5))
    for rate in (1, 2, 4):
        x = layers.Conv1D(6, 3, dilation_rate=rate, padding="causal", activation="relu")(x)
    return tf.keras.Model(source, layers.Dense(4)(layers.GlobalMaxPooling1D()(x)))


def _in_groups() -> Any:
    layers = tf.keras.layers
    source = layers.Input((9, 7, 6))
    x = layers.Conv2D(6, 3, groups=3, strides=2, activation="relu")(source)
    return tf.keras.Model(source, layers.Dense(4)(layers.Flatten()(x)))


_MODELS: dict[str, tuple[Callable[[], Any], tuple[int, ...], str]] = {
    "int8 ends": (_open_batch, (1, 16, 16, 3), "int8"),
    "float ends": (_open_batch, (1, 16, 16, 3), "float_ends"),
    "dilated": (_dilated, (1, 20, 10, 1), "int8"),
    "attention": (_attention, (1, 16, 12), "int8"),
    "transformer": (_transformer, (1, 8, 12), "int8"),
    "temporal": (_temporal, (1, 24, 5), "int8"),
    "temporal, 16 bits": (_temporal, (1, 24, 5), "wide"),
    "float in groups": (_in_groups, (1, 9, 7, 6), "float"),
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


@pytest.mark.parametrize("layer", ["LSTM", "GRU"])
def test_a_recurrent_layer_is_a_loop_that_is_written_out(layer: str, tmp_path: Path) -> None:
    layers = tf.keras.layers
    tf.keras.utils.set_random_seed(1)
    source = layers.Input((9, 4), batch_size=1)
    x = getattr(layers, layer)(6)(source)
    converter = tf.lite.TFLiteConverter.from_keras_model(tf.keras.Model(source, layers.Dense(3)(x)))
    result = _run(_converted(converter, (1, 9, 4), "float"), (1, 9, 4), tmp_path)
    assert result.flashed is not None and "loops" in result.flashed.origin
    assert result.host is not None
    # The board's C library has another tanh than the host's.
    assert result.host.equal or (result.host.error is not None and result.host.error < 1e-6)


def test_words_are_looked_up(tmp_path: Path) -> None:
    layers = tf.keras.layers
    tf.keras.utils.set_random_seed(1)
    words = layers.Input((10,), dtype="int32")
    x = layers.GlobalAveragePooling1D()(layers.Embedding(30, 6)(words))
    model = tf.keras.Model(words, layers.Dense(3)(x))
    path = tmp_path / "words.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    given = np.random.default_rng(2).integers(0, 30, (_INPUTS, 10), dtype=np.int32)
    np.save(tmp_path / "x.npy", given)
    for inputs in (tmp_path / "x.npy", None):
        result = tinysim.run_model(path, inputs, tier="T0")
        assert result.host is not None and result.host.equal, result.host


@pytest.mark.parametrize("name", NETWORKS)
def test_a_networks_answers_on_the_board_are_the_hosts(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(NETWORKS[name]())
    result = tinysim.run_model(path, tier="T0")
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
