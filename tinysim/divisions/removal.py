"""Channels that a model may leave out: the reference's weights prove that they do nothing.

A channel is *constant* where nothing that it is made from has a weight other than zero; what its
readers make of it is a part of their bias. It is *dead* where no reader has a weight for it other
than zero. Rules: *Model Equivalence*, dead code and weights that are zero.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .normal import Layer
from .values import Values

_Numbers = NDArray[np.float64]
_ACTIVATE: dict[str, Callable[[_Numbers], _Numbers]] = {
    "none": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "relu -1 to 1": lambda x: np.clip(x, -1, 1),
    "tanh": np.tanh,
}
_PASSING = ("mean", "average pool")


def without_channels(
    ours: list[Layer],
    theirs: list[Layer],
    places: dict[int, int],
    step: Callable[[Layer], float],
) -> list[Layer] | None:
    """The reference without the channels that our layers have not; None where one of them does
    something. `places` has the reference's layer for each of ours, `step` tells the grid of the
    input of one of ours: a constant is rounded to it before a reader sees it.
    """
    if len(places) != len(theirs):
        return None
    mine = {other: ours[place] for place, other in places.items()}
    return _Removal(theirs, mine, step).reduced()


@dataclass
class _Removal:
    layers: list[Layer]
    """The reference's."""
    mine: dict[int, Layer]
    """Ours by their places."""
    step: Callable[[Layer], float]
    constants: list[_Numbers] = field(default_factory=list)
    """The value of each channel of each layer; NaN where it varies."""
    kept: dict[int, NDArray[np.intp]] = field(default_factory=dict)
    """The channels that stay, by group."""

    def reduced(self) -> list[Layer] | None:
        for layer in self.layers:
            self.constants.append(self._constants(layer))
        groups = self._groups()
        live = self._live()
        for group in sorted(set(groups)):
            members = [place for place, other in enumerate(groups) if other == group]
            chosen = self._choose(members, live)
            if chosen is None:
                return None
            self.kept[group] = chosen
        return [self._cut(place, layer, groups) for place, layer in enumerate(self.layers)]

    def _channels(self, place: int) -> int:
        """Of a layer; of the model's input, which keeps them all, nobody asks."""
        if place < 0:
            return 0
        layer = self.layers[place]
        if layer.weights is not None:
            return len(layer.weights.numbers)
        return self._channels(layer.sources[0])

    def _groups(self) -> list[int]:
        """For each layer the first one that has the same channels."""
        found: list[int] = []

        def root(place: int) -> int:
            while found[place] != place:
                place = found[place]
            return place

        for place, layer in enumerate(self.layers):
            found.append(place)
            if layer.kind != "convolution":
                for source in layer.sources:
                    if source >= 0:
                        first, second = sorted((root(source), root(place)))
                        found[second] = first
        return [root(place) for place in range(len(found))]

    def _constants(self, layer: Layer) -> _Numbers:
        given = [self.constants[source] if source >= 0 else None for source in layer.sources]
        if layer.kind in _PASSING and given[0] is not None:
            return self._activated(layer, given[0])
        if layer.kind == "add" and given[0] is not None and given[1] is not None:
            return self._activated(layer, given[0] + given[1])
        if layer.weights is None or layer.bias is None:
            return np.full(self._channels(layer.sources[0]), np.nan)
        weights = layer.weights.numbers
        padded = any(layer.traits.get("padding", ()))
        read = given[0]
        count = weights.shape[3] if layer.kind == "convolution" else len(weights)
        if read is None or len(read) != count:
            read = np.full(count, np.nan)
        # Where zeros are around, what is not zero itself makes another sum at the border.
        read = np.where((read != 0) & padded, np.nan, read)
        if layer.kind == "depthwise":
            sums = weights.sum(axis=(1, 2, 3))
            part = np.where((weights == 0).all(axis=(1, 2, 3)), 0.0, sums * read)
        else:
            taps = weights.sum(axis=(1, 2))
            nothing = (weights == 0).all(axis=(1, 2))
            part = np.where(nothing, 0.0, taps * read).sum(axis=1)
        return self._activated(layer, part + layer.bias.numbers)

    def _activated(self, layer: Layer, values: _Numbers) -> _Numbers:
        activate = _ACTIVATE.get(str(layer.traits.get("activation", "none")))
        return np.full(len(values), np.nan) if activate is None else activate(values)

    def _live(self) -> list[NDArray[np.bool_]]:
        """For each layer, which of its channels some reader has a weight for."""
        live = [np.zeros(self._channels(place), bool) for place in range(len(self.layers))]
        live[-1][:] = True
        for place in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[place]
            read = live[place]
            if layer.weights is not None:
                uses = layer.weights.numbers != 0
                if layer.kind == "depthwise":
                    read = read & uses.any(axis=(1, 2, 3))
                else:
                    read = (uses.any(axis=(1, 2)) & read[:, None]).any(axis=0)
            for source in layer.sources:
                if source >= 0:
                    # What is read in another form, a flattened picture, is read as a whole.
                    live[source] |= read if len(read) == len(live[source]) else True
        return live

    def _choose(self, members: list[int], live: list[NDArray[np.bool_]]) -> NDArray[np.intp] | None:
        """The channels of a group that stay: as many as our model has."""
        makers = [place for place in members if self.layers[place].kind == "convolution"]
        if not makers:
            return np.arange(self._channels(members[0]))
        count = self._channels(makers[0])
        ours = self.mine[makers[0]].weights
        assert ours is not None
        surplus = count - len(ours.numbers)
        if surplus == 0:
            return np.arange(count)
        if len(self.layers) - 1 in members or surplus < 0:
            return None
        idle = [self._absorbed(place) | ~live[place] for place in members]
        return self._aligned(makers[0], np.all(idle, axis=0), surplus)

    def _absorbed(self, place: int) -> NDArray[np.bool_]:
        """Which channels of a layer are constant, and can be in the bias of every reader."""
        values = self.constants[place]
        fine = ~np.isnan(values)
        for layer in self.layers:
            if layer.kind == "convolution" and place in layer.sources:
                assert layer.weights is not None
                if layer.weights.numbers.shape[3] != len(fine):
                    return np.zeros(len(fine), bool)
                if any(layer.traits.get("padding", ())):
                    fine &= values == 0
        return fine

    def _aligned(
        self, maker: int, removable: NDArray[np.bool_], surplus: int
    ) -> NDArray[np.intp] | None:
        """All channels but `surplus` removable ones: those that our next channel is least like."""
        if removable.sum() < surplus:
            return None
        layer, ours = self.layers[maker], self.mine[maker].weights
        assert layer.weights is not None and ours is not None
        sizes = np.abs(layer.weights.numbers).reshape(len(removable), -1).sum(axis=1)
        mine = np.abs(ours.numbers).reshape(len(ours.numbers), -1).sum(axis=1)
        steps = ours.steps.reshape(len(mine), -1).sum(axis=1)
        kept: list[int] = []
        left = int(removable.sum())
        for channel, may_go in enumerate(removable):
            if may_go and surplus:
                next_one = len(kept)
                alike = next_one < len(mine) and (
                    abs(mine[next_one] - sizes[channel]) <= steps[next_one] / 2
                )
                if left == surplus or not alike:
                    surplus, left = surplus - 1, left - 1
                    continue
            left -= int(may_go)
            kept.append(channel)
        return np.array(kept, np.intp)

    def _cut(self, place: int, layer: Layer, groups: list[int]) -> Layer:
        stays = self.kept[groups[place]]
        shape = layer.shape
        if shape and shape[-1] == self._channels(place):
            shape = (*shape[:-1], len(stays)) if len(stays) != 1 else shape[:-1]
        if layer.weights is None or layer.bias is None:
            return replace(layer, shape=shape)
        weights, bias = layer.weights, layer.bias
        source = layer.sources[0]
        if layer.kind == "convolution" and source >= 0:
            rounded = self.step(self.mine[place]) / 2
            bias = self._with_constants(layer, bias, self.kept[groups[source]], rounded)
            if weights.numbers.shape[3] == self._channels(source):
                weights = weights.only(self.kept[groups[source]], 3)
        return replace(layer, weights=weights.only(stays), bias=bias.only(stays), shape=shape)

    def _with_constants(
        self, layer: Layer, bias: Values, stays: NDArray[np.intp], rounded: float
    ) -> Values:
        """The bias, and what removed channels add to every sum."""
        assert layer.weights is not None
        values = self.constants[layer.sources[0]]
        gone = np.setdiff1d(np.arange(len(values)), stays)
        gone = gone[np.nan_to_num(values[gone]) != 0]
        if not len(gone):
            return bias
        taken = layer.weights.only(gone, 3)
        factor = values[gone]
        added = (taken.numbers * factor).sum(axis=(1, 2, 3))
        doubt = taken.reach * np.abs(factor) + np.abs(taken.numbers) * rounded
        doubt = doubt.sum(axis=(1, 2, 3))
        return bias.plus(Values(added, np.zeros_like(added), doubt))
