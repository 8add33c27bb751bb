"""What folding leaves of the reference is the reference to the closed division."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.models.foldable import Foldable
from tinysim.divisions import Verdict, check_closed, find_reference
from tinysim.divisions.reference import Reference
from tinysim.models.network import Network
from tinysim.models.prepare import prepare
from tinysim.models.read import parse_network
from tinysim.models.write import write_network


def _other_weight(network: Network) -> Network:
    """The same with one weight of the last dense layer moved."""
    graph = network.main
    node = next(node for node in reversed(graph.nodes) if node.op == "FULLY_CONNECTED")
    levels = np.frombuffer(graph.tensors[node.inputs[1]].data or b"", np.int8).copy()
    levels[3] = -levels[3] if levels[3] else 40
    return network.with_main(graph.with_tensor(node.inputs[1], data=levels.tobytes()))


@pytest.mark.parametrize("name", ["vww", "ic2"])
def test_the_folded_official_model_is_the_reference(
    name: str, assets: Path, tmp_path: Path
) -> None:
    reference = find_reference(name)
    assert reference.int8 is not None
    prepared = prepare(reference.int8)
    assert "folding" in prepared.lowered.passes
    path = tmp_path / "folded.tflite"
    path.write_bytes(prepared.flashed)
    verdict = check_closed(path, reference)
    assert verdict.passed
    assert verdict.nearest == 0
    path.write_bytes(write_network(_other_weight(prepared.lowered.network)))
    assert not check_closed(path, reference).passed


def _saturated() -> bytes:
    """A model with channels that are one number although they have weights."""
    making = Foldable(11, constant=0.9, unread=0)
    source = making.activation((1, 8, 8, 3))
    last = making.convolution(source, 16, 3, activation=1)
    last = making.convolution(last, 8, 1, activation=1)
    last = making.dense(making.reshape(last, (1, 512)))
    return write_network(making.network([source], last))


def _judged(path: Path, content: bytes, reference: Reference) -> Verdict:
    path.write_bytes(content)
    return check_closed(path, reference)


def test_saturated_channels_may_go_where_the_references_levels_prove_it(tmp_path: Path) -> None:
    whole = tmp_path / "whole.tflite"
    whole.write_bytes(_saturated())
    folded = prepare(whole)
    assert folded.macs[1] < folded.macs[0] / 2
    path = tmp_path / "m.tflite"
    known = Reference("kws", whole, is_float=False, int8=whole)
    assert _judged(path, folded.flashed, known).passed
    changed = write_network(_other_weight(parse_network(folded.flashed)))
    assert not _judged(path, changed, known).passed
    # By weights that are zero alone it cannot be proved.
    assert not _judged(path, folded.flashed, replace(known, int8=None)).passed
