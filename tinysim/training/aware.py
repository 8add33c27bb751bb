"""Quantization-aware training: a model that computes as its quantized form will."""

from typing import Any

import numpy as np

from .extra import load_tensorflow
from .recipe import Model

_EXACT = ("ReLU", "Activation", "BatchNormalization")
"""What TFLite computes together with the layer before it: the result alone is rounded."""
_PASSING = (
    "AveragePooling2D",
    "Dropout",
    "Flatten",
    "InputLayer",
    "MaxPooling2D",
    "Reshape",
    "Softmax",
)
"""What gives numbers that are on the grid already, or, softmax, on one of its own."""

SLOWER = 0.1
"""The learning rate, over that at the float training's start."""
_STEADY_EPOCHS = 10


def rate(first: float, epoch: int, epochs: int) -> float:
    """The learning rate in an epoch of `epochs`, counted from 0: a tenth of the float training's
    `first` for ten epochs, from then on falling to a tenth of that at the end.
    """
    falling = epochs - _STEADY_EPOCHS
    steps = max(0, epoch - _STEADY_EPOCHS + 1) if falling > 0 else 0
    return float(SLOWER * first * (0.1 ** (steps / falling) if steps else 1.0))


def is_aware(model: Model) -> bool:
    """Whether a model was made by `make_aware`."""
    layers = getattr(model, "layers", ())
    return any(type(layer).__name__ == "FakeQuantization" for layer in layers)


def make_aware(model: Model, input_range: tuple[float, float] | None = None) -> Model:
    """The same model with the same weights, its kernels and what flows between its layers rounded
    to the grids of TFLite's int8 scheme. Ranges are learnt in training, but for that of the input
    where it is given.
    """
    from .fake_quantization import (
        FakeQuantization,
        QuantizedConv2D,
        QuantizedDense,
        QuantizedDepthwiseConv2D,
    )

    keras = load_tensorflow().keras
    kinds: dict[str, Any] = {
        "Conv2D": QuantizedConv2D,
        "DepthwiseConv2D": QuantizedDepthwiseConv2D,
        "Dense": QuantizedDense,
    }
    source = keras.Input(model.input_shape[1:])
    entered: dict[int, Any] = {}

    def cloned(layer: Any) -> Any:
        kind = kinds.get(type(layer).__name__, type(layer))
        settings = layer.get_config()
        if _ends_in_softmax(layer):
            settings = {**settings, "activation": "linear"}
        return kind.from_config(settings)

    def called(layer: Any, *inputs: Any, **options: Any) -> Any:
        if not entered:
            entered[id(source)] = FakeQuantization(input_range, name="input_grid")(source)
        given = [_replaced(part, entered) for part in inputs]
        result = layer(*given, **options)
        original = model.get_layer(layer.name)
        if _ends_in_softmax(original):
            rounded = FakeQuantization(name=f"{layer.name}_grid")(result)
            return keras.layers.Softmax(name=f"{layer.name}_softmax")(rounded)
        if _rounds(original):
            return FakeQuantization(name=f"{layer.name}_grid")(result)
        return result

    aware = keras.models.clone_model(
        model, input_tensors=source, clone_function=cloned, call_function=called
    )
    for layer in model.layers:
        if layer.weights:
            aware.get_layer(layer.name).set_weights(layer.get_weights())
    return aware


def _replaced(part: Any, by: dict[int, Any]) -> Any:
    if isinstance(part, list | tuple):
        return type(part)(_replaced(one, by) for one in part)
    return by.get(id(part), part)


def _ends_in_softmax(layer: Any) -> bool:
    activation = getattr(layer, "activation", None)
    return type(layer).__name__ == "Dense" and getattr(activation, "__name__", "") == "softmax"


def _rounds(layer: Any) -> bool:
    """Whether a layer's result is a tensor of its own in the quantized model."""
    if type(layer).__name__ in _PASSING:
        return False
    readers = [node.operation for node in layer._outbound_nodes]
    return not (len(readers) == 1 and type(readers[0]).__name__ in _EXACT)


def ranges(model: Model) -> dict[str, tuple[float, float]]:
    """The range of each grid by its layer's name."""
    return {
        layer.name: (float(np.asarray(layer.low)), float(np.asarray(layer.high)))
        for layer in model.layers
        if type(layer).__name__ == "FakeQuantization"
    }
