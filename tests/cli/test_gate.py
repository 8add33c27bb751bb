"""The gate, and what CI systems run of it: action.yml and ci/gitlab.yml."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.conftest import ROOT
from tests.robustness.command import tinysim
from tests.sample_results import make_result
from tinysim.history import History
from tinysim.results import Result

_ACTION = ROOT / "action.yml"


def _stored(path: Path, *results: Result) -> str:
    path.write_text(json.dumps([json.loads(result.model_dump_json()) for result in results]))
    return str(path)


def _fine(**changes: Any) -> Result:
    """A result that misses no target."""
    return make_result(accuracy=None, mode="performance", **changes)


def _demand(baseline: Path, share: float) -> None:
    """Let a baseline say that it took so much less."""
    content = json.loads(baseline.read_text())
    for entry in content["entries"]:
        entry["cycles"] *= share
    baseline.write_text(json.dumps(content))


def test_it_judges_and_writes_all_that_ci_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    first, out = _stored(tmp_path / "a.json", _fine()), tmp_path / "out"
    baseline, kept = str(tmp_path / "b.json"), str(tmp_path / "h.duckdb")
    assert tinysim("baseline", "write", baseline, "--from", first).code == 0
    arguments = ["--baseline", baseline, "--history", kept, "--to", str(out)]
    assert tinysim("gate", first, *arguments).code == 0
    assert {path.name for path in out.iterdir()} == {
        "summary.md",
        "junit.xml",
        "page.html",
        "history.html",
    }
    assert "Nothing is worse" in (out / "summary.md").read_text()

    slower = _stored(tmp_path / "b2.json", _fine(cycles=150_000.0))
    ran = tinysim("gate", slower, *arguments)
    assert ran.code == 1 and "Against the baseline" in ran.out
    summary = (out / "summary.md").read_text()
    assert "| ic | cycles | 120,000 | 150,000 | +25.00% |" in summary
    suite = ElementTree.parse(out / "junit.xml").getroot()
    failed = [case for case in suite if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == ["cycles"]
    assert suite.get("failures") == "1" and suite.get("tests") == str(len(suite))
    with History(Path(kept)) as history:
        assert [row.cycles for row in history.rows()] == [150_000.0], "one commit, one row"


def test_a_missed_target_fails(tmp_path: Path) -> None:
    ran = tinysim("gate", _stored(tmp_path / "a.json", make_result()), "--to", str(tmp_path / "o"))
    assert ran.code == 1


def test_a_baseline_that_does_not_exist_is_written_and_fails(tmp_path: Path) -> None:
    first, out = _stored(tmp_path / "a.json", _fine()), tmp_path / "out"
    ran = tinysim("gate", first, "--baseline", str(tmp_path / "b.json"), "--to", str(out))
    assert ran.code == 1 and "does not exist; commit" in ran.err
    again = tinysim("gate", first, "--baseline", str(out / "baseline.json"), "--to", str(out))
    assert again.code == 0


class _Runner:
    """What GitHub gives the steps of a composite action."""

    def __init__(self, folder: Path, inputs: dict[str, str]) -> None:
        self.action = yaml.safe_load(_ACTION.read_text())
        self.files = {
            name: folder / name.lower()
            for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
        }
        for file in self.files.values():
            file.touch()
        self.folder = folder
        defaults = {name: said.get("default") for name, said in self.action["inputs"].items()}
        self.values = {
            **{f"inputs.{name}": value for name, value in {**defaults, **inputs}.items()},
            "github.action_path": str(ROOT),
            "github.token": "token",
            "github.event.pull_request.number": "7",
            "runner.temp": str(folder),
        }
        commands = folder / "commands"
        commands.mkdir(exist_ok=True)
        self.path = f"{commands}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}"

    def command(self, name: str, script: str) -> None:
        """Put a command before all others."""
        file = self.folder / "commands" / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def run(self, name: str) -> "subprocess.CompletedProcess[str]":
        """Run a step, as `bash` is run by the runner."""
        (step,) = (step for step in self.action["runs"]["steps"] if step["name"] == name)
        assert step["shell"] == "bash"
        for line in self.files["GITHUB_OUTPUT"].read_text().splitlines():
            key, _, value = line.partition("=")
            self.values[f"steps.measure.outputs.{key}"] = value
        given = {key: self._filled(str(value)) for key, value in step.get("env", {}).items()}
        environment = {**os.environ, **given, "RUNNER_TEMP": str(self.folder)}
        environment |= {key: str(file) for key, file in self.files.items()}
        environment["PATH"] = self.path + os.environ["PATH"]
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: self.values[found.group(1)], text)


def test_the_action_runs_judges_and_comments(firmware: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    image = str(firmware / "kws_dsp.elf")
    wrote = tinysim("baseline", "write", str(baseline), "kws", "--image", image)
    assert wrote.code == 0, wrote
    inputs = {"run": "kws --tier T3", "image": image, "baseline": str(baseline)}
    runner = _Runner(tmp_path, inputs)
    ran = runner.run("Run and judge")
    assert ran.returncode == 0, ran
    out = tmp_path / "tinysim" / "out"
    for name in ("results.json", "summary.md", "junit.xml", "page.html", "history.html", "run.txt"):
        assert (out / name).stat().st_size, name
    assert (tmp_path / "tinysim" / "history.duckdb").is_file()
    assert f"folder={out}" in runner.files["GITHUB_OUTPUT"].read_text().splitlines()
    assert "Nothing is worse" in runner.files["GITHUB_STEP_SUMMARY"].read_text()

    said = tmp_path / "said"
    runner.command("gh", f'test "$4" != --edit-last || exit 1; echo "$GH_TOKEN $*" > {said}')
    assert runner.run("Comment").returncode == 0
    assert said.read_text() == f"token pr comment 7 --body-file {out / 'summary.md'}\n"

    _demand(baseline, 0.9)
    slower = runner.run("Run and judge")
    assert slower.returncode == 1, slower
    assert "| kws | cycles |" in runner.files["GITHUB_STEP_SUMMARY"].read_text()

    runner.values["inputs.run"] = "no-benchmark"
    broken = runner.run("Run and judge")
    assert broken.returncode == 2 and "there are: kws" in broken.stderr


@pytest.mark.parametrize("given", ["", "tinysim.whl[report]"])
def test_the_action_installs_itself_or_what_is_given(tmp_path: Path, given: str) -> None:
    runner = _Runner(tmp_path, {"run": "kws", "install": given, "python": "python9"})
    pip = "mkdir -p $3/bin; cp $0 $3/bin/pip"
    runner.command("python9", f'if [ "$1" = -m ]; then {pip}; else echo "$*" > {tmp_path}/pip; fi')
    ran = runner.run("Install tinysim")
    assert ran.returncode == 0, ran
    what = given or f"{ROOT}[report,history]"
    assert (tmp_path / "pip").read_text() == f"install --quiet {what}\n"
    assert runner.files["GITHUB_PATH"].read_text() == f"{tmp_path}/tinysim/venv/bin\n"


def test_no_script_of_the_action_holds_an_expression() -> None:
    """What a pull request names could be run otherwise."""
    steps = yaml.safe_load(_ACTION.read_text())["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) == 3
    assert not any("${{" in script for script in scripts)


def test_gitlabs_job_runs_and_judges(firmware: Path, tmp_path: Path) -> None:
    content = (ROOT / "ci" / "gitlab.yml").read_text()
    job = yaml.safe_load(content)[".tinysim"]
    assert "/" not in job["image"], "no registry is named"
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        **{name: str(value) for name, value in job["variables"].items()},
        "CI_COMMIT_SHA": "abc",
        "TINYSIM_RUN": "kws",
        "TINYSIM_IMAGE": str(firmware / "kws_dsp.elf"),
        "TINYSIM_BASELINE": "baseline.json",
        "PATH": commands,
    }
    script = "\n".join(line for line in job["script"] if "pip install" not in line)

    def run() -> int:
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
        ).returncode

    out = tmp_path / ".tinysim" / "out"
    assert run() == 1, "there is no baseline yet"
    (out / "baseline.json").rename(tmp_path / "baseline.json")
    assert run() == 0
    assert (tmp_path / job["cache"]["paths"][0]).is_file()
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).is_file()
    _demand(tmp_path / "baseline.json", 0.9)
    assert run() == 1


def test_the_examples_workflow_gives_the_action_what_it_takes() -> None:
    action = yaml.safe_load(_ACTION.read_text())
    example = ROOT / "examples" / "own-board-ci" / "workflow.yml"
    steps = yaml.safe_load(example.read_text())["jobs"]["benchmark"]["steps"]
    (given,) = (step["with"] for step in steps if "/tinysim@" in step.get("uses", ""))
    required = {name for name, said in action["inputs"].items() if said.get("required")}
    assert required <= set(given) <= set(action["inputs"])


@pytest.mark.parametrize("path", [*(ROOT / ".github" / "workflows").iterdir()])
def test_workflows_use_what_is_there(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for job in workflow["jobs"].values():
        needed = job.get("needs", [])
        assert set([needed] if isinstance(needed, str) else needed) <= set(workflow["jobs"])
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            for target in re.findall(r"(?:^|&& )make ([a-z-]+)", step.get("run", "")):
                assert target in targets, f"{path.name}: make {target}"
