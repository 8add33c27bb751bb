"""Makes a benchmark's data sets out of raw data."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks import BENCHMARKS
from ..datasets import read_labels
from ..errors import AssetError, TinySimError
from ..storage import write_text
from ..training.sets import FOLDER
from . import cifar, person, speech, toycar
from .job import Job, Watch
from .raw import Raw
from .stage import manifest, staged

PREPARATIONS: dict[str, Callable[[Job], None]] = {
    "kws": speech.prepare_kws,
    "vww": person.prepare,
    "ic": cifar.prepare,
    "ad": toycar.prepare,
    "sww": speech.prepare_sww,
}


@dataclass(frozen=True)
class Prepared:
    """What came about."""

    manifest: Path
    counts: dict[str, int]
    """Examples by split, files by data set."""
    missing: tuple[str, ...]
    """What the official labels have and the raw data has not, and what has another label."""
    is_evaluated: bool
    """Whether anything was for the evaluation set."""


def prepare(
    name: str,
    raw: Path,
    out: Path,
    *,
    verify: Path | None = None,
    jobs: int | None = None,
    watched: Watch | None = None,
) -> Prepared:
    """Write `OUT/datasets/ID`, `OUT/training/NAME` and `OUT/NAME.manifest.json`, all or nothing.

    `verify` is the official y_labels.csv: the evaluation set has its files then, in its order,
    instead of a choice of its own. `watched` may show progress.

    Raises:
        AssetError: raw data are missing, damaged or of another kind, or what is to be written is
            there already.
        StorageError: a file cannot be read or written.
        TinySimError: there is no such benchmark.
        ToolError: a library is missing.

    """
    if name not in PREPARATIONS:
        raise TinySimError(f"no data set '{name}'; there are: {', '.join(PREPARATIONS)}")
    if not raw.is_dir():
        raise AssetError(f"{raw}: there is no such folder")
    benchmark = BENCHMARKS.get(name)
    if verify and (benchmark is None or benchmark.dialogue.listens):
        raise TinySimError(f"{name} has no y_labels.csv to verify with")
    wanted = dict(read_labels(benchmark, verify)) if verify and benchmark else None
    page = Path(f"{name}.manifest.json")
    targets = [Path(FOLDER) / name, page]
    if benchmark:
        targets.insert(0, Path("datasets") / benchmark.data_id)
    with staged(out, name, targets) as stage:
        source = Raw(raw)
        job = Job(source, stage, wanted, jobs or os.cpu_count() or 1, watched)
        PREPARATIONS[name](job)
        stage.close()
        if not any(stage.counts.values()):
            raise AssetError(f"{raw}: nothing in it is {name}'s")
        write_text(stage.folder / page, manifest(stage, source.read))
        counts = stage.counts
        is_evaluated = benchmark is None or (stage.folder / targets[0]).exists()
    missing = tuple(job.problems()) if wanted is not None else ()
    return Prepared(out / page, counts, missing, is_evaluated)
