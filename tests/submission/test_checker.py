"""Trees, good and bad, and what the official checker says of each: `$TINYSIM_CHECKER` names the
folder of mlcommons/tiny with its `submission_checker.py`, which needs pandas.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tinysim.submission import Division, Rules, Runner, check_tree

from .making import make_tree

_ALL = ("kws", "vww", "ic", "ic2", "ad", "sww")
_OF_V1_3 = ("kws", "vww", "ic", "ad", "sww")


@dataclass(frozen=True)
class Case:
    """A tree, and what is said of it: `said` is in a finding where there is one."""

    name: str
    names: tuple[str, ...]
    valid: bool
    said: str = ""
    spoil: Callable[[Path], object] = lambda place: None
    runner: Runner = Runner.PYTHON
    division: Division = Division.CLOSED
    rules: Rules = Rules.V1_4

    def make(self, root: Path) -> Path:
        """Write it; its root."""
        self.spoil(make_tree(root, *self.names, runner=self.runner, division=self.division))
        return root


def _edit(path: str, old: str, new: str) -> Callable[[Path], object]:
    """In a file of the system's results, or beside them."""

    def spoil(place: Path) -> None:
        file = (place / path).resolve()
        text, count = re.subn(old, new, file.read_text())
        assert count, f"{file} has no {old}"
        file.write_text(text)

    return spoil


def _add(path: str, text: str = "") -> Callable[[Path], object]:
    def spoil(place: Path) -> None:
        file = (place / path).resolve()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if file.exists() else "") + text)

    return spoil


def _remove(path: str) -> Callable[[Path], object]:
    def spoil(place: Path) -> None:
        file = (place / path).resolve()
        if file.is_dir():
            shutil.rmtree(file)
        else:
            file.unlink()

    return spoil


def _rename(path: str, name: str) -> Callable[[Path], object]:
    def spoil(place: Path) -> None:
        file = (place / path).resolve()
        file.rename(file.parent / name)

    return spoil


def _with_energy(benchmark: str, line: str) -> Callable[[Path], object]:
    """A folder `energy` that has what `performance` has, and a line."""

    def spoil(place: Path) -> None:
        model = place / benchmark
        (model / "energy").mkdir()
        for file in (model / "performance").iterdir():
            (model / "energy" / file.name).write_bytes(file.read_bytes())
        _add(f"{benchmark}/energy/results.txt", line)(place)

    return spoil


def _hear(hits: int, misses: int, wrong: int) -> Callable[[Path], object]:
    told = f"{hits} True positives, {misses} False negatives, {wrong} False positives"
    return _edit("sww/performance/results.txt", "44 True .*positives", told)


def _no_results(place: Path) -> None:
    (place.parents[2] / "other" / "systems").mkdir(parents=True)
    (place.parents[2] / "other" / "systems" / "b.json").write_text("{}")


def _own_name(place: Path) -> None:
    (place / "kws").rename(place / "mine")
    (place.parents[1] / "model_mapping.json").write_text(json.dumps({"mine": "kws"}))


_SYSTEM = "../../systems/board.json"
_OPEN, _EEMBC = Division.OPEN, Runner.EEMBC

