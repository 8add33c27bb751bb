"""Resource variables become inputs and outputs: what is read is the value that was assigned last,
which is another tensor of the graph, or at first the state that an earlier inference left.
"""

from dataclasses import replace

from ...errors import AssetError
from ..network import Graph, Network, Node, Tensor
from . import constants
from .state import State

_OPERATIONS = ("VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "CALL_ONCE")


def keep_state(network: Network) -> tuple[Graph, State]:
    """The main graph without variables, its last inputs and outputs the state, and the state.

    Raises:
        AssetError: a variable whose first value or use cannot be known beforehand.

    """
    graph = network.main
    if not any(node.op in _OPERATIONS for node in graph.nodes):
        return graph, State()
    return _Rewriting(network).result()


class _Rewriting:
    def __init__(self, network: Network) -> None:
        self._network = network
        graph = network.main
        self._graph = graph
        self._tensors = list(graph.tensors)
        self._names: dict[int, str] = {}
        """Variable by the tensor that is its handle."""
        self._states: dict[str, int] = {}
        """The input that brings a variable's value from the inference before."""
        self._values: dict[str, int] = {}
        """The tensor with a variable's present value."""
        self._assigned: dict[str, int] = {}
        """The tensor that is assigned to it first, whose type the variable has."""
        self._initial: dict[str, bytes] = {}
        self._same: dict[int, int] = {}
        """What was read, and the tensor that it is."""

    def result(self) -> tuple[Graph, State]:
        nodes = [kept for node in self._graph.nodes if (kept := self._visit(node))]
        outputs = [self._same.get(index, index) for index in self._graph.outputs]
        names = list(self._states)
        initial = b"".join(
            self._initial.get(name) or _untouched(self._tensors[self._assigned.get(name, state)])
            for name, state in self._states.items()
        )
        graph = replace(
            self._graph,
            tensors=tuple(self._tensors),
            nodes=tuple(nodes),
            inputs=(*self._graph.inputs, *(self._states[name] for name in names)),
            outputs=(*outputs, *(self._values[name] for name in names)),
        )
        return graph, State(len(names), initial)

    def _visit(self, node: Node) -> Node | None:
        if node.op == "VAR_HANDLE":
            self._names[node.outputs[0]] = _name(node)
        elif node.op == "CALL_ONCE":
            self._initialize(node)
        elif node.op == "READ_VARIABLE":
            self._read(self._variable(node), node.outputs[0])
        elif node.op == "ASSIGN_VARIABLE":
            self._assign(self._variable(node), self._same.get(node.inputs[1], node.inputs[1]))
        else:
            inputs = tuple(self._same.get(index, index) for index in node.inputs)
            return replace(node, inputs=inputs)
        return None

    def _variable(self, node: Node) -> str:
        handle = node.inputs[0] if node.inputs else -1
        if handle not in self._names:
            raise AssetError(f"{node.op} of a variable that no VAR_HANDLE names")
        return self._names[handle]

    def _read(self, name: str, output: int) -> None:
        if name not in self._values:
            self._values[name] = self._bring(name, self._tensors[output])
        self._same[output] = self._values[name]

    def _assign(self, name: str, value: int) -> None:
        if name not in self._states:
            # Written before it is read: what an earlier inference left is never seen.
            self._bring(name, self._tensors[value])
        self._assigned.setdefault(name, value)
        self._values[name] = value

    def _bring(self, name: str, like: Tensor) -> int:
        initial = self._initial.get(name)
        if initial is not None and len(initial) != like.bytes:
            raise AssetError(f"variable '{name}' is initialized with another size than it has")
        self._tensors.append(replace(like, name=f"state/{name}", data=None))
        self._states[name] = len(self._tensors) - 1
        return self._states[name]

    def _initialize(self, node: Node) -> None:
        index = node.options.get("init_subgraph_index", 0)
        if not isinstance(index, int) or not 0 < index < len(self._network.graphs):
            raise AssetError("CALL_ONCE names a graph that does not exist")
        graph = constants.fold(self._network.graphs[index])
        handles: dict[int, str] = {}
        for part in graph.nodes:
            if part.op == "VAR_HANDLE":
                handles[part.outputs[0]] = _name(part)
            elif part.op == "ASSIGN_VARIABLE" and part.inputs[0] in handles:
                data = graph.tensors[part.inputs[1]].data
                if data is None:
                    raise AssetError("CALL_ONCE assigns a variable what is not a constant")
                self._initial[handles[part.inputs[0]]] = data
            else:
                raise AssetError(f"CALL_ONCE calls {part.op}; it may only assign constants")


def _name(node: Node) -> str:
    return f"{node.options.get('container', '')}/{node.options.get('shared_name', '')}"


def _untouched(tensor: Tensor) -> bytes:
    """What TFLM gives a variable that nobody initializes: zero, in int8 the zero point."""
    if tensor.type == "INT8" and tensor.quantization:
        return bytes([tensor.quantization.zero_points[0] & 0xFF]) * tensor.bytes
    return bytes(tensor.bytes)
