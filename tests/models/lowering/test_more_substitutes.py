"""Operations of other front ends than Keras: as TFLM's kernel computes them where it has one, and
else as numpy does.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.networks import Making
from tinysim.models import host
from tinysim.models.lowering import unused
from tinysim.models.lowering.substitutes import substitute
from tinysim.models.network import Network, Node, Option, Quantization, Tensor
from tinysim.models.support import Kernel, kernel_of, limit_problem
from tinysim.models.write import write_network

Array = NDArray[np.generic]

_QUANTIZED = Quantization((0.05,), (3,))


class _Case:
    """A network of one operation."""

    def __init__(self, seed: int = 1) -> None:
        self.making = Making(seed)
        self.numbers = self.making.numbers
        self.given: list[Array] = []
        self.inputs: list[int] = []

    def input(self, data: Array) -> int:
        kind = "BOOL" if data.dtype == np.bool_ else data.dtype.name.upper()
        quantization = _QUANTIZED if kind == "INT8" else None
        self.inputs.append(self.making.add(Tensor("x", data.shape, kind, quantization)))
        self.given.append(data)
        return self.inputs[-1]

    def constant(self, data: Array) -> int:
        kind = data.dtype.name.upper()
        quantization = _QUANTIZED if kind == "INT8" else None
        return self.making.add(Tensor("c", data.shape, kind, quantization, data.tobytes()))

    def network(
        self,
        op: str,
        inputs: list[int],
        shape: tuple[int, ...],
        kind: str = "FLOAT32",
        table: str = "",
        **options: Option,
    ) -> Network:
        quantization = _QUANTIZED if kind == "INT8" else None
        output = self.making.add(Tensor("y", shape, kind, quantization))
        self.making.node(op, inputs, [output], table, **options)
        return self.making.network(self.inputs, output)

    def run(self, network: Network) -> Array:
        there = network.main.tensors[network.main.outputs[0]]
        data = b"".join(part.tobytes() for part in self.given)
        ((answer,),) = host.run(write_network(network), network.main, [data])
        return np.frombuffer(answer, host.DTYPES[there.type]).reshape(there.shape)

    def written(self, network: Network) -> Array:
        """What the operations in the other's place give."""
        changed = network.with_main(substitute(network.main))
        assert network.main.nodes[0].op not in [node.op for node in changed.main.nodes]
        return self.run(changed)


def _values(numbers: np.random.Generator, shape: tuple[int, ...], kind: str) -> Array:
    if kind == "int8":
        return numbers.integers(-128, 128, shape).astype(np.int8)
    if kind == "int32":
        return numbers.integers(-1000, 1000, shape).astype(np.int32)
    return numbers.normal(0, 3, shape).astype(np.float32)


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize(("shape", "axis"), [((9,), 0), ((2, 5), 1), ((2, 5, 3), -2), ((4, 3), 0)])
def test_sums_up_to_each_place(shape: tuple[int, ...], axis: int, exclusive: bool) -> None:
    for reverse in (False, True):
        case = _Case(axis + 5)
        source = case.input(_values(case.numbers, shape, "float32"))
        options = {"exclusive": exclusive, "reverse": reverse}
        place = case.constant(np.array(axis, np.int32))
        network = case.network("CUMSUM", [source, place], shape, table="CumsumOptions", **options)
        mine, theirs = case.written(network), case.run(network)
        assert np.allclose(mine, theirs, rtol=1e-6, atol=1e-5)
        assert reverse or np.array_equal(mine, theirs)


@pytest.mark.parametrize("kind", ["float32", "int8"])
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("shape", "places"),
    [((5, 4), (3, 1)), ((5, 4), (2, 3, 2)), ((2, 3, 4), (6, 2)), ((7,), (4, 1))],
)
def test_what_is_at_places(
    shape: tuple[int, ...], places: tuple[int, ...], known: bool, kind: str
) -> None:
    case = _Case(len(places))
    depth = places[-1]
    source = case.input(_values(case.numbers, shape, kind))
    at = case.numbers.integers(0, shape[:depth], places).astype(np.int32)
    inputs = [source, case.constant(at) if known else case.input(at)]
    whole = (*places[:-1], *shape[depth:])
    network = case.network("GATHER_ND", inputs, whole, kind.upper(), "GatherNdOptions")
    assert np.array_equal(case.written(network), case.run(network))


