"""Images turned, shifted, enlarged and mirrored at random."""

from dataclasses import dataclass
from math import pi
from typing import Any

from .extra import load_tensorflow
from .recipe import Batch


@dataclass(frozen=True)
class Warp:
    """The most that is done to an image. `shift` and `zoom` are parts of its size."""

    degrees: float
    shift: float
    zoom: float = 0.0


def warp(images: Batch, seed: Any, most: Warp) -> Batch:
    """Every image (N x height x width x channels, float32) by its own draw; half of them are
    mirrored. What comes in from beyond the border repeats the border.
    """
    tf = load_tensorflow()
    count, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
    keys = tf.random.split(seed, 5)

    def draw(key: int, limit: float) -> Batch:
        return tf.random.stateless_uniform([count], keys[key], -limit, limit)

    angle = draw(0, most.degrees * pi / 180)
    down, right = draw(1, most.shift * height), draw(2, most.shift * width)
    size = 1 + draw(3, most.zoom)
    mirror = tf.where(draw(4, 1.0) < 0, -1.0, 1.0)
    # The place in the source of each pixel, turned and enlarged about the centre.
    a, b = size * mirror * tf.cos(angle), -size * tf.sin(angle)
    c, d = size * mirror * tf.sin(angle), size * tf.cos(angle)
    x, y = (width - 1) / 2, (height - 1) / 2
    rows = [a, b, x - a * x - b * y + right, c, d, y - c * x - d * y + down]
    zeros = tf.zeros([count])
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([*rows, zeros, zeros], axis=1),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
