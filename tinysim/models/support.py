"""Which operations the firmware has kernels for: `firmware/tflm/operations.csv`."""

import csv
from dataclasses import dataclass
from functools import cache

from ..firmware_sources import sources
from .limits import Limit, parse_limits
from .network import Graph, Node, Tensor
from .read import parse_network
from .rules.view import View


@dataclass(frozen=True)
class Kernel:
    """A row of the table. `data` is the input whose type decides; `owner` is `ours` or `TFLM`."""

    operation: str
    data: int
    types: tuple[str, ...]
    first_version: int
    last_version: int
    owner: str
    limits: tuple[Limit, ...]


@cache
def kernels() -> dict[str, tuple[Kernel, ...]]:
    """The rows of each operation.

    Raises:
        ToolError: tinysim was installed without the firmware's sources.

    """
    found: dict[str, tuple[Kernel, ...]] = {}
    path = sources() / "tflm" / "operations.csv"
    with path.open(newline="", encoding="ascii") as file:
        for row in csv.DictReader(file):
            first, _, last = row["versions"].partition("-")
            kernel = Kernel(
                row["operation"],
                int(row["data"]),
                tuple(name.upper() for name in row["types"].split()),
                int(first),
                int(last or first),
                row["kernel"],
                parse_limits(row["limits"]),
            )
            found[kernel.operation] = (*found.get(kernel.operation, ()), kernel)
    return found


def label(node: Node) -> str:
    """The operation's name, a custom one's own."""
    return f"custom {node.custom_code}" if node.op == "CUSTOM" else node.op


def deciding(graph: Graph, node: Node, kernel: Kernel) -> Tensor | None:
    """The tensor whose type decides which kernel it is."""
    if kernel.data >= len(node.inputs) or node.inputs[kernel.data] < 0:
        return None
    return graph.tensors[node.inputs[kernel.data]]


def kernel_of(graph: Graph, node: Node) -> Kernel | str:
    """The kernel for an operation, or why there is none."""
    rows = kernels().get(node.op, ())
    if not rows:
        return "has no kernel"
    types: list[str] = []
    for row in rows:
        tensor = deciding(graph, node, row)
        if tensor is None:
            return f"misses input {row.data}"
        if tensor.type not in row.types:
            types += row.types
            continue
        if not row.first_version <= node.version <= row.last_version:
            return f"has kernels for versions {row.first_version} to {row.last_version}"
        return row
    return f"has kernels for {', '.join(dict.fromkeys(types)).lower()}"


def limit_problem(graph: Graph, node: Node, kernel: Kernel) -> str:
    """What of an operation its kernel does not take; empty where it takes all."""
    view = View(graph, node)
    for limit in kernel.limits:
        if problem := limit.problem(view):
            return f"{problem}; its kernel is for: {limit}"
    return ""


def operations_of(model: bytes) -> list[str]:
    """What an image has to have kernels for, as NAME:TYPE; what has none is left out.

    NAME:TYPE:general is said besides of a convolution that the quick kernels do not take.

    Raises:
        AssetError: it is no whole TFLite model.

    """
    graph = parse_network(model).main
    found: set[str] = set()
    for node in graph.nodes:
        for row in kernels().get(node.op, ()):
            tensor = deciding(graph, node, row)
            if tensor is not None:
                name = f"{node.op}:{tensor.type.lower()}"
                found.add(name)
                if _is_general(graph, node):
                    found.add(f"{name}:general")
    return sorted(found)


def _is_general(graph: Graph, node: Node) -> bool:
    """Whether a convolution is dilated, in groups, or has a multiplier of channels."""
    if node.op not in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        return False
    options = node.options
    dilated = any(options.get(f"dilation_{axis}_factor", 1) != 1 for axis in "hw")
    image, weights = (graph.tensors[index].shape for index in node.inputs[:2])
    return dilated or image[-1] != weights[-1]
