"""Writes TFLite models of any operations, by the builders of the package `tflite`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import flatbuffers
import numpy as np
import tflite
from numpy.typing import NDArray

TYPES = {
    "bool": tflite.TensorType.BOOL,
    "float32": tflite.TensorType.FLOAT32,
    "int8": tflite.TensorType.INT8,
    "uint8": tflite.TensorType.UINT8,
    "int16": tflite.TensorType.INT16,
    "int32": tflite.TensorType.INT32,
    "int64": tflite.TensorType.INT64,
}

RELU, RELU_N1_TO_1, RELU6 = 1, 2, 3
"""Fused activations; 0 is none."""
SAME, VALID = 0, 1


@dataclass
class Tensor:
    """A tensor; a constant has data. `scales` are one, or one for each channel along `axis`."""

    shape: tuple[int, ...]
    dtype: str = "int8"
    scales: tuple[float, ...] = ()
    zero_point: int = 0
    axis: int = 0
    data: NDArray[np.generic] | None = None
    variable: bool = False
    positive: bool = False
    """Whether it is given no values below 0: of float32."""


@dataclass
class Node:
    name: str
    inputs: list[int]
    outputs: list[int]
    version: int
    options: dict[str, object]
    table: str


@dataclass
class Graph:
    """A model in the making: tensors are named by their index."""

    tensors: list[Tensor] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)

    def add(self, tensor: Tensor) -> int:
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def input(
        self, shape: Sequence[int], dtype: str = "int8", scale: float = 0.0, zero_point: int = 0
    ) -> int:
        scales = (scale,) if scale else ()
        self.inputs.append(self.add(Tensor(tuple(shape), dtype, scales, zero_point)))
        return self.inputs[-1]

    def constant(
        self,
        data: object,
        dtype: str = "int32",
        scales: Sequence[float] = (),
        zero_point: int = 0,
        axis: int = 0,
    ) -> int:
        values = np.asarray(data, dtype)
        return self.add(Tensor(values.shape, dtype, tuple(scales), zero_point, axis, values))

    def op(
        self,
        name: str,
        inputs: Sequence[int],
        shape: Sequence[int],
        dtype: str = "int8",
        scale: float = 0.0,
        zero_point: int = 0,
        *,
        version: int = 1,
        table: str = "",
        **options: object,
    ) -> int:
        """An operation with one output, which is given back; -1 stands for no input."""
        output = self.add(Tensor(tuple(shape), dtype, (scale,) if scale else (), zero_point))
        self.node(name, inputs, [output], version=version, table=table, **options)
        return output

    def node(
        self,
        name: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        *,
        version: int = 1,
        table: str = "",
        **options: object,
    ) -> None:
        """An operation; `options` are the fields of its table, which is `table` or its own name."""
        words = "".join(word.capitalize() for word in name.split("_"))
        words = words.replace("2d", "2D").replace("Nd", "ND").replace("Lstm", "LSTM")
        words = words.replace("Svdf", "SVDF").replace("Matmul", "MatMul").replace("Padv2", "PadV2")
        self.nodes.append(
            Node(name, list(inputs), list(outputs), version, options, table or f"{words}Options")
        )

    def write(self) -> bytes:
        """The flatbuffer; what no operation reads is the output if no outputs were named."""
        read = {index for node in self.nodes for index in node.inputs}
        made = [index for node in self.nodes for index in node.outputs]
        outputs = self.outputs or [index for index in made if index not in read]
        return _Writer().model(self, outputs)


class _Writer:
    def __init__(self) -> None:
        self._b = flatbuffers.Builder(1 << 12)

    def model(self, graph: Graph, outputs: Sequence[int]) -> bytes:
        b = self._b
        codes = list(dict.fromkeys((node.name, node.version) for node in graph.nodes))
        buffers = [self._buffer(None)] + [self._buffer(t.data) for t in graph.tensors]
        tensors = [self._tensor(t, i + 1) for i, t in enumerate(graph.tensors)]
        nodes = [self._node(n, codes.index((n.name, n.version))) for n in graph.nodes]
        parts = {
            "Tensors": self._offsets(tensors),
            "Inputs": self._numbers(graph.inputs),
            "Outputs": self._numbers(outputs),
            "Operators": self._offsets(nodes),
        }
        subgraph = self._table("SubGraph", **parts)
        parts = {
            "OperatorCodes": self._offsets([self._code(*code) for code in codes]),
            "Subgraphs": self._offsets([subgraph]),
            "Buffers": self._offsets(buffers),
        }
        b.Finish(self._table("Model", Version=3, **parts), file_identifier=b"TFL3")
        return bytes(b.Output())

    def _table(self, name: str, **fields: object) -> int:
        getattr(tflite, f"{name}Start")(self._b)
        for field_name, value in fields.items():
            if value is not None:
                getattr(tflite, f"{name}Add{field_name}")(self._b, value)
        return int(getattr(tflite, f"{name}End")(self._b))

    def _offsets(self, offsets: Sequence[int]) -> int:
        self._b.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self._b.PrependUOffsetTRelative(offset)
        return int(self._b.EndVector())

    def _numbers(self, numbers: Sequence[int], dtype: type = np.int32) -> int:
        return int(self._b.CreateNumpyVector(np.asarray(numbers, dtype)))

    def _buffer(self, data: NDArray[np.generic] | None) -> int:
        if data is None:
            return self._table("Buffer")
        octets = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
        # The interpreter reads constants in place.
        self._b.StartVector(1, len(octets), 16)
        self._b.head -= len(octets)
        self._b.Bytes[self._b.head : self._b.head + len(octets)] = octets.tobytes()
        vector = self._b.EndVector()
        return self._table("Buffer", Data=vector)

    def _tensor(self, tensor: Tensor, buffer: int) -> int:
        quantization = None
        if tensor.scales:
            zeros = [tensor.zero_point] * len(tensor.scales)
            parts = {
                "Scale": self._numbers(tensor.scales, np.float32),  # type: ignore[arg-type]
                "ZeroPoint": self._numbers(zeros, np.int64),
            }
            quantization = self._table(
                "QuantizationParameters", QuantizedDimension=tensor.axis, **parts
            )
        shape = self._numbers(tensor.shape)
        return self._table(
            "Tensor",
            Shape=shape,
            Type=TYPES[tensor.dtype],
            Buffer=buffer,
            Quantization=quantization,
            IsVariable=tensor.variable or None,
        )

    def _node(self, node: Node, code: int) -> int:
        options = None
        kind = None
        if hasattr(tflite, node.table):
            fields = {
                name: self._numbers(value) if isinstance(value, list) else value
                for name, value in node.options.items()
            }
            options = self._table(node.table, **fields)
            kind = getattr(tflite.BuiltinOptions, node.table)
        inputs = self._numbers(node.inputs)
        outputs = self._numbers(node.outputs)
        return self._table(
            "Operator",
            OpcodeIndex=code,
            Inputs=inputs,
            Outputs=outputs,
            BuiltinOptionsType=kind,
            BuiltinOptions=options,
        )

    def _code(self, name: str, version: int) -> int:
        code = getattr(tflite.BuiltinOperator, name)
        return self._table(
            "OperatorCode", DeprecatedBuiltinCode=min(code, 127), BuiltinCode=code, Version=version
        )
