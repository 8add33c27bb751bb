"""Passes over operations that are not what TFLite defines: whoever judges them says it, later."""

import random

import numpy as np
import pytest

from tinysim.models import host
from tinysim.models.lowering import depthwise, substitutes, unsigned, weights
from tinysim.models.network import Graph, Node, Quantization, Tensor
from tinysim.models.rules import RULES

_KINDS = ("FLOAT32", "INT8", "UINT8", "INT16", "INT32", "INT64", "BOOL")
_SIZES = (0, 1, 1, 2, 3, 4)
_OPTIONS = ("padding", "stride_h", "stride_w", "depth_multiplier", "axis", "keep_dims")
_MORE = ("filter_height", "filter_width", "fused_activation_function", "output_type", "new_shape")
_PASSES = (weights.widen, substitutes.substitute, unsigned.shift, depthwise.rename)
_WRITTEN = sorted({*substitutes.WRITE, *unsigned.WRITE, "DEQUANTIZE"})


def _tensor(generator: random.Random) -> Tensor:
    kind = generator.choice(_KINDS)
    shape = tuple(generator.choice(_SIZES) for _ in range(generator.randrange(6)))
    quantization = None
    if kind in ("INT8", "UINT8", "INT16") and generator.random() < 0.8:
        quantization = Quantization((0.5,), (generator.choice((0, 0, 5)),))
    data = None
    if generator.random() < 0.5:
        numbers = np.random.default_rng(generator.randrange(1 << 30))
        data = numbers.integers(-1 if kind == "INT32" else 0, 4, shape)
        data = data.astype(host.DTYPES[kind]).tobytes()
    return Tensor("t", shape, kind, quantization, data)


def _graph(op: str, generator: random.Random) -> Graph:
    rule = RULES.get(op)
    least, most = (rule.least, min(rule.most, 4)) if rule else (1, 3)
    count = generator.randint(least, most)
    kind = generator.choice(_KINDS)
    tensors = [_tensor(generator) for _ in range(count)]
    outputs = [Tensor("y", _tensor(generator).shape, kind, tensors[0].quantization)]
    if op == "TOPK_V2" or generator.random() < 0.1:
        outputs.append(Tensor("z", outputs[0].shape, "INT32"))
    names = generator.sample((*_OPTIONS, *_MORE), 6)
    options = {name: generator.choice((-1, 0, 1, 2, 3)) for name in names}
    places = tuple(range(count, count + len(outputs)))
    node = Node(op, tuple(range(count)), places, options)
    ends = tuple(index for index, tensor in enumerate(tensors) if tensor.data is None)
    return Graph((*tensors, *outputs), (node,), ends, places)


@pytest.mark.parametrize("op", _WRITTEN)
def test_nothing_stops_them(op: str) -> None:
    generator = random.Random(op)
    for _ in range(400):
        graph = _graph(op, generator)
        for run in _PASSES:
            run(graph)
