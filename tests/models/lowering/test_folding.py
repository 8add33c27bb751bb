"""What is folded, and that no byte of an answer changes."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest

from tests.models.foldable import Foldable, foldable_network
from tests.models.networks import Making
from tinysim.models import host
from tinysim.models.graph import list_operations
from tinysim.models.lowering import unused
from tinysim.models.lowering.folding import fold, layers, needs
from tinysim.models.lowering.folding.view import view_of
from tinysim.models.lowering.folding.windows import Taps, windows
from tinysim.models.network import Graph, Network, Quantization, Tensor
from tinysim.models.write import write_network

_INPUTS = 24
_BLOCK = 40


def _inputs(graph: Graph, count: int = _INPUTS) -> list[bytes]:
    """Drawn ones, and the ends of what there is."""
    size = sum(graph.tensors[index].bytes for index in graph.inputs)
    numbers = np.random.default_rng(size)
    ends = [bytes([level]) * size for level in (0x80, 0x7F)]
    return [*ends, *(numbers.bytes(size) for _ in range(count))]


def _answers(network: Network) -> list[tuple[bytes, ...]]:
    return host.run(write_network(network), network.main, _inputs(network.main))


def _folded(network: Network) -> Network:
    return network.with_main(unused.drop(fold(network.main)))


def _macs(network: Network) -> int:
    return sum(operation.macs for operation in list_operations(network.main))


@pytest.mark.parametrize("block", range(3))
def test_no_byte_of_an_answer_changes(block: int) -> None:
    changed = telling = 0
    before = after = 0
    for seed in range(block * _BLOCK, (block + 1) * _BLOCK):
        network = foldable_network(seed)
        folded = _folded(network)
        changed += folded != network
        before, after = before + _macs(network), after + _macs(folded)
        answers = _answers(network)
        telling += len(set(answers)) > 2
        assert _answers(folded) == answers, seed
    assert changed > _BLOCK * 0.8
    assert telling > _BLOCK * 0.4
    assert after < before * 0.95


def test_what_is_folded_has_nothing_left_to_fold() -> None:
    for seed in range(20):
        once = _folded(foldable_network(seed))
        assert _macs(_folded(once)) == _macs(once), seed


def test_every_number_on_the_way_is_within_its_range() -> None:
    for seed in range(15):
        network = foldable_network(seed)
        graph = network.main
        spans = view_of(graph).spans
        for number, node in enumerate(graph.nodes):
            (index,) = node.outputs
            part = unused.drop(replace(graph, nodes=graph.nodes[: number + 1], outputs=(index,)))
            channels = graph.tensors[index].shape[-1]
            for (answer,) in _answers(network.with_main(part)):
                numbers = np.frombuffer(answer, np.int8).reshape(-1, channels)
                assert (spans[index].low <= numbers).all(), (seed, node.op)
                assert (numbers <= spans[index].high).all(), (seed, node.op)


@pytest.mark.parametrize("padding", [0, 1])
def test_windows_are_those_of_every_place(padding: int) -> None:
    for size, taps, stride, dilation in product(range(1, 9), range(1, 5), (1, 2, 3), (1, 2, 3)):
        reach = (taps - 1) * dilation + 1
        if padding and size < reach:
            continue
        count = -(-(size - reach + 1) // stride) if padding else -(-size // stride)
        before = 0 if padding else max((count - 1) * stride + reach - size, 0) // 2
        wanted = {
            tuple(0 <= at * stride - before + tap * dilation < size for tap in range(taps))
            for at in range(count)
        }
        found = windows((size, 1), (taps, 1), (stride, 1), (dilation, 1), padding)
        assert {tuple(taps[:, 0]) for taps in found} == wanted
        assert len(found) == len(wanted)


def test_a_kernel_with_too_many_windows_is_left_alone() -> None:
    making = Foldable(1)
    source = making.activation((1, 60, 60, 1))
    network = making.network([source], making.convolution(source, 2, 60))
    assert view_of(network.main).steps[0].layer is None


def _without_borders(*sizes: object) -> list[Taps]:
    return [np.logical_or.reduce(windows(*sizes))]  # type: ignore[arg-type]


def test_a_border_that_is_forgotten_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "windows", _without_borders)
    wrong = 0
    for seed in range(_BLOCK):
        network = foldable_network(seed)
        wrong += _answers(_folded(network)) != _answers(network)
    assert wrong > 2


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No channel stays to make four."""
    monkeypatch.setattr(needs, "_TOGETHER", 1)


