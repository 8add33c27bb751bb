"""What the official submission checker (mlcommons/tiny) would say of a tree."""

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..benchmarks import BENCHMARKS
from ..errors import StorageError
from ..storage import read_json
from .scores import STREAMED, TARGETS, Finding, judge
from .system import STATUSES


class Rules(StrEnum):
    """A round's, as today's checker has them."""

    V1_3 = "v1.3"
    V1_4 = "v1.4"


_SINCE_V1_4 = {"ic2"}
_IGNORED = {".git", ".github", "assets", ".vscode"}
_LARGEST = 500 << 20


def check_tree(root: Path, rules: Rules = Rules.V1_4) -> list[Finding]:
    """All findings, in the order of the tree; none of them fatal for a valid submission.

    The official checker's summary speaks of the benchmark that it happens to come to last, and is
    OK where another one was left without a result; here that is fatal, too.
    """
    findings: list[Finding] = []
    benchmarks = 0
    for division in sorted(path for path in root.iterdir() if path.name not in _IGNORED):
        if division.name not in ("open", "closed") or not division.is_dir():
            findings.append(Finding(division.name, "neither open nor closed", fatal=False))
            continue
        for submitter in sorted(path for path in division.iterdir() if path.is_dir()):
            where = str(submitter.relative_to(root))
            if not (submitter / "results").is_dir():
                findings.append(Finding(where, "has no results", fatal=False))
                continue
            of_files = list(_check_files(root, submitter))
            findings += of_files
            if any(finding.fatal for finding in of_files):
                benchmarks += 1  # nothing more is said of this submitter
                continue
            for system in _folders(submitter / "results"):
                findings += _check_system(root, submitter, system, division.name, rules)
                benchmarks += len(_folders(system))
    if benchmarks == 0:
        findings.append(Finding(str(root), "there is no submission", fatal=True))
    return findings


def _folders(path: Path) -> list[Path]:
    return sorted(part for part in path.iterdir() if part.is_dir())


def _check_files(root: Path, submitter: Path) -> Iterator[Finding]:
    for folder, folders, files in os.walk(submitter):
        here = Path(folder)
        where = str(here.relative_to(root))
        if here.name == "__pycache__":
            yield Finding(where, "__pycache__ is not allowed", fatal=True)
        if not folders and not files:
            yield Finding(where, "an empty directory", fatal=True)
        if here != submitter:
            yield from _check_name(where, here.name)
        for name in files:
            path = here / name
            if path.is_symlink():
                yield Finding(f"{where}/{name}", "symbolic links are not allowed", fatal=True)
            elif path.stat().st_size > _LARGEST:
                yield Finding(f"{where}/{name}", "larger than 500 MB", fatal=True)
            yield from _check_name(f"{where}/{name}", name)
        for name in folders:
            if (here / name).is_symlink():
                yield Finding(f"{where}/{name}", "a symbolic link to a folder", fatal=False)


def _check_name(where: str, name: str) -> Iterator[Finding]:
    if name.startswith("."):
        yield Finding(where, "the name begins with '.'", fatal=False)
    if " " in name:
        yield Finding(where, "the name has a blank", fatal=False)


def _check_system(
    root: Path, submitter: Path, system: Path, division: str, rules: Rules
) -> Iterator[Finding]:
    described = list(_check_description(root, submitter / "systems" / f"{system.name}.json"))
    yield from described
    if described:
        return
    if division == "open":
        yield from _check_mapping(root, submitter / "model_mapping.json")
    known = {*TARGETS, STREAMED} - (set() if rules is Rules.V1_4 else _SINCE_V1_4)
    there = {model.name for model in _folders(system)}
    for model in _folders(system):
        where = str(model.relative_to(root))
        shared = BENCHMARKS[model.name].shares if model.name in BENCHMARKS else None
        if model.name not in known:
            # In the open division the mapping's names are its way, but today's checker fails there.
            text = f"no benchmark of {rules} is called '{model.name}'"
            yield Finding(where, text, fatal=True)
        elif shared and shared.name not in there:
            yield Finding(where, f"needs {shared.name} as well (rules, 2.9)", fatal=True)
        else:
            yield from judge(where, model, model.name, closed=division == "closed")


def _check_mapping(root: Path, path: Path) -> Iterator[Finding]:
    if path.exists():
        yield from _read(root, path)[1]


def _check_description(root: Path, path: Path) -> Iterator[Finding]:
    where = str(path.relative_to(root))
    if not path.exists():
        yield Finding(where, "is missing", fatal=True)
        return
    system, findings = _read(root, path)
    yield from findings
    if findings:
        return
    if not isinstance(system, dict):
        yield Finding(where, "is no JSON object", fatal=True)
        return
    if str(system.get("Status", "")).lower() not in STATUSES:
        yield Finding(where, f"Status is none of {', '.join(STATUSES)}", fatal=True)
    if system.get("system_type") is not None:
        yield Finding(where, "must not have 'system_type'", fatal=True)


def _read(root: Path, path: Path) -> tuple[Any, list[Finding]]:
    """A JSON file's content, and what is wrong with it."""
    try:
        return read_json(path), []
    except StorageError as error:
        text = str(error).removeprefix(f"{path}: ")
        return None, [Finding(str(path.relative_to(root)), text, fatal=True)]
