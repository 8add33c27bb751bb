"""Quantization-aware training: the scheme, the schedule, and what comes out of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.robustness.command import refused
from tests.robustness.command import tinysim as command
from tests.training.histories import with_losses
from tests.training.synthetic import write_set
from tests.training.test_architectures import OFFICIAL, awake, operations, parameters
from tinysim.models.network import Graph
from tinysim.models.read import parse_network, read_network
from tinysim.training import Recipe, find_recipe
from tinysim.training.history import read_history

tf = pytest.importorskip("tensorflow", reason="the extra `train` is not installed")


def inputs_of(recipe: Recipe, count: int, seed: int = 0) -> Any:
    low, high = recipe.input_range or (0.0, 1.0)
    random = np.random.default_rng(seed)
    return random.uniform(low, high, (count, *recipe.input_shape)).astype(np.float32)


def converted(recipe: Recipe) -> tuple[Any, bytes]:
    """A model that has seen some batches, and its quantized form."""
    from tinysim.training.aware import make_aware
    from tinysim.training.quantize import quantize

    model = make_aware(awake(recipe.build()), recipe.input_range)
    inputs = inputs_of(recipe, 64)
    for _ in range(3):
        model(inputs, training=True)
    return model, quantize(model, inputs[:8], input_range=recipe.input_range)


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_scheme_is_the_official_models(name: str, assets: Path) -> None:
    """Every architecture, though the reference trains one of them so. What does not depend on each
    other, the two convolutions of a residual block, may be in either order.
    """
    graph = parse_network(converted(find_recipe(name))[1]).main
    official = read_network(assets / "models" / OFFICIAL[name][0])[0].main
    assert sorted(map(repr, operations(graph))) == sorted(map(repr, operations(official)))
    assert parameters(graph) == parameters(official)


def grid(graph: Graph, index: int) -> tuple[float, int]:
    scheme = graph.tensors[index].quantization
    assert scheme is not None
    return scheme.scales[0], scheme.zero_points[0]


def test_the_quantized_model_computes_what_the_trained_one_did(tmp_path: Path) -> None:
    """Its grids are those that were learnt, and its answers those, but for a step."""
    from tinysim.training.aware import ranges
    from tinysim.training.loading import load_infer, load_model

    recipe = find_recipe("sww")
    model, content = converted(recipe)
    path = tmp_path / "m.tflite"
    path.write_bytes(content)
    graph = parse_network(content).main
    learnt = ranges(model)
    (last,) = (found for name, found in learnt.items() if name.startswith("dense"))
    assert grid(graph, graph.nodes[-1].inputs[0])[0] == pytest.approx(
        (last[1] - last[0]) / 255, rel=1e-5
    )
    low, high = learnt["input_grid"]
    assert grid(graph, graph.inputs[0]) == (pytest.approx(high / 255, rel=1e-5), -128)
    assert low == 0
    infer, _ = load_infer(path)
    inputs = inputs_of(recipe, 50, seed=1)
    apart = np.abs(infer(inputs) - model(inputs, training=False))
    # Softmax makes at most a quarter of a logit's step, one a logit, and rounds itself.
    assert apart.max() <= 2 * (last[1] - last[0]) / 255 / 4 + 1 / 256
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    assert np.array_equal(model(inputs, training=False), again(inputs, training=False))


def test_rounding_passes_gradients_within_its_range() -> None:
    from tinysim.training.fake_quantization import FakeQuantization, by_channel

    layer = FakeQuantization((-1.0, 1.0))
    values = tf.Variable([-3.0, -0.5, 0.25, 7.0])
    with tf.GradientTape() as tape:
        result = layer(values)
    assert tape.gradient(result, values).numpy().tolist() == [0, 1, 1, 0]
    steps = result.numpy() * 255 / 2
    assert np.allclose(steps, np.round(steps), atol=1e-3)
    kernel = tf.constant(np.random.default_rng(0).normal(size=(3, 3, 4, 5)).astype("f4"))
    most = np.abs(kernel).max(axis=(0, 1, 2))
    levels = by_channel(kernel).numpy() / (most / 127)
    assert np.allclose(levels, np.round(levels), atol=1e-3)
    assert np.abs(levels).max(axis=(0, 1, 2)) == pytest.approx(127)
    assert not by_channel(tf.zeros((1, 1, 2, 3))).numpy().any()


def test_the_rate_is_a_tenth_and_falls_to_a_tenth_of_that() -> None:
    from tinysim.training.trainer import rate_of

    sww = find_recipe("sww")

    def at(epoch: int) -> float:
        history = with_losses("sww", *[1.0] * epoch).model_copy(update={"float_epochs": 50})
        return rate_of(sww, history, 100)

    assert at(0) == 1e-3
    assert at(50) == at(59) == pytest.approx(1e-4)
    assert at(60) == pytest.approx(1e-4 * 0.1 ** (1 / 40))
    assert at(99) == pytest.approx(1e-5)


def test_a_training_goes_over_to_quantization_resumed_or_not(tmp_path: Path) -> None:
    """Broken off before the change, at it and after it: the same weights."""
    from tinysim.training.aware import is_aware
    from tinysim.training.loading import load_model
    from tinysim.training.recipes.kws import ds_cnn
    from tinysim.training.trainer import Plan, train

    recipe = replace(find_recipe("kws"), build=lambda: ds_cnn(8, 1), batch=12)
    data = write_set(tmp_path, recipe, train=24, validation=12)
    plan = Plan(recipe, data, tmp_path / "whole", 3, seed=1, float_epochs=1)
    train(plan)
    for _ in range(3):
        started = (tmp_path / "parts").exists()
        train(replace(plan, out=tmp_path / "parts", resume=started), stopped=lambda: True)
    whole, parts = (load_model(tmp_path / name / "model.keras") for name in ("whole", "parts"))
    assert is_aware(whole)
    assert not is_aware(load_model(tmp_path / "whole" / "float.keras"))
    assert len(read_history(tmp_path / "parts" / "history.json").epochs) == 3
    for one, other in zip(whole.get_weights(), parts.get_weights(), strict=True):
        assert np.array_equal(one, other)
    ran = command(
        *("compress", str(tmp_path / "whole" / "model.keras"), "--as", "kws", "--data", str(data)),
        *("--sparsity", "0.5", "-o", str(tmp_path / "c.keras")),
    )
    refused(ran, "was trained with quantization; float.keras")


def test_it_runs_on_the_board_as_on_the_host(tmp_path: Path) -> None:
    """From the command line: trained for two epochs, quantized, every byte compared."""
    recipe = find_recipe("sww")
    data = write_set(tmp_path, recipe, train=60, validation=6, calibration=6)
    out = tmp_path / "sww"
    ran = command(
        *("train", "sww", "--data", str(data), "--out", str(out)),
        *("--epochs", "2", "--float-epochs", "1"),
    )
    assert ran.code == 0, ran
    calibration = str(data / "training" / "sww" / "calibration-x.npy")
    model, path = str(out / "model.keras"), str(tmp_path / "m.tflite")
    arguments = ("quantize", model, "--as", "sww", "--calibration", calibration, "-o", path)
    refused(command(*arguments, "--scheme", "int16x8"), "trained to be quantized to int8")
    assert command(*arguments).code == 0
    np.save(tmp_path / "x.npy", inputs_of(recipe, 4))
    ran = command("run", path, "--input", str(tmp_path / "x.npy"), "--tier", "T0", "--json", "-")
    assert ran.code == 0, ran
    host = json.loads(ran.out)["host"]
    assert (host["equal"], host["inputs"]) == (True, 4)
