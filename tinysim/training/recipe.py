"""What the training of a benchmark's model is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Model = Any
"""A `keras.Model`; TensorFlow's names are not known to a type checker."""
Batch = Any
"""A `tf.Tensor`, the first axis counting examples."""


def unchanged(batch: Batch) -> Batch:
    """Stored examples that are the model's inputs but for their type."""
    return batch


@dataclass(frozen=True)
class Recipe:
    """A benchmark's reference training."""

    name: str
    """Also that of the benchmark."""
    title: str
    input_shape: tuple[int, ...]
    classes: tuple[str, ...]
    """Empty for a model that gives its input back."""
    stored: str
    """Type of an example in the training set, for numpy."""
    stored_shape: tuple[int, ...]
    build: Callable[[], Model]
    """A model with fresh weights, which gives one probability a class or its input."""
    epochs: int
    batch: int
    rate: Callable[[int], float]
    """Adam's learning rate in an epoch, counted from 0."""
    decode: Callable[[bytes], NDArray[np.float32]] | None = None
    """An input of the official runner as the model's (of any shape); None where it has none."""
    inputs: Callable[[Batch], Batch] = unchanged
    """Stored examples, as float32, to the model's inputs."""
    augment: Callable[[Batch, Any, Batch | None], Batch] | None = None
    """Stored examples, as float32, to others of their kind: (batch, seed of two numbers, noise).
    The noise is float32 of one axis, None where the data has none.
    """
    input_range: tuple[float, float] | None = None
    """What the quantized input must cover, so that the official runner's inputs fit the model;
    None leaves it to the calibration.
    """
    shares: str = ""
    """The benchmark whose training set this one has; empty for its own."""
    patience: int = 0
    """Epochs without a better validation loss after which the rate is halved; 0 for never."""

    float_epochs: int | None = None
    """Epochs before the model is trained on as its quantized form will compute; None for all."""

    @property
    def folder(self) -> str:
        """The name of the folder with the training set."""
        return self.shares or self.name

    @property
    def is_autoencoder(self) -> bool:
        """Whether the model is to give back its input."""
        return not self.classes
