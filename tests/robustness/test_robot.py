"""Keywords of Robot Framework used wrongly: each fails with a line that says what to do."""

import subprocess
import sys
from pathlib import Path

import pytest
from robot.api import ExecutionResult

from robot import libdoc
from tinysim.errors import TinySimError
from tinysim.robot import TinySimLibrary

LIBRARY = "tinysim.robot.TinySimLibrary"

WITHOUT_A_BOARD = {
    "Boot Board    kws    mode=Energy": "*there is no Energy mode yet, only performance and*",
    "Boot Board    kws    image=${IMAGE}    mode=fast": "*there is no fast mode*",
    "Boot Board    kws    image=${IMAGE}    baud=-5": "*no link has -5 Bd*",
    "Boot Board    kws    image=/nowhere.elf": "*/nowhere.elf: cannot be read*",
    "Boot Board    kwz": "*no benchmark 'kwz'*",
    "Infer": "*no board is booted: use `Boot Board`*",
    "Run Benchmark    kws    image=${IMAGE}    limit=0": "*a limit of 0 files leaves none*",
    "Run Benchmark    kws    image=${IMAGE}    wav=a.wav": "*kws does not listen*",
    "Run Benchmark    sww    image=${IMAGE}    windows=a.json": "*windows are those of a wav*",
    "Run Benchmark    kws    image=${IMAGE}    tier=T9": "*it takes T0, T1, T2, T3*",
    "Results Should Be The Same    a    b": "*'a' is no result of `Run Benchmark`*",
    "Result Should Be Within Baseline    a    b.json": "*'a' is no result of `Run Benchmark`*",
}
WITH_A_BOARD = {
    "Load Input    kws    100000": "*kws01: no input 100000; there are *, from 0 on*",
    "Load Input    kws    -1": "*kws01: no input -1; there are *",
    "Send Command    n\u00e4me": "*of ASCII characters*",
    "Let Time Pass    -1": "*-1 s cannot pass*",
    "Let Time Pass    soon": "*cannot be converted to timedelta*",
    "Let Time Pass    nan": "*cannot be converted to timedelta*",
}


def _run(suite: Path, text: str, firmware: Path) -> dict[str, tuple[str, str]]:
    """Each test's status and message."""
    suite.write_text(text)
    command = [
        sys.executable, "-m", "robot", "--outputdir", str(suite.parent), "--log", "NONE",
        "--report", "NONE", "--variable", f"IMAGE:{firmware / 'kws_dsp.elf'}", str(suite),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, check=False)
    found = ExecutionResult(suite.parent / "output.xml").suite.tests
    return {test.name: (test.status, test.message) for test in found}


@pytest.mark.parametrize(
    ("setup", "wrong"),
    [("No Operation", WITHOUT_A_BOARD), ("Boot Board    kws    image=${IMAGE}", WITH_A_BOARD)],
    ids=["without a board", "with a board"],
)
def test_a_keyword_used_wrongly(
    tmp_path: Path, firmware: Path, setup: str, wrong: dict[str, str]
) -> None:
    lines = ["*** Settings ***", f"Library    {LIBRARY}    tier=T0", f"Test Setup    {setup}"]
    lines += ["Test Teardown    Close Board", "*** Test Cases ***"]
    for number, (call, error) in enumerate(wrong.items()):
        lines += [f"T{number}", f"    Run Keyword And Expect Error    {error}    {call}"]
    ran = _run(tmp_path / "wrong.robot", "\n".join([*lines, ""]), firmware)
    assert len(ran) == len(wrong)
    for (status, message), call in zip(ran.values(), wrong, strict=True):
        assert status == "PASS", f"{call}: {message}"


def test_time_passes_as_robot_says_it(tmp_path: Path, firmware: Path) -> None:
    lines = ["*** Settings ***", f"Library    {LIBRARY}    tier=T0", "*** Test Cases ***"]
    for said, microseconds in (("0.25", 250_000), ("20 ms", 20_000), ("1 minute", 60_000_000)):
        lines += [
            said,
            "    Boot Board    kws    image=${IMAGE}",
            "    ${before}=    Timestamp",
            f"    Let Time Pass    {said}",
            "    ${now}=    Timestamp",
            f"    Should Be True    0 <= ${{now}} - ${{before}} - {microseconds} < 10000",
        ]
    ran = _run(tmp_path / "time.robot", "\n".join([*lines, ""]), firmware)
    assert {status for status, _ in ran.values()} == {"PASS"}, ran


def test_what_a_library_cannot_be() -> None:
    with pytest.raises(TinySimError, match="no engine 'qemu'"):
        TinySimLibrary("qemu")
    with pytest.raises(TinySimError, match="keeps its own time"):
        TinySimLibrary("serial", tier="T3", port="/dev/ttyACM0")
    with pytest.raises(TinySimError, match="serial is the engine that has"):
        TinySimLibrary("builtin", port="/dev/ttyACM0")
    with pytest.raises(TinySimError, match="needs --port"):
        TinySimLibrary("serial").boot_board("kws")


def test_every_keyword_says_what_it_does() -> None:
    documented = libdoc.LibraryDocumentation(LIBRARY)
    assert len(documented.keywords) >= 15
    for word in [*documented.keywords, *documented.inits]:
        assert word.doc and "Initialize self" not in word.doc, word.name
