"""Stored files of every type, spoilt in every way, and files that cannot be written."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.robustness.command import refused, tinysim
from tests.sample_results import make_result
from tinysim import storage
from tinysim.errors import StorageError
from tinysim.results.baseline import Baseline, compare
from tinysim.submission.system import KEYS

Json = dict[str, Any]
NOT_JSON: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not JSON"),
    "blank": (b"   \n", "not JSON"),
    "a word": (b"nothing", "not JSON"),
    "cut": (b'{"a": ', "not JSON"),
    "more than one": (b"{} {}", "not JSON"),
    "a trailing comma": (b'{"a": 1,}', "not JSON"),
    "single quotes": (b"{'a': 1}", "not JSON"),
    "NaN": (b'{"a": NaN}', "not JSON"),
    "Infinity": (b"[Infinity]", "not JSON"),
    "deep arrays": (b"[" * 200_000, "nested too deep"),
    "deep objects": (b'{"a":' * 200_000, "nested too deep"),
    "a long number": (b"9" * 10_000, "not JSON"),
    "UTF-16": ("{}".encode("utf-16"), "not UTF-8"),
    "UTF-32": ("{}".encode("utf-32"), "not UTF-8"),
    "noise": (bytes(range(128, 256)), "not UTF-8"),
    "nulls": (bytes(100), "not JSON"),
    "an ELF": (b"\x7fELF" + bytes(100), "not JSON"),
    "escapes": (b"\x1b[2J\x07", "not JSON"),
}
NO_OBJECT = {"null": "null", "a number": "3", "a text": '"x"', "true": "true", "lists": "[[]]"}

_NUMBERS = ("latency_us", "throughput_ips", "instructions", "cycles", "cpi", "wall_s", "clock_hz")
_BAD_NUMBERS = (-1, "1", None, True, [], {}, 1e400, "NaN")

RESULT: dict[str, tuple[str, Any]] = {
    **{f"{name} {value!r}": (name, value) for name in _NUMBERS for value in _BAD_NUMBERS},
    **{f"{name} missing": (name, ...) for name in ("benchmark", "mode", "image", "windows_", "cpi")
       if name != "windows_"},
    "latency 0": ("latency_us", 0),
    "a mode": ("mode", "speed"),
    "accuracy of nothing": ("accuracy", {"samples": 0, "target": 0.9, "passed": True,
                                         "official": True, "top1": 0.95}),
    "an unknown field": ("surprise", 1),
    "flash below 0": ("memory", {"flash": -1, "flash_available": 1, "ram": 1,
                                 "ram_available": 1, "arena": 1}),
    "top1 above 1": ("accuracy", {"top1": 1.5, "samples": 4, "target": 0.85, "passed": True,
                                  "official": False}),
    "passed, and is not": ("accuracy", {"top1": 0.5, "samples": 4, "target": 0.85, "passed": True,
                                        "official": False}),
    "neither top1 nor auc": ("accuracy", {"samples": 4, "target": 0.85, "passed": True,
                                          "official": False}),
    **{f"answers {text!r}": ("outputs", [{"file": "a", "label": 0, "results": [text]}])
       for text in ("", "nan,1", "x,y", "0.1", "0.1,0.2,0.3", "1e999,0")},
    "no answer": ("outputs", [{"file": "a", "label": 0, "results": []}]),
    "a label": ("outputs", [{"file": "a", "label": 2, "results": ["0.1,0.9"]}]),
    "a negative label": ("outputs", [{"file": "a", "label": -1, "results": ["0.1,0.9"]}]),
    **{f"windows of {us} us": ("windows", [{"file": "a", "inferences": 3, "warmups": 1,
                                            "elapsed_us": us, "instructions": 1, "cycles": 1}])
       for us in (0, -5, 1.5, "9", None)},
    "windows of no inference": ("windows", [{"file": "a", "inferences": 0, "warmups": 1,
                                             "elapsed_us": 9, "instructions": 1, "cycles": 1}]),
    "a profile of 0 cycles": ("profile", {"instructions": 1, "cycles": 0}),
}  # fmt: skip
VERSIONS: dict[Any, str] = {
    2: "2 is newer than this tinysim", 99: "99 is newer", 10**30: "is newer", 0: "0 is older",
    -1: "-1 is older", "1": "has no", None: "has no", True: "has no", ...: "has no",
}  # fmt: skip


def _result(**changes: Any) -> Json:
    dumped: Json = json.loads(make_result().model_dump_json())
    return _changed(dumped, **changes)


def _changed(content: Json, **changes: Any) -> Json:
    merged = {**content, **changes}
    return {name: value for name, value in merged.items() if value is not ...}


def _write(path: Path, content: object) -> str:
    path.write_text(json.dumps(content))
    return str(path)


@pytest.fixture
def readers(tmp_path: Path) -> dict[str, Callable[[Path], tuple[str, ...]]]:
    """Every way in for a stored file."""
    good = _write(tmp_path / "good.json", _result())
    system = _write(tmp_path / "system.json", dict.fromkeys(KEYS, "x"))
    tree = str(tmp_path / "tree")
    return {
        "report": lambda path: ("report", str(path)),
        "report --html": lambda path: ("report", str(path), "--html", str(tmp_path / "out")),
        "report --junit": lambda path: ("report", str(path), "--junit", str(tmp_path / "out")),
        "compare": lambda path: ("compare", good, str(path)),
        "baseline write --from": lambda path: (
            "baseline", "write", str(tmp_path / "new.json"), "--from", str(path),
        ),
        "baseline write": lambda path: ("baseline", "write", str(path), "--from", good),
        "run --baseline": lambda path: ("run", "kws", "--baseline", str(path)),
        "submit --results": lambda path: (
            "submit", tree, "--results", str(path), "--org", "o", "--system", system,
        ),
        "submit --system": lambda path: (
            "submit", tree, "--results", good, "--org", "o", "--system", str(path),
        ),
    }  # fmt: skip


_READERS = ("report", "report --html", "report --junit", "compare", "baseline write --from",
            "baseline write", "run --baseline", "submit --results", "submit --system")  # fmt: skip


@pytest.mark.parametrize("reader", _READERS)
@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_no_json(
    tmp_path: Path, readers: dict[str, Callable[[Path], tuple[str, ...]]], name: str, reader: str
) -> None:
    content, pattern = NOT_JSON[name]
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    if name == "deep objects" or name == "deep arrays":
        pattern += "|not JSON"
    refused(tinysim(*readers[reader](path)), pattern)
    assert path.read_bytes() == content


@pytest.mark.parametrize("reader", _READERS)
@pytest.mark.parametrize("name", NO_OBJECT)
def test_what_is_no_object(
    tmp_path: Path, readers: dict[str, Callable[[Path], tuple[str, ...]]], name: str, reader: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(NO_OBJECT[name])
    refused(tinysim(*readers[reader](path)), "expected")


@pytest.mark.parametrize("name", RESULT)
def test_a_result_that_cannot_be(tmp_path: Path, name: str) -> None:
    field, value = RESULT[name]
    path = tmp_path / "bad.json"
    text = json.dumps(_result(**{field: value}))
    path.write_text(text.replace("Infinity", "1e400"))
    refused(tinysim("report", str(path)), "not a result: ")


@pytest.mark.parametrize("version", VERSIONS)
def test_versions_are_told_apart(tmp_path: Path, version: Any) -> None:
    path = _write(tmp_path / "bad.json", _result(schema_version=version))
    refused(tinysim("report", path), f"{VERSIONS[version]}")
    baseline: Json = json.loads(Baseline().replaced([make_result()]).model_dump_json())
    path = _write(tmp_path / "base.json", _changed(baseline, version=version))
    refused(tinysim("run", "kws", "--baseline", path), f"{VERSIONS[version]}")


@pytest.mark.parametrize("value", [-0.1, 1e400, "0.1", None, True, [], {}])
@pytest.mark.parametrize("metric", ["cycles", "accuracy"])
def test_tolerances_that_cannot_be(tmp_path: Path, metric: str, value: Any) -> None:
    baseline: Json = json.loads(Baseline().replaced([make_result()]).model_dump_json())
    baseline["tolerances"][metric] = value
    path = tmp_path / "base.json"
    path.write_text(json.dumps(baseline).replace("Infinity", "1e400"))
    refused(tinysim("run", "kws", "--baseline", str(path)), "not a baseline: tolerances")


def test_a_tolerance_of_no_metric(tmp_path: Path) -> None:
    path = _write(tmp_path / "base.json", {"version": 1, "tolerances": {"speed": 0.1}})
    refused(tinysim("run", "kws", "--baseline", path), "no metric 'speed'")


def test_a_baseline_gates_on_all_that_it_holds() -> None:
    accuracy = make_result().accuracy
    assert accuracy is not None
    zero = make_result(accuracy=accuracy.model_copy(update={"top1": 0.0}))
    before = Baseline().replaced([zero])
    assert before.entries[0].accuracy == 0.0
    gone = make_result(accuracy=None)
    assert {c.metric for c in compare(before, gone) if c.fails} == {"accuracy"}
    assert not any(change.fails for change in compare(before, zero))


@pytest.mark.parametrize("key", KEYS)
def test_a_description_without_one_of_its_keys(tmp_path: Path, key: str) -> None:
    system = {name: "x" for name in KEYS if name != key}
    path = _write(tmp_path / "system.json", system)
    good = _write(tmp_path / "good.json", _result())
    ran = tinysim("submit", str(tmp_path), "--results", good, "--org", "o", "--system", path)
    refused(
        ran, rf"has no '{re.escape(key.strip())}'; system_description_template\.json of the rules"
    )


def test_an_error_while_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        storage.write_text(path, "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_a_link_and_its_targets_rights_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    storage.write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


_EVIL = "\x1b[31m|<img src=x>\n# *a* [b](c) `d` @all \ud800 \x9b2J \u202e \x00"


def _evil() -> Json:
    result = _result()
    for name in ("benchmark", "title", "engine", "tier", "dataset"):
        result[name] = _EVIL
    result["warnings"] = [_EVIL]
    result["options"] = {_EVIL: _EVIL}
    result["image"]["name"] = _EVIL
    result["memory"]["sections"][0]["name"] = _EVIL
    result["classes"] = [_EVIL, "dog"]
    return result


def test_nothing_that_a_result_holds_is_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "evil.json"
    path.write_text(json.dumps(_evil()).replace("\\ud800", "\\u0007"))
    assert tinysim("report", str(path)).code == 0  # `tinysim` looks for escapes
    markdown, junit, html = (tmp_path / name for name in ("out.md", "out.xml", "out.html"))
    ran = tinysim(
        "report", str(path), "--markdown", str(markdown), "--junit", str(junit), "--html", str(html)
    )
    assert ran.code == 0, ran
    text = markdown.read_text()
    assert not any(mark in text for mark in ("\x1b", "<img", "@all", "\x9b"))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 2
    assert rows[1].count(" | ") == rows[0].count(" | ")
    ElementTree.parse(junit)
    page = html.read_text()
    assert "<img src=x>" not in page
    assert junit.read_text().startswith("<?xml version='1.0' encoding='utf-8'?>")
