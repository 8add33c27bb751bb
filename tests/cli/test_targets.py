"""Files that a verb writes: none that it reads, none twice."""

import os
from pathlib import Path

import pytest

from tests.robustness.command import refused, tinysim
from tests.sample_results import make_result
from tinysim.cli import targets
from tinysim.cli.verbs import VERBS


@pytest.fixture
def result(tmp_path: Path) -> Path:
    path = tmp_path / "r.json"
    path.write_text(make_result().model_dump_json())
    return path


@pytest.mark.parametrize("way", ["itself", "relative", "link", "hard link", "up and down"])
@pytest.mark.parametrize("option", ["--html", "--markdown", "--junit"])
def test_a_report_does_not_take_its_results_place(
    result: Path, monkeypatch: pytest.MonkeyPatch, option: str, way: str
) -> None:
    monkeypatch.chdir(result.parent)
    other = result.with_name("other.json")
    if way == "link":
        other.symlink_to(result)
    elif way == "hard link":
        os.link(result, other)
    elif way == "up and down":
        other = result.parent / ".." / result.parent.name / result.name
    else:
        other = result if way == "itself" else Path(result.name)
    before = result.read_bytes()
    refused(tinysim("report", str(result), option, str(other)), f"{option} .* is an input too")
    assert result.read_bytes() == before


def test_inputs_are_kept_by_every_verb_that_has_both(result: Path, firmware: Path) -> None:
    image = result.with_name("app.elf")
    image.write_bytes((firmware / "kws_dsp.elf").read_bytes())
    mine, elf = str(result), str(image)
    for words in (
        ("run", "kws", "--image", elf, "--json", elf),
        ("run", "kws", "--image", elf, "--baseline", mine, "--json", mine),
        ("run", "model.tflite", "--json", "model.tflite"),
        ("profile", "kws", "--image", elf, "--flame", elf),
        ("trace", elf, "--vcd", elf),
        ("trace", elf, "--perfetto", elf),
        ("compare", mine, mine, "--html", mine),
        ("history", "page", mine, "--html", mine),
        ("compare-models", "m.tflite", "--html", "m.tflite"),
        ("validate", "--image", elf, "--html", elf, "--benchmark", "kws", "--measured", "28"),
        ("sweep", mine, "--to", "t.duckdb", "--html", mine),
        ("quantize", "m.keras", "--calibration", "c.npy", "--output", "m.keras"),
    ):
        refused(tinysim(*words), "is an input too$")


def test_two_things_are_not_written_into_one_file(result: Path, tmp_path: Path) -> None:
    page = str(tmp_path / "page")
    ran = tinysim("report", str(result), "--html", page, "--junit", page)
    refused(ran, "--html .*page: this file is written by --junit too")
    assert tinysim("report", str(result), "--html", "/dev/null", "--junit", "/dev/null").code == 0


def test_a_benchmarks_name_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, firmware: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    image = str(firmware / "kws_dsp.elf")
    for _ in range(2):
        assert tinysim("profile", "kws", "--image", image, "--flame", "kws").code == 0
    assert (tmp_path / "kws").is_file()


def test_every_file_that_is_written_is_known() -> None:
    """By the words of its help."""
    for verb in VERBS:
        command = verb.load()
        for child in getattr(command, "commands", {"": command}).values():
            for parameter in child.params:
                said = (getattr(parameter, "help", "") or "").removeprefix("with --power: ")
                if getattr(parameter, "is_bool_flag", False):
                    continue
                if said.startswith(("write ", "the .keras file to write", "the TFLite file")):
                    assert parameter.name in targets._WRITTEN, (verb.name, parameter.name)
