"""The closed division: is a model the reference?

Rules: *Model Equivalence* and *Weight Definition and Quantization*. The bound that a weight must
keep is computed from the model's own grid: half a step of it, and half a step of the reference's
where that is quantized too and by another grid. There is no tolerance beside what float32
arithmetic adds.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError
from ..models.lowering.folding import fold
from ..models.network import Graph
from ..models.read import read_network
from .normal import Layer, normal_form
from .reference import Reference
from .removal import without_channels
from .values import Values

_LEVELS = 127
"""Of a sign, in int8: no grid is coarser than one on which a channel's largest weight has this
level, rounded up to a power of two.
"""
_LARGEST_BIAS = 2.0**30
"""In steps: TFLite widens the grid of weights until the bias is below it."""


@dataclass(frozen=True)
class Deviation:
    """The worst that a layer does. Numbers are the weights' own, without a unit."""

    layer: str
    what: str
    """What differs, for a reader."""
    largest: float = 0.0
    """Distance of the worst weight from the reference's."""
    allowed: float = 0.0
    count: int = 0
    """Numbers that are too far off."""


@dataclass(frozen=True)
class Verdict:
    """Whether a model is the reference."""

    model: Path
    reference: Reference
    deviations: tuple[Deviation, ...]
    layers: int
    weights: int
    """Weights and biases that were compared."""
    nearest: float
    """The largest part of its bound that one of them used, where all are within."""

    @property
    def passed(self) -> bool:
        """Whether it is."""
        return not self.deviations


def check_closed(path: Path, reference: Reference) -> Verdict:
    """Compare a model with the reference, and if need be with what folding makes of the
    reference's int8 file: that gives the same bytes.

    Raises:
        AssetError: a file cannot be read as a TFLite model.

    """
    ours, theirs = read_network(path)[0].main, read_network(reference.path)[0].main
    verdict = _compare(path, reference, ours, theirs)
    if verdict.passed or reference.int8 is None:
        return verdict
    folded = fold(read_network(reference.int8)[0].main)
    other = _compare(path, reference, ours, folded)
    return other if other.passed else verdict


def _compare(path: Path, reference: Reference, ours: Graph, theirs: Graph) -> Verdict:
    expected = normal_form(theirs)
    try:
        layers = normal_form(ours)
        pairs = _pair_smaller(layers, expected, lambda layer: _input_step(ours, layer))
    except AssetError as error:
        found: tuple[Deviation, ...] = (Deviation("", str(error)),)
        return Verdict(path, reference, found, 0, 0, 0.0)
    deviations: list[Deviation] = []
    count, nearest = 0, 0.0
    for layer, other in pairs:
        if layer.weights is None or layer.bias is None:
            continue
        assert other.weights is not None and other.bias is not None
        scale = _input_step(ours, layer)
        limit = _bound(layer.weights, other.weights, other.bias, scale)
        for what, values, rest, bound in (
            ("weight", layer.weights, other.weights, limit),
            ("bias", layer.bias, other.bias, layer.bias.reach + other.bias.reach),
        ):
            apart = np.abs(values.numbers - rest.numbers)
            worse = _deviation(layer, what, values, rest, apart, bound)
            deviations += [worse] if worse else []
            count += apart.size
            used = apart / np.where(bound > 0, bound, 1)
            nearest = max(nearest, float(used.max(initial=0.0)))
    return Verdict(path, reference, tuple(deviations), len(pairs), count, nearest)


def _pair_smaller(
    ours: list[Layer], theirs: list[Layer], step: Callable[[Layer], float]
) -> list[tuple[Layer, Layer]]:
    """Each layer with the reference's, from which channels are removed that do nothing and that
    the model has not.
    """
    try:
        return _pair(ours, theirs)
    except AssetError as error:
        with suppress(AssetError):
            places = _match(ours, theirs, sizes=False)
            if smaller := without_channels(ours, theirs, places, step):
                return _pair(ours, smaller)
        raise error from None


def _pair(ours: list[Layer], theirs: list[Layer]) -> list[tuple[Layer, Layer]]:
    return [(ours[mine], theirs[other]) for mine, other in _match(ours, theirs).items()]


