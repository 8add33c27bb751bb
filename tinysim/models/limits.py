"""What a kernel does not take, as the column `limits` of `firmware/tflm/operations.csv` says it:
clauses, `&` between two of them, each a name and its arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .host import DTYPES
from .network import Tensor
from .rules.view import UnfitError, View, require

_ACTIVATIONS = ("none", "relu", "relu_n1_to_1", "relu6", "tanh", "sign_bit")
"""By the schema's numbers."""


@dataclass(frozen=True)
class Limit:
    """A clause of a row."""

    name: str
    arguments: tuple[str, ...]

    def problem(self, view: View) -> str:
        """What of an operation lies outside the limit; empty where nothing does."""
        try:
            _KINDS[self.name].check(view, self.arguments)
        except UnfitError as error:
            return str(error)
        return ""

    def __str__(self) -> str:
        return _KINDS[self.name].text(self.arguments)


def parse_limits(text: str) -> tuple[Limit, ...]:
    """The clauses of a row.

    Raises:
        ValueError: one has a name that nobody knows.

    """
    limits = []
    for words in filter(None, map(str.split, text.split("&"))):
        name, *arguments = words
        if name not in _KINDS:
            raise ValueError(f"no limit is called '{name}'")
        limits.append(Limit(name, tuple(arguments)))
    return tuple(limits)


@dataclass(frozen=True)
class _Kind:
    check: Callable[[View, tuple[str, ...]], None]
    text: Callable[[tuple[str, ...]], str]


def _constant(view: View, places: tuple[str, ...]) -> None:
    for place in map(int, places):
        tensor = view.optional(place)
        require(tensor is None or tensor.data is not None, f"input {place} is not a constant")


def _nonzero(view: View, places: tuple[str, ...]) -> None:
    for place in map(int, places):
        tensor = view.input(place)
        zero = tensor.quantization.zero_points[0] if tensor.quantization else 0
        if tensor.data is None:
            kept = _is_kept_from(view, view.node.inputs[place], zero)
            require(kept, f"input {place} may have a zero in it")
        else:
            has_one = (_stored(tensor) == zero).any()
            require(not has_one, f"input {place} has a zero in it")


def _is_kept_from(view: View, index: int, zero: int) -> bool:
    """Whether a tensor has another number wherever what it was made from is `zero`."""
    makers = {output: node for node in view.graph.nodes for output in node.outputs}
    choice = makers.get(index)
    if choice is None or choice.op != "SELECT_V2":
        return False
    question = makers.get(choice.inputs[0])
    if question is None or question.op != "EQUAL" or question.inputs[0] != choice.inputs[2]:
        return False
    wanted, instead = (
        _stored(view.graph.tensors[place]) for place in (question.inputs[1], choice.inputs[1])
    )
    return wanted.tolist() == [zero] and len(instead) > 0 and not (instead == zero).any()


def _stored(tensor: Tensor) -> NDArray[Any]:
    return np.frombuffer(tensor.data or b"", DTYPES.get(tensor.type, np.uint8))


def _activation(view: View, names: tuple[str, ...]) -> None:
    number = view.option("fused_activation_function")
    name = _ACTIVATIONS[number] if 0 <= number < len(_ACTIVATIONS) else str(number)
    require(name in names, f"the activation {name.upper()} is fused into it")


def _option(view: View, arguments: tuple[str, ...]) -> None:
    name, *allowed = arguments
    value = view.option(name)
    require(str(value) in allowed, f"{name} is {value}")


def _positive(view: View, names: tuple[str, ...]) -> None:
    for name in names:
        value = view.node.options.get(name, 0)
        require(isinstance(value, (int, float)) and value > 0, f"{name} is {value}")


def _input(view: View, arguments: tuple[str, ...]) -> None:
    place, *types = arguments
    tensor = view.optional(int(place))
    if tensor is not None:
        require(tensor.type.lower() in types, f"input {place} is {tensor.type}")


def _output(view: View, types: tuple[str, ...]) -> None:
    for tensor in view.outputs:
        require(tensor.type.lower() in types, f"the output is {tensor.type}")


def _converts(view: View, pairs: tuple[str, ...]) -> None:
    pair = f"{view.input(0).type}>{view.outputs[0].type}".lower()
    require(pair in pairs, f"it makes {view.outputs[0].type} of {view.input(0).type}")


def _absent(view: View, places: tuple[str, ...]) -> None:
    for place in map(int, places):
        require(view.optional(place) is None, f"input {place} is there")


