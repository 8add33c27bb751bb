"""`tinysim profile`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..platform.board import DEFAULT
from ..results import Placement, Profile, parse_placement
from ..runs import Setup, profile_benchmark
from ..storage import check_target, write_text
from .console import say, show
from .models import ModelRequest, is_model, show_models
from .options import (
    NAMES,
    BoardName,
    EngineName,
    Folding,
    ImagePath,
    InputPath,
    ModelPath,
    ProfileTier,
    Sets,
    Tflm,
    Variant,
    variant_of,
)
from .request import Request


def profile(
    benchmark: Annotated[str, typer.Argument(help=f"{NAMES}; or a model file (.tflite)")],
    variant: Variant = "dsp",
    tflm: Tflm = None,
    image: ImagePath = None,
    model: ModelPath = None,
    folding: Folding = True,
    inputs: InputPath = None,
    engine: EngineName = "builtin",
    tier: ProfileTier = None,
    board: BoardName = DEFAULT,
    sets: Sets = None,
    function: Annotated[
        str | None,
        typer.Option(help="the function whose one call is profiled", show_default="an inference"),
    ] = None,
    flame: Annotated[
        Path | None, typer.Option(help="write folded stacks (speedscope, flame graphs)")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="write a page: operations over time, flame graph, tables")
    ] = None,
) -> None:
    """Count an inference's cycles by operation of the model and by function."""
    from ..reports.costs import render_folded

    variant = variant_of(variant, tflm)
    for target in (flame, html):
        if target:
            check_target(target)
    if is_model(benchmark):
        if image or model or function or board != DEFAULT:
            raise TinySimError("--image, --model, --board and --function go with a benchmark")
        request = ModelRequest(
            Path(benchmark),
            inputs,
            variant,
            engine,
            tier,
            tuple(sets or ()),
            folding=folding,
        )
        _profile_model(request, flame, html)
        return
    if inputs:
        raise TinySimError("--input goes with a model file")
    setup = Request(
        names=(benchmark,),
        variant=variant,
        image=image,
        model=model,
        folding=folding,
        engine=engine,
        tier=tier,
        limit=1,
        sets=tuple(sets or ()),
        board=board,
    ).setups()[0]
    function = function or setup.benchmark.dialogue.function
    counted = profile_benchmark(setup, function)
    if counted is None:
        raise TinySimError(
            f"{setup.image.path}: '{function}' was not called, or the image has no such symbol"
        )
    _show(counted, parse_placement(setup.image.placement))
    say(_counted(setup))
    if flame:
        write_text(flame, render_folded(benchmark, counted))
    if html:
        from ..reports.html import render_profile

        write_text(html, render_profile(benchmark, counted, _counted(setup)))


def _counted(setup: Setup) -> str:
    """How the cycles were counted, and on which board."""
    changes = ", ".join(f"{name}={value}" for name, value in setup.changes().items())
    return (
        f"cycles at tier {setup.options['tier']} on {setup.board.settings.name}, {setup.engine}"
        + (f"; the board was changed: {changes}" if changes else "")
    )


def _show(profile: Profile, placement: Placement | None) -> None:
    from ..reports.costs import make_costs
    from ..reports.placement import make_placement

    for table in make_costs(profile):
        show(table)
    if placement:
        show(make_placement(placement))


def _profile_model(request: ModelRequest, flame: Path | None, html: Path | None) -> None:
    from ..reports.costs import render_folded

    result = request.run()
    if result.profile is None:
        raise TinySimError(f"{request.path}: engine '{request.engine}' cannot be looked into")
    show_models([result])
    _show(result.profile, result.placement)
    if flame:
        write_text(flame, render_folded(request.path.stem, result.profile))
    if html:
        from ..reports.html import render_html

        write_text(html, render_html([result]))
