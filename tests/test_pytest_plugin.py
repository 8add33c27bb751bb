"""The pytest plug-in, in a pytest of its own, as a user's project has it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT

_EXAMPLE = ROOT / "examples" / "cycle-budgets"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example."""
    return Path(shutil.copytree(_EXAMPLE, tmp_path / "project"))


def _pytest(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no"]
    return subprocess.run(
        [*command, *arguments], cwd=project, capture_output=True, text=True, check=False
    )


def _write(project: Path, body: str) -> None:
    (project / "test_firmware.py").write_text(f"import pytest\n\n\n{body}")


def test_a_project_passes_within_its_budgets_and_prints_what_was_taken(
    firmware: Path, project: Path
) -> None:
    ran = _pytest(project, "--tinysim-board", "--junitxml", "out.xml")
    assert ran.returncode == 0 and "3 passed" in ran.stdout, ran.stdout
    assert "th_infer: " in ran.stdout and "of 4,500,000 (" in ran.stdout
    properties = ElementTree.parse(project / "out.xml").findall(".//property")
    assert {p.get("value", "").split()[0] for p in properties} == {"th_infer", "th_load_tensor"}


def test_figures_of_workers_are_printed_too(firmware: Path, project: Path) -> None:
    ran = _pytest(project, "--tinysim-board", "-n", "2")
    assert ran.returncode == 0 and "of 4,500,000 (" in ran.stdout, ran.stdout


def test_a_call_over_its_budget_fails_and_says_by_how_much(firmware: Path, project: Path) -> None:
    tests = project / "test_firmware.py"
    tests.write_text(tests.read_text().replace("max=4_500_000", "max=4_000_000"))
    ran = _pytest(project, "--tinysim-board")
    assert ran.returncode == 1 and "1 failed, 2 passed" in ran.stdout, ran.stdout
    taken = re.search(r"th_infer, call 1 of 1: ([\d,]+)", ran.stdout)
    assert taken is not None and 4_000_000 < int(taken[1].replace(",", "")) < 4_500_000
    assert "over the budget of 4,000,000" in ran.stdout


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            '@pytest.mark.cycles("th_infer", max=9)\ndef test_it(board):\n    pass\n',
            "th_infer: no call of it returned during the test",
        ),
        (
            '@pytest.mark.cycles("nothing", max=9)\ndef test_it(board):\n    pass\n',
            "has no symbol 'nothing'",
        ),
        (
            '@pytest.mark.cycles("th_infer")\ndef test_it(board):\n    pass\n',
            'expected @pytest.mark.cycles("FUNCTION", max=N, min=0)',
        ),
        (
            '@pytest.mark.cycles("th_infer", max=9)\ndef test_it():\n    pass\n',
            "needs a test with the fixture `board`",
        ),
        (
            '@pytest.mark.firmware("missing.elf")\ndef test_it(board):\n    pass\n',
            "no board: ",
        ),
        (
            '@pytest.mark.cycles("th_infer", min=9_000_000, max=9_000_001)\n'
            "def test_it(board):\n    board.infer(bytes(490))\n",
            "are fewer than the 9,000,000 expected at least",
        ),
    ],
    ids=["not-called", "no-symbol", "no-budget", "no-board", "no-image", "too-few"],
)
def test_what_cannot_be_compared_fails(firmware: Path, project: Path, body: str, said: str) -> None:
    _write(project, body)
    ran = _pytest(project, "--tinysim-board")
    assert ran.returncode == 1 and said in ran.stdout, ran.stdout
    assert "api.py" not in ran.stdout, "a user sees none of tinysim's frames"


def test_another_image_needs_no_protocol(firmware: Path, project: Path) -> None:
    body = f"""\
@pytest.mark.firmware({str(firmware / "ic_dsp.elf")!r}, boot=False)
def test_it(board):
    board.run_to("th_final_initialize")
    assert board.register("pc") == board.address("th_final_initialize") & ~1
"""
    _write(project, body)
    ran = _pytest(project, "--tinysim-board")
    assert ran.returncode == 0, ran.stdout


def test_without_the_option_nothing_runs_and_nothing_is_imported(project: Path) -> None:
    body = """\
def test_it(board):
    raise AssertionError


def test_what_is_imported():
    import sys
    ours = {name for name in sys.modules if name.partition(".")[0] == "tinysim"}
    assert ours == {"tinysim", "tinysim.version", "tinysim.pytest_plugin"}
    assert not {"numpy", "pydantic", "typer", "rich"} & set(sys.modules)
"""
    _write(project, body)
    ran = _pytest(project, "-rs", "-p", "no:hypothesispytest", "-p", "no:xdist")
    assert ran.returncode == 0 and "1 passed, 1 skipped" in ran.stdout, ran.stdout
    assert "needs a board: pytest --tinysim-board" in ran.stdout


def test_a_board_without_firmware_says_what_to_set(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    ran = _pytest(project, "--tinysim-board")
    assert ran.returncode == 1 and "set tinysim_firmware" in ran.stdout
