"""What several tests need."""

import shutil
from pathlib import Path

import pytest

from tinysim.models.locate import assets_folder

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "build" / "firmware"


@pytest.fixture
def firmware() -> Path:
    """The folder with our own images; `make test` builds them."""
    if not (IMAGES / "kws_dsp.elf").is_file():
        if shutil.which("arm-none-eabi-g++") is None:
            pytest.skip("the firmware is not built and its toolchain is missing")
        pytest.fail("the firmware is not built: run `tinysim build`")
    return IMAGES


@pytest.fixture
def assets() -> Path:
    """The folder with official models and data sets."""
    folder = assets_folder()
    if folder is None or not (folder / "models").is_dir():
        pytest.skip("TINYSIM_ASSETS is not set")
    return folder
