"""What several tests need."""

import os
import shutil
from pathlib import Path

import pytest

from tinysim.models.locate import assets_folder
from tinysim.validation import Published, find_images

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "build" / "firmware"


@pytest.fixture
def firmware() -> Path:
    """The folder with our own images; `make test` builds them."""
    if not (IMAGES / "kws_dsp.elf").is_file():
        if shutil.which("arm-none-eabi-g++") is None:
            pytest.skip("the firmware is not built and its toolchain is missing")
        pytest.fail("the firmware is not built: run `tinysim build --to build/firmware`")
    return IMAGES


def published_images() -> list[tuple[Path, Published]]:
    """The v1.1 images by Bosch below `$TINYSIM_IMAGES`; the test is skipped without them."""
    folder = os.environ.get("TINYSIM_IMAGES")
    found = find_images(Path(folder)) if folder and Path(folder).is_dir() else []
    visible = [(path, entry) for path, entry in found if entry.round == "v1.1"]
    if not visible:
        pytest.skip("TINYSIM_IMAGES has no published image")
    return visible


@pytest.fixture
def assets() -> Path:
    """The folder with official models and data sets."""
    folder = assets_folder()
    if folder is None or not (folder / "models").is_dir():
        pytest.skip("TINYSIM_ASSETS is not set")
    return folder
