"""Quantization and evaluation on the host, and the board beside it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.robustness.command import refused
from tests.robustness.command import tinysim as command
from tests.training.synthetic import write_set
from tinysim.models.read import read_network
from tinysim.training import find_recipe, recipe_names

tf = pytest.importorskip("tensorflow", reason="the extra `train` is not installed")


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with one input of 6 numbers, and calibration inputs beside it."""
    folder = tmp_path_factory.mktemp("dense")
    source = tf.keras.Input((6,))
    hidden = tf.keras.layers.Dense(8, activation="relu", bias_initializer="ones")(source)
    output = tf.keras.layers.Dense(3, activation="softmax", bias_initializer="ones")(hidden)
    model = tf.keras.Model(source, output)
    model.save(folder / "dense.keras")
    tf.saved_model.save(model, str(folder / "saved"))
    np.save(folder / "inputs.npy", np.random.default_rng(0).normal(size=(40, 6)).astype("f4"))
    return folder


def quantized(model: Path, calibration: Path, out: Path, *options: str) -> Path:
    ran = command(
        "quantize", str(model), "--calibration", str(calibration), "-o", str(out), *options
    )
    assert ran.code == 0, ran
    return out


@pytest.mark.parametrize("source", ["dense.keras", "saved"])
@pytest.mark.parametrize("scheme", ["int8", "int16x8"])
def test_a_quantized_model_answers_as_the_float_one(
    source: str, scheme: str, dense: Path, tmp_path: Path
) -> None:
    from tinysim.training.loading import load_infer

    calibration = dense / "inputs.npy"
    path = quantized(dense / source, calibration, tmp_path / "q.tflite", "--scheme", scheme)
    graph = read_network(path)[0].main
    kind = {"int8": "INT8", "int16x8": "INT16"}[scheme]
    assert {graph.tensors[i].type for i in (*graph.inputs, *graph.outputs)} == {kind}
    weights = [graph.tensors[n.inputs[1]] for n in graph.nodes if n.op == "FULLY_CONNECTED"]
    assert {tensor.type for tensor in weights} == {"INT8"}
    inputs = np.load(calibration)
    (whole, _), (real, _) = load_infer(path), load_infer(dense / "dense.keras")
    assert np.abs(whole(inputs) - real(inputs)).max() < {"int8": 0.03, "int16x8": 0.01}[scheme]


@pytest.mark.parametrize("name", recipe_names())
def test_a_fresh_reference_model_runs_on_the_board_as_on_the_host(
    name: str, tmp_path: Path
) -> None:
    """Initialized, quantized, and run by the ordinary command; every byte is the host's."""
    recipe = find_recipe(name)
    recipe.build().save(tmp_path / "fresh.keras")
    low, high = recipe.input_range or (0.0, 1.0)
    inputs = np.random.default_rng(0).uniform(low, high, (4, *recipe.input_shape)).astype("f4")
    np.save(tmp_path / "x.npy", inputs)
    path = quantized(
        tmp_path / "fresh.keras", tmp_path / "x.npy", tmp_path / "m.tflite", "--as", name
    )
    ran = command(
        "run", str(path), "--input", str(tmp_path / "x.npy"), "--tier", "T0", "--json", "-"
    )
    assert ran.code == 0, ran
    host = json.loads(ran.out)["host"]
    assert (host["equal"], host["inputs"]) == (True, 4)


def test_a_benchmark_takes_a_model_that_was_quantized_for_it(tmp_path: Path) -> None:
    recipe = find_recipe("kws")
    recipe.build().save(tmp_path / "kws.keras")
    data = write_set(tmp_path, recipe, calibration=6)
    calibration = data / "training" / "kws" / "calibration-x.npy"
    path = quantized(tmp_path / "kws.keras", calibration, tmp_path / "m.tflite", "--as", "kws")
    ran = command("run", "kws", "--model", str(path), "--tier", "T0", "--json", "-")
    assert ran.code == 0, ran


def test_evaluation_gives_the_official_models_what_the_board_gives_them(assets: Path) -> None:
    models = {"kws_ref_model": ("kws", 0.901), "pretrainedResnet_quant": ("ic", 0.865)}
    for file, (name, top1) in models.items():
        path = assets / "models" / f"{file}.tflite"
        ran = command("evaluate", str(path), "--data", str(assets), "--json")
        found = json.loads(ran.out)
        assert (found["recipe"], found["top1"]) == (name, top1)
        assert sum(map(sum, found["confusion"])) == found["files"]


