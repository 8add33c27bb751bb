"""What is said where an extra is not installed."""

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.robustness.command import refused, tinysim


@pytest.fixture(autouse=True)
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tensorflow", "scipy", "PIL"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("verb", ["train", "quantize", "evaluate"])
def test_training_names_the_extra(verb: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((1, 4), np.float32))
    file, folder = str(tmp_path / "m.keras"), str(tmp_path)
    Path(file).write_bytes(b"")
    arguments = {
        "train": ["kws", "--data", folder, "--out", folder],
        "quantize": [file, "--calibration", folder, "-o", str(tmp_path / "m.tflite")],
        "evaluate": [file, "--data", folder],
    }
    ran = tinysim(verb, *arguments[verb])
    refused(ran, r"^tinysim: TensorFlow is missing: pip install 'tinysim\[train\]'$")
    assert not (tmp_path / "m.tflite").exists()
