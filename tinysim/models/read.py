"""Reads a TFLite file into a Network, every offset and index checked on the way."""

from dataclasses import replace
from pathlib import Path

from ..errors import AssetError
from . import schema
from .network import ABSENT, Graph, Network, Node, Option, Quantization, Tensor
from .sparse import expand
from .tables import DamagedError, Table, open_root

LARGEST = 64 << 20
"""Bytes of a file that is read at all: flash is 2 MiB, and nothing shrinks that much."""

_IDENTIFIER = b"TFL3"


def read_network(path: Path) -> tuple[Network, bytes]:
    """A model and the bytes of its file.

    Raises:
        AssetError: it cannot be read, or is no whole TFLite file.

    """
    try:
        if not path.is_file():
            raise AssetError(f"{path}: {'not a file' if path.exists() else 'does not exist'}")
        if path.stat().st_size > LARGEST:
            raise AssetError(f"{path}: larger than {LARGEST >> 20} MiB, no model for this board")
        content = path.read_bytes()
    except OSError as error:
        raise AssetError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return parse_network(content), content
    except AssetError as error:
        raise AssetError(f"{path}: {error}") from None


def parse_network(content: bytes) -> Network:
    """A model from the bytes of a file.

    Raises:
        AssetError: they are no whole TFLite file.

    """
    if content[4:8] != _IDENTIFIER:
        raise AssetError("not a TFLite model")
    try:
        return _Reader(content).network
    except DamagedError as error:
        raise AssetError(f"damaged TFLite model: {error}") from None


class _Reader:
    def __init__(self, content: bytes) -> None:
        root = open_root(content)
        version = root.integer(0, "uint32")
        if version != schema.VERSION:
            raise AssetError(f"schema version {version}; this firmware reads {schema.VERSION}")
        self._codes = [_operator(table) for table in root.tables(1)]
        self._buffers = [_buffer(table) for table in root.tables(4)]
        graphs = tuple(self._graph(table) for table in root.tables(2))
        if not graphs:
            raise DamagedError("it has no graph")
        self._check_metadata(root)
        has_new_codes = any(map(_has_new_code, root.tables(1)))
        signatures = _signatures(root, len(graphs))
        self.network = Network(graphs, root.string(3), signatures, has_new_codes)

    def _check_metadata(self, root: Table) -> None:
        """What only other programs read must be whole all the same."""
        for index in root.integers(5):
            _index(index, len(self._buffers), "metadata buffer")
        for metadata in root.tables(6):
            metadata.string(0)
            _index(metadata.integer(1, "uint32"), len(self._buffers), "metadata buffer")

    def _graph(self, table: Table) -> Graph:
        tensors = tuple(self._tensor(part) for part in table.tables(0))
        count = len(tensors)
        nodes = tuple(self._node(part, count) for part in table.tables(3))
        inputs = _indices(table.integers(1), count, "graph input")
        return Graph(
            _with_empty_constants(tensors, nodes, inputs),
            nodes,
            inputs,
            _indices(table.integers(2), count, "graph output"),
            table.string(4),
        )

    def _tensor(self, table: Table) -> Tensor:
        number = table.integer(1, "int8")
        if not 0 <= number < len(schema.TENSOR_TYPES):
            raise DamagedError(f"a tensor has type {number}, which the schema does not know")
        shape, kind = table.integers(0), schema.TENSOR_TYPES[number]
        buffer = _index(table.integer(2, "uint32"), len(self._buffers), "tensor's buffer")
        data, sparsity = self._buffers[buffer], table.table(6)
        if sparsity is not None:
            data = expand(sparsity, shape, kind, data or b"")
        return Tensor(
            name=table.string(3),
            shape=shape,
            type=kind,
            quantization=_quantization(table.table(4)),
            data=data,
            is_variable=bool(table.scalar(5, "bool")),
            shape_signature=table.integers(7),
            is_sparse=sparsity is not None,
        )

    def _node(self, table: Table, tensors: int) -> Node:
        code = _index(table.integer(0, "uint32"), len(self._codes), "operator code")
        op, custom, version = self._codes[code]
        name, options = _options(table)
        return Node(
            op,
            _indices(table.integers(1), tensors, f"input of {op}", optional=True),
            _indices(table.integers(2), tensors, f"output of {op}"),
            options,
            name,
            version,
            custom,
            table.content(5) or b"",
            _indices(table.integers(8), tensors, f"intermediate of {op}", optional=True),
        )


