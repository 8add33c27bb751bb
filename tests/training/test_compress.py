"""Pruning: which weights go, and that the others learn on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.robustness.command import refused
from tests.robustness.command import tinysim as command
from tests.training.synthetic import write_set
from tinysim.training import find_recipe

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
    wrong = ("--as", "ic", *arguments[2:])
    refused(command("compress", str(path), *wrong), "training/ic/train-x.npy: does not exist")
