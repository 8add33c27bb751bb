"""What submitters measured on real boards of this kind (`published.csv`, with its sources)."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BENCHMARKS = ("kws", "vww", "ic", "ad")


@dataclass(frozen=True)
class Submission:
    """One submission: milliseconds and microjoules an inference, by benchmark."""

    round: str
    submitter: str
    stack: str
    latency_ms: dict[str, float]
    energy_uj: dict[str, float]
    source: str
    """The repository of results that has it."""


@cache
def submissions() -> tuple[Submission, ...]:
    """All published submissions of a NUCLEO-L4R5ZI, oldest first."""
    with (Path(__file__).parent / "published.csv").open(newline="", encoding="utf-8") as file:
        return tuple(
            Submission(
                row["round"],
                row["submitter"],
                row["stack"],
                {name: float(row[f"{name}_ms"]) for name in _BENCHMARKS if row[f"{name}_ms"]},
                {name: float(row[f"{name}_uJ"]) for name in _BENCHMARKS if row[f"{name}_uJ"]},
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def standing(benchmark: str, latency_us: float) -> tuple[int, int] | None:
    """The place among the published, 1 the quickest, and how many there are with this one."""
    published = [s.latency_ms[benchmark] for s in submissions() if benchmark in s.latency_ms]
    if not published:
        return None
    return 1 + sum(other * 1000 < latency_us for other in published), len(published) + 1
