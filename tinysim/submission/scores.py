"""What the official checker reads in the folder of a benchmark, and makes of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks.streaming import MOST_WRONG, OFFICIAL_WINDOWS
from ..errors import StorageError
from ..storage import read_text

TARGETS = {"kws": 90.0, "vww": 80.0, "ic": 85.0, "ic2": 91.0, "ad": 0.85}
"""The closed division's; AUC for ad, percent of top-1 else."""
STREAMED = "sww"

_TOP1 = re.compile(r".* Top[- ]1%?\s?[:=] ([\d\.]+).*")
_AUC = re.compile(r".* AUC\s?[:=] ([\d\.]+).*")
_MEDIAN = re.compile(r".* Median throughput is\s+([\d\.]+) inf\./sec\..*")
_ENERGY = re.compile(r".*Median energy cost is ([\d\.]+) uJ/inf")
_THROUGHPUT = re.compile(r".*Estimated throughput:\s*([\d\.]+) inf\./sec\..*")
_HEARD = re.compile(
    r".*Accuracy: (\d+) True positives, (\d+) False negatives, (\d+) False positives"
)
_DUTY = re.compile(r".*Average duty cycle:\s*([\d\.]+)")
_POWER = re.compile(r".*Power\s+: ([\d\.]+) mW.*")
_OPTIONAL = {".gitkeep", "mlperf_log_trace.json", "results.json"}
_LINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Finding:
    """Something that the checker says; `fatal` makes the submission invalid, or leaves a benchmark
    without a result.
    """

    where: str
    text: str
    fatal: bool


def judge(where: str, model: Path, name: str, *, closed: bool) -> Iterator[Finding]:
    """What it says of the folder `model` of the benchmark `name`."""
    if name == STREAMED:
        yield from _judge_streamed(where, model, closed=closed)
        return
    yield from _judge_accuracy(where, model, name, closed=closed)
    if not (model / "performance").is_dir():
        yield Finding(f"{where}/performance", "is missing", fatal=True)
        return
    yield from _judge_files(where, model, "performance")
    if not _number(model / "performance" / "results.txt", _MEDIAN):
        yield Finding(f"{where}/performance/results.txt", "tells no throughput", fatal=True)
    if (model / "energy").exists() and _number(model / "energy" / "results.txt", _ENERGY) is None:
        yield Finding(f"{where}/energy/results.txt", "tells no energy", fatal=True)


def _judge_accuracy(where: str, model: Path, name: str, *, closed: bool) -> Iterator[Finding]:
    if not (model / "accuracy" / "results.txt").exists():
        yield Finding(f"{where}/accuracy", "has no results.txt", fatal=True)
        return
    yield from _judge_files(where, model, "accuracy")
    place = f"{where}/accuracy/results.txt"
    lines = _lines(model / "accuracy" / "results.txt")
    found = _last(lines or [], _AUC if name == "ad" else _TOP1)
    if lines is None:
        yield Finding(place, "cannot be read", fatal=True)
    elif found is None:
        yield Finding(place, "tells no accuracy", fatal=closed)
    elif (accuracy := _as_number(found[1])) is None:
        yield Finding(place, f"tells an accuracy of '{found[1]}'", fatal=True)
    elif accuracy < TARGETS[name]:
        text = f"accuracy {accuracy:g} is below {TARGETS[name]:g}"
        yield Finding(place, text, fatal=closed)


def _judge_streamed(where: str, model: Path, *, closed: bool) -> Iterator[Finding]:
    """All figures stand in one file: that of a run with energy where there is one."""
    mode = "energy" if (model / "energy").exists() else "performance"
    if not (model / mode).is_dir():
        yield Finding(f"{where}/{mode}", "is missing", fatal=True)
        return
    yield from _judge_files(where, model, mode, "energy_inf_000.png" if mode == "energy" else "")
    path, place = model / mode / "results.txt", f"{where}/{mode}/results.txt"
    if not _number(path, _THROUGHPUT):
        yield Finding(place, "tells no throughput", fatal=True)
    if _number(path, _DUTY) is None:
        yield Finding(place, "tells no duty cycle", fatal=True)
    if mode == "energy" and _number(path, _POWER) is None:
        yield Finding(place, "tells no power", fatal=True)
    lines = _lines(path) or []
    heard = [tuple(map(int, found.groups())) for found in _all(lines, _HEARD)]
    if not heard:
        yield Finding(place, "tells no accuracy", fatal=True)
    elif not any(hits + misses == OFFICIAL_WINDOWS for hits, misses, _ in heard):
        hits, misses, _ = heard[-1]
        text = f"{hits + misses} words of {OFFICIAL_WINDOWS} were played"
        yield Finding(place, text, fatal=True)
    elif max(heard[-1][1:]) > MOST_WRONG:
        text = f"{heard[-1][1]} FN and {heard[-1][2]} FP, {MOST_WRONG} of each are allowed"
        yield Finding(place, text, fatal=closed)


def _judge_files(where: str, model: Path, mode: str, more: str = "") -> Iterator[Finding]:
    wanted = {"log.txt", "results.txt", "results.json"}
    if (model / "EEMBC_RUNNER").exists():
        wanted = {"log.txt", "results.txt", "script.async"}
    if more:
        wanted.add(more)
    found = {path.name for path in (model / mode).iterdir() if path.is_file()}
    if (found ^ wanted) - _OPTIONAL:
        yield Finding(f"{where}/{mode}", f"has {', '.join(sorted(found))}", fatal=False)


def _lines(path: Path) -> list[str] | None:
    """As Python reads a text; None where it cannot be read."""
    try:
        return _LINE.split(read_text(path))
    except StorageError:
        return None


def _all(lines: list[str], pattern: re.Pattern[str]) -> list[re.Match[str]]:
    return [found for line in lines if (found := pattern.match(line))]


def _last(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    found = _all(lines, pattern)
    return found[-1] if found else None


def _number(path: Path, pattern: re.Pattern[str]) -> float | None:
    """That of the last line that matches from its beginning."""
    found = _last(_lines(path) or [], pattern)
    return _as_number(found[1]) if found else None


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