def test_places_that_are_not_there_stay() -> None:
    case = _Case()
    source = case.input(_values(case.numbers, (3, 2), "float32"))
    places = case.constant(np.array([[3, 0]], np.int32))
    graph = case.network("GATHER_ND", [source, places], (1,)).main
    assert substitute(graph) == graph


def test_rows_of_a_table() -> None:
    case = _Case()
    indices = case.input(np.array([[2, 0, 4]], np.int32))
    table = _values(case.numbers, (5, 6), "float32")
    network = case.network("EMBEDDING_LOOKUP", [indices, case.constant(table)], (1, 3, 6))
    assert np.array_equal(case.written(network), table[[[2, 0, 4]]])


@pytest.mark.parametrize("kind", ["float32", "int8", "int32"])
@pytest.mark.parametrize(
    ("shape", "whole"), [((1, 3), (4, 3)), ((3, 1), (2, 3, 5)), ((), (2, 2)), ((2, 3), (2, 3))]
)
def test_what_is_spread(shape: tuple[int, ...], whole: tuple[int, ...], kind: str) -> None:
    case = _Case()
    given = np.asarray(_values(case.numbers, shape, kind))
    inputs = [case.input(given), case.constant(np.array(whole, np.int32))]
    network = case.network("BROADCAST_TO", inputs, whole, kind.upper(), "BroadcastToOptions")
    assert np.array_equal(case.written(network), np.broadcast_to(given, whole))


def test_a_constant_that_is_spread_is_a_constant() -> None:
    case = _Case()
    row = _values(case.numbers, (1, 3), "float32")
    making, shape = case.making, case.constant(np.array((2, 3), np.int32))
    source = case.input(_values(case.numbers, (2, 3), "float32"))
    spread = making.add(Tensor("s", (2, 3), "FLOAT32"))
    making.node("BROADCAST_TO", [case.constant(row), shape], [spread], "BroadcastToOptions")
    network = case.network("ADD", [source, spread], (2, 3), table="AddOptions")
    graph = substitute(network.main)
    assert [node.op for node in graph.nodes] == ["ADD"]
    assert np.array_equal(case.run(network.with_main(graph)), case.given[0] + row)


def test_sums_of_several() -> None:
    case = _Case()
    inputs = [case.input(_values(case.numbers, (2, 5), "float32")) for _ in range(4)]
    network = case.network("ADD_N", inputs, (2, 5), table="AddNOptions")
    assert np.array_equal(case.written(network), case.run(network))


def test_quotients_without_what_is_behind_the_point() -> None:
    case = _Case()
    inputs = [
        case.input(_values(case.numbers, (40, 9), "float32")),
        case.input(_values(case.numbers, (9,), "float32")),
    ]
    network = case.network("FLOOR_DIV", inputs, (40, 9), table="FloorDivOptions")
    assert np.array_equal(case.written(network), case.run(network))


@pytest.mark.parametrize("zero", [-128, -3, 127])
def test_quotients_by_what_comes_in(zero: int) -> None:
    """By 0 they are what they are by the number next to it."""
    making = Making(1)
    quantization = Quantization((0.1,), (zero,))
    first = making.add(Tensor("a", (256, 1), "INT8", _QUANTIZED))
    second = making.add(Tensor("b", (1, 256), "INT8", quantization))
    output = making.add(Tensor("y", (256, 256), "INT8", Quantization((0.02,), (5,))))
    making.node("DIV", [first, second], [output], "DivOptions")
    network = making.network([first, second], output)
    changed = network.with_main(substitute(network.main))
    assert [node.op for node in changed.main.nodes] == ["EQUAL", "SELECT_V2", "DIV"]
    divide = kernel_of(network.main, network.main.nodes[0])
    assert isinstance(divide, Kernel)
    assert "may have a zero" in limit_problem(network.main, network.main.nodes[0], divide)
    for node in changed.main.nodes:
        kernel = kernel_of(changed.main, node)
        assert isinstance(kernel, Kernel)
        assert not limit_problem(changed.main, node, kernel)
    every = np.arange(-128, 128).astype(np.int8)
    by = np.where(every == zero, zero + (1 if zero < 127 else -1), every).astype(np.int8)
    mine = host.run(write_network(changed), changed.main, [every.tobytes() * 2])
    theirs = host.run(write_network(network), network.main, [every.tobytes() + by.tobytes()])
    assert mine == theirs


