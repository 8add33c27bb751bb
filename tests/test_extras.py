"""What is said where an extra is not installed."""

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.data import archives as data_archives
from tests.robustness.command import refused, tinysim
from tinysim.errors import ToolError
from tinysim.reports.figure import draw
from tinysim.reports.template import load_template
from tinysim.sweeps.cluster import load_distributed


@pytest.fixture(autouse=True)
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tensorflow", "scipy", "PIL", "duckdb", "distributed"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("verb", ["train", "quantize", "evaluate", "compress"])
def test_training_names_the_extra(verb: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((1, 4), np.float32))
    file, folder = str(tmp_path / "m.keras"), str(tmp_path)
    Path(file).write_bytes(b"")
    arguments = {
        "train": ["kws", "--data", folder, "--out", folder],
        "quantize": [file, "--calibration", folder, "-o", str(tmp_path / "m.tflite")],
        "evaluate": [file, "--data", folder],
        "compress": [
            file,
            "--as",
            "kws",
            "--data",
            folder,
            "-o",
            str(tmp_path / "c.keras"),
            "--width",
            "0.5",
        ],
    }
    ran = tinysim(verb, *arguments[verb])
    refused(ran, r"^tinysim: TensorFlow is missing: pip install 'tinysim\[train\]'$")
    assert not (tmp_path / "m.tflite").exists()


def test_preparing_data_names_the_extra(tmp_path: Path) -> None:
    data_archives.speech(tmp_path)
    images = {"vw_coco2014_96/person/COCO_val2014_000000000001.jpg": b""}
    data_archives.tar(tmp_path / "vw_coco2014_96.tar", images)
    for name, missing in (("kws", "SciPy"), ("vww", "Pillow")):
        out = tmp_path / "out"
        ran = tinysim("data", "prepare", name, "--raw", str(tmp_path), "--out", str(out))
        refused(ran, rf"^tinysim: {missing} is missing: pip install 'tinysim\[data\]'$")
        assert not list(out.iterdir())


def test_preparing_cifar_needs_no_extra(tmp_path: Path) -> None:
    data_archives.cifar(tmp_path)
    out = tmp_path / "out"
    assert tinysim("data", "prepare", "ic", "--raw", str(tmp_path), "--out", str(out)).code == 0


def test_sweeps_name_the_extra(tmp_path: Path) -> None:
    (tmp_path / "m.tflite").write_bytes(b"")
    (tmp_path / "s.toml").write_text('[axes]\nmodel = ["m.tflite"]\n')
    table = str(tmp_path / "t.duckdb")
    for ran in (
        tinysim("sweep", str(tmp_path / "s.toml"), "--to", table),
        tinysim("query", table, "select 1"),
    ):
        refused(ran, r"^tinysim: DuckDB is missing: pip install 'tinysim\[sweep\]'$")


def test_a_history_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "h.duckdb").write_bytes(b"")
    ran = tinysim("history", "show", str(tmp_path / "h.duckdb"))
    refused(ran, r"^tinysim: DuckDB is missing: pip install 'tinysim\[history\]'$")


def test_a_cluster_names_the_extra() -> None:
    with pytest.raises(ToolError, match=r"^Dask is missing: pip install 'tinysim\[cluster\]'$"):
        load_distributed()


def test_a_real_board_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    monkeypatch.setitem(sys.modules, "serial.tools.list_ports", None)
    for command in (("ports",), ("run", "kws", "--engine", "serial", "--port", "/dev/ttyACM0")):
        ran = tinysim(*command)
        refused(ran, r"^tinysim: pySerial is missing: pip install 'tinysim\[hardware\]'$")


def test_pages_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (("jinja2", "Jinja"), ("vl_convert", "vl-convert")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(
            ToolError, match=rf"^{name} is missing: pip install 'tinysim\[report\]'"
        ):
            load_template("layout.html.j2") if module == "jinja2" else draw("", {})
