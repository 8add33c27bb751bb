"""No room: files that grow no further, and a cache that cannot be written to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data import archives as raw
from tests.robustness.command import refused, tinysim
from tests.sample_results import make_result


def _cramped(kib: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command none of whose files may be larger; nor could its coverage be written."""
    line = f'ulimit -f {kib}; exec "$0" -m tinysim "$@"'
    return subprocess.run(
        ["bash", "-c", line, sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
    )


def test_a_data_set_without_room_is_given_up(tmp_path: Path) -> None:
    raw.cifar(tmp_path / "raw")
    out = tmp_path / "out"
    ran = _cramped(60, "data", "prepare", "ic", "--raw", str(tmp_path / "raw"), "--out", str(out))
    assert ran.returncode == 2
    assert ran.stderr == f"tinysim: {out}: cannot be written: File too large\n"
    assert not list(out.iterdir())


def test_a_history_without_room_begins_anew_when_there_is(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    stored, file = tmp_path / "r.json", tmp_path / "h.duckdb"
    stored.write_text(make_result().model_dump_json())
    arguments = ("history", "add", str(file), str(stored), "--commit", "a")
    ran = _cramped(1, *arguments)
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"tinysim: {file}: cannot be written: ")
    file.write_bytes(b"")
    assert tinysim(*arguments).code == 0
    assert tinysim("history", "show", str(file)).code == 0


@pytest.mark.parametrize("cache", ["/dev/null", "/dev/null/below", "/proc/nothing"])
def test_a_cache_that_cannot_be_written_to_is_told_with_its_mend(
    firmware: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    monkeypatch.setenv("TINYSIM_CACHE", cache)
    image = str(firmware / "kws_dsp.elf")
    ran = tinysim("run", "kws", "--image", image, "--mode", "accuracy", "--limit", "1")
    refused(ran, f"{cache}.*; TINYSIM_CACHE names another folder$")
    assert tinysim("run", "kws", "--image", image, "--limit", "1").code == 0
    monkeypatch.setenv("TINYSIM_ASSETS", "")
    refused(tinysim("run", "kws", "--limit", "1"), "; TINYSIM_CACHE names another folder$")
