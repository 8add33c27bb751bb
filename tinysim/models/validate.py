"""Whether a network is one: what its file's offsets do not say."""

from ..errors import AssetError
from .network import ABSENT, TYPE_BYTES, Graph, Network, Node
from .rules.check import RULES, quantization_problem

_MOST_DIMENSIONS = 8
_ANY = 1 << 16
_INPUTS = {"SHAPE": 1, "RANK": 1, "FILL": 2, "READ_VARIABLE": 1, "ASSIGN_VARIABLE": 2}
"""Of operations that are gone when the model is lowered."""
_WITHOUT_RESULT = ("ASSIGN_VARIABLE", "CALL_ONCE")
_MOST_BYTES = 1 << 24
"""Of a tensor: nothing larger could be in this chip, whatever is made of it."""


def validate(network: Network) -> None:
    """Check sizes, constants, and that each tensor is made once and before it is used.

    Raises:
        AssetError: what is wrong, of which tensor or operation.

    """
    for graph in network.graphs:
        named = _named(graph)
        for index, tensor in enumerate(graph.tensors):
            if index not in named:
                continue  # it is left out of what is flashed
            label = f"tensor {index} '{tensor.name}'"
            if len(tensor.shape) > _MOST_DIMENSIONS:
                raise AssetError(f"{label} has {len(tensor.shape)} dimensions")
            if min(tensor.shape, default=1) < 0:
                raise AssetError(f"{label} has a shape of {list(tensor.shape)}")
            if tensor.elements * TYPE_BYTES.get(tensor.type, 1) > _MOST_BYTES:
                raise AssetError(f"{label} is too large: {list(tensor.shape)} of {tensor.type}")
            if tensor.data is not None and tensor.type in TYPE_BYTES:
                if len(tensor.data) != tensor.bytes:
                    raise AssetError(
                        f"{label} has {len(tensor.data)} bytes of data where "
                        f"{list(tensor.shape)} of {tensor.type} are {tensor.bytes}"
                    )
                if tensor.is_variable:
                    raise AssetError(f"{label} is a variable and a constant at once")
            if problem := quantization_problem(tensor):
                raise AssetError(f"{label} has {problem}")
        _check_order(graph)
    if not network.main.inputs or not network.main.outputs or not network.main.nodes:
        raise AssetError("it has no input, no output or no operation")


def _named(graph: Graph) -> set[int]:
    """The tensors that anything reads or makes."""
    named = {*graph.inputs, *graph.outputs}
    for node in graph.nodes:
        named.update(node.inputs, node.outputs, node.intermediates)
    return named


def _inputs_of(node: Node) -> tuple[int, int]:
    """How many inputs an operation has at least, which must be there, and at most."""
    if node.op in RULES:
        rule = RULES[node.op]
        return rule.present, rule.most
    return _INPUTS.get(node.op, 0), _ANY


def _check_order(graph: Graph) -> None:
    ready = {
        index
        for index, tensor in enumerate(graph.tensors)
        if tensor.data is not None or tensor.is_variable or tensor.type == "RESOURCE"
    }
    if len(set(graph.inputs)) != len(graph.inputs):
        raise AssetError("a tensor is two inputs at once")
    for index in graph.inputs:
        if index in ready:
            raise AssetError(f"input '{graph.tensors[index].name}' is a constant or a variable")
        ready.add(index)
    made = set(graph.inputs)
    for number, node in enumerate(graph.nodes):
        label = f"operation {number}, {node.op},"
        least, most = _inputs_of(node)
        if not least <= len(node.inputs) <= most or ABSENT in node.inputs[:least]:
            raise AssetError(f"{label} has {len(node.inputs)} inputs")
        if not node.outputs and node.op not in _WITHOUT_RESULT:
            raise AssetError(f"{label} has no result")
        for index in (*node.present, *(i for i in node.intermediates if i >= 0)):
            if index not in ready and index not in node.intermediates:
                raise AssetError(
                    f"{label} reads tensor '{graph.tensors[index].name}', which has no data and "
                    "no operation before it has made"
                )
        for index in node.outputs:
            handle = graph.tensors[index].type == "RESOURCE"
            if index in made or (index in ready and not handle):
                raise AssetError(
                    f"{label} writes tensor '{graph.tensors[index].name}', which is an input, a "
                    "constant or another operation's result"
                )
            ready.add(index)
            made.add(index)
    for index in graph.outputs:
        if index not in ready:
            raise AssetError(f"output '{graph.tensors[index].name}' is the result of no operation")
