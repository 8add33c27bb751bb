"""Print the table, and what has become slower."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.conftest import IMAGES

from . import history, loading
from .images import builtin_inferences, unicorn_inferences
from .loops import LOOPS, Loop, has_qemu
from .measure import Measured, Spent, measure
from .startup import beside_emulation

TIERS = ("T0", "T2", "T3")
_PARTS = ("kws", "vww", "ic", "ad", "loops", "loading", "startup")
_HEADING = (
    f"{'':14} {'':4} {'MIPS':>11}  {'virtual s':>9}  {'/ Unicorn':>11}  {'/ QEMU':>11}\n"
    f"{'':14} {'':4} best median  {'a CPU s':>9}  best median  best median\n"
)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _line(name: str, tier: str, ours: Measured, others: list[Measured | None]) -> str:
    ratios = [
        f"{ours.best_over(other):5.2f} {ours.over(other):5.2f}" if other else f"{'-':>11}"
        for other in others
    ]
    return (
        f"{name:14} {tier:4} {ours.best:5.0f} {ours.median:5.0f}  {ours.virtual:9.2f}  "
        + "  ".join(ratios)
        + "\n"
    )


def _compare(
    name: str, contestants: Mapping[str, Callable[[], Spent]], figures: dict[str, float]
) -> None:
    found = measure(contestants)
    others = [found.get("unicorn"), found.get("qemu")]
    for tier in TIERS:
        _say(_line(name, tier, found[tier], others))
        figures[f"{name} {tier}"] = round(found[tier].over(found["unicorn"]), 3)
    for rival in ("unicorn", "qemu"):
        if rival in found:
            _say(f"{name:14} {rival:8}{found[rival].best:4.0f} {found[rival].median:5.0f}\n")


def _loops(figures: dict[str, float]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, body in LOOPS.items():
            loop = Loop(folder, body)
            contestants: dict[str, Callable[[], Spent]] = {"unicorn": loop.unicorn}
            if has_qemu():
                contestants["qemu"] = loop.qemu(folder)
            contestants |= {tier: loop.builtin(tier) for tier in TIERS}
            _compare(name, contestants, figures)


def main() -> None:
    """Measure what the command line names, or everything."""
    wanted = sys.argv[1:] or _PARTS
    figures: dict[str, float] = {}
    _say(_HEADING)
    for name in ("kws", "vww", "ic", "ad"):
        if name in wanted:
            path = IMAGES / f"{name}_dsp.elf"
            contestants = {"unicorn": unicorn_inferences(path)}
            contestants |= {tier: builtin_inferences(path, tier) for tier in TIERS}
            _compare(name, contestants, figures)
    if "loops" in wanted:
        _loops(figures)
    if "loading" in wanted:
        for name, (path, size) in loading.images().items():
            for tier in ("T2", "T3"):
                spent, virtual = loading.load(path, size, tier)
                _say(f"{name:14} {tier:4} {spent:.3f} CPU s for {virtual:.2f} virtual s\n")
                figures[f"{name} {tier}"] = round(1 / spent, 3)
    if "startup" in wanted:
        for command in (["--help"], ["run", "kws"]):
            beside, emulation = beside_emulation(*command)
            text = " ".join(command)
            _say(f"tinysim {text}: {beside:.2f} CPU s beside {emulation:.2f} s of emulation\n")
            figures[text] = round(1 / beside, 3)
    entry = history.this_run(figures)
    if known := history.before(entry):
        _say(f"beside {known.commit} of {known.when}:\n")
        for name, figure in figures.items():
            if name in known.figures:
                _say(f"  {name}: {figure / known.figures[name]:.2f} times as quick\n")
    history.keep(entry)


if __name__ == "__main__":
    main()
