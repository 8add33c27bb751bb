"""Training: what is learnt, equal seeds, interruption and resumption."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.synthetic import write_set
from tinysim.errors import AssetError, StorageError, TinySimError
from tinysim.training import Recipe, find_recipe, recipe_names
from tinysim.training.history import History, read_history

tf = pytest.importorskip("tensorflow", reason="the extra `train` is not installed")


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    """A smaller DS-CNN with everything else as in the reference, in batches of 12."""
    from tinysim.training.recipes.kws import ds_cnn

    return replace(find_recipe("kws"), build=lambda: ds_cnn(8, 1), batch=12)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, recipe: Recipe) -> Path:
    return write_set(tmp_path_factory.mktemp("data"), recipe, train=48, validation=12, test=12)


def run(recipe: Recipe, data: Path, out: Path, epochs: int, **options: Any) -> History:
    from tinysim.training.trainer import Plan, train

    stopped = options.pop("stopped", lambda: False)
    return train(Plan(recipe, data, out, epochs, **options), stopped=stopped)


def weights(out: Path) -> list[bytes]:
    model = tf.keras.models.load_model(out / "model.keras")
    return [w.tobytes() for w in model.get_weights()]


def test_equal_seeds_give_equal_weights_resumed_or_not(
    recipe: Recipe, data: Path, tmp_path: Path
) -> None:
    run(recipe, data, tmp_path / "a", 2, seed=1)
    run(recipe, data, tmp_path / "b", 2, seed=1, stopped=lambda: True)
    assert len(read_history(tmp_path / "b" / "history.json").epochs) == 1
    run(recipe, data, tmp_path / "c", 1, seed=2)
    assert weights(tmp_path / "b") != weights(tmp_path / "c")
    run(recipe, data, tmp_path / "b", 2, seed=1, resume=True)
    assert weights(tmp_path / "a") == weights(tmp_path / "b")


def test_another_training_is_not_resumed(recipe: Recipe, data: Path, tmp_path: Path) -> None:
    run(recipe, data, tmp_path, 1)
    with pytest.raises(TinySimError, match="--resume continues it"):
        run(recipe, data, tmp_path, 2)
    with pytest.raises(TinySimError, match="seed 0 then and 5 now"):
        run(recipe, data, tmp_path, 2, seed=5, resume=True)
    (tmp_path / "model.keras").write_bytes(b"PK")
    with pytest.raises(AssetError, match="not a Keras model"):
        run(recipe, data, tmp_path, 2, resume=True)
    (tmp_path / "history.json").write_text('{"recipe": 3}')
    with pytest.raises(StorageError, match="not the history of a training: recipe"):
        run(recipe, data, tmp_path, 2, resume=True)


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_takes_its_own_kind_of_data(name: str, tmp_path: Path) -> None:
    """Through storage, augmentation and features to the model: shapes, and a loss to go down."""
    from tinysim.training.pipeline import plain_batches, training_batches
    from tinysim.training.sets import open_noise, open_split

    recipe = replace(find_recipe(name), batch=3)
    data = write_set(tmp_path, recipe, train=4)
    split, noise = open_split(data, recipe, "train"), open_noise(data, recipe)
    model = recipe.build()
    for batches in (
        training_batches(split, recipe, noise, 7, 1),
        plain_batches(split, recipe),
    ):
        (inputs, targets), (rest, _) = list(batches)
        assert inputs.shape == (3, *recipe.input_shape) and len(rest) == 1
        outputs = model(inputs, training=True)
        assert outputs.shape == (3, len(recipe.classes) or recipe.input_shape[0])
        assert np.isfinite(outputs).all()
        assert len(targets) == 3
    first, second, other = (
        next(iter(training_batches(split, recipe, noise, 7, epoch)))[0] for epoch in (1, 1, 2)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("name", ["ic", "vww"])
def test_augmented_images_are_still_the_images(name: str) -> None:
    """A warp of nothing is the identity or its mirror image; one of something stays in range."""
    from tinysim.training.images import Warp, warp

    recipe = find_recipe(name)
    images = np.random.default_rng(0).uniform(0, 255, (16, *recipe.input_shape)).astype("f4")
    still = warp(tf.constant(images), [1, 2], Warp(0, 0)).numpy()
    plain = np.isclose(still, images, atol=1e-2).all((1, 2, 3))
    mirrored = np.isclose(still, images[:, :, ::-1], atol=1e-2).all((1, 2, 3))
    assert (plain | mirrored).all() and plain.any() and mirrored.any()
    assert recipe.augment is not None
    moved = recipe.augment(tf.constant(images), [1, 2], None).numpy()
    assert moved.min() >= 0 and moved.max() <= 255.01
    assert not np.allclose(moved, images)
    assert np.array_equal(moved, recipe.augment(tf.constant(images), [1, 2], None).numpy())


def test_the_rate_is_halved_where_nothing_gets_better() -> None:
    from tests.training.histories import with_losses
    from tinysim.training.trainer import rate_of

    sww = find_recipe("sww")
    assert rate_of(sww, with_losses("sww", 3, 2, 2.5, 2.5), 100) == 1e-3
    assert rate_of(sww, with_losses("sww", 3, 2, 2.5, 2.5, 2.5), 100) == 5e-4
    assert rate_of(sww, with_losses("sww", 3, 2, 2.5, 2.5, 2.5, 1), 100) == 5e-4
    assert rate_of(sww, with_losses("sww", 3, 2, *[2.5] * 6), 100) == 2.5e-4
    assert rate_of(find_recipe("kws"), with_losses("kws", *[1] * 12), 36) == 1e-4


def test_a_signal_ends_the_training_after_its_epoch(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    main = "from tinysim.cli import main; main()"
    command = [sys.executable, "-c", main, "train", "kws", "--epochs", "50"]
    process = subprocess.Popen(
        [*command, "--data", str(data), "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (out / "history.json").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    printed, told = process.communicate(timeout=60)
    epochs = len(read_history(out / "history.json").epochs)
    assert process.returncode == 128 + signal.SIGINT
    assert re.search(rf"interrupted; {epochs} of 50 epochs: --resume continues", told)
    assert f"epoch {epochs} of 50: loss " in printed
    assert f"epoch {epochs + 1} " not in printed
    page = (out / "training.html").read_text()
    assert page.count("<figure") == 3
    assert "<script" not in page and 'src="http' not in page
    assert list((out / "tensorboard").iterdir())
