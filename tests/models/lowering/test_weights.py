"""Constants in fewer bits than their readers take, and without their zeros."""

import itertools
from dataclasses import replace

import flatbuffers
import numpy as np
import pytest
import tflite
from numpy.typing import NDArray

from tests.models.networks import Making
from tinysim.models.lowering import lower
from tinysim.models.lowering.weights import widen
from tinysim.models.network import Network, Quantization, Tensor
from tinysim.models.sparse import expand
from tinysim.models.tables import DamagedError, open_root

Array = NDArray[np.generic]


def _dequantized(data: Array, kind: str, quantization: Quantization | None = None) -> Array:
    """What is added to an input by a model that has `data` as a constant."""
    making = Making(1)
    source = making.add(Tensor("x", data.shape, "FLOAT32"))
    weights = making.add(Tensor("w", data.shape, kind, quantization, data.tobytes()))
    wide = making.add(Tensor("wide", data.shape, "FLOAT32"))
    output = making.add(Tensor("y", data.shape, "FLOAT32"))
    making.node("DEQUANTIZE", [weights], [wide])
    making.node("ADD", [source, wide], [output], "AddOptions")
    graph = lower(making.network([source], output)).graph
    assert [node.op for node in graph.nodes] == ["ADD"]
    found = graph.tensors[graph.nodes[0].inputs[1]]
    assert found.type == "FLOAT32"
    return np.frombuffer(found.data or b"", np.float32).reshape(found.shape)


def test_halves_of_a_float_are_a_float() -> None:
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    every = every[np.isfinite(every)][None]
    assert np.array_equal(_dequantized(every, "FLOAT16"), every.astype(np.float32))


@pytest.mark.parametrize(("kind", "zero"), [("INT8", -7), ("UINT8", 130), ("INT16", 0)])
def test_whole_numbers_become_floats(kind: str, zero: int) -> None:
    data = np.arange(100).astype(kind.lower()).reshape(4, 25)
    scales = (0.1, 0.3, 0.7, 0.9)
    for count, axis in ((1, 0), (4, 0)):
        quantization = Quantization(scales[:count], (zero,) * count, axis)
        expected = (data.astype(float) - zero) * np.array(scales[:count])[:, None]
        assert np.allclose(_dequantized(data, kind, quantization), expected, rtol=1e-6)


def test_numbers_of_four_bits_become_floats() -> None:
    making = Making(1)
    source, output = (making.add(Tensor(name, (1, 5), "FLOAT32")) for name in "xy")
    quantization = Quantization((0.5,), (0,))
    weights = making.add(Tensor("w", (1, 5), "INT4", quantization, bytes([0x81, 0x7F, 0x02])))
    wide = making.add(Tensor("wide", (1, 5), "FLOAT32"))
    making.node("DEQUANTIZE", [weights], [wide])
    making.node("ADD", [source, wide], [output], "AddOptions")
    graph = lower(making.network([source], output)).graph
    data = graph.tensors[graph.nodes[0].inputs[1]].data or b""
    assert np.frombuffer(data, np.float32).tolist() == [0.5, -4.0, -0.5, 3.5, 1.0]


def test_a_narrow_bias_of_a_depthwise_convolution_is_widened() -> None:
    making = Making(2)
    source, output = (
        making.add(Tensor(name, (1, 4, 4, 2), "INT16", Quantization((0.01,), (0,))))
        for name in "xy"
    )
    scale = Quantization((0.01,), (0,))
    weights = making.add(Tensor("w", (1, 3, 3, 2), "INT8", scale, bytes(18)))
    data = np.array([-(2**31), 2**31 - 1], np.int32)
    bias = making.add(Tensor("b", (2,), "INT32", Quantization((1e-4,), (0,)), data.tobytes()))
    making.node("DEPTHWISE_CONV_2D", [source, weights, bias], [output])
    graph = widen(making.network([source], output).main)
    wide = graph.tensors[graph.nodes[0].inputs[2]]
    assert wide.type == "INT64"
    assert np.frombuffer(wide.data or b"", np.int64).tolist() == data.tolist()


