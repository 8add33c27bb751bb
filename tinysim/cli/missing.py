"""Says what a run had to do without, and which command brings it."""

from collections.abc import Sequence

from ..installation.assets import find_assets
from ..installation.part import Part
from ..models.locate import assets_folder, cache_folder
from ..results import Result
from .console import say


def say_missing(results: Sequence[Result]) -> None:
    """Print a block on the official files that were missing; nothing where none was."""
    wanted = {name for result in results for name in _wanted(result)}
    if not wanted:
        return
    lacking = [part for part in find_assets() if part.name in wanted and not part.found]
    if not lacking:
        return
    say()
    say("Official files are missing, so no accuracy is reported:")
    for part in lacking:
        say(f"  {part.name:<13} {part.lack}")
    assets = assets_folder()
    places = [root / "{models,datasets}" for root in (assets, cache_folder()) if root]
    say(f"They were looked for in {' and '.join(map(str, places))}.")
    if assets is None:
        say("TINYSIM_ASSETS, which can name another folder, is not set.")
    say(f"To download them: tinysim data fetch {' '.join(_benchmarks(lacking))}")


def _wanted(result: Result) -> list[str]:
    """The parts that this run would have used."""
    found = []
    if result.model and result.model.is_twin:
        found.append(f"{result.benchmark} model")
    if result.mode == "accuracy" and result.accuracy is None:
        found.append(f"{result.benchmark} data set")
    return found


def _benchmarks(parts: Sequence[Part]) -> list[str]:
    return list(dict.fromkeys(part.name.partition(" ")[0] for part in parts))
