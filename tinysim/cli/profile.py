"""`tinysim profile`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..runs.profile import INFERENCE, profile_inference
from ..runs.session import boot
from .options import EngineName, ImagePath, ModelPath, Sets, TierOption, Variant
from .request import Request
from .show import show


def profile(
    benchmark: Annotated[str, typer.Argument(help="kws, vww, ic or ad")],
    variant: Variant = "dsp",
    image: ImagePath = None,
    model: ModelPath = None,
    engine: EngineName = "builtin",
    tier: TierOption = None,
    sets: Sets = None,
    function: Annotated[
        str, typer.Option(help="the function whose one call is profiled")
    ] = INFERENCE,
    flame: Annotated[
        Path | None, typer.Option(help="write folded stacks (speedscope, flame graphs)")
    ] = None,
) -> None:
    """Count an inference's cycles by operation of the model and by function."""
    from ..reports.costs import make_costs, render_folded

    setup = Request(
        names=(benchmark,),
        variant=variant,
        image=image,
        model=model,
        engine=engine,
        tier=tier,
        limit=1,
        sets=tuple(sets or ()),
    ).setups()[0]
    with boot(setup) as booted:
        booted.dut.load(setup.dataset.samples[0].inputs[0])
        counted = profile_inference(setup, booted, function)
    if counted is None:
        raise TinySimError(
            f"{setup.image.path}: '{function}' was not called, or the image has no such symbol"
        )
    for table in make_costs(counted):
        show(table)
    if flame:
        flame.write_text(render_folded(benchmark, counted))