class _Encoder:
    """Stores an array without its zeros, as TFLite's format does it."""

    def __init__(self, order: tuple[int, ...], blocks: tuple[int, ...], dense: tuple[bool, ...]):
        self.order, self.blocks, self.dense = order, blocks, dense

    def encode(self, array: Array, block: tuple[int, ...]) -> tuple[bytes, bytes]:
        """The parameters and the values."""
        shape = list(array.shape)
        for axis, size in zip(self.blocks, block, strict=True):
            shape[axis] //= size
        sizes = (*shape, *block)
        self._levels: list[tuple[list[int], list[int]]] = [([0], []) for _ in self.order]
        self._values: list[bytes] = []
        self._walk(array, sizes, {})
        builder = flatbuffers.Builder(256)
        levels = [
            self._level(builder, sizes[axis], number) for number, axis in enumerate(self.order)
        ]
        vectors = [
            builder.CreateNumpyVector(np.array(part, np.int32))
            for part in (self.order, self.blocks)
        ]
        builder.StartVector(4, len(levels), 4)
        for level in reversed(levels):
            builder.PrependUOffsetTRelative(level)
        tables = builder.EndVector()
        tflite.SparsityParametersStart(builder)
        tflite.SparsityParametersAddTraversalOrder(builder, vectors[0])
        tflite.SparsityParametersAddBlockMap(builder, vectors[1])
        tflite.SparsityParametersAddDimMetadata(builder, tables)
        builder.Finish(tflite.SparsityParametersEnd(builder))
        return bytes(builder.Output()), b"".join(self._values)

    def _part(self, array: Array, sizes: tuple[int, ...], at: dict[int, int]) -> Array:
        """What is left of the array where some places are known."""
        rank, part = array.ndim, array.reshape(array.shape)
        blocks = {axis: rank + number for number, axis in enumerate(self.blocks)}
        pieces = []
        for axis in range(rank):
            size = sizes[blocks[axis]] if axis in blocks else 1
            outer, inner = at.get(axis), at.get(blocks.get(axis, -1))
            places = np.arange(array.shape[axis])
            chosen = np.ones(len(places), bool)
            if outer is not None:
                chosen &= places // size == outer
            if inner is not None:
                chosen &= places % size == inner
            pieces.append(places[chosen])
        return part[np.ix_(*pieces)]

    def _walk(self, array: Array, sizes: tuple[int, ...], at: dict[int, int]) -> None:
        depth = len(at)
        if depth == len(self.order):
            self._values.append(self._part(array, sizes, at).tobytes())
            return
        axis = self.order[depth]
        segments, indices = self._levels[depth]
        for place in range(sizes[axis]):
            below = {**at, axis: place}
            if self.dense[depth] or self._part(array, sizes, below).any():
                indices.append(place)
                self._walk(array, sizes, below)
        segments.append(len(indices))

    def _level(self, builder: flatbuffers.Builder, size: int, number: int) -> int:
        parts = []
        if not self.dense[number]:
            for kind, values in zip(("Int32", "Uint16"), self._levels[number], strict=True):
                vector = builder.CreateNumpyVector(np.array(values, kind.lower()))
                getattr(tflite, f"{kind}VectorStart")(builder)
                getattr(tflite, f"{kind}VectorAddValues")(builder, vector)
                parts.append(getattr(tflite, f"{kind}VectorEnd")(builder))
        tflite.DimensionMetadataStart(builder)
        tflite.DimensionMetadataAddFormat(builder, 1 - self.dense[number])
        tflite.DimensionMetadataAddDenseSize(builder, size)
        if parts:
            tflite.DimensionMetadataAddArraySegmentsType(builder, 1)
            tflite.DimensionMetadataAddArraySegments(builder, parts[0])
            tflite.DimensionMetadataAddArrayIndicesType(builder, 2)
            tflite.DimensionMetadataAddArrayIndices(builder, parts[1])
        return int(tflite.DimensionMetadataEnd(builder))


def _thinned(seed: int, shape: tuple[int, ...], block: tuple[int, int] = (1, 1)) -> Array:
    numbers = np.random.default_rng(seed)
    values = numbers.integers(1, 100, shape).astype(np.float32)
    grid = [-(-size // part) for size, part in zip(shape, block, strict=False)]
    kept = numbers.random(grid) < 0.4
    for axis, part in enumerate(block[: len(shape)]):
        kept = np.repeat(kept, part, axis)
    return values * kept.reshape(kept.shape + (1,) * (len(shape) - kept.ndim))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("dense", [(True, True, False), (True, False, False), (True, True, True)])
def test_zeros_are_put_back(order: tuple[int, ...], dense: tuple[bool, ...]) -> None:
    array = _thinned(3, (4, 3, 5))
    parameters, values = _Encoder(order, (), dense).encode(array, ())
    whole = expand(open_root(parameters), array.shape, "FLOAT32", values)
    assert whole == array.tobytes()


@pytest.mark.parametrize("block", [(2, 4), (1, 4)])
def test_blocks_of_zeros_are_put_back(block: tuple[int, int]) -> None:
    array = _thinned(4, (6, 8), block)
    encoder = _Encoder((0, 1, 2, 3), (0, 1), (True, False, True, True))
    parameters, values = encoder.encode(array, block)
    assert len(values) < array.nbytes
    assert expand(open_root(parameters), (6, 8), "FLOAT32", values) == array.tobytes()


def test_values_that_do_not_fit_are_damage() -> None:
    array = _thinned(5, (4, 5))
    parameters, values = _Encoder((0, 1), (), (True, False)).encode(array, ())
    table = open_root(parameters)
    for shape, kind, data in (
        ((4, 5), "FLOAT32", values[:-4]),
        ((4, 3), "FLOAT32", values),
        ((4, 5, 1), "FLOAT32", values),
        ((3, 5), "FLOAT32", values),
        ((4, 5), "STRING", values),
    ):
        with pytest.raises(DamagedError):
            expand(table, shape, kind, data)


def test_what_was_sparse_is_written_whole() -> None:
    making = Making(3)
    source, output = (making.add(Tensor(name, (1, 2), "FLOAT32")) for name in "xy")
    data = np.float32([[1, 0], [0, 0]]).tobytes()
    sparse = making.add(Tensor("s", (2, 2), "FLOAT32", data=data, is_sparse=True))
    dense = making.add(Tensor("d", (2, 2), "FLOAT32"))
    making.node("DENSIFY", [sparse], [dense])
    making.node("FULLY_CONNECTED", [source, dense, -1], [output], "FullyConnectedOptions")
    network = making.network([source], output)
    lowered = lower(network)
    assert "weights" in lowered.passes
    assert [node.op for node in lowered.graph.nodes] == ["FULLY_CONNECTED"]
    assert lowered.graph.tensors[lowered.graph.nodes[0].inputs[1]].data == data
    direct = replace(network.main, nodes=(replace(network.main.nodes[1], inputs=(0, 2, -1)),))
    assert "weights" in lower(Network((direct,))).passes
