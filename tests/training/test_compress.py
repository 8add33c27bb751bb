"""Less of a model: weights, channels or values that go, and that the others learn on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.robustness.command import refused
from tests.robustness.command import tinysim as command
from tests.training.synthetic import write_set
from tinysim.training import find_recipe, recipe_names

tf = pytest.importorskip("tensorflow", reason="the extra `train` is not installed")


def test_the_smallest_weights_go_and_stay_away(tmp_path: Path) -> None:
    from tinysim.training.compress import masks
    from tinysim.training.recipes.kws import ds_cnn

    recipe = replace(find_recipe("kws"), batch=12)
    data = write_set(tmp_path, recipe, train=24, validation=12)
    model, path = ds_cnn(8, 1), tmp_path / "m.keras"
    kernels = {id(kernel): kernel.numpy() for kernel, _ in masks(model, 0.5)}
    for kernel, mask in masks(model, 0.5):
        size = np.abs(kernels[id(kernel)])
        assert size[mask == 0].max() <= size[mask == 1].min()
        assert (mask == 0).sum() == mask.size // 2
    model.save(path)
    out = tmp_path / "pruned.keras"
    arguments = ("--as", "kws", "--data", str(data), "-o", str(out), "--epochs", "2")
    ran = command("compress", str(path), *arguments, "--sparsity", "0.75")
    assert ran.code == 0, ran
    assert "epoch 2 of 2: 75.0% of weights pruned" in ran.out
    pruned = tf.keras.models.load_model(out)
    for before, after in zip(model.layers, pruned.layers, strict=True):
        if type(after).__name__ not in ("Conv2D", "Dense"):
            continue
        zeros = float((after.kernel.numpy() == 0).mean())
        assert zeros == pytest.approx(0.75, abs=0.02)
        left = after.kernel.numpy() != 0
        assert not np.allclose(before.kernel.numpy()[left], after.kernel.numpy()[left], atol=1e-6)
    refused(command("compress", str(path), *arguments, "--sparsity", "1.5"), "between 0 and 1")
    refused(command("compress", str(path), *arguments, "--width", "0"), "between 0 and 1")
    refused(command("compress", str(path), *arguments, "--clusters", "1"), "from 2 to 256")
    refused(command("compress", str(path), *arguments), "one of --sparsity, --width and")
    both = ("--width", "0.5", "--clusters", "4")
    refused(command("compress", str(path), *arguments, *both), "one of --sparsity, --width and")
    wrong = ("--as", "ic", *arguments[2:], "--sparsity", "0.5")
    refused(command("compress", str(path), *wrong), "training/ic/train-x.npy: does not exist")


@pytest.mark.parametrize("name", recipe_names())
def test_half_the_width_computes_with_the_channels_that_stay(name: str) -> None:
    """Where the channels that go have no weights, the answers stay what they were."""
    from tinysim.training.narrow import narrow

    recipe = find_recipe(name)
    model = recipe.build()
    random = np.random.default_rng(0)
    model.set_weights(
        [w + random.uniform(0.01, 0.05, w.shape).astype("f4") for w in model.get_weights()]
    )
    smaller = narrow(model, 0.5)
    assert smaller.input_shape == model.input_shape
    assert smaller.output_shape == model.output_shape
    for before, after in zip(model.layers, smaller.layers, strict=True):
        filters = getattr(before, "filters", None) or getattr(before, "units", None)
        if filters and before is not model.layers[-1]:
            assert (getattr(after, "filters", None) or after.units) == round(filters / 2)
    # Widen the small one again, by zeros: it must be the small one, and narrow to it.
    wide = {layer.name: layer for layer in model.layers}
    for layer in (layer for layer in smaller.layers if layer.weights):
        widened = [
            np.pad(w, [(0, size - have) for have, size in zip(w.shape, big.shape, strict=True)])
            for w, big in zip(layer.get_weights(), wide[layer.name].get_weights(), strict=True)
        ]
        if type(layer).__name__ == "BatchNormalization":
            widened[3] = np.where(widened[3] == 0, 1, widened[3])
        wide[layer.name].set_weights(widened)
    low, high = recipe.input_range or (0.0, 1.0)
    inputs = random.uniform(low, high, (4, *recipe.input_shape)).astype("f4")
    expected = smaller(inputs).numpy()
    assert np.allclose(model(inputs), expected, atol=1e-5)
    assert np.allclose(narrow(model, 0.5)(inputs), expected, atol=1e-5)


def test_a_narrower_model_is_trained_on(tmp_path: Path) -> None:
    from tinysim.training.recipes.kws import ds_cnn

    recipe = find_recipe("kws")
    data = write_set(tmp_path, recipe, train=24, validation=12)
    path, out = tmp_path / "m.keras", tmp_path / "narrow.keras"
    ds_cnn(8, 1).save(path)
    arguments = ("compress", str(path), "--as", "kws", "--data", str(data), "-o", str(out))
    ran = command(*arguments, "--width", "0.25", "--epochs", "1")
    assert ran.code == 0, ran
    found = tf.keras.models.load_model(out)
    assert f"epoch 1 of 1: {found.count_params():,} of " in ran.out
    assert [layer.filters for layer in found.layers if hasattr(layer, "filters")] == [2, 2]
    assert found.output_shape == (None, 12)


def test_clusters_share_values_and_learn_on(tmp_path: Path) -> None:
    from tinysim.training.cluster import nearest
    from tinysim.training.recipes.kws import ds_cnn

    values = np.concatenate([np.full(5, -1.0), np.full(3, 2.0), [2.1], np.full(4, 0.5)])
    labels = nearest(values, 3)
    assert labels.tolist() == [0] * 5 + [2] * 4 + [1] * 4
    assert nearest(np.zeros(4), 2).size == 4
    recipe = find_recipe("kws")
    data = write_set(tmp_path, recipe, train=24, validation=12)
    model, path, out = ds_cnn(8, 1), tmp_path / "m.keras", tmp_path / "clustered.keras"
    model.save(path)
    arguments = ("compress", str(path), "--as", "kws", "--data", str(data), "-o", str(out))
    ran = command(*arguments, "--clusters", "6", "--epochs", "2")
    assert ran.code == 0 and "epoch 2 of 2: 6 values a kernel" in ran.out, ran
    found = tf.keras.models.load_model(out)
    for before, after in zip(model.layers, found.layers, strict=True):
        if type(after).__name__ not in ("Conv2D", "Dense"):
            continue
        kernel = after.kernel.numpy()
        assert 2 <= len(np.unique(kernel)) <= 6
        labels = nearest(before.kernel.numpy().ravel().astype("f8"), 6)
        means = [before.kernel.numpy().ravel()[labels == n].mean() for n in np.unique(labels)]
        assert not np.allclose(np.unique(kernel), np.sort(means), atol=1e-6)
