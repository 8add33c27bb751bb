"""Which channels can change what the model answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .layers import Layer
from .ranges import Span
from .rescaling import MOST
from .view import Step, View

Places = NDArray[np.bool_]

_WIDEST = 255
"""The most by which an int8 number is away from a zero point."""

_TOGETHER = 4
"""Channels that kernels take at once, and bytes that they read."""


@dataclass(frozen=True)
class Reading:
    """How a layer reads its input, by output and input channel."""

    weighs: Places
    """Whether there is a weight other than zero."""
    folds: Places
    """Whether what a constant adds is the same in every window, and so can be in the bias."""


def reading_of(layer: Layer, source: Span) -> Reading:
    """Of a layer that is not depthwise."""
    weighs = (layer.weights != 0).any(axis=(1, 2))
    taken = np.stack([layer.weights[:, taps].sum(axis=1) for taps in layer.windows])
    alike = (taken == taken[0]).all(axis=0) | (source.low == layer.zero_point)
    # Constants in the bias must not make of it what int32 does not hold.
    most = np.abs(layer.bias) + _WIDEST * np.abs(layer.weights).sum(axis=(1, 2, 3))
    return Reading(weighs, alike & source.constant & (most <= MOST)[:, None])


class Needs:
    """For each tensor with a span: `wanted` are the channels whose numbers can change the answer,
    or that something takes along with those; `kept` those that stay.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.wanted = {index: np.zeros(len(span.low), bool) for index, span in view.spans.items()}
        self.readings = {
            number: reading_of(step.layer, view.spans[step.node.inputs[0]])
            for number, step in enumerate(view.steps)
            if step.layer and not step.layer.depthwise
        }
        for index in (*view.graph.inputs, *view.graph.outputs):
            self._want_all(index)
        for step in view.steps:
            if step.layer is None and step.ties is None:
                for index in (*step.node.present, *step.node.outputs):
                    self._want_all(index)
        self._spread()
        self.kept = {index: wanted.copy() for index, wanted in self.wanted.items()}
        self._fill()

    def read(self, number: int) -> tuple[Places, Places]:
        """What a layer's reading makes wanted, by output and input channel, and what it folds."""
        step, reading = self.view.steps[number], self.readings[number]
        output = step.node.outputs[0]
        rows = self.wanted[output] & ~self.view.spans[output].constant
        return reading.weighs & ~reading.folds & rows[:, None], reading.weighs & reading.folds

    def _want_all(self, index: int) -> None:
        if index in self.wanted:
            self.wanted[index][:] = True

    def _spread(self) -> None:
        """From the outputs to the inputs, until nothing is added."""
        before = -1
        while before != (before := sum(int(places.sum()) for places in self.wanted.values())):
            for number in reversed(range(len(self.view.steps))):
                step = self.view.steps[number]
                _tie(step, self.wanted)
                if number in self.readings:
                    self.wanted[step.node.inputs[0]] |= self.read(number)[0].any(axis=0)

    def _fill(self) -> None:
        """Round up, where there are as many, to what kernels take at once: vww takes 104.1 ms with
        15 to 57 channels in its last layers, and 84.9 ms with 16 to 60.
        """
        before = -1
        while before != (before := sum(int(places.sum()) for places in self.kept.values())):
            for kept in self.kept.values():
                least = -(-max(int(kept.sum()), 1) // _TOGETHER) * _TOGETHER
                idle = np.flatnonzero(~kept)
                kept[idle[: least - int(kept.sum())]] = True
            for step in reversed(self.view.steps):
                _tie(step, self.kept)


def _tie(step: Step, places: dict[int, Places]) -> None:
    for tie in step.ties or ():
        ours, theirs = places[tie.source], places[tie.output]
        np.logical_or.at(ours, tie.ours, theirs[tie.theirs])
        np.logical_or.at(theirs, tie.theirs, ours[tie.ours])
