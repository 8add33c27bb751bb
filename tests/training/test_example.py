"""The open division's example: a real training, in less than a minute."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("tensorflow", reason="the extra `train` is not installed")


def test_the_smaller_model_learns_and_costs_less(tmp_path: Path) -> None:
    example = ROOT / "examples" / "open-division" / "example.py"
    ran = subprocess.run(
        [sys.executable, str(example), str(tmp_path)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    found = {
        (name, mode): json.loads((tmp_path / f"{name}-{mode}.json").read_text())
        for name in ("small", "reference")
        for mode in ("performance", "energy", "accuracy")
    }
    accuracy = found["small", "accuracy"]["accuracy"]
    assert accuracy["samples"] == 120
    assert accuracy["top1"] > 0.6, "chance is 0.083"
    for figure in ("latency_us", "instructions"):
        small, reference = (found[n, "performance"][figure] for n in ("small", "reference"))
        assert small < reference / 3
    page = (tmp_path / "comparison.html").read_text()
    assert page.count("<figure>") == 5
    assert f"{100 * accuracy['top1']:.1f}" in page
