"""What earlier commits measured: a line of JSON for each run, by commit and machine.

What is kept are ratios to Unicorn in the same run, which do not depend on what else a machine does
as speeds do; of loading and starting, where Unicorn has no part, how often a CPU second has room.
"""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import ROOT

HISTORY = Path(os.environ.get("TINYSIM_SPEED_HISTORY", ROOT / "build" / "speed.jsonl"))


@dataclass(frozen=True)
class Entry:
    """A run. `figures` has more where it is quicker."""

    commit: str
    machine: str
    when: str
    figures: dict[str, float]


def this_run(figures: Mapping[str, float]) -> Entry:
    """An entry of this commit on this machine."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    return Entry(commit, _machine(), datetime.now(UTC).isoformat("T", "seconds"), dict(figures))


def _machine() -> str:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{names[0] if names else platform.processor()}, {platform.machine()}, {len(names)} CPUs"


def before(entry: Entry) -> Entry | None:
    """The last entry of another commit on the same machine."""
    if not HISTORY.is_file():
        return None
    for line in reversed(HISTORY.read_text().splitlines()):
        found = Entry(**json.loads(line))
        if found.machine == entry.machine and found.commit != entry.commit:
            return found
    return None


def keep(entry: Entry) -> None:
    """Append an entry."""
    HISTORY.parent.mkdir(parents=True, exist_ok=True)
    with HISTORY.open("a") as file:
        file.write(json.dumps(asdict(entry)) + "\n")
