"""Trains a benchmark's model, an epoch at a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import AssetError, TinySimError
from ..storage import make_folder, write_whole
from . import aware
from .extra import load_tensorflow, quiet
from .history import Epoch, History, read_history, write_history
from .loading import load_model
from .pipeline import plain_batches, steps, training_batches
from .recipe import Model, Recipe
from .sets import Split, open_noise, open_split

LAST, BEST, FLOAT, HISTORY = "model.keras", "best.keras", "float.keras", "history.json"
"""In the folder of a training: after the last epoch, after the one with the least validation loss,
and, where quantization takes part, after the last one before it.
"""
_LOGS = "tensorboard"


@dataclass(frozen=True)
class Plan:
    """What is to be trained, on what, and where it goes."""

    recipe: Recipe
    data: Path
    out: Path
    epochs: int
    seed: int = 0
    resume: bool = False
    float_epochs: int | None = None
    """Epochs before quantization takes part; the recipe's own where it is None."""


def train(
    plan: Plan,
    told: Callable[[int, Epoch], None] = lambda number, epoch: None,
    stopped: Callable[[], bool] = lambda: False,
) -> History:
    """Train until `epochs` are done, or `stopped` says so after one of them.

    `told` hears of each epoch by its number, from 1. Two trainings with one seed give the same
    weights on one machine, resumed or not.

    Raises:
        AssetError: the training set is not the recipe's.
        StorageError: something cannot be written.
        ToolError: TensorFlow is missing.
        TinySimError: there is a training in `out` already, or none to resume, or another.

    """
    tf = load_tensorflow()
    training, validation = (open_split(plan.data, plan.recipe, s) for s in ("train", "validation"))
    noise = open_noise(plan.data, plan.recipe)
    make_folder(plan.out)
    history = _begin(plan, training)
    tf.keras.utils.set_random_seed(plan.seed)
    tf.config.experimental.enable_op_determinism()
    with quiet():
        model = _model(plan, training, history)
    logs = tf.summary.create_file_writer(str(plan.out / _LOGS))
    for number in range(len(history.epochs), plan.epochs):
        started = time.monotonic()
        if number == history.float_epochs:
            model = _make_aware(plan, model)
        rate = rate_of(plan.recipe, history, plan.epochs)
        model.optimizer.learning_rate = rate
        _reseed(model, plan.seed, number)
        with quiet():
            report = model.fit(
                training_batches(training, plan.recipe, noise, plan.seed, number),
                validation_data=plain_batches(validation, plan.recipe),
                verbose=0,
            ).history
        try:
            epoch = Epoch(
                rate=rate,
                loss=report["loss"][0],
                accuracy=report.get("accuracy", [None])[0],
                validation_loss=report["val_loss"][0],
                validation_accuracy=report.get("val_accuracy", [None])[0],
                seconds=time.monotonic() - started,
            )
        except ValueError:
            raise TinySimError(
                f"epoch {number + 1}: the loss is no number any more; what was reached before is "
                f"in {plan.out}"
            ) from None
        history = history.with_epoch(epoch)
        _keep(plan, model, history)
        _log(tf, logs, number, epoch)
        told(number + 1, epoch)
        if stopped():
            break
    return history


def _begin(plan: Plan, training: Split) -> History:
    path = plan.out / HISTORY
    wanted = plan.recipe.float_epochs if plan.float_epochs is None else plan.float_epochs
    fresh = History(
        recipe=plan.recipe.name,
        seed=plan.seed,
        examples=len(training.examples),
        float_epochs=wanted,
    )
    if not plan.resume:
        if path.exists():
            raise TinySimError(f"{plan.out}: holds a training already; --resume continues it")
        return fresh
    history = read_history(path)
    for what in ("recipe", "seed", "examples", "float_epochs"):
        then, now = getattr(history, what), getattr(fresh, what)
        if then != now:
            raise TinySimError(f"{path}: {what} {then} then and {now} now: not the same training")
    return history


def _model(plan: Plan, training: Split, history: History) -> Model:
    done = len(history.epochs)
    if not done:
        return _compiled(plan, plan.recipe.build())
    path = plan.out / LAST
    model = load_model(path, compile=True)
    # The optimizer is a new one where quantization begins.
    counted = history.aware_epochs() or done
    if int(model.optimizer.iterations) != counted * steps(training, plan.recipe):
        raise AssetError(f"{path}: not the model after the {done} epochs of {HISTORY}")
    return model


def _compiled(plan: Plan, model: Model) -> Model:
    tf = load_tensorflow()
    loss = "mse" if plan.recipe.is_autoencoder else "sparse_categorical_crossentropy"
    metrics = [] if plan.recipe.is_autoencoder else ["accuracy"]
    model.compile(tf.keras.optimizers.Adam(), loss=loss, metrics=metrics)
    return model


def _make_aware(plan: Plan, model: Model) -> Model:
    with write_whole(plan.out / FLOAT) as path, quiet():
        model.save(path)
    with quiet():
        return _compiled(plan, aware.make_aware(model, plan.recipe.input_range))


def _reseed(model: Model, seed: int, epoch: int) -> None:
    """Let dropout draw what `seed` and `epoch` say; a stored model has no memory of its draws."""
    for place, layer in enumerate(model.layers):
        if (generator := getattr(layer, "seed_generator", None)) is not None:
            generator.state.assign([seed, epoch << 16 | place])


def rate_of(recipe: Recipe, history: History, total: int) -> float:
    """The learning rate of the epoch after these, out of `total`."""
    done, start = len(history.epochs), history.float_epochs
    if start is not None and done >= start:
        return aware.rate(recipe.rate(0), done - start, total - start)
    rate = recipe.rate(done)
    if not recipe.patience:
        return rate
    halved = sum(
        1
        for end in range(1, done + 1)
        if (waited := _upto(history, end).without_improvement()) and waited % recipe.patience == 0
    )
    return float(rate * 0.5**halved)


def _upto(history: History, end: int) -> History:
    return history.model_copy(update={"epochs": history.epochs[:end]})


def _keep(plan: Plan, model: Model, history: History) -> None:
    for name in (LAST, BEST) if history.without_improvement() == 0 else (LAST,):
        with write_whole(plan.out / name) as path:
            model.save(path)
    write_history(plan.out / HISTORY, history)


def _log(tf: Any, writer: Any, number: int, epoch: Epoch) -> None:
    with writer.as_default(step=number):
        for name, value in epoch.model_dump(exclude_none=True).items():
            tf.summary.scalar(name, value)
    writer.flush()
