"""Smaller models for the open division: less of a model is kept, and what is kept trained on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError, TinySimError
from .aware import is_aware
from .cluster import clustered
from .extra import load_tensorflow, quiet
from .loading import load_trained
from .narrow import narrow
from .pipeline import plain_batches, training_batches
from .recipe import Model, Recipe
from .sets import open_noise, open_split

_RATE = 1e-4
"""Adam's learning rate: a tenth and less of what a model is trained with."""
_MOST_CLUSTERS = 256


class Method(StrEnum):
    """What becomes less."""

    SPARSITY = "sparsity"
    """Weights: this share of those of each convolution and dense layer is zero, the smallest."""
    WIDTH = "width"
    """Channels: this share of each layer's is there."""
    CLUSTERS = "clusters"
    """Values: each kernel has so many different ones."""


@dataclass(frozen=True)
class Compression:
    """A method and how far it goes."""

    method: Method
    amount: float

    def __post_init__(self) -> None:
        if self.method is Method.CLUSTERS:
            if not (2 <= self.amount <= _MOST_CLUSTERS and self.amount == int(self.amount)):
                raise TinySimError(
                    f"clusters {self.amount:g}: a whole number from 2 to {_MOST_CLUSTERS} was "
                    "expected"
                )
        elif not 0 < self.amount < 1:
            raise TinySimError(f"{self.method} {self.amount:g}: between 0 and 1 was expected")


@dataclass(frozen=True)
class Progress:
    """An epoch: its number from 1, what there is less of for a reader, the validation loss."""

    number: int
    done: str
    loss: float


def compress(
    path: Path,
    recipe: Recipe,
    data: Path,
    compression: Compression,
    epochs: int,
    seed: int = 0,
    told: Callable[[Progress], None] = lambda progress: None,
) -> Model:
    """A Keras model with less in it, trained on for some epochs.

    Raises:
        AssetError: the model or the training set is not the recipe's.
        TinySimError: the amount is none.
        ToolError: TensorFlow is missing.

    """
    tf = load_tensorflow()
    training, validation = (open_split(data, recipe, s) for s in ("train", "validation"))
    noise = open_noise(data, recipe)
    model = load_trained(path).model
    if not hasattr(model, "layers") or tuple(model.input_shape[1:]) != recipe.input_shape:
        raise AssetError(f"{path}: not a Keras model for {recipe.name}")
    if is_aware(model):
        raise AssetError(
            f"{path}: was trained with quantization; float.keras beside it is from before"
        )
    tf.keras.utils.set_random_seed(seed)
    steps = _steps(model, compression, epochs)
    for number, (model, callback, done) in enumerate(steps, 1):
        if number == 1:
            loss = "mse" if recipe.is_autoencoder else "sparse_categorical_crossentropy"
            model.compile(tf.keras.optimizers.Adam(_RATE), loss=loss)
        with quiet():
            report = model.fit(
                training_batches(training, recipe, noise, seed, number - 1),
                validation_data=plain_batches(validation, recipe),
                callbacks=[callback] if callback else [],
                verbose=0,
            ).history
        told(Progress(number, done, float(report["val_loss"][0])))
    return model


def _steps(model: Model, compression: Compression, epochs: int) -> Iterator[tuple[Model, Any, str]]:
    """For each epoch the model, what keeps it as it is to be, and what to tell of it."""
    amount = compression.amount
    if compression.method is Method.WIDTH:
        smaller = narrow(model, amount)
        text = f"{smaller.count_params():,} of {model.count_params():,} parameters"
        yield from ((smaller, None, text) for _ in range(epochs))
    elif compression.method is Method.CLUSTERS:
        found = clustered(pruned_kernels(model), int(amount))
        keeper = _keeper(load_tensorflow(), found.keep)
        yield from ((model, keeper, f"{int(amount)} values a kernel") for _ in range(epochs))
    else:
        for number in range(epochs):
            # Most at first, where little is lost: Zhu and Gupta's cubic schedule.
            share = amount * (1 - (1 - (number + 1) / epochs) ** 3)
            keeper = _keeper(load_tensorflow(), _Zeros(masks(model, share)).keep)
            yield model, keeper, f"{share:.1%} of weights pruned"


def pruned_kernels(model: Model) -> list[Any]:
    """What is pruned and clustered. Depthwise convolutions stay as they are; they have few weights,
    and each of them matters.
    """
    return [layer.kernel for layer in model.layers if type(layer).__name__ in ("Conv2D", "Dense")]


def masks(model: Model, share: float) -> list[tuple[Any, NDArray[np.float32]]]:
    """For each kernel that is pruned, which of its weights stay: 1, others 0."""
    found = []
    for kernel in pruned_kernels(model):
        size = np.abs(kernel.numpy())
        gone = int(share * size.size)
        order = np.argsort(size, axis=None, kind="stable")
        mask = np.ones(size.size, np.float32)
        mask[order[:gone]] = 0
        found.append((kernel, mask.reshape(size.shape)))
    return found


@dataclass(frozen=True)
class _Zeros:
    masks: list[tuple[Any, NDArray[np.float32]]]

    def keep(self) -> None:
        for kernel, mask in self.masks:
            kernel.assign(kernel * mask)


def _keeper(tf: Any, keep: Callable[[], None]) -> Any:
    """A callback that puts weights back after each step."""

    class Keeper(tf.keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            keep()

    return Keeper()
