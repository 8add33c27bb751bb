"""Random small networks of the kinds that passes change, for the host's interpreter."""

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tinysim.models.network import Graph, Network, Node, Option, Quantization, Tensor


@dataclass
class Making:
    """A network in the making, int8 but for its shape arithmetic."""

    seed: int
    tensors: list[Tensor] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    first_values: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.numbers = np.random.default_rng(self.seed)

    def add(self, tensor: Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def activation(
        self, shape: tuple[int, ...], like: int | None = None, kind: str = "INT8"
    ) -> int:
        quantization = (
            self.tensors[like].quantization
            if like is not None
            else Quantization((self.random.uniform(0.02, 0.2),), (self.random.randrange(-9, 9),))
        )
        return self.add(Tensor(f"t{len(self.tensors)}", shape, kind, quantization))

    def integers(self, values: list[int] | int) -> int:
        data = np.array(values, np.int32)
        return self.add(Tensor(f"c{len(self.tensors)}", data.shape, "INT32", data=data.tobytes()))

    def node(
        self, op: str, inputs: list[int], outputs: list[int], table: str = "", **options: Option
    ) -> None:
        version = (
            4 if op == "FULLY_CONNECTED" else 2 if op in ("ADD", "QUANTIZE", "DEQUANTIZE") else 1
        )
        self.nodes.append(Node(op, tuple(inputs), tuple(outputs), options, table, version))

    def shape(self, index: int) -> tuple[int, ...]:
        return self.tensors[index].shape

    def dense(self, source: int) -> int:
        """FULLY_CONNECTED by channel, without a bias."""
        width, outputs = self.shape(source)[-1], self.random.randrange(2, 9)
        data = self.numbers.integers(-127, 128, (outputs, width), dtype=np.int8)
        scales = tuple(self.random.uniform(0.001, 0.01) for _ in range(outputs))
        weights = self.add(
            Tensor(
                "w", (outputs, width), "INT8", Quantization(scales, (0,) * outputs), data.tobytes()
            )
        )
        output = self.activation((1, outputs))
        self.node("FULLY_CONNECTED", [source, weights, -1], [output], "FullyConnectedOptions")
        return output

    def added(self, first: int, second: int) -> int:
        output = self.activation(self.shape(first))
        self.node("ADD", [first, second], [output], "AddOptions", pot_scale_int16=False)
        return output

    def computed_reshape(self, source: int) -> int:
        """RESHAPE to a shape that SHAPE, STRIDED_SLICE and PACK compute."""
        shape = self.shape(source)
        sizes, row = (
            self.add(Tensor("s", (len(shape),), "INT32")),
            self.add(Tensor("r", (), "INT32")),
        )
        packed = self.add(Tensor("p", (2,), "INT32"))
        self.node("SHAPE", [source], [sizes], "ShapeOptions", out_type=2)
        at = [self.integers([n]) for n in (0, 1, 1)]
        self.node("STRIDED_SLICE", [sizes, *at], [row], "StridedSliceOptions", shrink_axis_mask=1)
        rest = self.integers(int(np.prod(shape[1:])))
        self.node("PACK", [row, rest], [packed], "PackOptions", values_count=2, axis=0)
        output = self.activation((shape[0], int(np.prod(shape[1:]))), source)
        self.node("RESHAPE", [source, packed], [output])
        return output

    def reshape(self, source: int, shape: tuple[int, ...]) -> int:
        output = self.activation(shape, source)
        self.node("RESHAPE", [source, self.integers(list(shape))], [output])
        return output

    def handle(self, name: str) -> tuple[int, Node]:
        handle = self.add(Tensor(name, (), "RESOURCE"))
        node = Node(
            "VAR_HANDLE", (), (handle,), {"container": "", "shared_name": name}, "VarHandleOptions"
        )
        return handle, node

    def remembered(self, source: int, name: str) -> int:
        """The sum of a tensor and what it was an inference ago, through a resource variable."""
        handle, node = self.handle(name)
        self.nodes.append(node)
        old = self.activation(self.shape(source), source)
        self.node("READ_VARIABLE", [handle], [old], "ReadVariableOptions")
        total = self.added(source, old)
        self.node("ASSIGN_VARIABLE", [handle, source], [], "AssignVariableOptions")
        return total

    def network(self, inputs: list[int], last: int, subgraphs: tuple[Graph, ...] = ()) -> Network:
        main = Graph(tuple(self.tensors), tuple(self.nodes), tuple(inputs), (last, *self.outputs))
        return Network((main, *subgraphs))


def random_network(seed: int, *, variables: bool = False) -> Network:
    """Three to ten layers of every kind above in any order."""
    making = Making(seed)
    source = last = making.activation((1, 2, making.random.randrange(2, 7)))
    for number in range(making.random.randrange(3, 11)):
        shape = making.shape(last)
        elements = int(np.prod(shape))
        kind = making.random.choice(["dense", "computed", "same", "twice", "add", "idle", "memory"])
        if kind == "computed":
            last = making.computed_reshape(last)
        elif kind == "same":
            last = making.reshape(last, shape)
        elif kind == "twice":
            last = making.reshape(making.reshape(last, (elements, 1)), (1, elements))
        elif kind == "add":
            last = making.added(last, last)
        elif kind == "idle":
            making.added(last, last)
        elif kind == "memory" and variables:
            last = making.remembered(last, f"v{number}")
        else:
            last = making.dense(making.reshape(last, (1, elements)))
    return making.network([source], last)


def packed(levels: np.ndarray[Any, Any]) -> bytes:
    """Numbers of four bits, two a byte."""
    flat = np.append(levels.ravel(), np.zeros(levels.size % 2, np.int8)).astype(np.uint8) & 15
    return (flat[::2] | flat[1::2] << 4).astype(np.uint8).tobytes()


def network_of_halves(seed: int) -> Network:
    """A convolution, a depthwise one and a dense layer with weights of four bits, of odd and even
    sizes.
    """
    making = Making(seed)
    random = np.random.default_rng(seed)
    depth, filters = random.integers(1, 6, 2)

    def weights(shape: tuple[int, ...], axis: int) -> int:
        count = shape[axis]
        scales = tuple(map(float, random.uniform(0.01, 0.05, count)))
        scheme = Quantization(scales, (0,) * count, axis)
        levels = random.integers(-7, 8, shape)
        return making.add(Tensor("w", shape, "INT4", scheme, packed(levels)))

    windows = {f"{a}_{b}": 1 for a, b in [("stride", "w"), ("stride", "h")]}
    windows |= {f"dilation_{axis}_factor": 1 for axis in "wh"}
    source = making.activation((1, 3, 4, int(depth)))
    bias = [
        making.add(
            Tensor(
                "b",
                (int(count),),
                "INT32",
                Quantization((0.001,) * int(count), (0,) * int(count), 0),
                random.integers(-99, 99, count).astype(np.int32).tobytes(),
            )
        )
        for count in (filters, filters)
    ]
    first, second = (making.activation((1, 3, 4, int(filters))) for _ in range(2))
    kernel = weights((int(filters), 3, 3, int(depth)), 0)
    making.node("CONV_2D", [source, kernel, bias[0]], [first], "Conv2DOptions", **windows)
    kernel = weights((1, 3, 3, int(filters)), 3)
    making.node(
        "DEPTHWISE_CONV_2D",
        [first, kernel, bias[1]],
        [second],
        "DepthwiseConv2DOptions",
        depth_multiplier=1,
        **windows,
    )
    flat = making.reshape(second, (1, 12 * int(filters)))
    last = making.activation((1, 5))
    levels = random.integers(-7, 8, (5, 12 * int(filters)))
    dense = Tensor("d", levels.shape, "INT4", Quantization((0.02,), (0,)), packed(levels))
    making.node("FULLY_CONNECTED", [flat, making.add(dense), -1], [last], "FullyConnectedOptions")
    return making.network([source], last)
