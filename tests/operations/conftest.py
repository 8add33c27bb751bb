"""The firmware's kernels, built for this machine."""

import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from tinysim.firmware import missing_tools

from .board import build_with_every_operation

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def run_models() -> Path:
    """The program that runs models by the firmware's kernels; built where it is out of date."""
    pytest.importorskip("tflite_micro")
    if not all(shutil.which(tool) for tool in ("cmake", "ninja", "cargo", "g++")):
        pytest.skip("a tool to build the kernels for this machine is missing")
    folder = ROOT / "build" / "kernel-test"
    folder.mkdir(parents=True, exist_ok=True)
    # Tests that run side by side would replace the program while another one starts it.
    with FileLock(folder / ".lock"):
        if not (folder / "build.ninja").is_file():
            source = ["cmake", "-S", str(ROOT / "firmware"), "-B", str(folder), "-G", "Ninja"]
            subprocess.run([*source, "-DTINYSIM_HOST_TESTS=ON"], check=True, capture_output=True)
        done = subprocess.run(
            ["ninja", "-C", str(folder), "run_models"], capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout
    return folder / "tflm" / "tests" / "run_models"


@pytest.fixture(scope="session")
def every_operation() -> Path:
    """The image with every kernel."""
    pytest.importorskip("tflite_micro")
    if missing_tools():
        pytest.skip("the firmware's toolchain is missing")
    return build_with_every_operation()
