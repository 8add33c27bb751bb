"""Writes TFLite models: the part of the schema (v3) that int8 benchmarks need."""

from collections.abc import Sequence
from dataclasses import dataclass

import flatbuffers
import numpy as np
from numpy.typing import NDArray

TENSOR_INT8 = 9
TENSOR_INT32 = 2
SAME, VALID = 0, 1
NO_ACTIVATION, RELU = 0, 1

Scalar = tuple[str, int | float]
"""A field of an options table: its flatbuffer type (`Int8`, `Int32`, `Float32`), its value."""


@dataclass(frozen=True)
class Op:
    """A builtin operation: its code, version, and the union type of its options."""

    code: int
    version: int
    options: int


ADD = Op(0, 2, 11)
AVERAGE_POOL_2D = Op(1, 2, 5)
CONV_2D = Op(3, 3, 1)
DEPTHWISE_CONV_2D = Op(4, 3, 2)
FULLY_CONNECTED = Op(9, 4, 8)
RESHAPE = Op(22, 1, 0)
SOFTMAX = Op(25, 2, 9)


@dataclass(frozen=True)
class Tensor:
    """A tensor; constants have data. `scales` are one, or one for each of `axis`."""

    name: str
    shape: tuple[int, ...]
    type: int = TENSOR_INT8
    scales: tuple[float, ...] = ()
    zero_point: int = 0
    axis: int = 0
    data: NDArray[np.generic] | None = None


@dataclass(frozen=True)
class Node:
    """An operation over tensors, by their indices; `options` in the schema's field order."""

    op: Op
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: tuple[Scalar, ...] = ()


def write_model(
    tensors: Sequence[Tensor], nodes: Sequence[Node], inputs: Sequence[int], outputs: Sequence[int]
) -> bytes:
    """A model of one graph as a TFLite flatbuffer."""
    return _Writer().model(tensors, nodes, inputs, outputs)


class _Writer:
    def __init__(self) -> None:
        self._builder = flatbuffers.Builder(1 << 16)

    def model(
        self,
        tensors: Sequence[Tensor],
        nodes: Sequence[Node],
        inputs: Sequence[int],
        outputs: Sequence[int],
    ) -> bytes:
        builder = self._builder
        ops = list(dict.fromkeys(node.op for node in nodes))
        # Buffer 0 is the empty one by convention.
        buffers = [self._buffer(None), *(self._buffer(tensor.data) for tensor in tensors)]
        graph = self._table(
            [
                self._offsets([self._tensor(t, i + 1) for i, t in enumerate(tensors)]),
                self._vector("Int32", inputs),
                self._vector("Int32", outputs),
                self._offsets([self._node(node, ops.index(node.op)) for node in nodes]),
                builder.CreateString("main"),
            ]
        )
        codes = self._offsets(
            [
                self._table([("Int8", op.code), None, ("Int32", op.version), ("Int32", op.code)])
                for op in ops
            ]
        )
        root = self._table(
            [
                ("Uint32", 3),
                codes,
                self._offsets([graph]),
                builder.CreateString("tinysim"),
                self._offsets(buffers),
            ]
        )
        builder.Finish(root, file_identifier=b"TFL3")
        return bytes(builder.Output())

    def _table(self, fields: Sequence[Scalar | int | None]) -> int:
        """A table; a field is an offset, a typed scalar, or left out."""
        builder = self._builder
        builder.StartObject(len(fields))
        for slot, field in enumerate(fields):
            if isinstance(field, tuple):
                kind, value = field
                getattr(builder, f"Prepend{kind}Slot")(slot, value, None)
            elif field is not None:
                builder.PrependUOffsetTRelativeSlot(slot, field, 0)
        return int(builder.EndObject())

    def _vector(self, kind: str, values: Sequence[int | float]) -> int:
        builder = self._builder
        size = 8 if kind == "Int64" else 4
        builder.StartVector(size, len(values), size)
        for value in reversed(values):
            getattr(builder, f"Prepend{kind}")(value)
        return int(builder.EndVector())

    def _offsets(self, offsets: Sequence[int]) -> int:
        builder = self._builder
        builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            builder.PrependUOffsetTRelative(offset)
        return int(builder.EndVector())

    def _buffer(self, data: NDArray[np.generic] | None) -> int:
        if data is None:
            return self._table([None])
        content = data.tobytes()
        builder = self._builder
        # The interpreter reads weights in place: 16 as the converter aligns them.
        builder.StartVector(1, len(content), 16)
        builder.head = builder.head - len(content)
        builder.Bytes[builder.head : builder.head + len(content)] = content
        return self._table([int(builder.EndVector())])

    def _tensor(self, tensor: Tensor, buffer: int) -> int:
        builder = self._builder
        quantization = None
        if tensor.scales:
            quantization = self._table(
                [
                    None,
                    None,
                    self._vector("Float32", tensor.scales),
                    self._vector("Int64", [tensor.zero_point] * len(tensor.scales)),
                    None,
                    None,
                    ("Int32", tensor.axis),
                ]
            )
        return self._table(
            [
                self._vector("Int32", tensor.shape),
                ("Int8", tensor.type),
                ("Uint32", buffer),
                builder.CreateString(tensor.name),
                quantization,
            ]
        )

    def _node(self, node: Node, opcode: int) -> int:
        options = self._table(node.options) if node.op.options else None
        return self._table(
            [
                ("Uint32", opcode),
                self._vector("Int32", node.inputs),
                self._vector("Int32", node.outputs),
                ("Uint8", node.op.options),
                options,
            ]
        )
