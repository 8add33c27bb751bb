"""What a user asked to run, and how it goes about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .. import firmware
from ..datasets import find_dataset
from ..errors import TinySimError
from ..image import load_image, unknown_image
from ..models import Model
from ..platform import load_board
from ..platform.board import DEFAULT
from ..results import Result
from ..runs import Setup, run_accuracy, run_energy, run_performance
from ..variant import parse_variant
from .console import warn
from .options import PROCESSORS, Mode, Tier, chosen, settings

_TIERS = {Mode.PERFORMANCE: Tier.T3, Mode.ACCURACY: Tier.T2, Mode.ENERGY: Tier.T3}
"""What is asked for where nobody says: accuracy runs are long, and their latency is by the way."""


@dataclass(frozen=True)
class Request:
    """A run of one or several benchmarks, as the command line has it."""

    names: tuple[str, ...] = ()
    mode: Mode = Mode.PERFORMANCE
    official: bool = False
    variant: str = "dsp"
    image: Path | None = None
    model: Path | None = None
    engine: str = "builtin"
    tier: Tier | None = None
    limit: int | None = None
    jobs: int = PROCESSORS
    strict: bool = False
    sets: tuple[str, ...] = ()
    resume: bool = False
    board: str = DEFAULT
    """Its name, or its `.toml`."""
    link: Mapping[str, int | str | bool] = field(default_factory=dict)
    """Of a real board: port, baud, flash."""

    def setups(self) -> list[Setup]:
        """One for each benchmark, the firmware built where it is ours.

        Raises:
            TinySimError: arguments that do not go together, or a part that is missing.

        """
        picked = chosen(self.names)
        if (self.image or self.model) and len(picked) != 1:
            raise TinySimError("--image and --model go with one benchmark: name it")
        parse_variant(self.variant)
        if self.link and self.engine != "serial":
            raise TinySimError("--port, --baud and --flash go with --engine serial")
        options = settings(self.engine, self.sets)
        if self.engine == "serial":
            options |= self.link
        else:
            default = Tier.T1 if self.engine == "renode" else _TIERS[self.mode]
            options["tier"] = (self.tier or default).value
        if self.strict:
            options["strict"] = True
        board = load_board(self.board)
        return [
            Setup(
                benchmark=benchmark,
                board=board,
                image=load_image(path) if path else unknown_image(),
                dataset=find_dataset(benchmark, self.limit),
                engine=self.engine,
                options=options,
                model=model,
                official=self.official,
                jobs=self.jobs,
            )
            for benchmark, (path, model) in zip(picked, self._images(), strict=True)
        ]

    def _images(self) -> Sequence[tuple[Path | None, Model | None]]:
        if self.image:
            return [(self.image, None)]
        if self.engine == "serial" and not self.link.get("flash"):
            return [(None, None) for _ in chosen(self.names)]
        energy = self.mode is Mode.ENERGY
        builds = firmware.build(chosen(self.names), self.variant, self.model, energy=energy)
        for note in (build.note for build in builds):
            if note:
                warn(note)
        return [(build.image, build.model) for build in builds]

    def run(self) -> list[Result]:
        """Run every benchmark, with a bar where somebody watches."""
        return [self._run(setup) for setup in self.setups()]

    def _run(self, setup: Setup) -> Result:
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
            task = bar.add_task(f"{setup.benchmark.name} {self.mode.value}", total=None, rate="")

            def advance(done: int, total: int) -> None:
                speed = bar.tasks[0].speed
                rate = f"{speed:.1f}/s" if speed else ""
                bar.update(task, completed=done, total=total, rate=rate)

            if self.mode is Mode.ACCURACY:
                return run_accuracy(setup, advance, resume=self.resume)
            measure = run_energy if self.mode is Mode.ENERGY else run_performance
            return measure(setup, advance)
