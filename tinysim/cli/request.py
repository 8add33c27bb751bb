"""What a user asked to run, and how it goes about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .. import firmware
from ..benchmarks import BENCHMARKS, Benchmark
from ..datasets import Dataset, find_dataset, read_given
from ..engines.kinds import EngineKind, kind_of
from ..errors import TinySimError
from ..image import load_image, unknown_image
from ..models import Model
from ..models.network import Network
from ..platform import load_board
from ..platform.board import DEFAULT
from ..power import parse_supply
from ..results import Result
from ..runs import Setup, files_for, run_benchmark
from ..variant import parse_variant
from .console import warn
from .options import PROCESSORS, Mode, Tier, chosen, settings
from .progress import shown, waiting

_TIERS = {Mode.PERFORMANCE: Tier.T3, Mode.ACCURACY: Tier.T2, Mode.ENERGY: Tier.T3}
"""What is asked for where nobody says: accuracy runs are long, and their latency is by the way."""


@dataclass(frozen=True)
class _Flashed:
    """What is on a board, as far as it is known."""

    image: Path | None = None
    model: Model | None = None
    network: Network | None = None
    flashed: Model | None = None


@dataclass(frozen=True)
class Request:
    """A run of one or several benchmarks, as the command line has it."""

    names: tuple[str, ...] = ()
    mode: Mode = Mode.PERFORMANCE
    official: bool = False
    variant: str = "dsp"
    image: Path | None = None
    model: Path | None = None
    folding: bool = True
    """Whether what cannot change an answer is left out of what is flashed."""
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
    """Of a real board: port, baud, interface, flash."""
    wav: Path | None = None
    """One's own sound, for a benchmark that listens, and the windows in it."""
    windows: Path | None = None
    supply: str | None = None
    """As `power.parse_supply` reads it."""

    def setups(self) -> list[Setup]:
        """One for each benchmark, the firmware built where it is ours.

        Raises:
            TinySimError: arguments that do not go together, or a part that is missing.

        """
        picked = self._picked()
        if (self.image or self.model) and len(picked) != 1:
            raise TinySimError("--image and --model go with one benchmark: name it")
        parse_variant(self.variant)
        kind = kind_of(self.engine)
        self._refuse_without_effect(picked, kind)
        options = settings(self.engine, self.sets)
        if kind.is_silicon:
            options |= self.link
        else:
            options["tier"] = (self.tier or Tier(kind.tier(_TIERS[self.mode].value))).value
        if self.strict:
            options["strict"] = True
        board = load_board(self.board)
        return [
            Setup(
                benchmark=benchmark,
                board=board,
                image=load_image(part.image) if part.image else unknown_image(),
                dataset=self._dataset(benchmark),
                engine=self.engine,
                options=options,
                model=part.model,
                network=part.network,
                flashed=part.flashed,
                official=self.official,
                jobs=self.jobs,
                supply=parse_supply(self.supply) if self.supply else None,
            )
            for benchmark, part in zip(picked, self._images(), strict=True)
        ]

    def _refuse_without_effect(self, picked: Sequence[Benchmark], kind: EngineKind) -> None:
        """What would change nothing is refused, so that nobody believes that it did."""
        if self.windows and not self.wav:
            raise TinySimError("--windows goes with --wav")
        if self.wav and [b.dialogue.listens for b in picked] != [True]:
            listening = ", ".join(b.name for b in BENCHMARKS.values() if b.dialogue.listens)
            raise TinySimError(f"--wav goes with one benchmark that listens: {listening}")
        if self.link and not kind.is_silicon:
            raise TinySimError("--port, --baud, --interface and --flash go with --engine serial")
        if self.supply and self.mode is not Mode.ENERGY:
            raise TinySimError("--supply goes with --mode energy")
        if self.resume and self.mode is not Mode.ACCURACY:
            raise TinySimError("--resume goes with --mode accuracy")
        if kind.is_silicon and self.tier:
            raise TinySimError("--tier is for emulated boards: a real one keeps its own time")
        for name, given in (
            ("--variant", self.variant != "dsp"),
            ("--model", self.model is not None),
            ("--no-folding", not self.folding),
        ):
            if given and self.image:
                raise TinySimError(f"{name} is for tinysim's own firmware, and --image is another")
            if given and kind.is_silicon and not self.link.get("flash"):
                raise TinySimError(f"{name} is for firmware that is programmed: add --flash")

    def _picked(self) -> list[Benchmark]:
        """Those that were named; else all that can be measured like this."""
        picked = chosen(self.names)
        if self.names:
            for benchmark in picked:
                benchmark.require_mode(self.mode.value)
                benchmark.require_engine(self.engine)
            return picked
        return [
            benchmark
            for benchmark in picked
            if self.mode.value in benchmark.dialogue.modes
            and (not benchmark.dialogue.engines or self.engine in benchmark.dialogue.engines)
        ]

    def _dataset(self, benchmark: Benchmark) -> Dataset:
        if self.wav is None:
            return find_dataset(benchmark, files_for(self.mode.value, self.limit))
        return read_given(self.wav, self.windows)

    def _images(self) -> Sequence[_Flashed]:
        if self.image:
            return [_Flashed(self.image)]
        if kind_of(self.engine).is_silicon and not self.link.get("flash"):
            return [_Flashed() for _ in self._picked()]
        energy = self.mode is Mode.ENERGY
        with waiting("building firmware"):
            builds = firmware.build(
                self._picked(), self.variant, self.model, energy=energy, folding=self.folding
            )
        for build in builds:
            for note in build.notes:
                warn(note)
        return [_Flashed(made.image, made.model, made.network, made.flashed) for made in builds]

    def run(self) -> list[Result]:
        """Run every benchmark, and show how far it is."""
        return [self._run(setup) for setup in self.setups()]

    def _run(self, setup: Setup) -> Result:
        with shown(f"{setup.benchmark.name} {self.mode.value}") as advance:
            return run_benchmark(setup, self.mode.value, advance, resume=self.resume)
