"""Random convolutional networks in which much cannot matter."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tests.models.networks import Making
from tinysim.models.network import Network, Quantization, Tensor
from tinysim.models.rules.check import shapes_of

_WEIGHT = 60.0
"""Root mean square of the weights and numbers that are drawn."""


@dataclass
class Foldable(Making):
    """Layers, some of whose channels are one number or read by nobody."""

    constant: float = 0.3
    unread: float = 0.2

    def idle(self, count: int, share: float) -> NDArray[np.bool_]:
        return self.numbers.random(count) < share

    def convolution(self, source: int, outputs: int, size: int, **options: int) -> int:
        """CONV_2D; `padding`, `stride`, `dilation` and `activation` as TFLite numbers them."""
        channels = self.shape(source)[-1]
        weights = self.weights(outputs, size, size, channels)
        weights[..., self.idle(channels, self.unread)] = 0
        return self.layer("CONV_2D", source, weights, 0, "Conv2DOptions", **options)

    def depthwise(self, source: int, multiplier: int, size: int, **options: int) -> int:
        outputs = self.shape(source)[-1] * multiplier
        weights = self.weights(outputs, size, size, 1).transpose(3, 1, 2, 0)
        options["depth_multiplier"] = multiplier
        table = "DepthwiseConv2DOptions"
        return self.layer("DEPTHWISE_CONV_2D", source, weights, 3, table, **options)

    def dense(self, source: int, outputs: int = 5) -> int:
        depth = int(np.prod(self.shape(source)[1:]))
        weights = self.weights(outputs, 1, 1, depth)[:, 0, 0]
        weights[:, self.idle(depth, self.unread)] = 0
        return self.layer("FULLY_CONNECTED", source, weights, 0, "FullyConnectedOptions")

    def dense_without_bias(self, source: int) -> int:
        last = self.dense(source)
        self.nodes[-1] = replace(self.nodes[-1], inputs=self.nodes[-1].inputs[:2])
        return last

    def weights(self, outputs: int, height: int, width: int, depth: int) -> NDArray[np.int8]:
        shape = (outputs, height, width, depth)
        weights = self.numbers.integers(-127, 128, shape, dtype=np.int8)
        weights[self.idle(outputs, self.constant / 2)] = 0
        return weights

    def layer(
        self,
        op: str,
        source: int,
        weights: NDArray[np.int8],
        axis: int,
        table: str,
        **options: int,
    ) -> int:
        outputs = weights.shape[axis]
        fan = weights.size // outputs
        given = self.tensors[source].quantization
        assert given is not None
        reach = _WEIGHT * _WEIGHT * fan**0.5
        step = self.random.uniform(0.02, 0.06)  # an activation clamps little
        most = step * 50 / reach / given.scales[0]
        scale = tuple(most * self.random.uniform(0.5, 1) for _ in range(outputs))
        products = tuple(given.scales[0] * part for part in scale)
        scheme = Quantization(scale, (0,) * outputs, axis)
        kernel = self.add(Tensor("w", weights.shape, "INT8", scheme, weights.tobytes()))
        bias = self.numbers.normal(0, reach / 3, outputs)
        bias[self.idle(outputs, self.constant / 2)] *= 1000  # beyond all that can be added to it
        data = np.clip(bias, -(2**30), 2**30).astype(np.int32).tobytes()
        added = self.add(
            Tensor("b", (outputs,), "INT32", Quantization(products, (0,) * outputs), data)
        )
        stride, dilation = options.pop("stride", 1), options.pop("dilation", 1)
        options["fused_activation_function"] = options.pop("activation", 0)
        if op != "FULLY_CONNECTED":
            options |= {f"stride_{side}": stride for side in "hw"}
            options |= {f"dilation_{side}_factor": dilation for side in "hw"}
        levels = Quantization((step,), (self.random.choice([-128, -5, 0, 17]),))
        flat = (1, outputs) if op == "FULLY_CONNECTED" else ()
        output = self.add(Tensor(f"t{len(self.tensors)}", flat, "INT8", levels))
        self.node(op, [source, kernel, added], [output], table, **options)
        return self.shaped(output)

    def shaped(self, output: int) -> int:
        """The result of the last operation, with the shape that the operation gives it."""
        graph = self.network([], output).main
        shapes = shapes_of(graph, self.nodes[-1])
        assert shapes is not None
        self.tensors[output] = graph.with_tensor(output, shape=shapes[0]).tensors[output]
        return output

    def near(self, shape: tuple[int, ...], *sources: int) -> int:
        """A result with levels somewhat different from those of its sources."""
        given = [self.tensors[source].quantization for source in sources]
        scale = max(part.scales[0] for part in given if part) * self.random.uniform(0.7, 2)
        levels = Quantization((scale,), (self.random.choice([-128, -7, 0, 30]),))
        return self.add(Tensor(f"t{len(self.tensors)}", shape, "INT8", levels))

    def by_channel(self, op: str, source: int) -> int:
        """RELU, RELU6 or QUANTIZE to other levels, or to the same."""
        shape = self.shape(source)
        same = self.random.random() < 0.5
        output = self.activation(shape, source) if same else self.near(shape, source)
        self.node(op, [source], [output], "QuantizeOptions" if op == "QUANTIZE" else "")
        return output

    def pooled(self, source: int, op: str, size: int, padding: int) -> int:
        output = self.activation((), source)
        options = {"filter_height": size, "filter_width": size, "stride_h": size, "stride_w": size}
        self.node(op, [source], [output], "Pool2DOptions", padding=padding, **options)
        return self.shaped(output)

    def padded(self, source: int) -> int:
        amounts = np.zeros((4, 2), np.int32)
        amounts[1:3] = self.numbers.integers(0, 2, (2, 2))
        given = self.add(Tensor("p", (4, 2), "INT32", data=amounts.tobytes()))
        output = self.activation((), source)
        self.node("PAD", [source, given], [output], "PadOptions")
        return self.shaped(output)

    def joined(self, first: int, second: int) -> int:
        shape = self.shape(first)
        output = self.activation((*shape[:-1], shape[-1] + self.shape(second)[-1]), first)
        self.node("CONCATENATION", [first, second], [output], "ConcatenationOptions", axis=3)
        return output

    def mean(self, source: int) -> int:
        shape = self.shape(source)
        output = self.near((shape[0], 1, 1, shape[3]), source)
        inputs = [source, self.integers([1, 2])]
        self.node("MEAN", inputs, [output], "ReducerOptions", keep_dims=True)
        return output

    def residual(self, source: int) -> int:
        """A branch of two layers, added."""
        channels = self.shape(source)[-1]
        branch = self.convolution(source, channels, 3, activation=1)
        branch = self.convolution(branch, channels, self.random.choice([1, 3]))
        output = self.near(self.shape(source), source, branch)
        options = {"fused_activation_function": self.random.choice([0, 1])}
        self.node("ADD", [source, branch], [output], "AddOptions", **options)
        return output


def foldable_network(seed: int) -> Network:
    """Four to eight steps of any kind over a small picture, then dense layers or none."""
    making = Foldable(seed)
    draw = making.random
    size = draw.randrange(5, 9)
    source = last = making.activation((1, size, draw.randrange(5, 9), draw.randrange(1, 5)))
    for _ in range(draw.randrange(4, 9)):
        options = {
            "padding": draw.choice([0, 0, 1] if min(making.shape(last)[1:3]) > 4 else [0]),
            "stride": draw.choice([1, 1, 2]),
            "activation": draw.choice([0, 1, 1, 2, 3]),
        }
        if options["stride"] == 1 and options["padding"] == 0:
            options["dilation"] = draw.choice([1, 1, 2])
        kind = draw.choice(
            ["convolution"] * 4
            + ["depthwise"] * 3
            + ["residual"] * 2
            + ["by channel", "pooled", "padded", "joined", "mean"]
        )
        if kind == "depthwise" and making.shape(last)[-1] < 20:
            last = making.depthwise(last, draw.choice([1, 1, 2, 3]), 3, **options)
        elif kind == "residual":
            last = making.residual(last)
        elif kind == "by channel":
            last = making.by_channel(draw.choice(["RELU", "RELU6", "QUANTIZE"]), last)
        elif kind == "pooled" and min(making.shape(last)[1:3]) >= 2:
            op = draw.choice(["AVERAGE_POOL_2D", "MAX_POOL_2D"])
            last = making.pooled(last, op, 2, draw.choice([0, 1]))
        elif kind == "padded":
            last = making.padded(last)
        elif kind == "joined":
            other = making.convolution(last, 5, 3)
            one = making.convolution(last, 3, 1)
            making.tensors[other] = _like(making.tensors[other], making.tensors[one])
            last = making.joined(one, other)
        elif kind == "mean" and draw.random() < 0.3:
            last = making.mean(last)
        else:
            kernel = draw.choice([1, 3])
            last = making.convolution(last, draw.randrange(2, 14), kernel, **options)
    if draw.random() < 0.8:
        shape = making.shape(last)
        if draw.random() < 0.8:
            last = making.reshape(last, (1, int(np.prod(shape))))
        last = making.dense(last)
        last = making.dense(last)
    return making.network([source], last)


def _like(tensor: Tensor, other: Tensor) -> Tensor:
    return Tensor(tensor.name, tensor.shape, tensor.type, other.quantization)
