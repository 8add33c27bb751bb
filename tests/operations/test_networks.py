"""Networks that TensorFlow's converter writes, by the firmware and by tflite-micro."""

from pathlib import Path

import numpy as np
import pytest
import tflite

from .networks import NETWORKS
from .oracle import Job, differences


def network_job(name: str, model: bytes) -> Job:
    """The network over seeded inputs of its type."""
    random = np.random.default_rng(5)
    graph = tflite.Model.GetRootAs(model, 0).Subgraphs(0)
    tensor = graph.Tensors(graph.Inputs(0))
    dtype = np.int16 if tensor.Type() == tflite.TensorType.INT16 else np.int8
    limits = np.iinfo(dtype)
    shape = tuple(tensor.ShapeAsNumpy())
    batch = [[random.integers(limits.min, limits.max + 1, shape, dtype=dtype)] for _ in range(5)]
    return Job(name, model, batch)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.filterwarnings("ignore")
def test_networks_of_the_converter_equal_tflite_micro(run_models: Path, name: str) -> None:
    pytest.importorskip("tensorflow")
    assert differences(run_models, [network_job(name, NETWORKS[name]())]) == []
