"""The width multiplier: a model with fewer channels, those that weigh most."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError
from .extra import load_tensorflow
from .recipe import Model

_KEEPING = (
    "Activation",
    "AveragePooling2D",
    "BatchNormalization",
    "DepthwiseConv2D",
    "Dropout",
    "GlobalAveragePooling2D",
    "MaxPooling2D",
    "ReLU",
    "Softmax",
)
"""Layers whose channels are their input's."""


def narrow(model: Model, width: float) -> Model:
    """A Keras model with a share of `width` of each layer's channels, at least one, and their
    weights. The channels of its input and output stay.

    Channels that are added to each other go together. Those stay whose weights, over all that
    make them, have the largest squares' sum.

    Raises:
        AssetError: a layer is of a kind that is not known here.

    """
    channels = _Channels(model)
    keras = load_tensorflow().keras
    kept = {group: channels.kept(group, width) for group in channels.groups()}

    def cloned(layer: Any) -> Any:
        settings = layer.get_config()
        for name in ("filters", "units"):
            if name in settings:
                settings = {**settings, name: len(kept[channels.made[layer.name].group])}
        return type(layer).from_config(settings)

    smaller = keras.models.clone_model(model, clone_function=cloned)
    for layer in model.layers:
        weights = layer.get_weights()
        if not weights:
            continue
        outgoing = channels.made[layer.name].chosen(kept)
        incoming = channels.read[layer.name].chosen(kept)
        smaller.get_layer(layer.name).set_weights(
            [_cut(type(layer).__name__, weight, incoming, outgoing) for weight in weights]
        )
    return smaller


def _cut(
    kind: str, weight: NDArray[Any], incoming: NDArray[np.intp], outgoing: NDArray[np.intp]
) -> NDArray[Any]:
    if weight.ndim == 1:
        return weight[outgoing]
    if kind == "DepthwiseConv2D":
        return weight[:, :, incoming]
    return np.take(np.take(weight, incoming, axis=-2), outgoing, axis=-1)


@dataclass(frozen=True)
class _Axis:
    """The last axis of a tensor: a group's channels, so many times over."""

    group: int
    channels: int
    times: int = 1

    def chosen(self, kept: dict[int, NDArray[np.intp]]) -> NDArray[np.intp]:
        """The places along the axis that stay."""
        starts = np.arange(self.times) * self.channels
        return (starts[:, None] + kept[self.group][None]).ravel()


@dataclass
class _Channels:
    """Which layers have the same channels."""

    model: Model
    made: dict[str, _Axis] = field(default_factory=dict)
    """Of each layer's output."""
    read: dict[str, _Axis] = field(default_factory=dict)
    """Of its (first) input."""
    _same: list[int] = field(default_factory=list)
    """For each group that was opened, the one that it was found to be."""

    def __post_init__(self) -> None:
        axes: dict[int, _Axis] = {}
        for layer in self.model.layers:
            inputs = layer.input if isinstance(layer.input, list) else [layer.input]
            incoming = [axes[id(tensor)] for tensor in inputs if id(tensor) in axes]
            axis = self._axis(layer, incoming)
            self.made[layer.name] = axes[id(layer.output)] = axis
            if incoming:
                self.read[layer.name] = incoming[0]
        self._ends = {self._root(self.made[self.model.layers[0].name].group)}
        self._ends |= {self._root(axes[id(tensor)].group) for tensor in self.model.outputs}
        for places in (self.made, self.read):
            for name, axis in places.items():
                places[name] = _Axis(self._root(axis.group), axis.channels, axis.times)

    def _axis(self, layer: Any, incoming: list[_Axis]) -> _Axis:
        kind, shape = type(layer).__name__, layer.output.shape
        if kind in ("InputLayer", "Conv2D", "Dense"):
            self._same.append(len(self._same))
            return _Axis(len(self._same) - 1, int(shape[-1]))
        first = incoming[0]
        if kind == "DepthwiseConv2D" and layer.depth_multiplier != 1:
            raise AssetError(f"{layer.name}: a depth multiplier of {layer.depth_multiplier}")
        if kind in _KEEPING:
            return first
        if kind in ("Flatten", "Reshape") and len(shape) == 2:
            return _Axis(first.group, first.channels, int(shape[-1]) // first.channels)
        if kind == "Add":
            for other in incoming[1:]:
                self._same[self._root(other.group)] = self._root(first.group)
            return first
        raise AssetError(f"{layer.name}: the width of a {kind} layer is not known how to change")

    def _root(self, group: int) -> int:
        while self._same[group] != group:
            group = self._same[group]
        return group

    def groups(self) -> set[int]:
        """All that are different."""
        return {axis.group for axis in self.made.values()}

    def kept(self, group: int, width: float) -> NDArray[np.intp]:
        """The channels of a group that stay, in their order."""
        makers = [
            layer
            for layer in self.model.layers
            if self.made[layer.name].group == group and type(layer).__name__ in ("Conv2D", "Dense")
        ]
        count = next(a.channels for a in self.made.values() if a.group == group)
        if group in self._ends:
            return np.arange(count)
        weight = sum(
            np.square(layer.kernel.numpy()).sum(axis=tuple(range(layer.kernel.ndim - 1)))
            for layer in makers
        )
        left = max(1, round(width * count))
        return np.sort(np.argsort(-np.asarray(weight), kind="stable")[:left])
