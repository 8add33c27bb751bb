"""Models that are broken, each in one way, made from a model that is not."""

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

from tinysim.models.network import Graph, Network, Node, Quantization, Tensor
from tinysim.models.read import parse_network
from tinysim.models.twin import write_twin
from tinysim.models.write import write_network

COUNT = 120


def broken_models() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each; always the same."""
    whole = write_twin("kws")
    network = parse_network(whole)
    yield "empty", b""
    yield "another file", b"\x7fELF" + bytes(200)
    yield "identifier alone", b"\x08\0\0\0TFL3"
    for number in range(30):
        size = random.Random(f"cut/{number}").randrange(9, len(whole) - 16)
        yield f"cut at {size}", whole[:size]
    for number in range(30):
        yield f"offset {number}", _wild_offset(whole, random.Random(f"offset/{number}"))
    for name, change in _CHANGES.items():
        for number in range(3):
            generator = random.Random(f"{name}/{number}")
            yield f"{name} {number}", write_network(network.with_main(change(network, generator)))


def _wild_offset(whole: bytes, generator: random.Random) -> bytes:
    """The root's table, or what it names, lies out of the file."""
    root = struct.unpack_from("<I", whole, 0)[0]
    vtable = root - struct.unpack_from("<i", whole, root)[0]
    slot = generator.choice((1, 2, 4))
    place = root + struct.unpack_from("<H", whole, vtable + 4 + 2 * slot)[0]
    at = generator.choice((0, root, place))
    value = generator.randrange(len(whole), 1 << 31) & ~3
    return whole[:at] + struct.pack("<I", value) + whole[at + 4 :]


Change = Callable[[Network, random.Random], Graph]


def _node(network: Network, generator: random.Random, *ops: str) -> int:
    nodes = network.main.nodes
    return generator.choice([n for n, node in enumerate(nodes) if not ops or node.op in ops])


def _with_node(network: Network, number: int, node: Node) -> Graph:
    nodes = network.main.nodes
    return replace(network.main, nodes=(*nodes[:number], node, *nodes[number + 1 :]))


def _any(network: Network, generator: random.Random, constant: bool) -> int:
    tensors = network.main.tensors
    named = [index for node in network.main.nodes for index in (*node.present, *node.outputs)]
    return generator.choice([i for i in named if (tensors[i].data is not None) == constant])


def _shape(*sizes: int) -> Change:
    def change(network: Network, generator: random.Random) -> Graph:
        index = _any(network, generator, constant=False)
        shape = list(network.main.tensors[index].shape)
        shape[generator.randrange(len(shape))] = generator.choice(sizes)
        return network.main.with_tensor(index, shape=tuple(shape))

    return change


def _quantization(*scales: float, zero: int = 0) -> Change:
    def change(network: Network, generator: random.Random) -> Graph:
        index = _any(network, generator, constant=False)
        made = Quantization((generator.choice(scales),), (zero,))
        return network.main.with_tensor(index, quantization=made)

    return change


def _option(name: str, *values: int) -> Change:
    def change(network: Network, generator: random.Random) -> Graph:
        candidates = [n for n, node in enumerate(network.main.nodes) if name in node.options]
        number = generator.choice(candidates)
        node = network.main.nodes[number]
        options = {**node.options, name: generator.choice(values)}
        return _with_node(network, number, replace(node, options=options))

    return change


def _cycle(network: Network, generator: random.Random) -> Graph:
    number = _node(network, generator)
    later = network.main.nodes[generator.randrange(number, len(network.main.nodes))]
    node = network.main.nodes[number]
    changed = replace(node, inputs=(later.outputs[0], *node.inputs[1:]))
    return _with_node(network, number, changed)


def _missing_data(network: Network, generator: random.Random) -> Graph:
    return network.main.with_tensor(_any(network, generator, constant=True), data=None)


def _short_data(network: Network, generator: random.Random) -> Graph:
    index = _any(network, generator, constant=True)
    data = network.main.tensors[index].data
    assert data is not None
    return network.main.with_tensor(index, data=data[: generator.randrange(1, len(data))])


def _written_twice(network: Network, generator: random.Random) -> Graph:
    nodes = network.main.nodes
    number = generator.randrange(1, len(nodes))
    earlier = nodes[generator.randrange(number)]
    return _with_node(network, number, replace(nodes[number], outputs=earlier.outputs))


def _written_constant(network: Network, generator: random.Random) -> Graph:
    number = _node(network, generator)
    index = _any(network, generator, constant=True)
    return _with_node(network, number, replace(network.main.nodes[number], outputs=(index,)))


def _no_inputs(network: Network, generator: random.Random) -> Graph:
    number = _node(network, generator)
    return _with_node(network, number, replace(network.main.nodes[number], inputs=()))


def _future_version(network: Network, generator: random.Random) -> Graph:
    number = _node(network, generator)
    node = replace(network.main.nodes[number], version=generator.randrange(40, 1000))
    return _with_node(network, number, node)


def _unknown(network: Network, generator: random.Random) -> Graph:
    number = _node(network, generator)
    code = generator.choice(("Resample", "Äther", "x" * 200))
    node = replace(network.main.nodes[number], op="CUSTOM", custom_code=code)
    return _with_node(network, number, node)


def _another_type(network: Network, generator: random.Random) -> Graph:
    index = _any(network, generator, constant=False)
    kind = generator.choice(("STRING", "COMPLEX64", "INT4", "BFLOAT16", "VARIANT"))
    return network.main.with_tensor(index, type=kind)


def _no_graph(network: Network, generator: random.Random) -> Graph:
    which = generator.choice(("nodes", "inputs", "outputs"))
    return replace(network.main, **{which: ()})  # type: ignore[arg-type]


def _channels(network: Network, generator: random.Random) -> Graph:
    number = _node(network, generator, "CONV_2D", "DEPTHWISE_CONV_2D")
    index = network.main.nodes[number].inputs[1]
    tensor: Tensor = network.main.tensors[index]
    assert tensor.quantization is not None
    fewer = tensor.quantization.scales[: generator.randrange(2, 9)]
    made = Quantization(fewer, (0,) * len(fewer), tensor.quantization.axis)
    return network.main.with_tensor(index, quantization=made)


_CHANGES: dict[str, Change] = {
    "negative dimension": _shape(-1, -7, -(1 << 31)),
    "absurd dimension": _shape(1 << 30, 99_999, 0x7FFF_FFFF),
    "another dimension": _shape(3, 11, 0),
    "many dimensions": lambda network, generator: network.main.with_tensor(
        _any(network, generator, constant=False), shape=(1,) * generator.randrange(9, 99)
    ),
    "scale": _quantization(0.0, -1.0, float("nan"), float("inf")),
    "zero point": _quantization(0.1, zero=128),
    "stride": _option("stride_h", 0, -2, 1 << 20),
    "padding": _option("padding", 2, -1, 77),
    "activation": _option("fused_activation_function", 9, -3, 100),
    "cycle": _cycle,
    "missing data": _missing_data,
    "short data": _short_data,
    "written twice": _written_twice,
    "written constant": _written_constant,
    "no inputs": _no_inputs,
    "future version": _future_version,
    "unknown": _unknown,
    "another type": _another_type,
    "no graph": _no_graph,
    "channels": _channels,
}
