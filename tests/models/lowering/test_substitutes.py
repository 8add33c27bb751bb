"""Operations in the place of others: on the host, what they say is what TFLite defines."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.networks import Making
from tinysim.models import host
from tinysim.models.lowering.substitutes import substitute
from tinysim.models.network import Network, Node, Quantization, Tensor
from tinysim.models.write import write_network

Array = NDArray[np.generic]


def _answer(network: Network, *inputs: Array) -> tuple[list[str], Array]:
    """The operations in the others' place, and what they give on the host."""
    changed = network.with_main(substitute(network.main))
    graph = changed.main
    assert [graph.tensors[index].shape for index in graph.inputs] == [x.shape for x in inputs]
    data = b"".join(x.tobytes() for x in inputs)
    ((answer,),) = host.run(write_network(changed), graph, [data])
    there = graph.tensors[graph.outputs[0]]
    values = np.frombuffer(answer, host.DTYPES[there.type]).reshape(there.shape)
    return [node.op for node in graph.nodes], values


def _written_anew(network: Network) -> tuple[list[str], list[Array]]:
    """The operations after the pass, and seeded input and output."""
    (source,) = network.main.inputs
    shape = network.main.tensors[source].shape
    data = np.random.default_rng(3).integers(-128, 128, shape, np.int8)
    operations, answer = _answer(network, data)
    return operations, [data, answer]


@pytest.mark.parametrize("times", [(1, 2, 1), (2, 1, 3), (1, 1, 1)])
def test_tiles_are_joined(times: tuple[int, ...]) -> None:
    making = Making(1)
    source = making.activation((1, 3, 2))
    shape = tuple(size * factor for size, factor in zip((1, 3, 2), times, strict=True))
    output = making.activation(shape, source)
    making.node("TILE", [source, making.integers(list(times))], [output], "TileOptions")
    operations, (given, answer) = _written_anew(making.network([source], output))
    assert set(operations) == {"CONCATENATION"}
    assert np.array_equal(answer, np.tile(given, times))


def test_a_ramp_to_one_is_cut_off_below_and_above() -> None:
    making = Making(2)
    source = making.add(Tensor("x", (1, 99), "INT8", Quantization((0.03,), (-5,))))
    output = making.activation((1, 99), source)
    making.node("RELU_0_TO_1", [source], [output])
    operations, (given, answer) = _written_anew(making.network([source], output))
    assert operations == ["MAXIMUM", "MINIMUM"]
    assert np.array_equal(answer, given.clip(-5, -5 + round(1 / 0.03)))


@pytest.mark.parametrize(("activation", "name"), [(1, "RELU"), (3, "RELU6")])
def test_an_activation_moves_behind_a_transposed_convolution(activation: int, name: str) -> None:
    making = Making(3)
    source = making.activation((1, 3, 3, 2))
    weights = making.numbers.integers(-127, 128, (4, 2, 2, 2), dtype=np.int8)
    kernel = making.add(
        Tensor("w", weights.shape, "INT8", Quantization((0.01,), (0,)), weights.tobytes())
    )
    output = making.activation((1, 6, 6, 4))
    options = {"padding": 0, "stride_h": 2, "stride_w": 2, "fused_activation_function": activation}
    inputs = [making.integers([1, 6, 6, 4]), kernel, source]
    making.node("TRANSPOSE_CONV", inputs, [output], "TransposeConvOptions", **options)
    network = making.network([source], output)
    moved = network.with_main(substitute(network.main))
    assert [node.op for node in moved.main.nodes] == ["TRANSPOSE_CONV", name]
    data = making.numbers.bytes(18)
    answers = [host.run(write_network(each), each.main, [data]) for each in (moved, network)]
    assert answers[0] == answers[1]


def test_what_goes_into_a_batch_is_padded_before() -> None:
    making = Making(4)
    source = making.add(Tensor("x", (1, 3, 2, 1), "INT8", Quantization((0.1,), (-7,))))
    output = making.activation((4, 2, 2, 1), source)
    paddings = making.add(Tensor("p", (2, 2), "INT32", data=np.int32([1, 0, 1, 1]).tobytes()))
    table = "SpaceToBatchNDOptions"
    making.node("SPACE_TO_BATCH_ND", [source, making.integers([2, 2]), paddings], [output], table)
    operations, (given, answer) = _written_anew(making.network([source], output))
    assert operations == ["PAD", "SPACE_TO_BATCH_ND"]
    padded = np.pad(given[0, :, :, 0], ((1, 0), (1, 1)), constant_values=-7)
    images = [padded[i::2, j::2] for i in (0, 1) for j in (0, 1)]
    assert np.array_equal(answer[..., 0], np.stack(images))


_FUNCTIONS = {
    "GELU": lambda x: x / 2 * math.erfc(-x / math.sqrt(2)),
    "approximate GELU": lambda x: x / 2 * (1 + math.tanh(0.7978845608 * (x + 0.044715 * x**3))),
    "EXP": math.exp,
    "LOG": lambda x: math.log(x) if x > 0 else -math.inf,
}


