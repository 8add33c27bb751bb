"""`tinysim baseline`."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..results import load_results
from ..results.baseline import TOLERANCES, Baseline, load_baseline
from ..storage import check_target, write_text
from .help import Verbs
from .options import ImagePath, Mode, ModelPath, ModeOption, Names, TierOption, Variant
from .request import Request

_MOST = 10.0
"""As a fraction: what lets through eleven times as much is no gate."""

app = Verbs(help="Store what benchmarks cost, to fail runs that are worse.")


@app.callback()
def baseline() -> None:
    """Store what benchmarks cost, to fail runs that are worse."""


@app.command()
def write(
    file: Annotated[Path, typer.Argument(help="entries of other benchmarks in it are kept")],
    benchmarks: Names = None,
    mode: ModeOption = Mode.PERFORMANCE,
    variant: Variant = "dsp",
    image: ImagePath = None,
    model: ModelPath = None,
    tier: TierOption = None,
    results: Annotated[
        list[Path] | None, typer.Option("--from", help="stored results; nothing is run")
    ] = None,
    tolerances: Annotated[
        list[str] | None, typer.Option("--tolerance", help="metric=percent, as cycles=1")
    ] = None,
) -> None:
    """Run benchmarks and write what they cost and answer now."""
    kept = load_baseline(file) if file.exists() else Baseline()
    check_target(file)
    limits = {**kept.tolerances, **_tolerances(tolerances or [])}
    if results:
        measured = [result for path in results for result in load_results(path)]
    else:
        measured = Request(
            names=tuple(benchmarks or ()),
            mode=mode,
            variant=variant,
            image=image,
            model=model,
            tier=tier,
        ).run()
    written = kept.replaced(measured).model_copy(update={"tolerances": limits})
    write_text(file, written.model_dump_json(indent=2) + "\n")


def _tolerances(items: list[str]) -> dict[str, float]:
    values = {}
    for item in items:
        metric, _, percent = item.partition("=")
        try:
            values[metric] = float(percent.rstrip("%")) / 100
        except ValueError:
            raise TinySimError(f"--tolerance {item}: 'metric=percent' was expected") from None
        if not 0 <= values[metric] <= _MOST:
            raise TinySimError(f"--tolerance {item}: 0 to {100 * _MOST:g} percent were expected")
        if metric not in TOLERANCES:
            raise TinySimError(f"no metric '{metric}'; there are: {', '.join(TOLERANCES)}")
    return values
