"""Writes a Network as a TFLite file."""

from collections.abc import Mapping, Sequence

import flatbuffers

from . import schema
from .network import Graph, Network, Node, Option, Quantization, Tensor

_ALIGNMENT = 16
"""Of constants: the interpreter reads them in place."""

_WIDTHS = {"int32": ("Int32", 4), "int64": ("Int64", 8), "float32": ("Float32", 4)}


def write_network(network: Network) -> bytes:
    """The file; the same network gives the same bytes."""
    return _Writer(network).content


class _Writer:
    def __init__(self, network: Network) -> None:
        self._builder = builder = flatbuffers.Builder(1 << 16)
        self._codes = list(
            dict.fromkeys(_code(node) for graph in network.graphs for node in graph.nodes)
        )
        # Buffer 0 is the empty one by convention; equal constants share one.
        constants = (tensor.data for graph in network.graphs for tensor in graph.tensors)
        self._buffers: dict[bytes | None, int] = {
            data: index for index, data in enumerate(dict.fromkeys([None, *constants]))
        }
        buffers = [self._buffer(data) for data in self._buffers]
        graphs = [self._graph(graph) for graph in network.graphs]
        codes = [self._operator(*code) for code in self._codes]
        root = self._table(
            {
                0: ("Uint32", schema.VERSION),
                1: self._offsets(codes),
                2: self._offsets(graphs),
                3: builder.CreateString(network.description or "tinysim"),
                4: self._offsets(buffers),
            }
        )
        builder.Finish(root, file_identifier=b"TFL3")
        self.content = bytes(builder.Output())

    def _operator(self, code: int, name: str, version: int) -> int:
        fields: dict[int, int | tuple[str, Option]] = {
            0: ("Int8", min(code, schema.PLACEHOLDER)),
            2: ("Int32", version),
            3: ("Int32", code),
        }
        if name:
            fields[1] = self._builder.CreateString(name)
        return self._table(fields)

    def _graph(self, graph: Graph) -> int:
        return self._table(
            {
                0: self._offsets([self._tensor(tensor) for tensor in graph.tensors]),
                1: self._vector("int32", graph.inputs),
                2: self._vector("int32", graph.outputs),
                3: self._offsets([self._node(node) for node in graph.nodes]),
                4: self._builder.CreateString(graph.name),
            }
        )

    def _tensor(self, tensor: Tensor) -> int:
        fields: dict[int, int | tuple[str, Option]] = {
            0: self._vector("int32", tensor.shape),
            1: ("Int8", schema.TENSOR_TYPES.index(tensor.type)),
            2: ("Uint32", self._buffers[tensor.data]),
            3: self._builder.CreateString(tensor.name),
            5: ("Bool", tensor.is_variable),
        }
        if tensor.quantization:
            fields[4] = self._quantization(tensor.quantization)
        if tensor.shape_signature:
            fields[7] = self._vector("int32", tensor.shape_signature)
        return self._table(fields)

    def _quantization(self, quantization: Quantization) -> int:
        return self._table(
            {
                2: self._vector("float32", quantization.scales),
                3: self._vector("int64", quantization.zero_points),
                6: ("Int32", quantization.axis),
            }
        )

    def _node(self, node: Node) -> int:
        fields: dict[int, int | tuple[str, Option]] = {
            0: ("Uint32", self._codes.index(_code(node))),
            1: self._vector("int32", node.inputs),
            2: self._vector("int32", node.outputs),
        }
        if node.options_table:
            options = schema.options_by_name()[node.options_table]
            fields[3] = ("Uint8", options.number)
            fields[4] = self._options(options, node.options)
        if node.custom_options:
            fields[5] = self._bytes(node.custom_options, 1)
        if node.intermediates:
            fields[8] = self._vector("int32", node.intermediates)
        return self._table(fields)

    def _options(self, table: schema.Options, values: Mapping[str, Option]) -> int:
        fields: dict[int, int | tuple[str, Option]] = {}
        for field in table.fields:
            value = values.get(field.name)
            if value is None or value == ():
                continue
            if isinstance(value, str):
                fields[field.slot] = self._builder.CreateString(value)
            elif isinstance(value, tuple):
                fields[field.slot] = self._vector(field.type[1:-1], value)
            else:
                fields[field.slot] = (field.type.capitalize(), value)
        return self._table(fields)

    def _table(self, fields: Mapping[int, int | tuple[str, Option]]) -> int:
        """A table; a field is an offset, or a type and a value."""
        builder = self._builder
        builder.StartObject(max(fields, default=-1) + 1)
        for slot, field in fields.items():
            if isinstance(field, tuple):
                kind, value = field
                getattr(builder, f"Prepend{kind}Slot")(slot, value, None)
            else:
                builder.PrependUOffsetTRelativeSlot(slot, field, 0)
        return int(builder.EndObject())

    def _vector(self, kind: str, values: Sequence[int | float]) -> int:
        name, size = _WIDTHS[kind]
        self._builder.StartVector(size, len(values), size)
        for value in reversed(values):
            getattr(self._builder, f"Prepend{name}")(value)
        return int(self._builder.EndVector())

    def _offsets(self, offsets: Sequence[int]) -> int:
        self._builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self._builder.PrependUOffsetTRelative(offset)
        return int(self._builder.EndVector())

    def _bytes(self, content: bytes, alignment: int) -> int:
        builder = self._builder
        builder.StartVector(1, len(content), alignment)
        builder.head -= len(content)
        builder.Bytes[builder.head : builder.head + len(content)] = content
        return int(builder.EndVector())

    def _buffer(self, content: bytes | None) -> int:
        return self._table({} if content is None else {0: self._bytes(content, _ALIGNMENT)})


def _code(node: Node) -> tuple[int, str, int]:
    return schema.operator_codes()[node.op], node.custom_code, node.version
