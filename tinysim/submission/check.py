"""What the official submission checker (mlcommons/tiny) would say of a tree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import StorageError
from ..storage import read_json, read_text
from .system import STATUSES

TARGETS = {"kws": 90.0, "vww": 80.0, "ic": 85.0, "ic2": 91.0, "ad": 0.85}
"""The closed division's; AUC for ad, percent of top-1 else."""

_MODELS = {*TARGETS, "sww"}
_TOP1 = re.compile(r".* Top[- ]1%?\s?[:=] ([\d\.]+).*")
_AUC = re.compile(r".* AUC\s?[:=] ([\d\.]+).*")
_THROUGHPUT = re.compile(r".* Median throughput is\s+([\d\.]+) inf\./sec\..*")
_ENERGY = re.compile(r".*Median energy cost is ([\d\.]+) uJ/inf")
_OPTIONAL = {".gitkeep", "mlperf_log_trace.json"}
_IGNORED = {".git", ".github", "assets", ".vscode"}
_LARGEST = 500 << 20


@dataclass(frozen=True)
class Finding:
    """Something that the checker says; `fatal` makes the submission invalid."""

    where: str
    text: str
    fatal: bool


def check_tree(root: Path) -> list[Finding]:
    """All findings, in the order of the tree; none of them fatal for a valid submission."""
    findings: list[Finding] = []
    submitters = 0
    for division in sorted(path for path in root.iterdir() if path.name not in _IGNORED):
        if division.name not in ("open", "closed") or not division.is_dir():
            findings.append(Finding(division.name, "neither open nor closed", fatal=False))
            continue
        for submitter in sorted(path for path in division.iterdir() if path.is_dir()):
            submitters += 1
            findings += _check_files(root, submitter)
            findings += _check_submitter(root, division.name, submitter)
    if submitters == 0:
        findings.append(Finding(str(root), "there is no submission", fatal=True))
    return findings


def _check_files(root: Path, submitter: Path) -> Iterator[Finding]:
    for path in sorted(submitter.rglob("*")):
        where = str(path.relative_to(root))
        if path.is_symlink():
            yield Finding(where, "symbolic links are not allowed", fatal=True)
        elif path.is_dir():
            if path.name == "__pycache__":
                yield Finding(where, "__pycache__ is not allowed", fatal=True)
            elif not any(path.iterdir()):
                yield Finding(where, "an empty directory", fatal=True)
        elif path.stat().st_size > _LARGEST:
            yield Finding(where, "larger than 500 MB", fatal=True)
        if path.name.startswith("."):
            yield Finding(where, "the name begins with '.'", fatal=False)
        if " " in path.name:
            yield Finding(where, "the name has a blank", fatal=False)


def _check_submitter(root: Path, division: str, submitter: Path) -> Iterator[Finding]:
    results = submitter / "results"
    if not results.is_dir():
        yield Finding(str(submitter.relative_to(root)), "has no results", fatal=True)
        return
    for system in sorted(path for path in results.iterdir() if path.is_dir()):
        yield from _check_system(root, submitter / "systems" / f"{system.name}.json")
        mapping = _mapping(submitter) if division == "open" else {}
        for model in sorted(path for path in system.iterdir() if path.is_dir()):
            name = mapping.get(model.name, model.name)
            where = str(model.relative_to(root))
            if name not in _MODELS:
                yield Finding(where, f"no benchmark is called '{name}'", fatal=True)
            else:
                yield from _check_model(where, model, name, closed=division == "closed")


def _mapping(submitter: Path) -> dict[str, str]:
    try:
        mapping = read_json(submitter / "model_mapping.json")
    except StorageError:
        return {}
    return (
        {str(key): str(value) for key, value in mapping.items()}
        if isinstance(mapping, dict)
        else {}
    )


def _check_system(root: Path, path: Path) -> Iterator[Finding]:
    where = str(path.relative_to(root))
    if not path.is_file():
        yield Finding(where, "is missing", fatal=True)
        return
    try:
        system = read_json(path)
    except StorageError as error:
        yield Finding(where, str(error).removeprefix(f"{path}: "), fatal=True)
        return
    if not isinstance(system, dict):
        yield Finding(where, "is no JSON object", fatal=True)
        return
    if str(system.get("Status", "")).lower() not in STATUSES:
        yield Finding(where, f"Status is none of {', '.join(STATUSES)}", fatal=True)
    if "system_type" in system:
        yield Finding(where, "must not have 'system_type'", fatal=True)


def _check_model(where: str, model: Path, name: str, *, closed: bool) -> Iterator[Finding]:
    third = "script.async" if (model / "EEMBC_RUNNER").is_file() else "results.json"
    for mode in ("accuracy", "performance"):
        folder = model / mode
        if not folder.is_dir():
            yield Finding(f"{where}/{mode}", "is missing", fatal=mode == "accuracy")
            continue
        found = {path.name for path in folder.iterdir()} - _OPTIONAL
        if found != {"log.txt", "results.txt", third}:
            yield Finding(f"{where}/{mode}", f"has {', '.join(sorted(found))}", fatal=False)
    if name == "sww":
        return
    accuracy = _last(model / "accuracy" / "results.txt", _AUC if name == "ad" else _TOP1)
    if accuracy is None:
        yield Finding(f"{where}/accuracy/results.txt", "tells no accuracy", fatal=True)
    elif closed and accuracy < TARGETS[name]:
        yield Finding(
            f"{where}/accuracy/results.txt",
            f"accuracy {accuracy:g} is below {TARGETS[name]:g}",
            fatal=True,
        )
    if (model / "performance").is_dir() and not _last(
        model / "performance" / "results.txt", _THROUGHPUT
    ):
        yield Finding(f"{where}/performance/results.txt", "tells no throughput", fatal=True)
    energy = model / "energy" / "results.txt"
    if (model / "energy").is_dir() and not _last(energy, _ENERGY):
        yield Finding(f"{where}/energy/results.txt", "tells no energy", fatal=True)


def _last(path: Path, pattern: re.Pattern[str]) -> float | None:
    """The number of the last line that matches from its beginning."""
    try:
        matches = [pattern.match(line) for line in read_text(path).splitlines()]
        values = [float(match.group(1)) for match in matches if match]
    except (StorageError, ValueError):
        return None
    return values[-1] if values else None
