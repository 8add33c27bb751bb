"""Writes the tree, after the closed division's checks."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from ..benchmarks import BENCHMARKS
from ..divisions import check_closed, find_reference
from ..errors import ResultError
from ..models.read import LARGEST
from ..results import Result
from ..storage import make_folder, read_bytes, write_text
from . import formats

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_MIN_US, _MIN_INFERENCES, _WINDOWS = 10_000_000, 10, 5


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
    """Everything that is submitted: results in pairs of performance and accuracy."""

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
    pairs = _pairs(submission.results)
    for accuracy, performance in pairs:
        _check(submission, accuracy, performance)
    root = out / submission.division.value / submission.organization
    files = {root / "systems" / f"{submission.system_id}.json": _system(submission)}
    for accuracy, performance in pairs:
        name = accuracy.benchmark
        implementation = f"tinysim_{name}"
        files[root / "code" / name / implementation / "README.md"] = _readme(accuracy)
        place = root / "results" / submission.system_id / name
        if submission.runner is Runner.EEMBC:
            files[place / "EEMBC_RUNNER"] = ""
        for result in (accuracy, performance):
            for file, text in _files(submission, result, when).items():
                files[place / result.mode / file] = text
    if submission.division is Division.OPEN:
        mapping = {name: name for name in sorted({result.benchmark for result, _ in pairs})}
        files[root / "model_mapping.json"] = json.dumps(mapping, indent=1) + "\n"
    for path, text in files.items():
        make_folder(path.parent)
        write_text(path, text)
    return list(files)


def _pairs(results: Sequence[Result]) -> list[tuple[Result, Result]]:
    """The accuracy and the performance run of each benchmark."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        if result.mode in ("accuracy", "performance"):
            found.setdefault(result.benchmark, {})[result.mode] = result
    pairs = []
    for name in BENCHMARKS:
        modes = found.get(name, {})
        if not modes:
            continue
        if missing := {"accuracy", "performance"} - set(modes):
            raise ResultError(f"{name}: a run in {missing.pop()} mode is missing")
        pairs.append((modes["accuracy"], modes["performance"]))
    if not pairs:
        raise ResultError("there is no benchmark to submit among the results")
    return pairs


def _check(submission: Submission, accuracy: Result, performance: Result) -> None:
    name = accuracy.benchmark
    problem = _problem(submission, accuracy, performance)
    if problem:
        raise ResultError(f"{name}: {problem}")
    emulated = any(result.engine != "serial" for result in (accuracy, performance))
    if emulated and _status(submission.system) != "rdi":
        raise ResultError("an emulated system can be submitted with Status 'rdi' at most")


def _problem(submission: Submission, accuracy: Result, performance: Result) -> str:
    if accuracy.streaming or performance.streaming:
        return "what was streamed cannot be written as a submission yet"
    if accuracy.image.sha256 != performance.image.sha256:
        return "accuracy and performance were run with different images"
    if accuracy.engine != performance.engine:
        return "accuracy and performance were run by different engines"
    if accuracy.accuracy is None:
        return "the accuracy run has no accuracy: official model and inputs are needed"
    if not accuracy.accuracy.official:
        return f"accuracy is over {accuracy.accuracy.samples} files, not over the whole data set"
    windows = performance.windows
    if len(windows) != _WINDOWS:
        return f"{len(windows)} performance windows, {_WINDOWS} were expected (run --official)"
    if any(w.elapsed_us < _MIN_US or w.inferences < _MIN_INFERENCES for w in windows):
        return "a performance window is shorter than 10 s or 10 inferences (run --official)"
    if submission.division is Division.CLOSED:
        if not accuracy.accuracy.passed:
            return f"the target of {accuracy.accuracy.target:g} was missed"
        for result in (accuracy, performance):
            if result.engine != "serial" and (problem := _other_model(submission, result)):
                return problem
            if result.options and result.engine != "serial":
                return "the board was changed"
    return ""


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
        system["Hardware Notes"] = f"{formats.NOTICE} {notes}".strip()
    return json.dumps(system, indent=4) + "\n"


def _files(submission: Submission, result: Result, when: datetime) -> dict[str, str]:
    eembc = submission.runner is Runner.EEMBC
    files = {
        "log.txt": formats.render_log(result, when, eembc=eembc),
        "results.txt": formats.render_results(result, when, eembc=eembc),
    }
    if eembc:
        files["script.async"] = formats.render_script(result)
    else:
        files["results.json"] = formats.render_json(result)
    return files


def _readme(result: Result) -> str:
    lines = [f"# {result.title or result.benchmark}", "", *formats.notice(result)]
    if result.model:
        lines.append(f"Model: {result.model.name}, sha256 {result.model.sha256}.")
    lines.append(f"Image: {result.image.name}, sha256 {result.image.sha256}.")
    return "\n".join(lines) + "\n"