def _one_constant_channel(
    level: int, read: Callable[[Foldable, int], int], zero_point: int = -128
) -> Network:
    """Eight channels, the first of which is `level`, and what reads them."""
    making = Foldable(1, constant=0, unread=0)
    source = making.activation((1, 6, 5, 3))
    last = making.convolution(source, 8, 1, activation=1)
    node = making.nodes[-1]
    kernel, bias = (making.tensors[index] for index in node.inputs[1:])
    weights = np.frombuffer(kernel.data or b"", np.int8).reshape(8, -1).copy()
    weights[0] = 0
    making.tensors[node.inputs[1]] = replace(kernel, data=weights.tobytes())
    output = making.tensors[last]
    assert output.quantization is not None and bias.quantization is not None
    levels = Quantization(output.quantization.scales, (zero_point,))
    making.tensors[last] = replace(output, quantization=levels)
    sums = np.frombuffer(bias.data or b"", np.int32).copy()
    step = output.quantization.scales[0] / bias.quantization.scales[0]
    sums[0] = round((level - zero_point) * step)
    making.tensors[node.inputs[2]] = replace(bias, data=sums.tobytes())
    return making.network([source], read(making, last))


def _middle(network: Network) -> int:
    """Channels of the first layer's result."""
    graph = network.main
    return graph.tensors[graph.nodes[0].outputs[0]].shape[-1]


@pytest.mark.parametrize(
    ("level", "size", "padding", "left"),
    [
        (40, 1, 0, 7),  # no tap is ever outside
        (40, 3, 1, 7),
        (40, 3, 0, 8),  # at the border it would be missed
        (-128, 3, 0, 7),  # what is around is the same number
    ],
)
@pytest.mark.parametrize("depthwise", [False, True])
@pytest.mark.usefixtures("one_by_one")
def test_a_constant_goes_where_every_place_reads_the_same(
    level: int, size: int, padding: int, left: int, depthwise: bool
) -> None:
    def read(making: Foldable, source: int) -> int:
        if not depthwise:
            return making.convolution(source, 4, size, padding=padding)
        return making.convolution(making.depthwise(source, 1, size, padding=padding), 4, 1)

    network = _one_constant_channel(level, read)
    folded = _folded(network)
    assert _answers(folded) == _answers(network)
    assert _middle(folded) == left


def test_channels_that_are_left_fill_up_to_fours() -> None:
    def reading(making: Foldable, source: int, unread: int) -> int:
        last = making.convolution(source, 4, 1)
        node = making.nodes[-1]
        kernel = making.tensors[node.inputs[1]]
        weights = np.frombuffer(kernel.data or b"", np.int8).reshape(kernel.shape).copy()
        weights[..., :unread] = 0
        making.tensors[node.inputs[1]] = replace(kernel, data=weights.tobytes())
        return last

    for unread, left in ((2, 8), (4, 4), (5, 4)):
        network = _one_constant_channel(40, partial(reading, unread=unread))
        folded = _folded(network)
        assert _middle(folded) == left
        assert _answers(folded) == _answers(network)


def test_a_depthwise_channel_goes_with_all_that_is_made_of_it() -> None:
    making = Foldable(3, constant=0, unread=0)
    source = making.activation((1, 5, 5, 2))
    first = making.convolution(source, 8, 1)
    second = making.depthwise(first, 2, 3)
    last = making.convolution(second, 4, 1)
    index = making.nodes[-1].inputs[1]
    weights = np.frombuffer(making.tensors[index].data or b"", np.int8).reshape(4, 16).copy()
    for unread, left in ((slice(0, 8), 4), (slice(0, 16, 2), 8)):
        idle = weights.copy()
        idle[:, unread] = 0
        making.tensors[index] = replace(making.tensors[index], data=idle.tobytes())
        network = making.network([source], last)
        folded = _folded(network)
        assert _middle(folded) == left
        assert _answers(folded) == _answers(network)


