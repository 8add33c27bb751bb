"""The catalogue, and what is made of errors."""

import hashlib
from pathlib import Path

import pytest

from tests.conftest import published_images
from tinysim.reports.validation import make_validation, render_validation
from tinysim.results import band
from tinysim.results.validation import Check, Validation
from tinysim.validation import Candidate, Rule, check_image, find_images, published


def _check(error: float | None, problem: str | None = None) -> Check:
    return Check(
        image="an image",
        sha256="0" * 64,
        benchmark="kws",
        mode="performance",
        tier="T3",
        rule="quick",
        bank="dual",
        estimate_us=None if error is None else 1000 * (1 + error),
        silicon_us=1000.0,
        error=error,
        problem=problem,
    )


def test_every_published_image_is_there_once() -> None:
    assert len(published()) == 28
    assert len({entry.sha256 for entry in published()}) == 28
    assert all(entry.path and entry.bank in ("dual", "single") for entry in published())


def test_an_image_is_known_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"some image"
    digest = hashlib.sha256(content).hexdigest()
    known = published()[0].model_copy(update={"sha256": digest})
    monkeypatch.setattr("tinysim.validation.catalog.published", lambda: (known,))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "renamed.dat").write_bytes(content)
    (tmp_path / "other.bin").write_bytes(b"another")
    assert [(path.name, entry) for path, entry in find_images(tmp_path)] == [("renamed.dat", known)]


def test_the_worst_and_the_mean_count_absolute_errors() -> None:
    rows = [_check(0.01), _check(-0.03), _check(None, "does not boot")]
    validation = Validation.of("T3", Rule.QUICK, rows)
    assert validation.worst_abs_error == 0.03
    assert validation.mean_abs_error == pytest.approx(0.02)
    assert len(validation.rows) == 2
    _, notes = make_validation([validation])
    assert notes[0] == "an image: does not boot"
    assert "worst 3.00%, mean 2.00%, bias -1.00%" in notes[1]


def test_the_page_has_a_plot_of_the_errors_and_no_script() -> None:
    page = render_validation([Validation.of("T3", Rule.QUICK, [_check(0.01)])])
    assert "<svg" in page
    assert "+1.00%" in page
    assert "<script" not in page
    assert "<svg" not in render_validation([Validation.of("T3", Rule.QUICK, [])])


def test_an_image_that_cannot_be_run_is_a_row_with_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "empty.bin"
    path.write_bytes(b"")
    candidate = Candidate(path, "empty", "0" * 64, "kws", "performance", "dual", 1000.0)
    check = check_image(candidate, "T3", Rule.QUICK)
    assert check.error is None
    assert check.problem and "boots from" in check.problem
    unknown = Candidate(path, "empty", "0" * 64, "nlp", "performance", "dual", 1000.0)
    assert "no benchmark" in (check_image(unknown, "T3", Rule.QUICK).problem or "")


def test_both_modes_and_both_rules_estimate_alike(firmware: Path) -> None:
    def estimate(suffix: str, mode: str, rule: Rule) -> float:
        path = firmware / f"ad_{suffix}.elf"
        check = check_image(
            Candidate(path, "ours", "0" * 64, "ad", mode, "single", 1.0), "T2", rule
        )
        assert check.problem is None
        assert check.estimate_us is not None
        return check.estimate_us

    quick = estimate("dsp", "performance", Rule.QUICK)
    assert estimate("dsp", "performance", Rule.OFFICIAL) == pytest.approx(quick, rel=0.0005)
    assert estimate("dsp_energy", "energy", Rule.QUICK) == pytest.approx(quick, rel=0.0005)


@pytest.mark.parametrize("tier", ["T2", "T3"])
def test_the_bands_that_are_printed_hold(tier: str) -> None:
    """Every visible image, at most 1.5 % off and 0.6 % in the mean at T3."""
    found = published_images()
    promised = band(tier)
    assert promised is not None
    rows = [
        check_image(
            Candidate(
                path,
                entry.name,
                entry.sha256,
                entry.benchmark,
                entry.mode,
                entry.bank,
                1e6 / (entry.inferences_per_s or 1),
            ),
            tier,
            Rule.QUICK,
        )
        for path, entry in found
    ]
    validation = Validation.of(tier, Rule.QUICK, rows)
    assert not validation.others
    assert validation.worst_abs_error is not None and validation.mean_abs_error is not None
    assert validation.worst_abs_error < promised.worst + 0.001
    assert validation.mean_abs_error < promised.mean + 0.001
    if tier == "T3":
        assert validation.worst_abs_error <= 0.015
        assert validation.mean_abs_error <= 0.006