def test_roots_of_averages_of_squares() -> None:
    case = _Case()
    source = case.input(_values(case.numbers, (1, 6, 5, 3), "float32"))
    options = {"filter_height": 3, "filter_width": 2, "stride_h": 2, "stride_w": 1, "padding": 0}
    network = case.network("L2_POOL_2D", [source], (1, 3, 5, 3), table="Pool2DOptions", **options)
    assert np.allclose(case.written(network), case.run(network), rtol=1e-6)


@pytest.mark.parametrize("kind", ["float32", "int32"])
def test_signs(kind: str) -> None:
    case = _Case()
    given = _values(case.numbers, (5, 8), kind)
    given[0] = 0
    network = case.network("SIGN", [case.input(given)], (5, 8), kind.upper())
    assert np.array_equal(case.written(network), np.sign(given))


@pytest.mark.parametrize("exponent", [1, 2, 3, 5, 6, 7, 8, 0.5, -0.5, 1.5, -2.25, 0.1])
def test_powers(exponent: float) -> None:
    case = _Case()
    given = _values(case.numbers, (5, 8), "float32")
    given = given if float(exponent).is_integer() else np.abs(given) + np.float32(0.01)
    inputs = [case.input(given), case.constant(np.array(exponent, np.float32))]
    network = case.network("POW", inputs, (5, 8), table="PowOptions")
    expected = given.astype(float) ** exponent
    assert np.allclose(case.written(network), expected, rtol=3e-6)


@pytest.mark.parametrize("exponent", [9, -1, 0, [2, 3, 2, 2]])
def test_powers_that_are_not_written_out_stay(exponent: object) -> None:
    case = _Case()
    source = case.input(_values(case.numbers, (5, 4), "float32"))
    inputs = [source, case.constant(np.array(exponent, np.float32))]
    graph = case.network("POW", inputs, (5, 4), table="PowOptions").main
    assert substitute(graph) == graph


def _gelu(x: float) -> float:
    return x / 2 * math.erfc(-x / math.sqrt(2))


def _gelu_by_tanh(x: float) -> float:
    return x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@pytest.mark.parametrize("function", [_gelu, _gelu_by_tanh])
def test_gelu_of_floats(function: Callable[[float], float]) -> None:
    case = _Case()
    given = np.concatenate([np.linspace(-9, 9, 1801), [0, -30, 30, 1e-6]]).astype(np.float32)
    options = {"approximate": function is _gelu_by_tanh}
    network = case.network("GELU", [case.input(given)], given.shape, table="GeluOptions", **options)
    expected = np.array([function(float(value)) for value in given])
    assert np.abs(case.written(network) - expected).max() < 1e-6


@pytest.mark.parametrize("kind", ["FLOAT32", "INT32", "INT8"])
@pytest.mark.parametrize("shape", [(), (2, 6)])
def test_one_of_two(shape: tuple[int, ...], kind: str) -> None:
    case = _Case()
    condition = np.asarray(case.numbers.integers(0, 2, shape).astype(np.bool_))
    first, second = (_values(case.numbers, (2, 6), kind.lower()) for _ in range(2))
    inputs = [case.input(each) for each in (condition, first, second)]
    network = case.network("SELECT", inputs, (2, 6), kind, "SelectOptions")
    assert np.array_equal(case.written(network), np.where(condition, first, second))


@pytest.mark.parametrize("op", ["REDUCE_ANY", "REDUCE_ALL"])
@pytest.mark.parametrize(("axes", "keep"), [([1], False), ([0, 1], True)])
def test_whether_one_or_all_are_true(op: str, axes: list[int], keep: bool) -> None:
    case = _Case()
    given = case.numbers.random((6, 3)) < 0.5
    reduction = np.any if op == "REDUCE_ANY" else np.all
    expected = reduction(given, axis=tuple(axes), keepdims=keep)
    inputs = [case.input(given), case.constant(np.array(axes, np.int32))]
    network = case.network(op, inputs, expected.shape, "BOOL", "ReducerOptions", keep_dims=keep)
    assert np.array_equal(case.written(network), expected)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("keep", [False, True])
def test_products_along_an_axis(axis: int, keep: bool) -> None:
    case = _Case()
    given = _values(case.numbers, (4, 1, 7), "float32")
    expected = np.prod(given, axis=axis, keepdims=keep)
    inputs = [case.input(given), case.constant(np.array([axis], np.int32))]
    options = {"keep_dims": keep}
    network = case.network(
        "REDUCE_PROD", inputs, expected.shape, "FLOAT32", "ReducerOptions", **options
    )
    assert np.allclose(case.written(network), expected, rtol=1e-6)


