"""Which operations a variant of the firmware has kernels for: `firmware/tflm/operations.csv` and
`reference.csv`, and for today's TFLM what its resolver says.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..firmware_sources import sources
from ..variant import RESOLVER, parse_variant
from .limits import Limit, parse_limits
from .network import Graph, Node, Tensor
from .read import parse_network
from .rules.view import View

_TABLES = {"dsp": "operations.csv", "reference": "reference.csv"}
_ANY_VERSION = 1 << 16


@dataclass(frozen=True)
class Kernel:
    """A row of a table. `data` is the input whose type decides, of `types`; none means any. `owner`
    is `ours` or `TFLM`.
    """

    operation: str
    data: int
    types: tuple[str, ...]
    first_version: int
    last_version: int
    owner: str
    limits: tuple[Limit, ...] = ()


@cache
def kernels(variant: str = "dsp") -> dict[str, tuple[Kernel, ...]]:
    """The rows of each operation.

    Raises:
        ToolError: tinysim was installed without the firmware's sources, or no such variant.

    """
    chosen = parse_variant(variant)
    if chosen.folder:
        return _todays(chosen.folder)
    found: dict[str, tuple[Kernel, ...]] = {}
    path = sources() / "tflm" / _TABLES[chosen.name]
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


def _todays(folder: Path) -> dict[str, tuple[Kernel, ...]]:
    """What it takes of each operation only its kernels know."""
    header = (folder / RESOLVER).read_text(encoding="utf-8", errors="replace")
    names = re.findall(r"\bBuiltinOperator_([A-Z0-9_]+)", header)
    return {name: (Kernel(name, 0, (), 1, _ANY_VERSION, "TFLM"),) for name in names}


def label(node: Node) -> str:
    """The operation's name, a custom one's own."""
    return f"custom {node.custom_code}" if node.op == "CUSTOM" else node.op


def deciding(graph: Graph, node: Node, kernel: Kernel) -> Tensor | None:
    """The tensor whose type decides which kernel it is."""
    if kernel.data >= len(node.inputs) or node.inputs[kernel.data] < 0:
        return None
    return graph.tensors[node.inputs[kernel.data]]


def kernel_of(graph: Graph, node: Node, variant: str = "dsp") -> Kernel | str:
    """The kernel for an operation, or why there is none."""
    rows = kernels(variant).get(node.op, ())
    if not rows:
        return "has no kernel"
    types: list[str] = []
    for row in rows:
        tensor = deciding(graph, node, row)
        if tensor is None:
            return f"misses input {row.data}"
        if row.types and tensor.type not in row.types:
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


def operations_of(model: bytes, variant: str = "dsp") -> list[str]:
    """What an image has to have kernels for, as NAME:TYPE; what has none is left out.

    NAME:TYPE:general is said besides of a convolution that the quick kernels do not take.

    Raises:
        AssetError: it is no whole TFLite model.

    """
    graph = parse_network(model).main
    found: set[str] = set()
    for node in graph.nodes:
        for row in kernels(variant).get(node.op, ()):
            tensor = deciding(graph, node, row)
            if tensor is not None:
                name = f"{node.op}:{tensor.type.lower()}"
                found.add(name)
                if is_general(graph, node):
                    found.add(f"{name}:general")
    return sorted(found)


def is_general(graph: Graph, node: Node) -> bool:
    """Whether a convolution is dilated, in groups, or has a multiplier of channels."""
    if node.op not in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        return False
    options = node.options
    dilated = any(options.get(f"dilation_{axis}_factor", 1) != 1 for axis in "hw")
    image, weights = (graph.tensors[index].shape for index in node.inputs[:2])
    return dilated or image[-1:] != weights[-1:]
