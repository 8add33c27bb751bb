"""Grids, their points on the board, and the table."""

import shutil
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import tinysim
from tests.models.networks import random_network
from tests.robustness.command import refused
from tests.robustness.command import tinysim as command
from tests.sweeps import workers
from tinysim.models.write import write_network
from tinysim.platform import find_platforms
from tinysim.reports.sweep import Spot, fronted
from tinysim.sweeps import SweepTable, read_grid, run_sweep
from tinysim.workers import Workers

pytest.importorskip("duckdb", reason="the extra `sweep` is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, seed in enumerate((3, 8)):
        (tmp_path / f"{'ab'[number]}.tflite").write_bytes(write_network(random_network(seed)))
    return tmp_path


def grid(folder: Path, text: str) -> str:
    path = folder / "sweep.toml"
    path.write_text(text)
    return str(path)


def rows(table: Path, statement: str) -> list[list[str]]:
    ran = command("query", str(table), statement, "--csv")
    assert ran.code == 0, ran
    return [line.split(",") for line in ran.out.splitlines()[1:]]


@pytest.mark.skipif(shutil.which("arm-none-eabi-g++") is None, reason="no toolchain")
def test_points_are_what_single_runs_are_and_errors_are_rows(folder: Path) -> None:
    (folder / "bad.tflite").write_bytes(b"no model")
    file = grid(
        folder,
        '[axes]\nmodel = ["a.tflite", "bad.tflite"]\ntier = "T2"\nclock = ["120MHz", "80MHz"]\n',
    )
    table, parquet = folder / "t.duckdb", folder / "t.parquet"
    ran = command("sweep", file, "--to", str(table), "--jobs", "1", "--parquet", str(parquet))
    assert ran.code == 1 and "4 points added, 2 of them errors" in ran.out, ran
    alone = tinysim.run_model(folder / "a.tflite", tier="T2", clock="80MHz")
    found = rows(
        table,
        "select latency_us, cycles, flash, ram from points "
        "where model = 'a.tflite' and clock = '80MHz'",
    )
    assert [float(value) for value in found[0]] == [
        alone.latency_us,
        alone.cycles,
        alone.memory.flash,
        alone.memory.ram,
    ]
    errors = rows(table, "select distinct error from points where error is not null")
    assert len(errors) == 1 and "not a TFLite model" in errors[0][0]
    assert parquet.read_bytes()[:4] == b"PAR1"
    page = folder / "page.html"
    ran = command("sweep", file, "--to", str(table), "--html", str(page))
    assert ran.code == 0 and "4 of them measured before" in ran.out, ran
    text = page.read_text()
    assert "2 points, 2 more failed" in text and "<script" not in text
    assert "<title>model a.tflite, tier T2, clock 80MHz: " in text
    (folder / "bad.tflite").write_bytes((folder / "b.tflite").read_bytes())
    ran = command("sweep", file, "--to", str(table), "--again", "--jobs", "2")
    assert ran.code == 0 and "2 points added, 0 of them errors" in ran.out, ran
    assert rows(table, "select count(*) from points where error is null") == [["4"]]


@pytest.mark.skipif(shutil.which("arm-none-eabi-g++") is None, reason="no toolchain")
def test_flags_of_the_compiler_and_boards_are_axes(folder: Path) -> None:
    """Less code by -Os; a board of one's own whose flash has one bank of wider rows."""
    shutil.copytree(find_platforms(), folder / "boards")
    mine = folder / "boards" / "mine.toml"
    text = (folder / "boards" / "nucleo_l4r5zi.toml").read_text()
    text = text.replace("[power]", "[supply]\nvolts = 1.8\n\n[power]")
    (folder / "boards" / "plain.toml").write_text(text)
    other = text.replace('bank = "dual"', 'bank = "single"').replace("1.8", "3.0")
    mine.write_text(other)
    file = grid(
        folder,
        '[axes]\nmodel = "a.tflite"\nflags = ["", "-Os"]\n'
        'board = ["boards/plain.toml", "boards/mine.toml"]\n',
    )
    table = folder / "t.duckdb"
    ran = command("sweep", file, "--to", str(table), "--html", str(folder / "page.html"))
    assert ran.code == 0, ran
    found = rows(
        table,
        "select flags, board, flash, cycles, energy_uj / latency_us from points "
        "order by flags, board desc",
    )
    (plain, wide, small, _) = found
    assert (plain[0], small[0], wide[1]) == ("", "-Os", "boards/mine.toml")
    assert int(small[2]) < int(plain[2]) == int(wide[2])
    assert float(wide[3]) < float(plain[3])
    assert float(plain[4]) == pytest.approx(1.8 * 24 / 1000, rel=0.1)
    assert float(wide[4]) == pytest.approx(3.0 * 24 / 1000, rel=0.1)
    assert "energy, µJ (estimate)" in (folder / "page.html").read_text()
    before = read_grid(Path(file)).points[1].key
    mine.write_text(text)
    assert read_grid(Path(file)).points[1].key != before


def test_a_killed_workers_point_is_tried_again(folder: Path) -> None:
    plan = read_grid(
        Path(grid(folder, '[axes]\nmodel = "a.tflite"\nclock = ["120MHz", "48MHz", "24MHz"]\n'))
    )
    found = {
        measured.point.value("clock"): measured
        for measured in run_sweep(plan.points, 2, partial(workers.killed_once, str(folder)))
    }
    assert found["120MHz"].latency_us == found["48MHz"].latency_us == 1.0
    assert found["24MHz"].error == "its process died 3 times"


def test_a_worker_is_closed_by_its_own_thread(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that close one line at a time may close a file that somebody else has just opened."""
    closed: list[tuple[int, int]] = []
    close = Workers.close

    def noted(self: Workers[Any, Any]) -> None:
        closed.append((id(self), threading.get_ident()))
        close(self)

    monkeypatch.setattr(Workers, "close", noted)
    plan = read_grid(Path(grid(folder, '[axes]\nmodel = ["a.tflite", "b.tflite"]\n')))
    assert len(list(run_sweep(plan.points, 2, workers.at_once))) == 2
    assert len({worker for worker, _ in closed}) == 2
    assert len(set(closed)) == 2 and threading.get_ident() not in {who for _, who in closed}


def test_a_sweep_that_is_broken_off_goes_on_where_it_was(folder: Path) -> None:
    latencies = ", ".join(f'"{megahertz}MHz"' for megahertz in range(20, 120))
    plan = read_grid(
        Path(grid(folder, f'[axes]\nmodel = ["a.tflite", "b.tflite"]\nclock = [{latencies}]\n'))
    )
    path = folder / "t.duckdb"
    with SweepTable(path, plan) as table:
        for number, measured in enumerate(run_sweep(plan.points, 2, workers.at_once)):
            table.add(measured)
            if number == 49:
                break
    with SweepTable(path, plan) as table:
        left = table.left(plan.points, again=False)
        assert len(left) == 150
        for measured in run_sweep(left, 2, workers.at_once):
            table.add(measured)
        assert not table.left(plan.points, again=False)
    assert rows(path, "select count(*), count(distinct key) from points") == [["200", "200"]]


def test_a_changed_model_is_another_point(folder: Path) -> None:
    file = Path(grid(folder, '[axes]\nmodel = "a.tflite"\n'))
    before = read_grid(file).points[0].key
    assert read_grid(file).points[0].key == before
    (folder / "a.tflite").write_bytes((folder / "b.tflite").read_bytes())
    assert read_grid(file).points[0].key != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[axes", "sweep.toml: "),
        ("", r"an \[axes\] table with 'model' was expected"),
        ("[axes]\nmodel = []\n", r"an \[axes\] table"),
        ('[axes]\nmodel = "c.tflite"\n', "there is no such model file"),
        ('[axes]\nmodel = "a.tflite"\nclock = ["fast"]\n', "clock"),
        ('[axes]\nmodel = "a.tflite"\ncolour = ["red"]\n', "colour"),
        ('[axes]\nmodel = "a.tflite"\nvariant = "best"\n', "variant 'best'; there are: dsp"),
        ('[axes]\nmodel = "a.tflite"\ntier = ["T9"]\n', "tier 'T9'"),
        ('[axes]\nmodel = "a.tflite"\nfolding = "no"\n', "folding 'no'; there are: true, false"),
        ('[axes]\nmodel = "a.tflite"\nflags = "O3"\n', "'O3' is no flag of a compiler"),
        ('[axes]\nmodel = "a.tflite"\nflags = "-O3;rm"\n', "'-O3;rm' is no flag"),
        ('[axes]\nmodel = "a.tflite"\nboard = "uno"\n', "no board 'uno'"),
        ('[axes]\nmodel = "a.tflite"\nboard = "uno.toml"\n', "no board 'uno'"),
        ('[axes]\nmodel = ["a.tflite", "a.tflite"]\n', "a value is given twice"),
        ('input = "x"\n[axes]\nmodel = "a.tflite"\n', "'input' is not known here"),
        ('[axes]\nmodel = "a.tflite"\nclock = [[1]]\n', "a list of texts or numbers"),
    ],
)
def test_a_bad_grid_is_one_line(text: str, said: str, folder: Path) -> None:
    file = grid(folder, text)
    refused(command("sweep", file, "--to", str(folder / "t.duckdb")), said)
    assert not (folder / "t.duckdb").exists()


def test_bad_tables_and_statements_are_one_line(folder: Path) -> None:
    file = grid(folder, '[axes]\nmodel = "a.tflite"\n')
    table = folder / "t.duckdb"
    with SweepTable(table, read_grid(Path(file))):
        pass
    refused(command("query", str(table), "select nothing from nowhere"), "query: ")
    refused(command("query", str(table), "drop table points"), "query: ")
    refused(command("query", str(table), "select * from read_text('/etc/hostname')"), "query: ")
    refused(command("query", str(folder / "absent"), "select 1"), "does not exist")
    refused(command("query", file, "select 1"), "no file of DuckDB")
    other = grid(folder, '[axes]\nmodel = "a.tflite"\nclock = "80MHz"\n')
    refused(command("sweep", other, "--to", str(table)), "holds a sweep over other axes")
    refused(command("sweep", other, "--to", other), "not a sweep's table")
    page = str(folder / "nowhere" / "p.html")
    for option in ("--html", "--parquet"):
        refused(
            command("sweep", other, "--to", str(folder / "n.duckdb"), option, page), "no folder"
        )
    assert not (folder / "n.duckdb").exists()


def test_the_front_is_what_nothing_beats() -> None:
    spots = [
        Spot("fast", 1.0, {"RAM": 9.0, "right": -0.5}),
        Spot("small", 2.0, {"RAM": 3.0, "right": -0.5}),
        Spot("good", 3.0, {"RAM": 9.0, "right": -0.9}),
        Spot("worse", 3.0, {"RAM": 9.0, "right": -0.6}),
        Spot("twin", 1.0, {"RAM": 9.0, "right": -0.5}),
    ]
    best = [spot.name for spot in fronted(spots) if spot.is_best]
    assert best == ["fast", "small", "good", "twin"]
