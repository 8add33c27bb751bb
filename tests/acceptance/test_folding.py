"""Folding as a user sees it: benchmarks, model files, and doing without."""

import json
from pathlib import Path
from typing import Any

import pytest

import tinysim
from tests.acceptance.test_cli import tinysim as command
from tests.models.foldable import Foldable
from tinysim.benchmarks import BENCHMARKS
from tinysim.models.write import write_network


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of its channels are one number or unread."""
    making = Foldable(11, constant=0.7, unread=0.3)
    source = making.activation((1, 8, 8, 3))
    last = making.convolution(source, 16, 3, activation=1)
    last = making.depthwise(last, 1, 3, activation=1)
    last = making.convolution(last, 12, 1, activation=1)
    last = making.dense(making.reshape(last, (1, 768)))
    path = tmp_path_factory.mktemp("folding") / "m.tflite"
    path.write_bytes(write_network(making.network([source], last)))
    return path


def _json(*arguments: str) -> Any:
    run = command(*arguments)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    return found[0] if isinstance(found, list) else found


def test_a_model_is_flashed_folded_and_answers_as_the_host_does(model: Path) -> None:
    folded = _json("run", str(model), "--tier", "T0", "--json", "-")
    whole = _json("run", str(model), "--tier", "T0", "--no-folding", "--json", "-")
    assert folded["host"]["equal"] and whole["host"]["equal"]
    assert folded["outputs_sha256"] == whole["outputs_sha256"]
    assert folded["instructions"] < whole["instructions"] * 0.8
    assert folded["model"] == whole["model"]
    assert whole["flashed"]["sha256"] == whole["model"]["sha256"]
    assert folded["flashed"]["sha256"] != folded["model"]["sha256"]
    assert "folding" in folded["flashed"]["origin"]


def test_python_and_profiles_may_do_without(model: Path) -> None:
    folded, whole = (tinysim.run_model(model, tier="T0", folding=on) for on in (True, False))
    costs = [result.profile.layers if result.profile else () for result in (folded, whole)]
    assert [layer.name for layer in costs[0]] == [layer.name for layer in costs[1]]
    assert sum(layer.macs or 0 for layer in costs[0]) < sum(layer.macs or 0 for layer in costs[1])


def test_a_check_counts_both(model: Path) -> None:
    found = _json("check", str(model), "--json")
    assert found["flashed_macs"] < found["macs"] / 2
    assert found["passes"][0] == "folding"
    text = command("check", str(model)).stdout
    assert f"{found['macs']:,} MACs, {found['flashed_macs']:,} as flashed" in text
    whole = _json("check", str(model), "--no-folding", "--json")
    assert whole["flashed_macs"] == whole["macs"] == found["macs"]


def test_a_benchmark_names_both_files(assets: Path) -> None:
    folded = _json("run", "vww", "--tier", "T0", "--limit", "1", "--json", "-")
    assert folded["model"]["sha256"] == BENCHMARKS["vww"].model_sha256
    assert "folding" in folded["flashed"]["origin"]
    assert folded["memory"]["ram"] < 0.45 * folded["memory"]["ram_available"]
    layers = folded["profile"]["layers"]
    assert sum(layer["macs"] for layer in layers) < 3_800_000
    text = command("run", "vww", "--tier", "T0", "--limit", "1").stdout
    assert f"flashed is {folded['flashed']['sha256'][:16]}" in text


def test_one_inference_answers_the_same_folded_or_not(assets: Path) -> None:
    arguments = ("run", "vww", "--mode", "accuracy", "--tier", "T0", "--limit", "6", "--json", "-")
    folded = json.loads(command(*arguments).stdout)
    whole = json.loads(command(*arguments, "--no-folding").stdout)
    assert len({output["results"][0] for output in folded["outputs"]}) > 3
    assert folded["outputs"] == whole["outputs"]
    assert folded["instructions"] < 0.7 * whole["instructions"]
    assert whole["flashed"] is None
