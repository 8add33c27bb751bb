"""Quantization by TensorFlow's converter, after training or of a model that was trained for it."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError, ToolError
from .aware import is_aware
from .extra import load_tensorflow, quiet
from .recipe import Model


class Scheme(StrEnum):
    """Types of weights and of everything else."""

    INT8 = "int8"
    INT16X8 = "int16x8"


def quantize(
    model: Model,
    calibration: NDArray[np.float32],
    scheme: Scheme = Scheme.INT8,
    input_range: tuple[float, float] | None = None,
) -> bytes:
    """A Keras model as a TFLite file whose every number is whole.

    As in the official models, weights are quantized by channel in convolutions and by tensor in
    dense layers. `calibration` has the model's inputs behind each other along its first axis;
    `input_range` widens and clips what they say of the input.

    Raises:
        AssetError: there is no calibration input, or it is not the model's.
        ToolError: TensorFlow is missing or does not convert the model.

    """
    shape = tuple(model.input_shape[1:])
    if calibration.shape[1:] != shape:
        raise AssetError(
            f"calibration inputs of shape {list(calibration.shape[1:])} where the model's is "
            f"{list(shape)}"
        )
    if not len(calibration):
        raise AssetError("there is no calibration input: at least one is needed")
    if not np.isfinite(calibration).all():
        raise AssetError("a calibration input holds a number that is none (NaN or infinity)")
    if scheme is not Scheme.INT8 and is_aware(getattr(model, "model", model)):
        raise AssetError(f"the model was trained to be quantized to int8, not {scheme}")
    if input_range:
        calibration = _covering(calibration, input_range)
    converter = make_converter(model)
    tf = load_tensorflow()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter._experimental_disable_per_channel_quantization_for_dense_layers = True
    converter.representative_dataset = lambda: _each(calibration)
    if scheme is Scheme.INT8:
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    else:
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        ]
        converter.inference_input_type = converter.inference_output_type = tf.int16
    return convert(converter)


def make_converter(model: Model) -> Any:
    """TensorFlow's converter for one input at a time."""
    tf = load_tensorflow()

    def infer(batch: Any) -> Any:
        return model(batch, training=False)

    one = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    # The converter calibrates a graph without having set Keras 3's variables.
    with quiet():
        frozen = convert_variables_to_constants_v2(tf.function(infer).get_concrete_function(one))
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen], tf.Module())


def convert(converter: Any) -> bytes:
    """What a converter makes of its model.

    Raises:
        ToolError: nothing, because of this.

    """
    try:
        with quiet():
            content = converter.convert()
    except Exception as error:
        first = str(error).strip().splitlines() or [type(error).__name__]
        raise ToolError(f"TensorFlow does not convert the model: {first[0][:200]}") from None
    assert isinstance(content, bytes)
    return content


def _each(calibration: NDArray[np.float32]) -> Iterator[list[NDArray[np.float32]]]:
    for index in range(len(calibration)):
        yield [calibration[index : index + 1]]


def _covering(calibration: NDArray[np.float32], limits: tuple[float, float]) -> NDArray[np.float32]:
    """The inputs within these limits, both of which the first one is made to reach."""
    clipped = np.clip(calibration, np.float32(limits[0]), np.float32(limits[1]))
    clipped[0].flat[[0, -1]] = limits
    return clipped
