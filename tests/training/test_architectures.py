"""The reference architectures against the official models, operation by operation."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinysim.models.graph import list_operations
from tinysim.models.network import Graph, Tensor
from tinysim.models.read import parse_network, read_network
from tinysim.training import find_recipe, recipe_names
from tinysim.training.loading import Trained

pytest.importorskip("tensorflow", reason="the extra `train` is not installed")

OFFICIAL = {
    "ad": ("ad01_int8.tflite", 265_864, 264_192),
    "ic": ("pretrainedResnet_quant.tflite", 77_706, 12_501_632),
    "ic2": ("pretrainedResnet_large_int8.tflite", 480_330, 76_473_920),
    "kws": ("kws_ref_model.tflite", 22_604, 2_656_768),
    "sww": ("str_ww_ref_model.tflite", 46_883, 826_368),
    "vww": ("vww_96_int8.tflite", 210_850, 7_489_664),
}
"""File, parameters after batch normalization is folded, and multiply-accumulates."""


def awake(model: Any) -> Any:
    """A model whose every bias is there: the converter leaves out those that are zero."""
    random = np.random.default_rng(0)
    model.set_weights(
        [w + random.uniform(0.01, 0.05, w.shape).astype(np.float32) for w in model.get_weights()]
    )
    return model


def make(name: str) -> Graph:
    from tinysim.training.quantize import quantize

    recipe = find_recipe(name)
    low, high = recipe.input_range or (0.0, 1.0)
    shape = (4, *recipe.input_shape)
    inputs = np.random.default_rng(0).uniform(low, high, shape).astype(np.float32)
    trained = Trained(awake(recipe.build()), (None, *recipe.input_shape))
    return parse_network(quantize(trained, inputs, input_range=recipe.input_range)).main


def operations(graph: Graph) -> list[Any]:
    """Each operation with its shapes, types, strides and quantization; a dense layer flattens its
    input itself where the converter of today leaves out the reshape before it.
    """

    def described(tensor: Tensor, rows: bool) -> Any:
        scheme = tensor.quantization
        shape = (1, tensor.elements) if rows else tensor.shape
        by_channel = len(scheme.scales) > 1 if scheme else None
        return shape, tensor.type, by_channel, scheme.axis if scheme and by_channel else None

    found = []
    for node in graph.nodes:
        if node.op == "RESHAPE":
            continue
        tensors = [graph.tensors[index] for index in (*node.present, *node.outputs)]
        rows = [node.op == "FULLY_CONNECTED" and place == 0 for place in range(len(tensors))]
        options = {key: value for key, value in node.options.items() if key != "keep_num_dims"}
        shapes = [described(*pair) for pair in zip(tensors, rows, strict=True)]
        found.append((node.op, shapes, options))
    return found


def parameters(graph: Graph) -> int:
    weighted = [n for n in graph.nodes if n.op.endswith(("CONV_2D", "CONNECTED"))]
    return sum(graph.tensors[index].elements for n in weighted for index in n.inputs[1:])


@pytest.mark.parametrize("name", OFFICIAL)
def test_an_architecture_is_the_official_models(name: str, assets: Path) -> None:
    """Layers, shapes, options, parameters, multiply-accumulates and quantization scheme."""
    file, count, macs = OFFICIAL[name]
    official = read_network(assets / "models" / file)[0].main
    ours = make(name)
    assert operations(ours) == operations(official)
    assert parameters(ours) == parameters(official) == count
    assert sum(o.macs for o in list_operations(ours)) == macs
    assert sum(o.macs for o in list_operations(official)) == macs


def test_there_is_a_training_for_each_official_model() -> None:
    assert recipe_names() == sorted(OFFICIAL)


@pytest.mark.parametrize("name", ["kws", "vww", "ic"])
def test_the_input_is_quantized_as_the_official_runner_quantized_its_files(
    name: str, assets: Path
) -> None:
    official = read_network(assets / "models" / OFFICIAL[name][0])[0].main
    ours = make(name)
    theirs = official.tensors[official.inputs[0]].quantization
    scheme = ours.tensors[ours.inputs[0]].quantization
    assert scheme is not None and theirs is not None
    assert scheme == replace(theirs, scales=(pytest.approx(theirs.scales[0], rel=1e-6),))
