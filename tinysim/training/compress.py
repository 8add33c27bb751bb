"""Smaller models for the open division: weights pruned by magnitude, and the rest trained on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError, TinySimError
from .extra import load_tensorflow, quiet
from .loading import load_trained
from .pipeline import plain_batches, training_batches
from .recipe import Model, Recipe
from .sets import open_noise, open_split

_RATE = 1e-4
"""Adam's learning rate: a tenth and less of what a model is trained with."""


def prune(
    path: Path,
    recipe: Recipe,
    data: Path,
    sparsity: float,
    epochs: int,
    seed: int = 0,
    told: Callable[[int, float, float], None] = lambda number, sparsity, loss: None,
) -> Model:
    """A Keras model with a share of `sparsity` of the weights of each convolution and dense layer
    zero: the smallest ones, more of them in each epoch, while the others are trained on.

    `told` hears of each epoch: its number from 1, the share of zeros, the validation loss.

    Raises:
        AssetError: the model or the training set is not the recipe's.
        TinySimError: `sparsity` is not between 0 and 1.
        ToolError: TensorFlow is missing.

    """
    if not 0 < sparsity < 1:
        raise TinySimError(f"sparsity {sparsity:g}: between 0 and 1 was expected")
    tf = load_tensorflow()
    training, validation = (open_split(data, recipe, s) for s in ("train", "validation"))
    noise = open_noise(data, recipe)
    model = load_trained(path).model
    if not hasattr(model, "layers") or tuple(model.input_shape[1:]) != recipe.input_shape:
        raise AssetError(f"{path}: not a Keras model for {recipe.name}")
    tf.keras.utils.set_random_seed(seed)
    loss = "mse" if recipe.is_autoencoder else "sparse_categorical_crossentropy"
    model.compile(tf.keras.optimizers.Adam(_RATE), loss=loss)
    for number in range(epochs):
        # Most at first, where little is lost: Zhu and Gupta's cubic schedule.
        share = sparsity * (1 - (1 - (number + 1) / epochs) ** 3)
        keeper = _keeper(tf, masks(model, share))
        with quiet():
            report = model.fit(
                training_batches(training, recipe, noise, seed, number),
                validation_data=plain_batches(validation, recipe),
                callbacks=[keeper],
                verbose=0,
            ).history
        told(number + 1, share, float(report["val_loss"][0]))
    return model


def masks(model: Model, share: float) -> list[tuple[Any, NDArray[np.float32]]]:
    """For each kernel that is pruned, which of its weights stay: 1, others 0. Depthwise
    convolutions stay whole; they have few weights, and each of them matters.
    """
    found = []
    for layer in model.layers:
        if type(layer).__name__ in ("Conv2D", "Dense"):
            size = np.abs(layer.kernel.numpy())
            gone = int(share * size.size)
            order = np.argsort(size, axis=None, kind="stable")
            mask = np.ones(size.size, np.float32)
            mask[order[:gone]] = 0
            found.append((layer.kernel, mask.reshape(size.shape)))
    return found


def _keeper(tf: Any, pruned: list[tuple[Any, NDArray[np.float32]]]) -> Any:
    """A callback that keeps zeros zero."""

    class Keeper(tf.keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            for kernel, mask in pruned:
                kernel.assign(kernel * mask)

    return Keeper()
