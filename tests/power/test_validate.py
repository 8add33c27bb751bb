"""`tinysim validate --energy`."""

import json
import os

import pytest

from tests.acceptance.test_cli import tinysim
from tests.conftest import published_images


def test_every_published_run_is_beside_its_estimate() -> None:
    run = tinysim("validate", "--energy", "--json", "-")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    rows = {row["run"]: row for row in found["rows"]}
    assert rows["v1.2 STMicroelectronics kws"]["use"] == "check"
    assert rows["v1.0 STMicroelectronics kws"]["use"] == "chooses"
    assert rows["v1.0 OctoML, native kws"]["estimate_mw"] is None
    assert all(row["activity"] == "stand-in" for row in rows.values())
    off = [abs(row["error"]) for row in rows.values() if row["use"] == "check"]
    assert max(off) < 0.09


def test_the_table_says_what_was_not_checked() -> None:
    run = tinysim("validate", "--energy")
    assert "7 runs kept for checking" in run.stdout
    assert "activity of another image" in run.stdout
    assert "nothing checks it" in " ".join(run.stdout.split())


def test_energy_goes_with_images_alone() -> None:
    run = tinysim("validate", "--energy", "--official")
    assert run.returncode == 2
    assert "--energy goes with" in run.stderr


def test_the_images_that_stand_in_give_what_is_stored() -> None:
    published_images()
    run = tinysim("validate", "--energy", "--images", os.environ["TINYSIM_IMAGES"], "--json", "-")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)["stand_ins"]
    assert {stand_in["bank"] for stand_in in found} == {"dual", "single"}
    for stand_in in found:
        assert stand_in["measured"] == pytest.approx(stand_in["stored"], rel=0.01, abs=1e-4)