@pytest.mark.usefixtures("one_by_one")
def test_a_sum_keeps_a_channel_that_either_side_needs() -> None:
    """One side is constant there, the other is not: nobody can do without."""

    def read(making: Foldable, source: int) -> int:
        other = making.convolution(source, 8, 1)
        output = making.near(making.shape(source), source, other)
        making.node("ADD", [source, other], [output], "AddOptions", fused_activation_function=0)
        return making.convolution(output, 4, 1)

    network = _one_constant_channel(40, read)
    assert _middle(_folded(network)) == 8
    assert _answers(_folded(network)) == _answers(network)


@pytest.mark.usefixtures("one_by_one")
def test_a_constant_that_no_bias_can_hold_stays() -> None:
    def read(making: Foldable, source: int) -> int:
        last = making.convolution(source, 4, 1)
        index = making.nodes[-1].inputs[2]
        largest = np.full(4, 2**31 - 10_000, np.int32).tobytes()
        making.tensors[index] = replace(making.tensors[index], data=largest)
        making.tensors[last] = replace(
            making.tensors[last], quantization=Quantization((9e4,), (0,))
        )
        return last

    network = _one_constant_channel(40, read)
    assert _middle(_folded(network)) == 8


@pytest.mark.usefixtures("one_by_one")
def test_a_bias_is_made_where_there_is_none() -> None:
    def read(making: Foldable, source: int) -> int:
        flat = making.reshape(source, (1, 240))
        return making.dense_without_bias(flat)

    network = _one_constant_channel(40, read)
    folded = _folded(network)
    assert folded != network
    assert len(folded.main.nodes[-1].inputs) == 3
    assert _answers(folded) == _answers(network)


def test_layers_that_change_nothing_go() -> None:
    making = Making(5)
    levels = Quantization((0.5,), (-128,))
    source = making.add(Tensor("x", (1, 4, 4, 3), "INT8", levels))
    units = np.full((1, 1, 1, 3), 64, np.int8)
    kernel = making.add(
        Tensor("w", units.shape, "INT8", Quantization((1 / 64,), (0,)), units.tobytes())
    )
    last = source
    for op, table in (
        ("DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions"),
        ("RELU", ""),
        ("QUANTIZE", "QuantizeOptions"),
        ("MAX_POOL_2D", "Pool2DOptions"),
    ):
        output = making.activation((1, 4, 4, 3), source)
        options = {"depth_multiplier": 1} if table.startswith("Depth") else {}
        options |= dict.fromkeys(("stride_h", "stride_w", "filter_height", "filter_width"), 1)
        options |= dict.fromkeys(("dilation_h_factor", "dilation_w_factor"), 1)
        inputs = [last, kernel] if table.startswith("Depth") else [last]
        making.node(op, inputs, [output], table, **options)
        last = output
    pooled = making.activation((1, 2, 2, 3), source)
    size = dict.fromkeys(("stride_h", "stride_w", "filter_height", "filter_width"), 2)
    making.node("MAX_POOL_2D", [last], [pooled], "Pool2DOptions", **size)
    network = making.network([source], pooled)
    folded = _folded(network)
    assert [node.op for node in folded.main.nodes] == ["MAX_POOL_2D"]
    assert _answers(folded) == _answers(network)


def test_a_model_of_float_is_left_alone() -> None:
    network = foldable_network(4)
    tensors = tuple(
        replace(tensor, type="FLOAT32", quantization=None, data=None)
        if tensor.type == "INT8"
        else tensor
        for tensor in network.main.tensors
    )
    graph = replace(network.main, tensors=tensors)
    assert fold(graph) == graph
