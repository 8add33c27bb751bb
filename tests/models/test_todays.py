"""Models with the kernels of a checkout of today's TFLM, which `TINYSIM_TFLM` names."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import tinysim
from tests.models.networks import random_network
from tinysim.models.twin import write_twin
from tinysim.models.write import write_network

_FOLDER = os.environ.get("TINYSIM_TFLM")
if not _FOLDER:
    pytest.skip("TINYSIM_TFLM names no checkout of today's TFLM", allow_module_level=True)
if shutil.which("arm-none-eabi-g++") is None:
    pytest.skip("the firmware's toolchain is missing", allow_module_level=True)

_VARIANT = f"tflm={_FOLDER}"


def test_a_models_answers_are_the_hosts_and_ours(tmp_path: Path) -> None:
    path, inputs = tmp_path / "mine.tflite", tmp_path / "x.npy"
    path.write_bytes(write_twin("kws"))
    np.save(inputs, np.random.default_rng(3).integers(-128, 128, (3, 49, 10, 1), dtype=np.int8))
    theirs = tinysim.run_model(path, inputs, tier="T0", variant=_VARIANT)
    ours = tinysim.run_model(path, inputs, tier="T0")
    assert theirs.host is not None and theirs.host.equal
    assert [o.results for o in theirs.outputs] == [o.results for o in ours.outputs]
    assert theirs.profile is not None and theirs.profile.layers


@pytest.mark.parametrize("seed", [3, 8])
def test_a_state_is_kept_between_inferences(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "random.tflite"
    path.write_bytes(write_network(random_network(seed, variables=True)))
    result = tinysim.run_model(path, tier="T0", variant=_VARIANT)
    assert result.host is not None and result.host.equal
