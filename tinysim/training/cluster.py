"""Weight clustering: each kernel has a few different values, shared by many weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .extra import load_tensorflow

_ROUNDS = 50


@dataclass(frozen=True)
class Clusters:
    """Kernels, and for each of its weights the number of its cluster."""

    kernels: tuple[tuple[Any, NDArray[np.int32], int], ...]

    def keep(self) -> None:
        """Make the weights of a cluster their mean: a step of training moves them together."""
        tf = load_tensorflow()
        for kernel, labels, count in self.kernels:
            values = tf.math.unsorted_segment_mean(tf.convert_to_tensor(kernel), labels, count)
            kernel.assign(tf.gather(values, labels))


def clustered(kernels: Sequence[Any], count: int) -> Clusters:
    """The kernels' weights in at most `count` clusters each, and made one value each."""
    found = []
    for kernel in kernels:
        weights = kernel.numpy()
        labels = nearest(weights.ravel().astype(np.float64), count).reshape(weights.shape)
        found.append((kernel, labels.astype(np.int32), count))
    clusters = Clusters(tuple(found))
    clusters.keep()
    return clusters


def nearest(values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """The cluster of each value: k-means of one dimension, from evenly spaced means on."""
    means = np.linspace(values.min(), values.max(), count)
    labels = np.zeros(len(values), np.intp)
    for _ in range(_ROUNDS):
        labels = np.searchsorted((means[1:] + means[:-1]) / 2, values)
        members = np.bincount(labels, minlength=count)
        sums = np.bincount(labels, values, minlength=count)
        moved = np.where(members > 0, sums / np.maximum(members, 1), means)
        if np.array_equal(moved, means):
            break
        means = moved
    return labels