def test_evaluation_counts_what_is_right(dense: Path, tmp_path: Path) -> None:
    """A model that is right by construction but for the last class, which it never says."""
    recipe = find_recipe("sww")
    data = write_set(tmp_path, recipe, test=9)
    source = tf.keras.Input(recipe.input_shape)
    lowest = tf.keras.layers.Flatten()(source)
    tf.keras.Model(source, tf.keras.layers.Dense(3)(lowest)).save(tmp_path / "m.keras")
    ran = command(
        "evaluate", str(tmp_path / "m.keras"), "--data", str(data), "--as", "sww", "--json"
    )
    found = json.loads(ran.out)
    hits = sum(found["confusion"][c][c] for c in range(3))
    assert found["top1"] == pytest.approx(hits / 9)
    assert [sum(row) for row in found["confusion"]] == [3, 3, 3]


def _half(path: Path) -> Path:
    half = tf.keras.Input((6,), dtype="float16")
    output = tf.keras.layers.Dense(3, dtype="float16")(half)
    tf.keras.Model(half, output).save(path)
    return path


def test_bad_models_and_inputs_are_one_line_each(dense: Path, tmp_path: Path) -> None:
    good, inputs = dense / "dense.keras", dense / "inputs.npy"
    out = tmp_path / "out.tflite"
    wide, empty, text = (tmp_path / f"{n}.npy" for n in ("wide", "empty", "text"))
    nowhere, nan = tmp_path / "nowhere", tmp_path / "nan.npy"
    np.save(wide, np.zeros((4, 7), np.float32))
    np.save(empty, np.zeros((0, 6), np.float32))
    np.save(nan, np.full((1, 6), np.nan, np.float32))
    text.write_text("no array")
    (tmp_path / "folder").mkdir()
    cut = tmp_path / "cut.keras"
    cut.write_bytes(good.read_bytes()[:200])
    cases: list[tuple[Any, Any, str]] = [
        (nowhere, inputs, "nowhere: does not exist"),
        (cut, inputs, "not a Keras model or SavedModel"),
        (tmp_path / "folder", inputs, "not a Keras model or SavedModel"),
        (_half(tmp_path / "half.keras"), inputs, "float16"),
        (good, nowhere, "nowhere: does not exist"),
        (good, empty, "there is no calibration input"),
        (good, tmp_path / "folder", "there is no calibration input"),
        (good, wide, r"float32 of shape \[4, 7\]; floats of \[any, 6\] were expected"),
        (good, text, "not an array file of numpy"),
        (good, nan, "a number that is none"),
    ]
    for model, calibration, said in cases:
        ran = command("quantize", str(model), "--calibration", str(calibration), "-o", str(out))
        refused(ran, said)
        assert not out.exists()
    refused(
        command("quantize", str(good), "--calibration", str(inputs), "-o", str(out), "--as", "kws"),
        r"its input is \[6\], that of kws \[49, 10, 1\]",
    )
    refused(command("evaluate", str(good), "--data", str(dense)), "that of no benchmark")


def test_bad_training_sets_are_one_line_each(tmp_path: Path) -> None:
    recipe = find_recipe("ic")
    data = write_set(tmp_path, recipe, train=4, validation=4)
    folder = data / "training" / "ic"
    good = {path.name: path.read_bytes() for path in folder.iterdir()}
    arrays: list[tuple[str, Any, str]] = [
        ("train-y.npy", np.array([0, 1, 2, 10]), "class 10 is none of the 10 of ic"),
        ("train-y.npy", np.array([0, 1, -2, 3]), "class -2 is none of the 10"),
        ("train-y.npy", np.array([0, 1, 2]), "4 whole numbers were expected"),
        ("train-y.npy", np.array([0.0, 1, 2, 3]), "4 whole numbers were expected"),
        ("train-x.npy", np.zeros((4, 32, 32, 3)), "float64 of shape"),
        ("train-x.npy", np.zeros((4, 32, 32, 1), np.uint8), r"uint8 of shape \[4, 32, 32, 1\]"),
        ("train-x.npy", np.zeros((0, 32, 32, 3), np.uint8), "no example"),
        ("validation-x.npy", None, "does not exist"),
    ]
    for name, array, said in arrays:
        if array is None:
            (folder / name).unlink()
        else:
            np.save(folder / name, array)
        out = tmp_path / "out"
        refused(command("train", "ic", "--data", str(data), "--out", str(out)), said)
        assert not (out / "history.json").exists()
        (folder / name).write_bytes(good[name])
    refused(command("train", "x", "--data", str(data), "--out", str(data)), "no training 'x'")
