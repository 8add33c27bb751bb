"""What every run has in common: the set-up, booting, and the making of a Result."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from ..benchmarks import Benchmark
from ..datasets import Dataset
from ..engines import Engine, open_engine
from ..engines.base import Inspectable
from ..errors import ProtocolError, SilenceError
from ..image import Image
from ..lossy import LossyDut
from ..models import Model
from ..models.network import Network
from ..platform import Board
from ..protocol import Dut, Window
from ..results import (
    Accuracy,
    Asset,
    Energy,
    InputResult,
    Memory,
    Profile,
    Result,
    Section,
    WindowResult,
    band,
    fingerprint,
)
from ..version import __version__

BOOT_S = 15.0
"""Time-out of the first line: some images wait 3 s for their supply at boot."""


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
    official: bool = False
    jobs: int = 1


@dataclass(frozen=True)
class Booted:
    """A board that has said `m-ready` and is the one for the benchmark."""

    engine: Engine
    dut: Dut

    def infer(self, inferences: int, warmups: int) -> Window:
        """A window as the board times it, or the cycles in it where its clock does not know."""
        window = self.dut.infer(inferences, warmups)
        if self.engine.keeps_time:
            return window
        elapsed_us = round(window.cycles * 1e6 / self.engine.clock_hz())
        return replace(window, elapsed_us=elapsed_us)


@contextmanager
def boot(setup: Setup) -> Iterator[Booted]:
    """Start the board, check that its firmware is for the benchmark, and end it afterwards.

    Raises:
        SilenceError: it says nothing.
        ProtocolError: it is for another benchmark.

    """
    engine = open_engine(setup.engine, setup.board, setup.image, setup.options)
    try:
        dut = LossyDut(engine) if engine.lossy else Dut(engine)
        engine.boot()
        try:
            dut.wait_ready(BOOT_S)
        except SilenceError as error:
            raise SilenceError(f"{setup.image.path}: never said m-ready: {error}") from None
        model_id = dut.model()
        if model_id != setup.benchmark.model_id:
            raise ProtocolError(
                f"{setup.image.path}: is for {model_id}, not for {setup.benchmark.model_id}"
            )
        yield Booted(engine, dut)
    finally:
        engine.close()


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
    answers = "\n".join(f"{out.file},{';'.join(out.results)}" for out in outputs)
    return Result(
        benchmark=setup.benchmark.name,
        title=setup.benchmark.title,
        model_id=setup.benchmark.model_id,
        classes=setup.benchmark.classes,
        mode=mode,
        engine=engine.name,
        tier=engine.tier,
        error_band=band(engine.tier),
        official_rule=official_rule,
        clock_hz=engine.clock_hz(),
        baud=engine.baud(),
        latency_us=round(latency, 3),
        throughput_ips=round(1e6 / latency, 3) if latency else 0.0,
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
        model=_model_asset(setup.model),
        image=Asset(name=setup.image.path.name, sha256=setup.image.sha256, origin="file"),
        dataset=f"{setup.benchmark.model_id} ({setup.dataset.origin}, "
        f"{len(setup.dataset.samples)} files)",
        inputs_sha256=_inputs_sha256(setup.dataset),
        options={name: value for name, value in setup.options.items() if name != "tier"},
        windows=tuple(windows),
        outputs=tuple(outputs),
        outputs_sha256=hashlib.sha256(answers.encode()).hexdigest(),
        environment={"tinysim": __version__, engine.name: engine.version},
        warnings=tuple(engine.warnings()),
        fingerprint=fingerprint(identity(setup, engine, mode)),
        wall_s=round(wall_s, 3),
    )


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
