"""A training set as batches, the same ones for the same seed and epoch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .extra import load_tensorflow
from .recipe import Batch, Recipe
from .sets import Split


def steps(split: Split, recipe: Recipe) -> int:
    """Batches of an epoch; the last one may be smaller."""
    return -(-len(split.examples) // recipe.batch)


def training_batches(
    split: Split, recipe: Recipe, noise: NDArray[np.int16] | None, seed: int, epoch: int
) -> Any:
    """A `tf.data.Dataset` of (inputs, targets) in an order and with changes that `seed` and
    `epoch` decide alone, so that a run that is resumed goes on as if it had not stopped.
    """
    tf = load_tensorflow()
    order = np.random.default_rng((seed, epoch)).permutation(len(split.examples))
    sound = None if noise is None else tf.constant(noise, tf.float32)

    def change(number: Batch, examples: Batch, labels: Batch) -> tuple[Batch, Batch]:
        assert recipe.augment is not None
        changed = recipe.augment(examples, (seed, (epoch << 24) + number), sound)
        return changed, labels

    batches = _stored(split, recipe, order)
    if recipe.augment is None:
        batches = batches.map(lambda _, examples, labels: (examples, labels))
    else:
        batches = batches.map(change, num_parallel_calls=tf.data.AUTOTUNE)
    return _for_model(batches, recipe)


def plain_batches(split: Split, recipe: Recipe) -> Any:
    """A `tf.data.Dataset` of (inputs, targets) as they lie."""
    batches = _stored(split, recipe, np.arange(len(split.examples)))
    return _for_model(batches.map(lambda _, examples, labels: (examples, labels)), recipe)


def _stored(split: Split, recipe: Recipe, order: NDArray[np.int64]) -> Any:
    tf = load_tensorflow()

    def read(places: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        examples = split.examples[places].astype(np.float32)
        return examples, places if split.labels is None else split.labels[places]

    def load(number: Batch, places: Batch) -> tuple[Batch, Batch, Batch]:
        examples, labels = tf.numpy_function(read, [places], [tf.float32, tf.int64])
        examples.set_shape([None, *recipe.stored_shape])
        labels.set_shape([None])
        return tf.cast(number, tf.int32), examples, labels

    places = tf.data.Dataset.from_tensor_slices(order).batch(recipe.batch)
    return places.enumerate().map(load)


def _for_model(batches: Any, recipe: Recipe) -> Any:
    tf = load_tensorflow()

    def ready(examples: Batch, labels: Batch) -> tuple[Batch, Batch]:
        inputs = recipe.inputs(examples)
        return inputs, inputs if recipe.is_autoencoder else labels

    return batches.map(ready, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