def _present(view: View, places: tuple[str, ...]) -> None:
    for place in map(int, places):
        require(view.optional(place) is not None, f"input {place} is left out")


def _rank(view: View, arguments: tuple[str, ...]) -> None:
    least, most = map(int, arguments)
    for tensor in (*view.inputs, *view.outputs):
        if tensor.data is None:
            require(
                least <= len(tensor.shape) <= most,
                f"shape {list(tensor.shape)} has {len(tensor.shape)} dimensions",
            )


def _ungrouped(view: View, _: tuple[str, ...]) -> None:
    groups = view.input(0).shape[-1] // view.input(1).shape[-1]
    require(groups == 1, f"it is in {groups} groups")


def _one_scale(view: View, places: tuple[str, ...]) -> None:
    for place in map(int, places):
        tensor = view.optional(place)
        quantization = tensor.quantization if tensor else None
        require(
            quantization is None or len(quantization.scales) == 1,
            f"input {place} has a scale for each channel",
        )


def _same_scale(view: View, _: tuple[str, ...]) -> None:
    tensors = [t for t in (*view.inputs, *view.outputs) if t.type in ("INT8", "INT16")]
    kept = {(t.quantization.scales, t.quantization.zero_points) for t in tensors if t.quantization}
    bare = any(tensor.quantization is None for tensor in tensors)
    require(len(kept) + bare <= 1, "its tensors are quantized differently")


def _unquantized(view: View, _: tuple[str, ...]) -> None:
    bare = all(tensor.quantization is None for tensor in (*view.inputs, *view.outputs))
    require(bare, "it is quantized")


def _scale_below(view: View, arguments: tuple[str, ...]) -> None:
    (limit,) = arguments
    for tensor in view.inputs:
        for scale in tensor.quantization.scales if tensor.quantization else ():
            require(scale < float(limit), f"a scale is {scale:.3g}")


def _output_scale(view: View, arguments: tuple[str, ...]) -> None:
    quantization = view.outputs[0].quantization
    wanted = float(Fraction(arguments[0]))
    for scale in quantization.scales if quantization else ():
        require(scale == wanted, f"the output's scale is {scale:.6g}")


def _zero_point(view: View, arguments: tuple[str, ...]) -> None:
    of, *allowed = arguments
    tensor = view.outputs[0] if of == "output" else view.input(int(of))
    zeros = tensor.quantization.zero_points if tensor.quantization else ()
    for zero in zeros:
        require(str(zero) in allowed, f"the zero point of {_place(of)} is {zero}")


def _place(of: str) -> str:
    return "the output" if of == "output" else f"input {of}"


def _numbers(places: tuple[str, ...]) -> str:
    return f"input{'s' if len(places) > 1 else ''} {' '.join(places)}"


_KINDS: dict[str, _Kind] = {
    "constant": _Kind(_constant, lambda a: f"constant {_numbers(a)}"),
    "nonzero": _Kind(_nonzero, lambda a: f"no zero in {_numbers(a)}"),
    "activation": _Kind(
        _activation,
        lambda a: "no activation" if a == ("none",) else f"activation {' '.join(a).upper()}",
    ),
    "option": _Kind(_option, lambda a: f"{a[0]} {' or '.join(a[1:])}"),
    "positive": _Kind(_positive, lambda a: f"{' '.join(a)} above 0"),
    "input": _Kind(_input, lambda a: f"input {a[0]} of {' or '.join(a[1:])}"),
    "output": _Kind(_output, lambda a: f"to {' '.join(a)}"),
    "converts": _Kind(_converts, lambda a: ", ".join(pair.replace(">", " to ") for pair in a)),
    "absent": _Kind(_absent, lambda a: f"without {_numbers(a)}"),
    "present": _Kind(_present, lambda a: f"with {_numbers(a)}"),
    "rank": _Kind(_rank, lambda a: f"{a[0] if a[0] == a[1] else ' to '.join(a)} dimensions"),
    "ungrouped": _Kind(_ungrouped, lambda _: "no groups"),
    "one_scale": _Kind(_one_scale, lambda a: f"one scale for {_numbers(a)}"),
    "same_scale": _Kind(_same_scale, lambda _: "one quantization for all tensors"),
    "unquantized": _Kind(_unquantized, lambda _: "not quantized"),
    "scale_below": _Kind(_scale_below, lambda a: f"scales below {a[0]}"),
    "output_scale": _Kind(_output_scale, lambda a: f"scale {a[0]} of the output"),
    "zero_point": _Kind(
        _zero_point, lambda a: f"zero point {' or '.join(a[1:])} of {_place(a[0])}"
    ),
}
