"""The Result that a run comes to."""

import hashlib
from collections.abc import Sequence
from typing import Literal

from ..benchmarks import Metric
from ..datasets import Dataset
from ..engines import Engine
from ..engines.base import Inspectable
from ..models import Model
from ..models.network import Network
from ..models.plan import make_plan
from ..protocol import Window
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
from ..version import __version__
from .booted import Booted
from .setup import Setup


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
    differing = setup.changes()
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
        warnings=(*setup.notes, *engine.warnings(), *_dataset_notes(setup, mode)),
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


def _dataset_notes(setup: Setup, mode: str) -> list[str]:
    dataset, benchmark = setup.dataset, setup.benchmark
    if mode == "accuracy" and dataset.is_seeded:
        return ["run with seeded inputs, as no data set was found: accuracy is not reported"]
    if dataset.missing:
        return [f"{len(dataset.missing)} files of the data set are missing: {dataset.missing[0]}"]
    labels = {sample.label for sample in dataset.samples}
    if mode == "accuracy" and benchmark.metric is Metric.AUC and len(labels) == 1:
        return [
            f"every file is '{benchmark.classes[labels.pop()]}': an AUC is over files of both "
            f"classes, {' and '.join(benchmark.classes)}, so none is reported"
        ]
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
