"""What every run has in common: the set-up, booting, and the making of a Result."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from ..answer import parse_outputs, parse_vector
from ..benchmarks import Benchmark
from ..datasets import Dataset
from ..engines import Engine, Line, open_engine
from ..engines.base import Counters, Inspectable
from ..engines.kinds import kind_of
from ..errors import ProtocolError, SilenceError, TinySimError
from ..image import Image
from ..models import Model
from ..models.network import Network
from ..models.plan import make_plan
from ..platform import Board
from ..power import Supply
from ..protocol import Dut, LossyDut, Window
from ..results import (
    Accuracy,
    Asset,
    Energy,
    InputResult,
    Memory,
    Plan,
    PlannedTensor,
    Profile,
    Result,
    Section,
    WindowResult,
    band,
    fingerprint,
    parse_placement,
)
from ..results.traits import Traits
from ..timeouts import TIMEOUTS
from ..version import __version__

_SLOWEST = 150
"""How many times as slow as the engine's clock the board's own may be: an image that was built for
120 MHz and is run at the lowest `clock`, 1 MHz, tells 1 us for each 120 that pass."""


class Progress(Protocol):
    """Told about each input that is done."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True)
class Setup:
    """Everything that decides a run. `options` are the engine's, over the board's own."""

    benchmark: Benchmark
    board: Board
    image: Image
    dataset: Dataset
    engine: str = "builtin"
    options: dict[str, int | str | bool] = field(default_factory=dict)
    model: Model | None = None
    network: Network | None = None
    """What is flashed, where it is known."""
    flashed: Model | None = None
    """Its file, where it is not `model`'s."""
    notes: tuple[str, ...] = ()
    """Lines for the reader of the result."""
    official: bool = False
    jobs: int = 1
    supply: Supply | None = None
    """Where the board's power comes from; the board's own where nobody says."""


@dataclass(frozen=True)
class Booted:
    """A board that has said `m-ready` and is the one for the benchmark."""

    engine: Engine
    dut: Dut
    benchmark: Benchmark
    ready: Counters
    """What had been counted when it was ready."""

    def traits(self, profile: Profile | None) -> Traits | None:
        """What its estimate rests on: over one inference where that was looked into, else over
        all since it was ready. None where the engine does not count it.
        """
        engine = self.engine
        if not isinstance(engine, Inspectable):
            return None
        if profile is not None:
            return Traits.of(profile.counters, profile.cycles, engine.flash_wait_states())
        now = engine.counters()
        since = {
            name: max(0, count - self.ready.detail.get(name, 0))
            for name, count in now.detail.items()
        }
        return Traits.of(since, now.cycles - self.ready.cycles, engine.flash_wait_states())

    def infer(self, inferences: int, warmups: int) -> Window:
        """A window as the board times it, or the cycles in it where its clock does not know.

        Raises:
            ProtocolError: nothing was measured, or the answer is not one of the benchmark's.

        """
        window = self.dut.infer(inferences, warmups)
        if not self.engine.keeps_time or window.cycles:
            counted_us = round(window.cycles * 1e6 / self.engine.clock_hz())
            if not self.engine.keeps_time:
                window = replace(window, elapsed_us=counted_us)
            elif window.elapsed_us * _SLOWEST < counted_us:
                raise ProtocolError(
                    f"timestamps {window.elapsed_us} us apart, in {counted_us} us: this clock "
                    "is none"
                )
        return self.checked(window)

    def checked(self, window: Window) -> Window:
        """The window, if its answer has as many numbers as the benchmark's have, or is the bytes
        of a model's outputs.

        Raises:
            ProtocolError: it is not.

        """
        try:
            if not self.benchmark.outputs:
                parse_outputs(window.results)
                return window
            found = len(parse_vector(window.results))
        except ValueError as error:
            raise ProtocolError(f"m-results-[{window.results[:60]}]: {error}") from None
        if found != self.benchmark.outputs:
            raise ProtocolError(
                f"m-results-[{window.results[:60]}]: {found} numbers, an answer of "
                f"{self.benchmark.model_id} has {self.benchmark.outputs}"
            )
        return window


@contextmanager
def boot(setup: Setup, *, energy: bool = False, any_mode: bool = False) -> Iterator[Booted]:
    """Start the board, check that its firmware is for the benchmark, and end it afterwards.

    `energy` asks for an image for energy mode, whose timestamps are edges of a pin; `any_mode` for
    either, as it is timed otherwise.

    Raises:
        SilenceError: it says nothing.
        ProtocolError: it is for another benchmark or mode.

    """
    engine = open_engine(setup.engine, setup.board, setup.image, setup.options)
    try:
        dut = LossyDut(engine) if engine.lossy else Dut(engine)
        engine.boot()
        try:
            said = dut.wait_ready(TIMEOUTS.boot)
        except SilenceError as error:
            raise SilenceError(f"{setup.image.path}: never said m-ready: {error}") from None
        if not any_mode:
            _check_mode(setup, said, energy=energy)
        model_id = dut.model()
        if model_id != setup.benchmark.model_id:
            raise ProtocolError(
                f"{setup.image.path}: is for {model_id}, not for {setup.benchmark.model_id}"
            )
        yield Booted(engine, dut, setup.benchmark, engine.counters())
    except TinySimError as error:
        error.details = (*error.details, *engine.warnings())
        raise
    finally:
        engine.close()


def _check_mode(setup: Setup, said: Sequence[Line], *, energy: bool) -> None:
    """What the firmware says of its mode as it boots; a board that was running says nothing."""
    wanted, other = ("energy", "performance") if energy else ("performance", "energy")
    if any(line.text.strip() == f"m-timestamp-mode-{other}" for line in said):
        raise ProtocolError(
            f"{setup.image.path}: an image for {other} mode, which cannot be timed as one for "
            f"{wanted} mode" + ("" if energy else ": run it with --mode energy")
        )


