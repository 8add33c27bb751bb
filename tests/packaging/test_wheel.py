"""What is published, installed where there is nothing but Python."""

import subprocess
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import tinysim
from tests.conftest import ROOT
from tests.models.networks import random_network
from tinysim.firmware.bare import Bare
from tinysim.firmware.prebuilt import INDEX, Index, find_prebuilt
from tinysim.firmware.tools import sources_sha256
from tinysim.firmware.tree import open_tree
from tinysim.image import load_image
from tinysim.models.support import operations_of
from tinysim.models.twin import write_twin
from tinysim.models.write import write_network
from tinysim.results.stored import load_results

DIST = ROOT / "dist"


def _only(pattern: str) -> Path:
    found = sorted(DIST.glob(pattern))
    if not found:
        pytest.fail("there is no wheel: run `make wheel`")
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programs with the wheel in it, and no compiler."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "pip"), "install", "-q", f"{_only('*.whl')}[report]"]
    subprocess.run(pip, check=True)
    return folder / "bin"


def _tinysim(installed: Path, tmp_path: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(installed / "tinysim"), *arguments],
        cwd=tmp_path,
        env={"PATH": str(installed), "HOME": str(tmp_path), "TINYSIM_CACHE": str(tmp_path / "c")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_wheel_needs_no_compiler(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "kws.tflite").write_bytes(write_twin("kws"))
    _tinysim(installed, tmp_path, "run", "kws", "--model", "kws.tflite", "--json", "kws.json")
    (result,) = load_results(tmp_path / "kws.json")
    assert result.latency_us == pytest.approx(35_700, rel=0.05)


def test_an_image_of_a_wheel_is_the_one_that_a_compiler_makes(tmp_path: Path) -> None:
    model = write_twin("kws")
    operations = tuple(operations_of(model))
    prebuilt = find_prebuilt(sources_sha256())
    assert prebuilt is not None
    brought = prebuilt.exact("kws_dsp", operations)
    assert brought is not None
    with open_tree() as tree:
        built = Bare(tree.make("kws_dsp", operations))
    images = []
    for name, bare in (("brought", brought), ("built", built)):
        (tmp_path / name).write_bytes(bare.with_model(model))
        images.append(load_image(tmp_path / name))
    assert images[0].segments == images[1].segments
    assert images[0].sections == images[1].sections


def test_a_users_model_runs_and_gives_what_a_checkout_gives(
    installed: Path, tmp_path: Path
) -> None:
    model = tmp_path / "mine.tflite"
    model.write_bytes(write_network(random_network(5)))
    _tinysim(installed, tmp_path, "run", "mine.tflite", "--json", "mine.json")
    (result,) = load_results(tmp_path / "mine.json")
    ours = tinysim.run_model(model)
    assert [output.results for output in result.outputs] == [o.results for o in ours.outputs]
    # More operations lie in flash, so that lines of it are shared otherwise; nothing else differs.
    assert result.latency_us == pytest.approx(ours.latency_us, rel=0.05)
    assert result.memory.arena == ours.memory.arena
    assert any("no compiler is here" in line for line in result.warnings)


def test_the_doctor_asks_for_nothing(installed: Path, tmp_path: Path) -> None:
    said = _tinysim(installed, tmp_path, "doctor")
    assert "ok  ready images" in said
    assert "--  cargo" in said and "!!" not in said


def test_pages_are_made(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.tflite").write_bytes(write_network(random_network(5)))
    _tinysim(installed, tmp_path, "run", "mine.tflite", "--json", "mine.json")
    _tinysim(installed, tmp_path, "profile", "mine.tflite", "--html", "profile.html")
    _tinysim(installed, tmp_path, "report", "mine.json", "--html", "report.html")
    for page in ("profile.html", "report.html"):
        assert "</html>" in (tmp_path / page).read_text("utf-8")


def test_what_is_published_holds_what_builds_it() -> None:
    index = Index.model_validate_json(
        zipfile.ZipFile(_only("*.whl")).read(f"tinysim/prebuilt/{INDEX}")
    )
    with tarfile.open(_only("*.tar.gz")) as sources:
        names = {name.partition("/")[2] for name in sources.getnames()}
    for entry in index.images:
        assert f"tinysim/prebuilt/{entry.file}" in names
    assert {
        "firmware/CMakeLists.txt",
        "sim/core/CMakeLists.txt",
        "platforms/nucleo_l4r5zi.repl",
    } <= names
