"""How good a model's answers are, on the host."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import scoring
from ..benchmarks import BENCHMARKS, Benchmark
from ..datasets import read_dataset
from ..errors import AssetError
from .calibration import as_inputs
from .loading import load_infer
from .recipe import Recipe
from .recipes import find_recipe, recipe_names
from .sets import open_split

_AT_ONCE = 64


@dataclass(frozen=True)
class Evaluation:
    """A model's answers held against labels."""

    recipe: str
    files: int
    classes: tuple[str, ...]
    top1: float | None
    """Share of right answers, 0 to 1; None for an autoencoder."""
    auc: float | None
    """Area under the ROC curve: of the anomaly score, or the mean over the classes, each against
    the rest.
    """
    confusion: tuple[tuple[int, ...], ...]
    """Files by class (a row each) and answer; empty for an autoencoder."""
    roc: tuple[tuple[float, float], ...]
    """False and true positive rate from (0, 0) on; of an autoencoder or of two classes."""


def evaluate(model: Path, data: Path, name: str | None = None) -> Evaluation:
    """Run a model over `DATA/datasets/ID`, in the official runner's layout, or where there is none
    over the test split of `DATA/training/NAME`.

    Raises:
        AssetError: the model or the data cannot be read or do not go together.
        TinySimError: there is no benchmark of that name.
        ToolError: TensorFlow is missing or does not run the model.

    """
    infer, shape = load_infer(model)
    recipe = find_recipe(name) if name else _guess(model, shape)
    if shape != recipe.input_shape:
        raise AssetError(
            f"{model}: its input is {list(shape)}, that of {recipe.name} {list(recipe.input_shape)}"
        )
    scores, labels = [], []
    for inputs, label in _examples(recipe, data):
        outputs = np.concatenate(
            [infer(inputs[at : at + _AT_ONCE]) for at in range(0, len(inputs), _AT_ONCE)]
        )
        if not np.isfinite(outputs).all():
            raise AssetError(f"{model}: an answer is no number")
        if recipe.is_autoencoder:
            scores.append([float(np.square(outputs - inputs.reshape(outputs.shape)).mean())])
        elif outputs.shape[-1] != len(recipe.classes):
            raise AssetError(
                f"{model}: {outputs.shape[-1]} outputs where {recipe.name} has "
                f"{len(recipe.classes)} classes"
            )
        else:
            scores.append([float(value) for value in outputs[0]])
        labels.append(label)
    return _judge(recipe, scores, labels)


def _guess(model: Path, shape: tuple[int, ...]) -> Recipe:
    found = [r for r in map(find_recipe, recipe_names()) if r.input_shape == shape]
    if not found:
        raise AssetError(f"{model}: its input {list(shape)} is that of no benchmark")
    return found[0]


def _examples(recipe: Recipe, data: Path) -> Iterator[tuple[NDArray[np.float32], int]]:
    """The inputs of each file, and its label."""
    benchmark = BENCHMARKS.get(recipe.name)
    if benchmark and recipe.decode and (data / "datasets" / benchmark.data_id).is_dir():
        yield from _official(recipe, benchmark, data / "datasets" / benchmark.data_id)
        return
    split = open_split(data, recipe, "test")
    if split.labels is None:
        raise AssetError(f"{data}: there is no datasets/ad01, whose files have labels")
    for example, label in zip(split.examples, split.labels, strict=True):
        yield as_inputs(recipe, example[None]), int(label)


def _official(
    recipe: Recipe, benchmark: Benchmark, folder: Path
) -> Iterator[tuple[NDArray[np.float32], int]]:
    assert recipe.decode is not None
    found = read_dataset(benchmark, folder, "given")
    found.require_files(benchmark.data_id)
    for sample in found.samples:
        inputs = [recipe.decode(data).reshape(recipe.input_shape) for data in sample.inputs]
        yield np.array(inputs, np.float32), sample.label


def _judge(recipe: Recipe, scores: list[list[float]], labels: list[int]) -> Evaluation:
    classes = recipe.classes
    if recipe.is_autoencoder:
        values = [score[0] for score in scores]
        area = scoring.auc(values, labels)
        return Evaluation(recipe.name, len(labels), (), None, area, (), _roc(values, labels))
    confusion = [[0] * len(classes) for _ in classes]
    for score, label in zip(scores, labels, strict=True):
        confusion[label][scoring.argmax(score)] += 1
    areas = [
        scoring.auc([score[c] for score in scores], [int(label == c) for label in labels])
        for c in range(len(classes))
    ]
    known = [area for area in areas if area is not None]
    return Evaluation(
        recipe.name,
        len(labels),
        classes,
        scoring.top1(scores, labels),
        sum(known) / len(known) if known else None,
        tuple(map(tuple, confusion)),
        _roc([score[1] for score in scores], labels) if len(classes) == 2 else (),
    )


def _roc(values: list[float], labels: list[int]) -> tuple[tuple[float, float], ...]:
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return ()
    points = [(0.0, 0.0)]
    hits = misses = 0
    order = sorted(zip(values, labels, strict=True), reverse=True)
    for place, (value, label) in enumerate(order):
        hits, misses = hits + label, misses + 1 - label
        if place + 1 == len(order) or order[place + 1][0] != value:
            points.append((misses / negatives, hits / positives))
    return tuple(points)
