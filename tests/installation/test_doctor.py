"""What an installation has, and what it says of parts that are missing."""

import io
import tomllib
from contextlib import redirect_stdout
from email.message import Message
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.robustness.command import refused, tinysim
from tests.sample_results import make_result
from tinysim.cli.missing import say_missing
from tinysim.installation.extras import USES, find_extras
from tinysim.results.schema import Asset

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def lines(out: str, mark: str) -> set[str]:
    """The names behind a mark."""
    return {line[4:22].strip() for line in out.splitlines() if line.startswith(mark)}


@pytest.fixture(autouse=True)
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without programs, models or data."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TINYSIM_ASSETS", "")
    monkeypatch.setenv("TINYSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("RENODE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_what_is_missing_is_not_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYSIM_PREBUILT", "")
    ran = tinysim("doctor")
    refused(ran, "cannot run without arm-none-eabi-g\\+\\+, cmake, ninja, cargo$")
    tools = {"arm-none-eabi-g++", "cmake", "ninja", "cargo"}
    assert lines(ran.out, "!!") == tools
    assert {"renode engine", "programmer", "kws model", "sww data set"} <= lines(ran.out, "--")
    assert not lines(ran.out, "ok") & {"kws model", "kws data set", "ready images"}
    assert "tinysim data fetch kws" in ran.out and "apt-get install cargo-web" in ran.out


def test_versions_and_places_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYSIM_ASSETS", str(tmp_path / "assets"))
    cmake = tmp_path / "cmake"
    cmake.write_text("#!/bin/sh\necho 'cmake version 9.8.7 (1.2.3)'\n")
    cmake.chmod(0o755)
    model = tmp_path / "assets" / "models" / "kws_ref_model.tflite"
    model.parent.mkdir(parents=True)
    model.touch()
    ran = tinysim("doctor")
    assert f"ok  cmake              9.8.7, {cmake}" in ran.out
    assert f"ok  kws model          {model}" in ran.out
    assert "ok  [report]" in ran.out and "jinja2 " in ran.out


@pytest.mark.parametrize("known", [[], ["robot"], None], ids=["none", "an older one", "no package"])
def test_an_extra_that_the_installation_does_not_know_is_missing(
    monkeypatch: pytest.MonkeyPatch, known: list[str] | None
) -> None:
    """A clone was pulled, and not installed again."""

    def metadata(name: str) -> Message:
        if known is None:
            raise PackageNotFoundError(name)
        found = Message()
        for extra in known:
            found["Provides-Extra"] = extra
        return found

    requirements = ["robotframework>=7; extra == 'robot'"] if known else []
    monkeypatch.setattr("tinysim.installation.extras.metadata", metadata)
    monkeypatch.setattr("tinysim.installation.extras.requires", lambda name: requirements)
    ran = tinysim("doctor")
    missing = {f"[{extra}]" for extra in USES if extra not in (known or ())}
    assert missing <= lines(ran.out, "--")
    assert ("[robot]" in lines(ran.out, "ok")) == bool(known)
    assert "pip install -e '.[report]'" in ran.out


def test_every_extra_is_named() -> None:
    """But those that only the project's own tests and documentation want."""
    declared = tomllib.loads(PYPROJECT.read_text())["project"]["optional-dependencies"]
    ours = {
        name for name in declared if not name.startswith("test") and name not in ("all", "docs")
    }
    assert set(USES) == ours
    found = {part.name: part for part in find_extras()}
    assert found["[cluster]"].found == "" or "duckdb" in found["[cluster]"].found


def test_a_run_without_official_files_says_where_they_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = make_result(mode="accuracy", accuracy=None)
    asset = Asset(name="x.tflite", sha256="0" * 64, origin="twin", is_twin=True)
    twin = result.model_copy(update={"model": asset})
    with redirect_stdout(io.StringIO()) as out:
        say_missing([twin])
    said = out.getvalue()
    assert "  ic model      a twin" in said and "  ic data set   seeded inputs" in said
    assert f"looked for in {tmp_path / 'cache'}/{{models,datasets}}.\nTINYSIM_ASSETS" in said
    assert said.endswith("To download them: tinysim data fetch ic\n")
    with redirect_stdout(io.StringIO()) as out:
        say_missing([make_result()])
    assert out.getvalue() == ""
