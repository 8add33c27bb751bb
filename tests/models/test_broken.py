"""Broken models end on the host, in one line each."""

import random
from pathlib import Path

import pytest

from tests.models.broken import COUNT, broken_models
from tinysim.errors import AssetError
from tinysim.models.check import check_model, require_runnable
from tinysim.models.prepare import prepare
from tinysim.models.twin import write_twin

_FLASH, _RAM = 2 << 20, 640 << 10


def test_each_is_refused_in_one_line_that_names_the_file(tmp_path: Path) -> None:
    models = dict(broken_models())
    assert len(models) >= COUNT
    path = tmp_path / "broken.tflite"
    for name, content in models.items():
        path.write_bytes(content)
        with pytest.raises(AssetError) as refusal:
            require_runnable(prepare(path), _FLASH, _RAM)
        text = str(refusal.value)
        assert text.startswith(f"{path}: "), name
        assert "\n" not in text and len(text) < 1000, name


def test_any_changed_bit_is_refused_or_leaves_a_model(tmp_path: Path) -> None:
    whole = write_twin("ad")
    path = tmp_path / "flipped.tflite"
    for number in range(300):
        generator = random.Random(number)
        changed = bytearray(whole)
        for _ in range(generator.randrange(1, 4)):
            # Weights are most of the file: they may be anything.
            place = generator.choice((0, len(whole) - 6000))
            changed[place + generator.randrange(6000)] ^= 1 << generator.randrange(8)
        path.write_bytes(changed)
        try:
            _, found = check_model(path, _FLASH, _RAM)
        except AssetError as error:
            assert str(error).startswith(f"{path}: ")
        else:
            assert "\n" not in found.reason


def test_a_directory_and_a_missing_file_are_no_models(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.tflite"):
        with pytest.raises(AssetError, match=r"not a file|does not exist"):
            prepare(path)
