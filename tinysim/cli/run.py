"""`tinysim run`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..platform.board import DEFAULT
from ..results import Result
from ..results.baseline import Baseline, load_baseline
from .console import show
from .missing import say_missing
from .models import ModelRequest, model_paths, say_differing, show_models
from .options import (
    PROCESSORS,
    BoardName,
    EngineName,
    Folding,
    ImagePath,
    InputPath,
    JsonTo,
    Limit,
    Mode,
    ModelPath,
    ModeOption,
    NamesOrModels,
    Official,
    Sets,
    SupplyOption,
    Tflm,
    TierOption,
    Variant,
    Wide,
    variant_of,
)
from .request import Request
from .show import check_json, show_results, write_json


def run(
    benchmarks: NamesOrModels = None,
    mode: ModeOption = Mode.PERFORMANCE,
    official: Official = False,
    variant: Variant = "dsp",
    tflm: Tflm = None,
    image: ImagePath = None,
    model: ModelPath = None,
    folding: Folding = True,
    inputs: InputPath = None,
    engine: EngineName = "builtin",
    tier: TierOption = None,
    limit: Limit = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="in accuracy mode: processes that share the files")
    ] = PROCESSORS,
    resume: Annotated[
        bool, typer.Option("--resume", help="continue an accuracy run that was interrupted")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="a peripheral without a model is an error")
    ] = False,
    board: BoardName = DEFAULT,
    sets: Sets = None,
    port: Annotated[
        str | None, typer.Option(help="engine serial: device, socket:// or rfc2217:// address")
    ] = None,
    baud: Annotated[int, typer.Option(help="engine serial: 0 detects it")] = 0,
    interface: Annotated[
        str | None,
        typer.Option("--interface", help="engine serial, sww: the interface board's port"),
    ] = None,
    flash: Annotated[
        bool, typer.Option("--flash", help="engine serial: program the image first")
    ] = False,
    wav: Annotated[
        Path | None, typer.Option(help="sww: play this sound, 16 bits at 16 kHz")
    ] = None,
    windows: Annotated[
        Path | None, typer.Option(help="with --wav: when the wake word is said (.json)")
    ] = None,
    supply: SupplyOption = None,
    baseline: Annotated[
        Path | None, typer.Option(help="compare with this; exit code 1 when something got worse")
    ] = None,
    wide: Wide = False,
    json_to: JsonTo = None,
) -> None:
    """Run benchmarks, or model files, on a board and print a table.

    Exit code 1 when a target is missed, a stream is too fast for the board, or an answer to a
    model's input is not the host's.
    """
    check_json(json_to)
    variant = variant_of(variant, tflm)
    before = load_baseline(baseline) if baseline else None
    if paths := model_paths(benchmarks or ()):
        for name, given in (
            ("--mode", mode is not Mode.PERFORMANCE),
            ("--official", official),
            ("--image", image),
            ("--model", model),
            ("--limit", limit),
            ("--resume", resume),
            ("--port", port),
            ("--baud", baud),
            ("--interface", interface),
            ("--flash", flash),
            ("--board", board != DEFAULT),
            ("--wav", wav),
            ("--windows", windows),
            ("--supply", supply),
        ):
            if given:
                raise TinySimError(f"{name} goes with a benchmark, not with a model file")
        made = [
            ModelRequest(
                path, inputs, variant, engine, tier, tuple(sets or ()), strict, folding=folding
            ).run()
            for path in paths
        ]
        write_json(made, json_to)
        if json_to != "-":
            show_models(made, wide=wide)
        worse = before is not None and _is_worse(made, before, quiet=json_to == "-")
        if say_differing(made) or worse:
            raise SystemExit(1)
        return
    if inputs:
        raise TinySimError("--input goes with a model file")
    results = Request(
        names=tuple(benchmarks or ()),
        mode=mode,
        official=official,
        variant=variant,
        image=image,
        model=model,
        folding=folding,
        engine=engine,
        tier=tier,
        limit=limit,
        jobs=jobs,
        strict=strict,
        sets=tuple(sets or ()),
        board=board,
        resume=resume,
        link=_link(port, baud, interface, flash=flash),
        wav=wav,
        windows=windows,
        supply=supply,
    ).run()
    write_json(results, json_to)
    quiet = json_to == "-"
    if not quiet:
        show_results(results, wide=wide)
        say_missing(results)
    missed = any(result.is_missed for result in results)
    if before and _is_worse(results, before, quiet=quiet):
        missed = True
    if missed:
        raise SystemExit(1)


def _link(
    port: str | None, baud: int, interface: str | None, *, flash: bool
) -> dict[str, int | str | bool]:
    """Of a real board: what was given."""
    given: dict[str, int | str | bool | None] = {
        "port": port, "baud": baud, "interface": interface, "flash": flash
    }  # fmt: skip
    return {name: value for name, value in given.items() if value}


def _is_worse(results: list[Result], before: Baseline, *, quiet: bool) -> bool:
    from ..reports.changes import make_changes
    from ..results.baseline import compare

    changes = [change for result in results for change in compare(before, result)]
    if not quiet:
        show(make_changes(before, results, changes))
    return any(change.fails for change in changes)
