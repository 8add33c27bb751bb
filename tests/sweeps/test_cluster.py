"""Points on the workers of a Dask cluster."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.models.networks import random_network
from tests.robustness.command import refused
from tests.robustness.command import tinysim as command
from tests.sweeps import workers
from tinysim.errors import EngineError
from tinysim.models.write import write_network
from tinysim.platform import find_platforms
from tinysim.sweeps import SweepTable, read_grid, run_on_cluster
from tinysim.sweeps.measure import measure
from tinysim.sweeps.parcels import Parcel, pack, unpack

pytest.importorskip("duckdb", reason="the extra `sweep` is not installed")
dask = pytest.importorskip("dask", reason="the extra `cluster` is not installed")
distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers of one thread each, on this machine; a point may kill two of them."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as found,
    ):
        yield found


def plan(folder: Path, text: str) -> Any:
    (folder / "a.tflite").write_bytes(write_network(random_network(3)))
    path = folder / "sweep.toml"
    path.write_text(text)
    return read_grid(path)


@pytest.mark.skipif(shutil.which("arm-none-eabi-g++") is None, reason="no toolchain")
def test_a_cluster_measures_what_one_process_does(cluster: Any, tmp_path: Path) -> None:
    """Through the command, with files that the workers are sent, errors as rows."""
    (tmp_path / "bad.tflite").write_bytes(b"none")
    grid = plan(tmp_path, '[axes]\nmodel = ["a.tflite", "bad.tflite"]\ntier = "T0"\n')
    table = tmp_path / "t.duckdb"
    ran = command(
        "sweep",
        str(tmp_path / "sweep.toml"),
        "--to",
        str(table),
        "--scheduler",
        cluster.scheduler_address,
    )
    assert ran.code == 1 and "2 points added, 1 of them errors" in ran.out, ran
    with SweepTable(table, grid) as rows:
        by_model = {row["model"]: row for row in rows.rows()}
    alone = measure(grid.points[0])
    assert by_model["a.tflite"]["instructions"] == alone.instructions
    assert by_model["a.tflite"]["ram"] == alone.ram
    assert "not a TFLite model" in by_model["bad.tflite"]["error"]


def test_a_killed_workers_point_goes_to_another(cluster: Any, tmp_path: Path) -> None:
    text = '[axes]\nmodel = "a.tflite"\nclock = ["120MHz", "48MHz", "24MHz"]\n'
    points = plan(tmp_path, text).points
    outcomes = run_on_cluster(points, cluster.scheduler_address, workers.Killing(str(tmp_path)))
    found = {outcome.point.value("clock"): outcome for outcome in outcomes}
    assert found["120MHz"].latency_us == found["48MHz"].latency_us == 1.0
    assert found["24MHz"].error == "every worker that had it was killed"


def test_a_sweep_that_is_broken_off_leaves_nothing_at_work(cluster: Any, tmp_path: Path) -> None:
    clocks = ", ".join(f'"{megahertz}MHz"' for megahertz in range(20, 120))
    points = plan(tmp_path, f'[axes]\nmodel = "a.tflite"\nclock = [{clocks}]\n').points
    outcomes = run_on_cluster(points, cluster.scheduler_address, partial(workers.waiting, 0.1))
    assert next(outcomes).point in points
    outcomes.close()
    assert not any(cluster.scheduler.tasks[name].processing_on for name in cluster.scheduler.tasks)


def test_a_scheduler_that_goes_is_one_line(tmp_path: Path) -> None:
    clocks = ", ".join(f'"{megahertz}MHz"' for megahertz in range(20, 120))
    points = plan(tmp_path, f'[axes]\nmodel = "a.tflite"\nclock = [{clocks}]\n').points
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as gone:
        outcomes = run_on_cluster(points, gone.scheduler_address, partial(workers.waiting, 0.1))
        assert next(outcomes).point in points
        gone.close()
        with pytest.raises(EngineError, match="the scheduler has gone; what was measured is kept"):
            list(outcomes)


def test_files_arrive_as_they_were_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model, a folder of inputs, labels, and a board with all that its description names."""
    shutil.copytree(find_platforms(), tmp_path / "boards")
    board = tmp_path / "boards" / "mine.toml"
    board.write_text((tmp_path / "boards" / "nucleo_l4r5zi.toml").read_text())
    (tmp_path / "inputs").mkdir()
    np.save(tmp_path / "inputs" / "x.npy", np.arange(3))
    np.save(tmp_path / "y.npy", np.arange(2))
    (point,) = plan(
        tmp_path,
        'inputs = "inputs"\nlabels = "y.npy"\n[axes]\nmodel = "a.tflite"\n'
        'board = "boards/mine.toml"\n',
    ).points
    known: dict[Path, Parcel] = {}
    roles = dict(pack(point, known))
    assert set(roles) == {"model", "inputs", "labels", "board"}
    monkeypatch.setenv("TINYSIM_CACHE", str(tmp_path / "elsewhere"))
    there = unpack(point, {role: known[path] for role, path in roles.items()})
    assert there.model.read_bytes() == point.model.read_bytes()
    assert there.inputs and (there.inputs / "x.npy").is_file()
    assert there.labels and np.array_equal(np.load(there.labels), np.arange(2))
    assert str(there.board).startswith(str(tmp_path / "elsewhere"))
    assert there.load_board().settings == point.load_board().settings
    assert replace(there, model=point.model, inputs=point.inputs, labels=point.labels) == replace(
        point, board=there.board
    )


def test_no_cluster_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinysim.sweeps.cluster._CONNECT_S", 1)
    plan(tmp_path, '[axes]\nmodel = "a.tflite"\n')
    table = tmp_path / "t.duckdb"
    for address in ("tcp://127.0.0.1:1", "nonsense"):
        arguments = ("sweep", str(tmp_path / "sweep.toml"), "--to", str(table))
        ran = command(*arguments, "--scheduler", address)
        refused(ran, "no Dask scheduler answers")
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty:
        ran = command(*arguments, "--scheduler", empty.scheduler_address)
        refused(ran, "has no worker: start some with `dask worker tcp://")