def _match(ours: list[Layer], theirs: list[Layer], *, sizes: bool = True) -> dict[int, int]:
    """The place of the reference's layer for each of ours, from the outputs on; the inputs of
    additions in the order in which they fit. Without `sizes` they are not compared.
    """
    known: dict[int, int] = {}

    def same(mine: int, other: int) -> str:
        if mine < 0 or other < 0:
            return "" if mine == other else "another layer reads the model's input"
        if mine in known:
            return "" if known[mine] == other else f"{ours[mine].name}: its result goes elsewhere"
        a, b = ours[mine], theirs[other]
        if difference := _differs(a, b, sizes):
            return f"{a.name}: {difference}"
        known[mine] = other
        problem = ""
        for turned in (b.sources, b.sources[::-1]) if a.kind == "add" else (b.sources,):
            before = dict(known)
            problem = next(filter(None, map(same, a.sources, turned)), "")
            if not problem:
                return ""
            known.clear()
            known.update(before)
        return problem

    if problem := same(len(ours) - 1, len(theirs) - 1):
        raise AssetError(problem)
    if len(ours) != len(theirs):
        raise AssetError(f"{len(ours)} layers where the reference has {len(theirs)}")
    return dict(sorted(known.items()))


def _differs(a: Layer, b: Layer, sizes: bool) -> str:
    if a.kind != b.kind:
        return f"a {a.kind} where the reference has a {b.kind} ({b.name})"
    for name in sorted({*a.traits, *b.traits}):
        if a.traits.get(name) != b.traits.get(name):
            return f"{name} {a.traits.get(name)} where the reference has {b.traits.get(name)}"
    if not sizes:
        return ""
    shapes = [None if layer.weights is None else layer.weights.numbers.shape for layer in (a, b)]
    if shapes[0] != shapes[1]:
        return f"weights of {_text(shapes[0])} where the reference has {_text(shapes[1])}"
    if a.shape != b.shape:
        return f"an output of {_text(a.shape)} where the reference has {_text(b.shape)}"
    return ""


def _text(shape: tuple[int, ...] | None) -> str:
    return "none" if shape is None else "x".join(map(str, shape))


def _input_step(graph: Graph, layer: Layer) -> float:
    node = graph.nodes[layer.number]
    scheme = graph.tensors[node.inputs[0]].quantization
    return scheme.scales[0] if scheme else 0.0


def _bound(ours: Values, theirs: Values, bias: Values, step: float) -> NDArray[np.float64]:
    """How far each weight may be from the reference's.

    A grid so coarse that it loses what a channel holds would excuse everything, pruning too. So
    the step that counts is at most what the channel's range needs (the tensor's, where one scale
    is for all), or what its bias does.
    """
    most = np.abs(theirs.numbers) + theirs.steps / 2
    by_channel = np.ptp(ours.steps.reshape(len(ours.steps), -1)[:, :1]) > 0
    needed = most.max(axis=(1, 2, 3), keepdims=True) if by_channel else most.max(keepdims=True)
    needed = np.exp2(np.ceil(np.log2(np.maximum(needed, 1e-300) / _LEVELS)))
    if step > 0:
        wide = np.abs(bias.numbers) / (step * _LARGEST_BIAS)
        needed = np.maximum(needed, wide.reshape(-1, 1, 1, 1) * 2)
    rounding = ours.rounding + theirs.reach
    limit = np.minimum(ours.steps, needed) / 2 + rounding
    # Rounded on one grid, a number has one level.
    return np.where(ours.steps == theirs.steps, ours.rounding + theirs.rounding, limit)


def _deviation(
    layer: Layer,
    what: str,
    ours: Values,
    theirs: Values,
    apart: NDArray[np.float64],
    bound: NDArray[np.float64],
) -> Deviation | None:
    over = ~(apart <= bound) | ~np.isfinite(ours.numbers)  # whatever is no number is over
    if not over.any():
        return None
    distance = np.where(np.isfinite(apart), apart, np.inf)
    worst = np.unravel_index(np.argmax(np.where(over, distance, -1)), apart.shape)
    place = ", ".join(str(int(index)) for index in worst)
    return Deviation(
        layer.name,
        f"{what} [{place}] is {ours.numbers[worst]:.6g} where the reference has "
        f"{theirs.numbers[worst]:.6g}",
        float(distance[worst]),
        float(bound[worst]),
        int(over.sum()),
    )