def _operator(table: Table) -> tuple[str, str, int]:
    # Files written before the schema's version 3a have the code in the old byte only.
    code = max(table.integer(3), table.integer(0, "int8"))
    if code not in schema.operators():
        raise AssetError(f"operator code {code} is not in TFLite's schema v3c")
    return schema.operators()[code], table.string(1), table.integer(2, default=1)


def _has_new_code(table: Table) -> bool:
    return min(table.integer(3), schema.PLACEHOLDER) > table.integer(0, "int8")


def _signatures(root: Table, graphs: int) -> tuple[str, ...]:
    """Names by the number of their graph."""
    found = []
    for signature in root.tables(7):
        number = _index(signature.integer(4, "uint32"), graphs, "signature's graph")
        found.append((number, signature.string(2)))
        for slot in (0, 1):
            for name in signature.tables(slot):
                name.string(0)
    return tuple(name for _, name in sorted(found))


def _with_empty_constants(
    tensors: tuple[Tensor, ...], nodes: tuple[Node, ...], inputs: tuple[int, ...]
) -> tuple[Tensor, ...]:
    """A constant without elements, as the shape of a single number, looks as if it had no data."""
    made = {*inputs, *(index for node in nodes for index in node.outputs)}
    return tuple(
        replace(tensor, data=b"")
        if tensor.data is None and tensor.shape and not tensor.elements and index not in made
        else tensor
        for index, tensor in enumerate(tensors)
    )


def _buffer(table: Table) -> bytes | None:
    if table.integer(1, "uint64") > 1:
        raise AssetError("its buffers lie behind the flatbuffer, as those of models over 2 GB do")
    return table.content(0) or None


def _quantization(table: Table | None) -> Quantization | None:
    if table is None:
        return None
    for slot in (0, 1):
        table.numbers(slot, "float32")
    scales = tuple(float(scale) for scale in table.numbers(2, "float32"))
    zero_points = table.integers(3, "int64")
    if not scales:
        return None
    if len(zero_points) != len(scales):
        raise DamagedError(f"{len(scales)} scales come with {len(zero_points)} zero points")
    return Quantization(scales, zero_points, table.integer(6))


def _options(table: Table) -> tuple[str, dict[str, Option]]:
    number = table.integer(3, "uint8")
    options = table.table(4)
    known = schema.options_by_number().get(number)
    if number == 0 or known is None:
        return "", {}
    if options is None:
        raise DamagedError(f"{known.name} are named but missing")
    values: dict[str, Option] = {}
    for field in known.fields:
        kind = field.type
        if kind == "string":
            values[field.name] = options.string(field.slot)
        elif kind.startswith("["):
            values[field.name] = options.numbers(field.slot, kind[1:-1])
        else:
            default = field.default == "True" if kind == "bool" else float(field.default or 0)
            value = options.scalar(field.slot, kind, default)
            values[field.name] = (
                value if kind == "bool" else float(value) if kind == "float32" else int(value)
            )
    return known.name, values


def _index(value: int, count: int, what: str) -> int:
    if not 0 <= value < count:
        raise DamagedError(f"{what} {value} of {count}")
    return value


def _indices(
    values: tuple[int, ...], count: int, what: str, *, optional: bool = False
) -> tuple[int, ...]:
    return tuple(
        value if optional and value == ABSENT else _index(value, count, what) for value in values
    )