@pytest.mark.parametrize("name", _FUNCTIONS)
@pytest.mark.parametrize("seed", range(4))
def test_a_function_of_int8_is_right_to_half_a_step(name: str, seed: int) -> None:
    making = Making(seed)
    scales = making.numbers.uniform(0.01, 0.1, 2)
    zeros = making.numbers.integers(-100, 100, 2) if name != "LOG" else (-128, 0)
    source, output = (
        making.add(
            Tensor(end, (1, 256), "INT8", Quantization((float(np.float32(scale)),), (int(zero),)))
        )
        for end, scale, zero in zip("xy", scales, zeros, strict=True)
    )
    op = name.split()[-1]
    options = {"approximate": name != "GELU"} if op == "GELU" else {}
    making.node(op, [source], [output], {"GELU": "GeluOptions"}.get(op, ""), **options)
    given = np.arange(-128, 128).astype(np.int8)[None]
    operations, answer = _answer(making.network([source], output), given)
    assert operations == ["CAST", "ADD", "GATHER"]
    real = [_FUNCTIONS[name](float(value)) for value in (given[0] - float(zeros[0])) * scales[0]]
    exact = np.clip(np.array(real) / scales[1] + float(zeros[1]), -128, 127)
    assert np.abs(answer[0] - exact).max() < 0.5 + 1e-3


@pytest.mark.parametrize(
    "shapes", [((2, 3), (2, 3), (2, 3)), ((2, 1), (3,), (2, 3)), ((), (4,), ())]
)
def test_what_is_selected_of_whole_numbers(shapes: tuple[tuple[int, ...], ...]) -> None:
    making = Making(6)
    whole = np.broadcast_shapes(*shapes)
    condition = making.add(Tensor("c", shapes[0], "BOOL"))
    ends = np.array([-(2**31), 2**31 - 1, 0, -1, 7])
    sources = [
        making.add(Tensor(name, shape, "INT32"))
        for name, shape in zip("ab", shapes[1:], strict=True)
    ]
    output = making.add(Tensor("y", whole, "INT32"))
    making.node("SELECT_V2", [condition, *sources], [output], "SelectV2Options")
    network = making.network([condition, *sources], output)
    chosen = making.numbers.integers(0, 2, shapes[0]).astype(np.bool_)
    given = [making.numbers.choice(ends, shape).astype(np.int32) for shape in shapes[1:]]
    operations, answer = _answer(network, np.asarray(chosen), *map(np.asarray, given))
    assert operations == ["CAST", "SUB", "MUL", "ADD"]
    assert np.array_equal(answer, np.where(chosen, *given))


