"""The official models folded: the same bytes for all of their data sets and for drawn inputs."""

from pathlib import Path

import numpy as np
import pytest

from tinysim.benchmarks import BENCHMARKS
from tinysim.datasets import find_dataset
from tinysim.models import host
from tinysim.models.prepare import prepare

_FOLDED = {"vww", "ic2"}
_DRAWN = 60


def _model(name: str, assets: Path) -> Path:
    return assets / "models" / BENCHMARKS[name].model_file


@pytest.mark.parametrize("name", sorted(_FOLDED))
def test_no_answer_to_the_official_inputs_changes(name: str, assets: Path) -> None:
    prepared = prepare(_model(name, assets))
    assert prepared.macs[1] < prepared.macs[0]
    dataset = find_dataset(BENCHMARKS[name])
    assert not dataset.is_seeded
    # The firmware's own conversion: a picture's bytes less 128.
    given = [
        (np.frombuffer(sample.inputs[0], np.uint8) ^ 0x80).tobytes() for sample in dataset.samples
    ]
    numbers = np.random.default_rng(5)
    given += [numbers.bytes(prepared.input_bytes) for _ in range(_DRAWN)]
    before = host.run(prepared.content, prepared.network.main, given)
    after = host.run(prepared.flashed, prepared.lowered.graph, given)
    assert len(set(before)) > 20
    assert after == before


@pytest.mark.parametrize("name", sorted(set(BENCHMARKS) - _FOLDED))
def test_where_everything_matters_the_file_is_flashed_as_it_is(name: str, assets: Path) -> None:
    prepared = prepare(_model(name, assets), int8_ends=True)
    assert prepared.flashed == prepared.content
