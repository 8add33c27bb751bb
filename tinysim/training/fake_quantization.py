"""Layers that compute as if their numbers were quantized. Importing this imports TensorFlow.

The scheme is TFLite's for int8: kernels symmetric about zero, by output channel in convolutions
and by tensor in dense layers; everything else by tensor with a zero point. Gradients pass where a
number lies in its grid's range, and nothing where it was clipped.
"""

from typing import Any

from .extra import load_tensorflow

tf: Any = load_tensorflow()
keras: Any = tf.keras
_Layer: Any = keras.layers.Layer
_Conv2D: Any = keras.layers.Conv2D
_DepthwiseConv2D: Any = keras.layers.DepthwiseConv2D
_Dense: Any = keras.layers.Dense
_LARGEST = 127
_AVERAGED = 0.999
"""How much of a range stays with each batch that is seen."""
_UNSEEN = 6.0
"""Ends of a range before the first batch."""

_registered: Any = keras.utils.register_keras_serializable(package="tinysim")


@_registered
class FakeQuantization(_Layer):  # type: ignore[misc]
    """Rounds what passes to 256 levels between the ends of what it has seen in training, or between
    `limits`.
    """

    def __init__(self, limits: tuple[float, float] | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self.limits = limits

    def get_config(self) -> dict[str, Any]:
        """What makes the same layer again."""
        return {**super().get_config(), "limits": self.limits}

    def build(self, shape: Any) -> None:
        """Make the range."""

        def variable(name: str, value: float) -> Any:
            return self.add_weight(
                shape=(), initializer=keras.initializers.Constant(value), name=name, trainable=False
            )

        low, high = self.limits or (-_UNSEEN, _UNSEEN)
        self.low, self.high = variable("low", low), variable("high", high)
        self.batches = variable("batches", 0.0)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """See above; the range moves in training alone."""
        if training and self.limits is None:
            self._see(inputs)
        return tf.quantization.fake_quant_with_min_max_vars(
            inputs, tf.convert_to_tensor(self.low), tf.convert_to_tensor(self.high)
        )

    def _see(self, inputs: Any) -> None:
        kept = tf.where(tf.convert_to_tensor(self.batches) > 0, _AVERAGED, 0.0)
        for end, found in (
            (self.low, tf.minimum(tf.reduce_min(inputs), 0.0)),
            (self.high, tf.maximum(tf.reduce_max(inputs), 0.0)),
        ):
            end.assign(kept * tf.convert_to_tensor(end) + (1 - kept) * tf.stop_gradient(found))
        self.batches.assign_add(1.0)


@_registered
class QuantizedConv2D(_Conv2D):  # type: ignore[misc]
    """A convolution with a quantized kernel."""

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """The convolution itself."""
        return super().convolution_op(inputs, by_channel(kernel))


@_registered
class QuantizedDepthwiseConv2D(_DepthwiseConv2D):  # type: ignore[misc]
    """A convolution of each channel by itself, with a quantized kernel."""

    def call(self, inputs: Any) -> Any:
        """As in Keras, but for the kernel."""
        height, width, channels, multiplier = self.kernel.shape
        flat = tf.reshape(self.kernel, (height, width, 1, channels * multiplier))
        outputs = keras.ops.depthwise_conv(
            inputs,
            tf.reshape(by_channel(flat), self.kernel.shape),
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
        )
        outputs = outputs + self.bias if self.use_bias else outputs
        return self.activation(outputs)


@_registered
class QuantizedDense(_Dense):  # type: ignore[misc]
    """A dense layer with a quantized kernel."""

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """As in Keras, but for the kernel."""
        outputs = keras.ops.matmul(inputs, by_tensor(self.kernel))
        outputs = outputs + self.bias if self.use_bias else outputs
        return self.activation(outputs)


def by_channel(kernel: Any) -> Any:
    """A kernel on a grid for each of its last axis."""
    kernel = tf.convert_to_tensor(kernel)
    axes = list(range(len(kernel.shape) - 1))
    most = tf.stop_gradient(tf.reduce_max(tf.abs(kernel), axis=axes))
    return _symmetric(kernel, tf.quantization.fake_quant_with_min_max_vars_per_channel, most)


def by_tensor(kernel: Any) -> Any:
    """A kernel on one grid."""
    kernel = tf.convert_to_tensor(kernel)
    most = tf.stop_gradient(tf.reduce_max(tf.abs(kernel)))
    return _symmetric(kernel, tf.quantization.fake_quant_with_min_max_vars, most)


def _symmetric(kernel: Any, fake_quant: Any, most: Any) -> Any:
    # A channel of zeros has no range; any will do.
    most = tf.where(most > 0, most, float(_LARGEST))
    return fake_quant(kernel, -most, most, narrow_range=True)
