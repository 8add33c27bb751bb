"""The examples, as their READMEs run them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

_GATE = ROOT / "examples" / "own-board-ci" / "gate.sh"


def test_the_gate_lets_what_is_as_before_pass_and_what_is_slower_fail(
    firmware: Path, tmp_path: Path
) -> None:
    baseline = tmp_path / "baseline.json"
    commands = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}

    def gate(image: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["sh", str(_GATE), "kws", str(firmware / image), str(baseline)],
            capture_output=True,
            text=True,
            env=environment,
        )

    first = gate("kws_dsp.elf")
    assert first.returncode == 0 and "written; commit it" in first.stderr, first
    assert gate("kws_dsp.elf").returncode == 0
    slower = gate("kws_reference.elf")
    assert slower.returncode == 1, slower
    assert "latency" in slower.stdout or "cycles" in slower.stdout
    assert "Worse than the baseline allows" in (tmp_path / "gate" / "summary.md").read_text()
    assert "<failure" in (tmp_path / "gate" / "junit.xml").read_text()
