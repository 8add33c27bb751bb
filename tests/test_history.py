"""Results by commit: kept, compared, shown."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.robustness.command import refused, tinysim
from tests.sample_results import make_result
from tinysim.history import History, parse_time, this_commit
from tinysim.results import Cost, Result
from tinysim.results.history import Commit, Measured, change_points, series_of


def _costing(cycles: dict[str, int], **changes: Any) -> Result:
    """A result whose functions take these cycles, and whose latency is their sum at 120 MHz."""
    base = make_result(**changes)
    assert base.profile is not None
    costs = tuple(Cost(name=name, instructions=1, cycles=n) for name, n in cycles.items())
    total = sum(cycles.values())
    profile = base.profile.model_copy(update={"functions": costs})
    return base.model_copy(
        update={"profile": profile, "cycles": float(total), "latency_us": total / 120}
    )


def _row(result: Result, number: int, machine: str = "here") -> Measured:
    return Measured.of(result, Commit(f"{number:040x}", 1_000_000 + number), machine)


def _stored(path: Path, *results: Result) -> str:
    path.write_text(json.dumps([json.loads(result.model_dump_json()) for result in results]))
    return str(path)


def test_a_slower_function_is_named_at_its_commit() -> None:
    before = {"convolve": 100_000, "softmax": 20_000, "pool": 5_000}
    after = {"convolve": 100_000, "softmax": 30_000, "pool": 4_000}
    rows = [_row(_costing(c), n) for n, c in enumerate([before, before, after, after])]
    (change,) = change_points(rows)
    assert change.metric == "latency" and change.now.commit == rows[2].commit
    assert change.growth == pytest.approx(9_000 / 125_000)
    assert change.functions == (("softmax", 20_000, 30_000), ("pool", 5_000, 4_000))


def test_many_small_steps_are_a_change_too() -> None:
    rows = [_row(_costing({"convolve": 100_000 + 60 * n}), n) for n in range(5)]
    assert [c.now.commit.sha[-1] for c in change_points(rows, 0.001)] == ["2", "4"]
    assert change_points(rows, 0.01) == []


def test_other_answers_and_quality_are_changes_whatever_their_size() -> None:
    result = make_result()
    accuracy = result.accuracy
    assert accuracy is not None
    worse = result.model_copy(
        update={
            "outputs_sha256": "9" * 64,
            "accuracy": accuracy.model_copy(update={"top1": 0.7499}),
        }
    )
    changes = change_points([_row(result, 0), _row(worse, 1)])
    assert [change.metric for change in changes] == ["quality", "answers"]


def test_answers_to_other_inputs_are_not_compared() -> None:
    first = _row(make_result(), 0)
    other = replace(_row(make_result(outputs_sha256="9" * 64), 1), inputs="other", latency_us=900.0)
    (change,) = change_points([first, other])
    assert change.metric == "latency" and change.notes == ("other inputs",)


def test_machines_and_images_are_lines_of_their_own() -> None:
    one = make_result()
    image = one.image.model_copy(update={"name": "other.elf"})
    other = one.model_copy(update={"image": image})
    rows = [_row(one, 0), _row(one, 0, "there"), _row(other, 0), _row(one, 1)]
    assert sorted(len(line) for line in series_of(rows).values()) == [1, 1, 2]


def test_a_commits_results_are_kept_once_and_in_the_order_of_commits(tmp_path: Path) -> None:
    path = tmp_path / "history.duckdb"
    with History(path, writes=True) as kept:
        kept.add([_row(_costing({"f": 2_000}), 7)])
        kept.add([_row(_costing({"f": 1_000}), 3)])
    with History(path, writes=True) as kept:
        kept.add([_row(_costing({"f": 3_000, "g": 5}), 7)])
    with History(path) as kept:
        rows = kept.rows()
    assert [row.functions for row in rows] == [{"f": 1_000}, {"f": 3_000, "g": 5}]
    assert rows[1] == _row(_costing({"f": 3_000, "g": 5}), 7)


def test_the_commit_is_what_is_checked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        ran = subprocess.run(
            ["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    git("init", "-q")
    (tmp_path / "a.c").write_text("1")
    git("add", "a.c")
    git("commit", "-qm", "one", "--date", "2026-01-02T00:00:00Z")
    monkeypatch.chdir(tmp_path)
    head, committed = git("rev-parse", "HEAD"), int(git("show", "-s", "--format=%ct"))
    assert this_commit() == Commit(head, committed)
    (tmp_path / "a.c").write_text("2")
    assert this_commit() == Commit(f"{head}-dirty", committed)


def test_outside_of_git_ci_says_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_SHA", "CI_COMMIT_SHA"):
        monkeypatch.delenv(name, raising=False)
    refused(
        tinysim("history", "add", "h.duckdb", _stored(tmp_path / "r.json", make_result())),
        r"^tinysim: it is not known which commit this is \(git: not a git repository.*\): "
        r"name it by --commit SHA$",
    )
    stored = str(tmp_path / "r.json")
    gate = ("gate", stored, "--to", str(tmp_path / "g"), "--history", "h.duckdb")
    refused(tinysim(*gate), "name it by --commit SHA$")
    assert not (tmp_path / "h.duckdb").exists()
    assert tinysim(*gate, "--commit", "abc").code == 1  # the target is missed
    assert "abc on " in tinysim("history", "add", "h.duckdb", stored, "--commit", "abc").out
    refused(tinysim(*gate[:4], "--commit", "abc"), "--commit goes with --history")
    monkeypatch.setenv("CI_COMMIT_SHA", "abc")
    monkeypatch.setenv("CI_COMMIT_TIMESTAMP", "2026-01-02T00:00:00+01:00")
    assert this_commit() == Commit("abc", parse_time("2026-01-01T23:00:00Z"))


def _history(folder: Path) -> str:
    """Three commits, of which the last is slower."""
    file = str(folder / "h.duckdb")
    costs = [{"convolve": 100_000}, {"convolve": 100_000}, {"convolve": 150_000}]
    for number, cycles in enumerate(costs):
        stored = _stored(folder / "r.json", _costing(cycles))
        at = f"2026-01-0{number + 1}T00:00:00Z"
        commit = ["--commit", f"{number:040x}", "--at", at, "--machine", "ci"]
        assert tinysim("history", "add", file, stored, *commit).code == 0
    return file


def test_it_shows_the_change_and_the_function(tmp_path: Path) -> None:
    file = _history(tmp_path)
    shown = tinysim("history", "show", file)
    assert shown.code == 0 and "2026-01-03" in shown.out and "1.250" in shown.out
    assert re.search(r"0000000000: latency 0\.833 -> 1\.250 ms \(\+50\.00%\); convolve", shown.out)
    assert "+50,000 cycles" in shown.out
    last = tinysim("history", "show", file, "--last", "1")
    assert "2026-01-01" not in last.out
    coarse = tinysim("history", "show", file, "--least", "60")
    assert "->" not in coarse.out


def test_a_comment_has_what_the_newest_commit_changed(tmp_path: Path) -> None:
    file = _history(tmp_path)
    assert "convolve +50,000 cycles" in tinysim("history", "show", file, "--markdown").out
    stored = _stored(tmp_path / "r.json", _costing({"convolve": 150_000}))
    after = ["--commit", "f" * 40, "--at", "2026-02-01T00:00:00Z", "--machine", "ci"]
    assert tinysim("history", "add", file, stored, *after).code == 0
    assert "- none" in tinysim("history", "show", file, "--markdown").out


def test_the_page_draws_every_commit_and_marks_the_change(tmp_path: Path) -> None:
    page = tmp_path / "h.html"
    assert tinysim("history", "page", _history(tmp_path), "--html", str(page)).code == 0
    text = page.read_text()
    titles = re.findall(r"<figcaption>(\w+) over commits<", text)
    assert titles == ["Latency", "Flash", "RAM", "Quality"]
    drawing = ElementTree.fromstring(re.findall(r"<svg.*?</svg>", text, re.DOTALL)[0])
    marks = {
        title.text: part
        for part in drawing.iter("path")
        if (title := part.find("title")) is not None and "ms" in (title.text or "")
    }
    assert list(marks) == [
        "0000000000, 2026-01-01: 0.833 ms",
        "0000000000, 2026-01-02: 0.833 ms",
        "0000000000, 2026-01-03: 1.250 ms",
    ]
    assert [part.get("fill") for part in marks.values()] == [
        "var(--others)",
        "var(--others)",
        "var(--ours)",
    ]
    assert "convolve +50,000 cycles" in text
    assert "<script" not in text and "src=" not in text


@pytest.mark.parametrize("name", [":memory:", "sqlite:h.db", "a b\u00e4.json", "h"])
def test_a_history_is_a_file_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(2):
        with History(Path(name), writes=True) as kept:
            kept.add([_row(_costing({"f": 1_000}), number)])
    assert (tmp_path / name).is_file()
    with History(Path(name)) as kept:
        assert len(kept.rows()) == 2


def test_jobs_that_add_at_the_same_time_add_in_turn(tmp_path: Path) -> None:
    stored = _stored(tmp_path / "r.json", make_result())
    file = str(tmp_path / "h.duckdb")
    command = [sys.executable, "-m", "tinysim", "history", "add", file, stored, "--commit"]
    jobs = [subprocess.Popen([*command, f"c{number}"]) for number in range(4)]
    assert [job.wait() for job in jobs] == [0, 0, 0, 0]
    with History(Path(file)) as kept:
        assert {row.commit.sha for row in kept.rows()} == {"c0", "c1", "c2", "c3"}


def test_a_history_that_stays_open_elsewhere_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "h.duckdb"
    holds = (
        "import sys; from pathlib import Path; from tinysim.history import History\n"
        "with History(Path(sys.argv[1]), writes=True): print(flush=True); sys.stdin.read()"
    )
    monkeypatch.setattr("tinysim.database.PATIENCE_S", 0.2)
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        refused(tinysim("history", "show", str(file)), "another process has it open")
        refused(tinysim("query", str(file), "select 1"), "another process has it open")
        holder.communicate()
    assert tinysim("query", str(file), "select 1").code == 0


def test_what_is_no_history_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "h.duckdb"
    refused(tinysim("history", "show", str(file)), r"does not exist: `tinysim history add`")
    file.write_bytes(b"this is no database" * 1000)
    stored = _stored(tmp_path / "r.json", make_result())
    refused(tinysim("history", "show", str(file)), "not a history")
    refused(tinysim("history", "add", str(file), stored, "--commit", "a"), "not a history")
    file.unlink()
    # What DuckDB opens in memory: nothing that was added there would be kept.
    for name, content in (("r2.json", Path(stored).read_text()), ("t.csv", "a,b\n1,2\n")):
        other = tmp_path / name
        other.write_text(content)
        refused(tinysim("history", "add", str(other), stored, "--commit", "a"), "no file of DuckDB")
        refused(tinysim("history", "show", str(other)), "no file of DuckDB")
        assert other.read_text() == content
    grid = tmp_path / "other.duckdb"
    import duckdb

    duckdb.connect(str(grid)).execute("CREATE TABLE points (a INTEGER)").close()
    refused(tinysim("history", "add", str(grid), stored, "--commit", "a"), "not a history")
    refused(
        tinysim("history", "add", str(file), stored, "--commit", "a", "--at", "noon"),
        "'noon': a time like",
    )
