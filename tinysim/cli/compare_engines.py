"""`tinysim compare-engines`."""

from pathlib import Path
from typing import Annotated

import typer

from .console import ALL, show, width
from .options import ImagePath, Limit, ModelPath, Name, Official, Tier, Variant, Wide
from .request import Request


def compare_engines(
    benchmark: Name,
    first: Annotated[str, typer.Option(help="an engine")] = "builtin",
    second: Annotated[str, typer.Option(help="another")] = "renode",
    variant: Variant = "dsp",
    image: ImagePath = None,
    model: ModelPath = None,
    tier: Annotated[Tier, typer.Option(help="how time is counted")] = Tier.T0,
    limit: Limit = None,
    official: Official = False,
    json_to: Annotated[Path | None, typer.Option("--json", help="write both results")] = None,
    wide: Wide = False,
) -> None:
    """Run a benchmark on two engines at the same tier; exit code 1 when outputs differ."""
    from ..reports.comparison import make_engine_notes, make_table, pair_up
    from .show import check_json, more, write_json

    target = str(json_to) if json_to else None
    check_json(target)
    results = [
        Request(
            names=(benchmark,),
            variant=variant,
            image=image,
            model=model,
            engine=engine,
            tier=tier,
            limit=limit,
            official=official,
        ).run()
        for engine in (first, second)
    ]
    pairs = pair_up(*results)
    table, left_out = make_table(pairs, ALL if wide else width())
    show(table, more(left_out) + make_engine_notes(results[0][0], results[1][0]), whole=wide)
    write_json([result for pair in results for result in pair], target)
    if not all(pair.is_same for pair in pairs):
        raise SystemExit(1)
