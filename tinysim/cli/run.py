"""`tinysim run`."""

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .. import firmware
from ..benchmarks import Benchmark
from ..datasets import find_dataset
from ..errors import TinySimError
from ..image import load_image
from ..models import Model
from ..platform import load_board
from ..results import Result
from ..runs import Setup, run_accuracy, run_performance
from .options import chosen, settings


class Mode(StrEnum):
    """What is measured."""

    PERFORMANCE = "performance"
    ACCURACY = "accuracy"


class Tier(StrEnum):
    """How time is counted."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"


_TIERS = {Mode.PERFORMANCE: Tier.T3, Mode.ACCURACY: Tier.T2}
"""What is asked for where nobody says: accuracy runs are long, and their latency is by the way."""


def run(
    benchmarks: Annotated[
        list[str] | None, typer.Argument(help="kws, vww, ic, ad; all without one")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="what to measure")] = Mode.PERFORMANCE,
    official: Annotated[
        bool, typer.Option("--official", help="windows of >= 10 s and >= 10 inferences")
    ] = False,
    variant: Annotated[str, typer.Option(help="firmware: dsp or reference")] = "dsp",
    image: Annotated[Path | None, typer.Option(help="run this image: ELF, HEX or BIN")] = None,
    model: Annotated[Path | None, typer.Option(help="build the firmware with this model")] = None,
    engine: Annotated[str, typer.Option(help="what runs the image")] = "builtin",
    tier: Annotated[
        Tier | None,
        typer.Option(help="how time is counted", show_default="T3, in accuracy mode T2"),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="first N files of the data set")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="processes in accuracy mode")] = (
        os.cpu_count() or 1
    ),
    strict: Annotated[
        bool, typer.Option("--strict", help="a peripheral without a model is an error")
    ] = False,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="change the board: name=value")
    ] = None,
    json_to: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="write the result here; - is stdout"),
    ] = None,
) -> None:
    """Run benchmarks on the emulated board and print a table."""
    picked = chosen(benchmarks or [])
    if (image or model) and len(picked) != 1:
        raise TinySimError("--image and --model go with one benchmark: name it")
    if variant not in firmware.VARIANTS:
        raise TinySimError(f"no variant '{variant}'; there are: {', '.join(firmware.VARIANTS)}")
    options = {**settings(sets or []), "tier": (tier or _TIERS[mode]).value}
    if strict:
        options["strict"] = True
    images = _images(picked, variant, image, model)
    results = []
    for benchmark, (path, used) in zip(picked, images, strict=True):
        setup = Setup(
            benchmark=benchmark,
            board=load_board(),
            image=load_image(path),
            dataset=find_dataset(benchmark, limit),
            engine=engine,
            options=options,
            model=used,
            official=official,
            jobs=jobs,
        )
        results.append(_run(setup, mode))
    _show(results, json_to)
    if any(result.accuracy and not result.accuracy.passed for result in results):
        raise SystemExit(1)


def _images(
    picked: list[Benchmark], variant: str, image: Path | None, model: Path | None
) -> list[tuple[Path, Model | None]]:
    if image:
        return [(image, None)]
    builds = firmware.build(picked, variant, model)
    for note in (build.note for build in builds):
        if note:
            sys.stderr.write(f"tinysim: {note}\n")
    return [(build.image, build.model) for build in builds]


def _run(setup: Setup, mode: Mode) -> Result:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(f"{setup.benchmark.name} {mode.value}", total=None, rate="")

        def advance(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed:.1f}/s" if speed else ""
            bar.update(task, completed=done, total=total, rate=rate)

        measure = run_performance if mode is Mode.PERFORMANCE else run_accuracy
        return measure(setup, advance)


def _show(results: list[Result], json_to: str | None) -> None:
    if json_to is not None:
        dumped = [json.loads(result.model_dump_json()) for result in results]
        text = json.dumps(dumped[0] if len(dumped) == 1 else dumped, indent=2) + "\n"
        if json_to == "-":
            sys.stdout.write(text)
        else:
            Path(json_to).write_text(text)
    if json_to != "-":
        from rich.console import Console

        from ..reports.table import make_notes, make_table

        console = Console()
        console.print(make_table(results))
        for note in make_notes(results):
            console.print(note, highlight=False)
