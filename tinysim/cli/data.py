"""`tinysim data`."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ..data import PREPARATIONS, prepare
from ..models.locate import cache_folder
from .console import say, show, warn, watched
from .help import Verbs
from .options import PROCESSORS, Jobs

app = Verbs(help="Data sets from raw archives.", no_args_is_help=True)


@app.command("prepare")
def prepare_data(
    benchmark: Annotated[str, typer.Argument(help=", ".join(PREPARATIONS))],
    raw: Annotated[Path, typer.Option(help="folder with the archives as they were downloaded")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="folder that datasets/ and training/ come into", show_default="the user's cache"
        ),
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(help="the official y_labels.csv: take its files, compare labels")
    ] = None,
    jobs: Jobs = PROCESSORS,
) -> None:
    """Make the evaluation set, in the official runner's layout, and the training set.

    Exit code 1 when --verify finds a file that is missing or has another label.
    """

    def watch(
        items: Iterable[Any], what: str, total: int | None, reached: Callable[[], int] | None
    ) -> Iterator[Any]:
        return watched(items, f"{benchmark}, {what}", total, reached)

    target = out or cache_folder()
    made = prepare(benchmark, raw, target, verify=verify, jobs=jobs, watched=watch)
    for name, count in made.counts.items():
        say(f"{name}: {count}")
    say(str(made.manifest))
    for line in made.missing[:10]:
        warn(line)
    if made.missing:
        warn(f"{verify}: {len(made.missing)} files are not as it says")
        raise SystemExit(1)
    if verify:
        say(f"{verify}: every file is there, and every label is the same")


@app.command("fetch")
def fetch_data(
    benchmark: Annotated[str, typer.Argument(help=", ".join(PREPARATIONS))],
    raw: Annotated[Path, typer.Option(help="folder that the archives come into")],
) -> None:
    """Download what `data prepare` reads; each file is compared with its published hash.

    A download that was broken off is gone on with.
    """
    from ..data.fetch import fetch, sources_of

    for source in sources_of(benchmark):
        size = f", {source.bytes:,} bytes" if source.bytes else ""
        say(f"{source.name}: {source.licence}{size}, from {source.address}")

        def watch(parts: Iterator[int], what: str, total: int | None) -> Iterator[int]:
            at = [0]

            def noted() -> Iterator[int]:
                for at[0] in parts:
                    yield at[0]

            return watched(noted(), what, total, lambda: at[0])

        say(f"  {fetch(source, raw, watch)}")


@app.command("status")
def data_status() -> None:
    """Say which models and data sets are there, where they are from, and what is missing."""
    from rich.table import Table

    from ..data.status import find_status

    table = Table("", "there", "from", "missing")
    for status in find_status():
        table.add_row(status.what, status.there or "-", status.origin, status.missing)
    show(table)