def window_result(file: str, window: Window) -> WindowResult:
    """A window as results keep it, with the file that was its input."""
    return WindowResult(
        file=file,
        inferences=window.inferences,
        warmups=window.warmups,
        elapsed_us=window.elapsed_us,
        instructions=window.instructions,
        cycles=window.cycles,
    )


def identity(setup: Setup, engine: Engine, mode: str) -> dict[str, object]:
    """Everything that decides what a run finds out."""
    return {
        "image": setup.image.sha256,
        "board": setup.board.fingerprint,
        "engine": f"{engine.name} {engine.version}",
        "tier": engine.tier,
        "options": setup.options,
        "mode": mode,
        "official": setup.official,
        "inputs": _inputs_sha256(setup.dataset),
    }


def make_result(
    setup: Setup,
    booted: Booted,
    mode: Literal["performance", "accuracy", "energy"],
    *,
    windows: Sequence[WindowResult],
    outputs: Sequence[InputResult],
    accuracy: Accuracy | None = None,
    energy: Energy | None = None,
    profile: Profile | None = None,
    official_rule: bool = False,
    wall_s: float,
) -> Result:
    """Sum a run up. The latency is that of the window with the median throughput."""
    ordered = sorted(windows, key=lambda window: window.elapsed_us / window.inferences)
    middle = ordered[len(ordered) // 2]
    latency = middle.elapsed_us / middle.inferences
    instructions = middle.instructions / middle.inferences
    if not instructions and profile:
        instructions = float(profile.instructions)
    cycles = middle.cycles / middle.inferences
    engine, settings = booted.engine, setup.board.settings
    traits = booted.traits(profile)
    kind = kind_of(setup.engine)
    given = kind.checked(setup.options)
    differing = kind.changed(given, setup.board.options())
    answers = "\n".join(f"{out.file},{';'.join(out.results)}" for out in outputs)
    return Result(
        benchmark=setup.benchmark.name,
        title=setup.benchmark.title,
        model_id=setup.benchmark.model_id,
        classes=setup.benchmark.classes,
        mode=mode,
        board=settings.name,
        engine=engine.name,
        tier=engine.tier,
        error_band=None if differing else band(engine.tier, traits),
        traits=traits,
        official_rule=official_rule,
        clock_hz=engine.clock_hz(),
        baud=engine.baud(),
        latency_us=round(latency, 3),
        throughput_ips=round(1e6 / latency, 3),
        instructions=round(instructions, 1),
        cycles=round(cycles, 1),
        cpi=round(cycles / instructions, 4) if instructions else 0.0,
        memory=Memory(
            flash=setup.image.flash_bytes,
            flash_available=settings.memory.flash_bytes,
            ram=setup.image.ram_bytes,
            ram_available=settings.memory.ram_bytes,
            arena=_arena_bytes(setup, engine),
            sections=tuple(
                Section(name=part.name, address=part.address, size=part.size)
                for part in setup.image.sections
            ),
        ),
        accuracy=accuracy,
        energy=energy,
        profile=profile,
        plan=_plan(setup.network),
        placement=parse_placement(setup.image.placement),
        model=_model_asset(setup.model),
        flashed=_model_asset(setup.flashed),
        image=Asset(name=setup.image.path.name, sha256=setup.image.sha256, origin="file"),
        dataset=f"{setup.benchmark.data_id} ({setup.dataset.origin}, "
        f"{len(setup.dataset.samples)} files)",
        inputs_sha256=_inputs_sha256(setup.dataset),
        options=differing,
        windows=tuple(windows),
        outputs=tuple(outputs),
        outputs_sha256=hashlib.sha256(answers.encode()).hexdigest(),
        environment={"tinysim": __version__, engine.name: engine.version},
        warnings=(*setup.notes, *engine.warnings(), *_dataset_notes(setup.dataset, mode)),
        fingerprint=fingerprint(identity(setup, engine, mode)),
        wall_s=round(wall_s, 3),
    )


def _plan(network: Network | None) -> Plan | None:
    """Of what is flashed; None where that is not known."""
    if network is None:
        return None
    made = make_plan(network.main)
    return Plan(
        bytes=made.bytes,
        peak=made.peak,
        peak_bytes=made.peak_bytes,
        tensors=tuple(
            PlannedTensor(
                name=part.name,
                bytes=part.bytes,
                offset=part.offset,
                first=part.first,
                last=part.last,
            )
            for part in made.allocations
        ),
    )


def _dataset_notes(dataset: Dataset, mode: str) -> list[str]:
    if mode == "accuracy" and dataset.is_seeded:
        return ["run with seeded inputs, as no data set was found: accuracy is not reported"]
    if dataset.missing:
        return [f"{len(dataset.missing)} files of the data set are missing: {dataset.missing[0]}"]
    return []


def _model_asset(model: Model | None) -> Asset | None:
    if model is None:
        return None
    return Asset(
        name=model.path.name, sha256=model.sha256, origin=model.origin, is_twin=model.is_twin
    )


def _inputs_sha256(dataset: Dataset) -> str:
    digest = hashlib.sha256()
    for sample in dataset.samples:
        for data in sample.inputs:
            digest.update(data)
    return digest.hexdigest()


def _arena_bytes(setup: Setup, engine: Engine) -> int | None:
    """What the interpreter has used of its arena: our firmware keeps it in a variable."""
    address = setup.image.symbols.get("tinysim_arena_used_bytes")
    if address is None or not isinstance(engine, Inspectable):
        return None
    return int.from_bytes(engine.read_memory(address, 4), "little")