@pytest.mark.parametrize("kind", ["float32", "int8"])
@pytest.mark.parametrize(("shape", "count"), [((2, 3, 7), 3), ((9,), 9), ((4, 1), 1)])
def test_the_greatest(shape: tuple[int, ...], count: int, kind: str) -> None:
    case = _Case()
    given = _values(case.numbers, shape, kind)
    if kind == "int8":
        given[..., ::2] = -128  # many are equal, and the least there are
    making, source = case.making, case.input(given)
    found = (*shape[:-1], count)
    quantization = _QUANTIZED if kind == "int8" else None
    values = making.add(Tensor("v", found, kind.upper(), quantization))
    places = making.add(Tensor("p", found, "INT32"))
    making.node("TOPK_V2", [source, making.integers(count)], [values, places], "TopKV2Options")
    for output in (values, places):
        network = making.network(case.inputs, output)
        expected = np.argsort(-given.astype(float), axis=-1, kind="stable")[..., :count]
        if output == values:
            expected = np.take_along_axis(given, expected, -1)
        assert np.array_equal(case.written(network), expected)


@pytest.mark.parametrize("kind", ["FLOAT32", "INT8", "INT32"])
@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_one_of_many_is_marked(axis: int, kind: str) -> None:
    case = _Case()
    given = np.array([[1, 0, 4], [2, 9, -1]], np.int32)
    ends = [case.constant(np.array(value, kind.lower())) for value in (7, -2)]
    inputs = [case.input(given), case.making.integers(5), *ends]
    expected = np.where(np.arange(5) == given[..., None], 7, -2)
    expected = np.moveaxis(expected, -1, axis)
    network = case.network("ONE_HOT", inputs, expected.shape, kind, "OneHotOptions", axis=axis)
    assert np.array_equal(case.written(network), expected)


@pytest.mark.parametrize("kind", ["FLOAT32", "INT32"])
def test_places_are_found_in_fewer_bits(kind: str) -> None:
    case = _Case()
    making, given = case.making, _values(case.numbers, (3, 6), "float32")
    source = case.input(given)
    place = making.add(Tensor("p", (3,), "INT64"))
    options = {"output_type": 4}
    making.node("ARG_MAX", [source, making.integers(1)], [place], "ArgMaxOptions", **options)
    network = case.network("CAST", [place], (3,), kind, "CastOptions", in_data_type=4)
    graph = unused.drop(substitute(network.main))
    assert "INT64" not in {tensor.type for tensor in graph.tensors}
    answer = case.run(network.with_main(graph))
    assert np.array_equal(answer, given.argmax(axis=1))


def test_a_ramp_between_ends_is_cut_off() -> None:
    case = _Case()
    given = _values(case.numbers, (1, 50), "float32")
    network = case.network("RELU_N1_TO_1", [case.input(given)], (1, 50))
    assert np.array_equal(case.written(network), given.clip(-1, 1))


def test_roots_of_int8_have_nothing_behind_the_point() -> None:
    """As TFLite's kernel for them computes, which was compared with this over all numbers."""
    making = Making(1)
    source = making.add(Tensor("x", (1, 256), "INT8", Quantization((0.1,), (-128,))))
    output = making.add(Tensor("y", (1, 256), "INT8", Quantization((0.03,), (-20,))))
    making.node("SQRT", [source], [output])
    network = making.network([source], output)
    changed = network.with_main(substitute(network.main))
    given = np.arange(-128, 128).astype(np.int8)
    ((answer,),) = host.run(write_network(changed), changed.main, [given.tobytes()])
    roots = np.floor(np.sqrt(np.arange(256) * 0.1) / 0.03) - 20
    assert np.array_equal(np.frombuffer(answer, np.int8), roots.clip(-128, 127))


def test_other_types_stay() -> None:
    for op in ("CUMSUM", "FLOOR_DIV", "POW", "REDUCE_PROD", "L2_POOL_2D", "ADD_N", "SIGN"):
        making = Making(1)
        source, output = (
            making.add(Tensor(name, (1, 4, 4, 2), "INT16", Quantization((0.1,), (0,))))
            for name in "xy"
        )
        axis = making.integers([1])
        graph = making.network([source], output).main
        graph = replace(graph, nodes=(Node(op, (source, axis), (output,)),))
        assert substitute(graph) == graph
