"""Writes the tree, after the closed division's checks."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ..benchmarks import BENCHMARKS, Benchmark
from ..divisions import check_closed, find_reference
from ..errors import ResultError
from ..models.read import LARGEST
from ..results import Result
from ..storage import make_folder, read_bytes, write_text
from . import inferred, streamed
from .notice import NOTICE, notice

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class Division(StrEnum):
    """What may be changed: little, or anything."""

    CLOSED = "closed"
    OPEN = "open"


class Runner(StrEnum):
    """Whose file names and lines are written."""

    PYTHON = "python"
    EEMBC = "eembc"


@dataclass(frozen=True)
class Submission:
    """Everything that is submitted: of each benchmark the modes that its dialogue submits."""

    organization: str
    division: Division
    system_id: str
    system: dict[str, str]
    results: tuple[Result, ...]
    runner: Runner = Runner.PYTHON
    models: tuple[Path, ...] = ()
    """Files of models that the results name, to be compared with the reference."""


def write_tree(submission: Submission, out: Path, when: datetime) -> list[Path]:
    """Check, then write; the files that were written.

    Raises:
        ResultError: a check failed; nothing has been written.

    """
    for name in (submission.organization, submission.system_id):
        if not _NAME.fullmatch(name):
            raise ResultError(f"'{name}': letters, digits, '-', '_' and '.' were expected")
    submitted = _submitted(submission.results)
    for benchmark, runs in submitted:
        _check(submission, benchmark, runs)
    _check_sizes([benchmark for benchmark, _ in submitted])
    root = out / submission.division.value / submission.organization
    files = {root / "systems" / f"{submission.system_id}.json": _system(submission)}
    for benchmark, runs in submitted:
        name = benchmark.name
        implementation = f"tinysim_{name}"
        files[root / "code" / name / implementation / "README.md"] = _readme(runs["performance"])
        place = root / "results" / submission.system_id / name
        eembc = submission.runner is Runner.EEMBC and not benchmark.dialogue.listens
        if eembc:
            files[place / "EEMBC_RUNNER"] = ""
        for mode, result in runs.items():
            for file, text in _files(benchmark, result, when, eembc=eembc).items():
                files[place / mode / file] = text
    if submission.division is Division.OPEN:
        mapping = {name: name for name in sorted(benchmark.name for benchmark, _ in submitted)}
        files[root / "model_mapping.json"] = json.dumps(mapping, indent=1) + "\n"
    for path, text in files.items():
        make_folder(path.parent)
        write_text(path, text)
    return list(files)


_Runs = dict[str, Result]
"""By mode."""


def _submitted(results: Sequence[Result]) -> list[tuple[Benchmark, _Runs]]:
    """The runs of each benchmark that are submitted."""
    found: dict[str, _Runs] = {}
    for result in results:
        found.setdefault(result.benchmark, {})[result.mode] = result
    submitted = []
    for name, benchmark in BENCHMARKS.items():
        wanted = benchmark.dialogue.submitted
        runs = {mode: found[name][mode] for mode in wanted if mode in found.get(name, {})}
        if not runs:
            continue
        if missing := [mode for mode in wanted if mode not in runs]:
            raise ResultError(f"{name}: a run in {missing[0]} mode is missing")
        submitted.append((benchmark, runs))
    if not submitted:
        raise ResultError("there is no benchmark to submit among the results")
    return submitted


def _check_sizes(benchmarks: Sequence[Benchmark]) -> None:
    """Whoever submits the larger one of a task submits the smaller one, too (rules, 2.9)."""
    for benchmark in benchmarks:
        if benchmark.shares and benchmark.shares not in benchmarks:
            raise ResultError(
                f"{benchmark.name}: must be submitted with {benchmark.shares.name} (rules, 2.9)"
            )


def _check(submission: Submission, benchmark: Benchmark, runs: _Runs) -> None:
    problem = _problem(submission, benchmark, runs)
    if problem:
        raise ResultError(f"{benchmark.name}: {problem}")
    emulated = any(result.engine != "serial" for result in runs.values())
    if emulated and _status(submission.system) != "rdi":
        raise ResultError("an emulated system can be submitted with Status 'rdi' at most")


def _problem(submission: Submission, benchmark: Benchmark, runs: _Runs) -> str:
    if len({result.image.sha256 for result in runs.values()}) > 1:
        return f"{' and '.join(runs)} were run with different images"
    if len({result.engine for result in runs.values()}) > 1:
        return f"{' and '.join(runs)} were run by different engines"
    closed = submission.division is Division.CLOSED
    if problem := _kind(benchmark).problem(runs, closed=closed):
        return problem
    for result in runs.values() if closed else ():
        if result.engine != "serial" and (problem := _other_model(submission, result)):
            return problem
        if result.options and result.engine != "serial":
            return "the board was changed"
    return ""


class _Kind(Protocol):
    """What benchmarks with one dialogue submit."""

    def problem(self, runs: Mapping[str, Result], *, closed: bool) -> str: ...
    def render_results(self, result: Result, when: datetime, *, eembc: bool) -> str: ...
    def render_log(self, result: Result, when: datetime, *, eembc: bool) -> str: ...
    def render_json(self, result: Result) -> str: ...


def _kind(benchmark: Benchmark) -> _Kind:
    return streamed if benchmark.dialogue.listens else inferred


def _other_model(submission: Submission, result: Result) -> str:
    """Why a model is not the reference; empty where it is."""
    sha256 = result.model.sha256 if result.model else ""
    if sha256 == BENCHMARKS[result.benchmark].model_sha256:
        return ""
    for path in submission.models:
        if hashlib.sha256(read_bytes(path, LARGEST)).hexdigest() == sha256:
            verdict = check_closed(path, find_reference(result.benchmark))
            if verdict.passed:
                return ""
            worst = verdict.deviations[0]
            return f"the model is not the reference model: {worst.layer}: {worst.what}"
    return (
        "the model is not the reference model's file, which the closed division asks for; with "
        "--model FILE its weights are compared"
    )


def _status(system: dict[str, str]) -> str:
    return system.get("Status", "").strip().lower()


def _system(submission: Submission) -> str:
    system = dict(submission.system)
    if any(result.engine != "serial" for result in submission.results):
        notes = system.get("Hardware Notes", "")
        system["Hardware Notes"] = f"{NOTICE} {notes}".strip()
    return json.dumps(system, indent=4) + "\n"


def _files(benchmark: Benchmark, result: Result, when: datetime, *, eembc: bool) -> dict[str, str]:
    kind = _kind(benchmark)
    files = {
        "log.txt": kind.render_log(result, when, eembc=eembc),
        "results.txt": kind.render_results(result, when, eembc=eembc),
    }
    if eembc:
        files["script.async"] = inferred.render_script(result)
    else:
        files["results.json"] = kind.render_json(result)
    return files


def _readme(result: Result) -> str:
    lines = [f"# {result.title or result.benchmark}", "", *notice(result)]
    if result.model:
        lines.append(f"Model: {result.model.name}, sha256 {result.model.sha256}.")
    if result.flashed:
        lines.append(
            f"Flashed: what tinysim made of it, sha256 {result.flashed.sha256} "
            f"({result.flashed.origin})."
        )
    lines.append(f"Image: {result.image.name}, sha256 {result.image.sha256}.")
    return "\n".join(lines) + "\n"
