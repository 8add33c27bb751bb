"""`tinysim data`."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ..benchmarks import BENCHMARKS
from ..data import PREPARATIONS, prepare
from ..models.locate import cache_folder, fetch_model
from .console import say, show, warn
from .help import Verbs
from .options import PROCESSORS, Jobs
from .progress import watched

app = Verbs(help="Official models, and data sets from raw archives.", no_args_is_help=True)


RAW = "raw"
"""The folder in the user's cache that archives come into."""


@app.command("fetch")
def fetch_data(
    benchmarks: Annotated[
        list[str] | None, typer.Argument(help=f"{', '.join(PREPARATIONS)}; all without one")
    ] = None,
    raw: Annotated[
        Path | None,
        typer.Option(help="folder for the archives", show_default="the user's cache"),
    ] = None,
    download_only: Annotated[
        bool, typer.Option("--download-only", help="only download the archives")
    ] = False,
    jobs: Jobs = PROCESSORS,
) -> None:
    """Download what a benchmark's accuracy needs: the official model and the data set.

    The files come into the user's cache, where `run` and `train` look for them. Each is compared
    with its published hash. The next call continues a download that was broken off.
    """
    for name in benchmarks or PREPARATIONS:
        _fetch(name, raw or cache_folder() / RAW, jobs, download_only=download_only)


def _fetch(name: str, raw: Path, jobs: int, *, download_only: bool) -> None:
    from ..data.fetch import fetch, sources_of

    benchmark = BENCHMARKS.get(name)
    data = benchmark.shares.name if benchmark and benchmark.shares else name
    sources = sources_of(data)
    if benchmark:
        say(f"{benchmark.model_file}: {fetch_model(benchmark)}")
    for source in sources:
        size = f", {source.bytes:,} bytes" if source.bytes else ""
        say(f"{source.name}: {source.licence}{size}, from {source.address}")

        def watch(parts: Iterator[int], what: str, total: int | None) -> Iterator[int]:
            at = [0]

            def noted() -> Iterator[int]:
                for at[0] in parts:
                    yield at[0]

            return watched(noted(), what, total, lambda: at[0])

        say(f"  {fetch(source, raw, watch)}")
    if download_only:
        return
    if (made := cache_folder() / f"{data}.manifest.json").is_file():
        say(f"{data}: made of them already, {made}")
        return
    labels = raw / f"{BENCHMARKS[data].data_id}_y_labels.csv"
    _prepare(data, raw, cache_folder(), labels if labels.is_file() else None, jobs)


@app.command("prepare")
def prepare_data(
    benchmark: Annotated[str, typer.Argument(help=", ".join(PREPARATIONS))],
    raw: Annotated[Path, typer.Option(help="folder with the archives as they were downloaded")],
    out: Annotated[
        Path | None,
        typer.Option(help="folder for datasets/ and training/", show_default="the user's cache"),
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(help="the official y_labels.csv: take its files, compare labels")
    ] = None,
    jobs: Jobs = PROCESSORS,
) -> None:
    """Make the evaluation set, in the official runner's layout, and the training set.

    Exit code 1 when --verify finds a file that is missing or has another label.
    """
    _prepare(benchmark, raw, out or cache_folder(), verify, jobs)


def _prepare(name: str, raw: Path, out: Path, verify: Path | None, jobs: int) -> None:
    def watch(
        items: Iterable[Any], what: str, total: int | None, reached: Callable[[], int] | None
    ) -> Iterator[Any]:
        return watched(items, f"{name}, {what}", total, reached)

    made = prepare(name, raw, out, verify=verify, jobs=jobs, watched=watch)
    for part, count in made.counts.items():
        say(f"{part}: {count}")
    say(str(made.manifest))
    if not made.is_evaluated:
        warn(
            f"{BENCHMARKS[name].data_id}: nothing in {raw} is for the evaluation set, which is "
            "missing now; what was made is for training"
        )
    for line in made.missing[:10]:
        warn(line)
    if made.missing:
        warn(f"{verify}: {len(made.missing)} files are missing or have another label")
        raise SystemExit(1)
    if verify:
        say(f"{verify}: every file was found, with the same label")


@app.command("status")
def data_status() -> None:
    """Show which models and data sets were found, where they are from, and what is missing."""
    from rich.table import Table

    from ..data.status import find_status

    table = Table("", "there", "from", "missing")
    for status in find_status():
        table.add_row(status.what, status.there or "-", status.origin, status.missing)
    show(table)