CASES = (
    Case("all six", _ALL, valid=True),
    Case("all six, open", _ALL, valid=True, division=_OPEN),
    Case("all six, of EEMBC's runner", _ALL, valid=True, runner=_EEMBC),
    Case("all six, open, of EEMBC's runner", _ALL, valid=True, division=_OPEN, runner=_EEMBC),
    Case("the five of v1.3", _OF_V1_3, valid=True, rules=Rules.V1_3),
    Case("the five of v1.3, EEMBC", _OF_V1_3, valid=True, rules=Rules.V1_3, runner=_EEMBC),
    Case("one alone", ("vww",), valid=True),
    Case("what listens alone", ("sww",), valid=True),
    Case("ic2 without ic", ("kws", "ic", "ic2"), False, "needs ic as well", _remove("ic")),
    Case(
        "ic2 without ic, open", ("ic", "ic2"), False, "needs ic as well",
        _remove("ic"), division=_OPEN,
    ),
    Case("ic2 in v1.3", ("ic", "ic2"), False, "no benchmark of v1.3", rules=Rules.V1_3),
    Case("ic2 in v1.3, open", ("ic", "ic2"), False, "v1.3", division=_OPEN, rules=Rules.V1_3),
    Case(
        "ic2 below its target", ("ic", "ic2"), False, "accuracy 90.9 is below 91",
        _edit("ic2/accuracy/results.txt", "92.5", "90.9"),
    ),
    Case(
        "ic at ic2's miss", ("ic", "ic2"), True, "",
        _edit("ic/accuracy/results.txt", "92.5", "90.9"),
    ),
    Case(
        "AUC below its target", ("ad",), False, "accuracy 0.849 is below 0.85",
        _edit("ad/accuracy/results.txt", "0.860", "0.849"),
    ),
    Case(
        "AUC below its target, EEMBC", ("ad",), False, "is below 0.85",
        _edit("ad/accuracy/results.txt", "0.860", "0.849"), runner=_EEMBC,
    ),
    Case(
        "below the target, open", ("kws",), True, "accuracy 12.5 is below 90",
        _edit("kws/accuracy/results.txt", "92.5", "12.5"), division=_OPEN,
    ),
    Case(
        "no blank before Top", ("kws",), False, "tells no accuracy",
        _edit("kws/accuracy/results.txt", " Top", "Top"),
    ),
    Case(
        "no accuracy, open", ("kws",), True, "tells no accuracy",
        _edit("kws/accuracy/results.txt", " Top", "Top"), division=_OPEN,
    ),
    Case(
        "the last accuracy counts", ("kws",), False, "accuracy 10 is below 90",
        _add("kws/accuracy/results.txt", "x ulp-mlperf: Top 1% = 10.0\n"),
    ),
    Case(
        "an accuracy that is no number", ("kws",), False, "an accuracy of '9.2.5'",
        _edit("kws/accuracy/results.txt", "92.5", "9.2.5"),
    ),
    Case("no accuracy folder", ("kws",), False, "no results.txt", _remove("kws/accuracy")),
    Case(
        "no accuracy folder, open", ("kws",), False, "no results.txt",
        _remove("kws/accuracy"), division=_OPEN,
    ),
    Case("no performance folder", ("kws",), False, "is missing", _remove("kws/performance")),
    Case(
        "no performance folder of one of two", ("kws", "ic"), False, "is missing",
        _remove("kws/performance"),
    ),
    Case(
        "no throughput", ("kws",), False, "tells no throughput",
        _edit("kws/performance/results.txt", "Median", "Mean"),
    ),
    Case(
        "a throughput of 0", ("kws",), False, "tells no throughput",
        _edit("kws/performance/results.txt", r"is +\d+\.\d+", "is 0.000"),
    ),
    Case(
        "throughput without a blank before it, EEMBC", ("kws",), False, "tells no throughput",
        _edit("kws/performance/results.txt", " Median", "Median"), runner=_EEMBC,
    ),
    Case(
        "energy", ("kws",), True, "",
        _with_energy("kws", "Median energy cost is 1234.5 uJ/inf.\n"),
    ),
    Case("energy without a figure", ("kws",), False, "tells no energy", _with_energy("kws", "")),
    Case(
        "what listens, with energy", ("sww",), True, "has log.txt",
        _with_energy("sww", "  Power         : 25.6220 mW.\n"),
    ),
    Case("what listens, no power", ("sww",), False, "tells no power", _with_energy("sww", "")),
    Case(
        "what listens, nothing", ("sww",), False, "is missing",
        _rename("sww/performance", "other"),
    ),
    Case(
        "49 words", ("sww",), False, "49 words of 50",
        _hear(43, 6, 4),
    ),
    Case(
        "9 words missed", ("sww",), False, "9 FN and 4 FP",
        _hear(41, 9, 4),
    ),
    Case(
        "9 heard wrongly", ("sww",), False, "6 FN and 9 FP",
        _hear(44, 6, 9),
    ),
    Case(
        "8 of each", ("sww",), True, "",
        _hear(42, 8, 8),
    ),
    Case(
        "20 heard wrongly, open", ("sww",), True, "20 FP",
        _hear(44, 6, 20), division=_OPEN,
    ),
    Case(
        "no duty cycle", ("sww",), False, "tells no duty cycle",
        _edit("sww/performance/results.txt", "Average duty cycle", "Duty cycle"),
    ),
    Case("no log", ("kws",), True, "has results.json", _remove("kws/accuracy/log.txt")),
    Case("no results.json", ("kws",), True, "", _remove("kws/accuracy/results.json")),
    Case(
        "no script, EEMBC", ("kws",), True, "has log.txt, results.txt",
        _remove("kws/accuracy/script.async"), runner=_EEMBC,
    ),
    Case("one file more", ("kws",), True, "has a.txt", _add("kws/performance/a.txt")),
    Case(
        "no such status", ("kws",), False, "Status is none of",
        _edit(_SYSTEM, '"rdi"', '"sold out"'),
    ),
    Case("a status in capitals", ("kws",), True, "", _edit(_SYSTEM, '"rdi"', '"RDI"')),
    Case(
        "a system type", ("kws",), False, "system_type",
        _edit(_SYSTEM, "{", '{"system_type": "x",'),
    ),
    Case("no system type", ("kws",), True, "", _edit(_SYSTEM, "{", '{"system_type": null,')),
    Case("no description", ("kws",), False, "is missing", _rename(_SYSTEM, "b.json")),
    Case("a description that is no JSON", ("kws",), False, "not JSON", _edit(_SYSTEM, "{", "")),
    Case("an empty folder", ("kws",), False, "empty", lambda place: (place / "kws" / "x").mkdir()),
    Case(
        "a link", ("kws",), False, "symbolic links",
        lambda place: (place / "kws" / "x").symlink_to("y"),
    ),
    Case(
        "a link to a folder", ("kws",), True, "link to a folder",
        lambda place: (place.parents[1] / "code" / "x").symlink_to(place),
    ),
    Case("a cache", ("kws",), False, "__pycache__", _add("../../code/__pycache__/a.pyc")),
    Case("a name with a blank", ("kws",), True, "a blank", _add("../../code/a b.txt")),
    Case("a name with a dot", ("kws",), True, "begins with", _add("../../code/.a")),
    Case("a third division", ("kws",), True, "neither open", _add("../../../../else/a.txt")),
    Case("no such benchmark", ("kws",), False, "no benchmark of v1.4 is called 'mine'", _own_name),
    Case("a name of its own, open", ("kws",), False, "'mine'", _own_name, division=_OPEN),
    Case(
        "a mapping that is no JSON", ("kws",), False, "not JSON",
        _edit("../../model_mapping.json", "{", ""), division=_OPEN,
    ),
    Case("another submitter without results", ("kws",), True, "has no results", _no_results),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_tree_is_judged(case: Case, tmp_path: Path) -> None:
    found = check_tree(case.make(tmp_path), case.rules)
    assert any(finding.fatal for finding in found) is not case.valid, found
    if case.said:
        said = [finding for finding in found if case.said in finding.text]
        assert any(finding.fatal is not case.valid for finding in said), found
    else:
        assert found == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_official_checker_agrees(case: Case, tmp_path: Path) -> None:
    """A submission is valid that it says OK to, and has a row for each benchmark of."""
    folder = os.environ.get("TINYSIM_CHECKER")
    if not folder:
        pytest.skip("TINYSIM_CHECKER is not set")
    root, table = case.make(tmp_path / "tree"), tmp_path / "summary.csv"
    ran = subprocess.run(
        [
            *(sys.executable, str(Path(folder) / "submission_checker.py"), "--input", str(root)),
            *("--version", case.rules, "--csv", str(table)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No module named 'pandas'" not in ran.stderr
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    benchmarks = [path for path in root.glob("*/*/results/*/*") if path.is_dir()]
    valid = "SUMMARY: submission looks OK" in ran.stderr and len(rows) == len(benchmarks)
    assert valid is case.valid, ran.stderr


def test_there_is_no_submission_in_an_empty_folder(tmp_path: Path) -> None:
    (finding,) = check_tree(tmp_path)
    assert finding.fatal and "no submission" in finding.text