@pytest.mark.parametrize(("groups", "has_bias"), [(2, True), (3, False)])
def test_a_convolution_in_groups_is_one_for_each(groups: int, has_bias: bool) -> None:
    making = Making(groups)
    normal = making.numbers.normal
    weights = normal(size=(2 * groups, 2, 3, 4)).astype(np.float32)
    bias = normal(size=2 * groups).astype(np.float32)
    source = making.add(Tensor("x", (1, 5, 4, 4 * groups), "FLOAT32"))
    constants = [
        making.add(Tensor("c", data.shape, "FLOAT32", data=data.tobytes()))
        for data in (weights, bias)[: 2 if has_bias else 1]
    ]
    output = making.add(Tensor("y", (1, 4, 1, 2 * groups), "FLOAT32"))
    options = {"padding": 1, "stride_h": 1, "stride_w": 2, "fused_activation_function": 1}
    options |= {"dilation_h_factor": 1, "dilation_w_factor": 1}
    making.node("CONV_2D", [source, *constants], [output], "Conv2DOptions", **options)
    given = normal(size=(1, 5, 4, 4 * groups)).astype(np.float32)
    operations, answer = _answer(making.network([source], output), given)
    assert operations == ["SPLIT", *["CONV_2D"] * groups, "CONCATENATION"]
    for channel in range(2 * groups):
        part = given[0, :, :, channel // 2 * 4 :][..., :4]
        sums = [(part[row : row + 2, :3] * weights[channel]).sum() for row in range(4)]
        expected = np.maximum(np.array(sums) + (bias[channel] if has_bias else 0), 0)
        assert np.allclose(answer[0, :, 0, channel], expected, atol=1e-5)


_BLOCKS = [
    ((1, 4, 6, 3), (2, 3), ((0, 0), (0, 0))),
    ((1, 3, 5, 2), (2, 2), ((1, 0), (0, 1))),
    ((1, 7, 4), (4,), ((1, 0),)),
    ((1, 5, 1, 3), (2, 1), ((3, 2), (0, 0))),
]


def _wide(making: Making, name: str, shape: tuple[int, ...]) -> int:
    return making.add(Tensor(name, shape, "INT16", Quantization((0.01,), (0,))))


def _apart(x: Array, blocks: tuple[int, ...]) -> Array:
    """What SPACE_TO_BATCH_ND is, block by block."""
    images = []
    for at in np.ndindex(*blocks):
        steps = tuple(slice(start, None, step) for start, step in zip(at, blocks, strict=True))
        images.append(x[(slice(None), *steps)])
    return np.concatenate(images)


@pytest.mark.parametrize(("shape", "blocks", "margins"), _BLOCKS)
def test_blocks_of_int16_go_into_a_batch_and_out_of_it(
    shape: tuple[int, ...], blocks: tuple[int, ...], margins: tuple[tuple[int, int], ...]
) -> None:
    given = np.arange(np.prod(shape), dtype=np.int16).reshape(shape) - 9
    around = [(0, 0), *margins] + [(0, 0)] * (len(shape) - 1 - len(margins))
    batch = _apart(np.pad(given, around), blocks)
    for op, there, back, field in (
        ("SPACE_TO_BATCH_ND", batch, given, "paddings"),
        ("BATCH_TO_SPACE_ND", given, batch, "crops"),
    ):
        making = Making(1)
        source = _wide(making, "x", back.shape)
        output = _wide(making, "y", there.shape)
        ends = making.add(
            Tensor(field, (len(blocks), 2), "INT32", data=np.int32(margins).tobytes())
        )
        making.node(op, [source, making.integers(list(blocks)), ends], [output])
        operations, answer = _answer(making.network([source], output), np.asarray(back))
        assert op not in operations
        assert np.array_equal(answer, there)


def test_blocks_with_more_axes_than_are_moved_stay() -> None:
    making = Making(2)
    source, output = _wide(making, "x", (2, 4, 4, 3)), _wide(making, "y", (8, 2, 2, 3))
    ends = making.add(Tensor("p", (2, 2), "INT32", data=bytes(16)))
    making.node("SPACE_TO_BATCH_ND", [source, making.integers([2, 2]), ends], [output])
    graph = making.network([source], output).main
    assert [node.op for node in substitute(graph).nodes] == ["SPACE_TO_BATCH_ND"]


@pytest.mark.parametrize("axes", [(1,), (1, 2), (2,), (-1,)])
def test_the_most_of_int16(axes: tuple[int, ...]) -> None:
    making = Making(3)
    source = _wide(making, "x", (1, 6, 5, 4))
    given = making.numbers.integers(-32768, 32768, (1, 6, 5, 4)).astype(np.int16)
    expected = given.max(axis=axes)
    output = _wide(making, "y", expected.shape)
    making.node("REDUCE_MAX", [source, making.integers(list(axes))], [output], "ReducerOptions")
    operations, answer = _answer(making.network([source], output), given)
    assert operations == ["RESHAPE", "MAX_POOL_2D", "RESHAPE"]
    assert np.array_equal(answer, expected)


def test_the_most_along_axes_apart_stays() -> None:
    making = Making(4)
    source, output = _wide(making, "x", (2, 6, 5, 4)), _wide(making, "y", (6, 4))
    making.node("REDUCE_MAX", [source, making.integers([0, 2])], [output], "ReducerOptions")
    graph = making.network([source], output).main
    assert substitute(graph) == graph


@pytest.mark.parametrize("kind", ["INT8", "FLOAT32"])
def test_zeros_are_a_constant(kind: str) -> None:
    making = Making(6)
    quantization = Quantization((0.5,), (3,)) if kind == "INT8" else None
    source, zeros, output = (
        making.add(Tensor(name, (1, 4), kind, quantization)) for name in ("x", "zeros", "y")
    )
    making.node("ZEROS_LIKE", [source], [zeros], "ZerosLikeOptions")
    making.node("MAXIMUM", [source, zeros], [output], "MaximumMinimumOptions")
    given = np.array([[-5, 9, 2, 3]], host.DTYPES[kind])
    operations, answer = _answer(making.network([source], output), given)
    assert operations == ["MAXIMUM"]
    assert answer.tolist() == [[3, 9, 3, 3] if kind == "INT8" else [0, 9, 2, 3]]


@pytest.mark.parametrize("kind", ["FLOAT32", "INT32"])
def test_bytes_of_a_picture_are_counted(kind: str) -> None:
    making = Making(7)
    source = making.add(Tensor("x", (1, 256), "UINT8"))
    output = making.add(Tensor("y", (1, 256), kind))
    making.node("CAST", [source], [output], "CastOptions", in_data_type=3, out_data_type=0)
    given = np.arange(256).astype(np.uint8)[None]
    operations, answer = _answer(making.network([source], output), given)
    assert operations == ["DEQUANTIZE", "CAST"][: 1 if kind == "FLOAT32" else 2]
    assert answer.tolist() == given.tolist()


def test_what_tflm_has_stays() -> None:
    making = Making(5)
    source = making.add(Tensor("x", (1, 4), "FLOAT32"))
    output = making.add(Tensor("y", (1, 4), "FLOAT32"))
    graph = replace(
        making.network([source], output).main, nodes=(Node("EXP", (source,), (output,)),)
    )
    assert substitute(graph) == graph
