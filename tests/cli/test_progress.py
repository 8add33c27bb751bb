"""What a log shows of long work."""

import time

import pytest

from tinysim.cli import progress


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)


def test_items_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.watched("ab", "kws accuracy", 2000)) == ["a", "b"]
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == ""
    assert first.startswith("tinysim: kws accuracy: 1 of 2,000 (0%), 0 s, about ")
    assert second.startswith("tinysim: kws accuracy: 2 of 2,000 (0%), 0 s, about ")


def test_what_has_no_end_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.watched("a", "bytes", None, lambda: 12345)) == ["a"]
    assert capsys.readouterr().err == "tinysim: bytes: 12,345, 0 s\n"


def test_what_cannot_be_counted_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.01)
    with progress.waiting("building firmware"):
        time.sleep(0.5)
    err = capsys.readouterr().err
    assert err.startswith("tinysim: building firmware: 0 s\n")
    time.sleep(0.1)
    assert capsys.readouterr().err == ""


def test_short_work_says_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 10.0)
    with progress.waiting("building firmware"):
        assert list(progress.watched("ab", "kws accuracy", 2)) == ["a", "b"]
    assert capsys.readouterr().err == ""
