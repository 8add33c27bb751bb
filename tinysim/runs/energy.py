"""Energy mode: an inference's time between two edges of the timestamp pin, and an estimate."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..engines.base import Edge, Wired
from ..errors import ProtocolError
from ..power import Activity
from ..power.activity import sleeps_deeply, voltage_range
from ..power.estimate import estimate
from ..protocol import Window
from ..results import Energy, InputResult, Result, WindowResult
from .booted import Booted, boot
from .performance import INPUTS, OFFICIAL_INFERENCES, OFFICIAL_US
from .profile import profile_inference
from .setup import Progress, Setup
from .summary import make_result, window_result

_INFERENCES, _WARMUPS = 3, 1


def run_energy(setup: Setup, progress: Progress | None = None) -> Result:
    """Time windows by the pin, as an energy monitor does, and estimate what the supply gives.

    The image must be one for energy mode: 9600 Bd, no lap lines, a pulse at both ends of a
    window. `setup.official` asks for windows of at least 10 s and 10 inferences.

    Raises:
        ProtocolError: a window has not two edges.
        TinySimError: see `boot` and `protocol.Dut`.

    """
    started = time.perf_counter()
    setup = replace(setup, dataset=setup.dataset.first(INPUTS))
    with boot(setup, energy=True) as booted:
        windows: list[WindowResult] = []
        outputs: list[InputResult] = []
        samples = setup.dataset.samples
        for number, sample in enumerate(samples):
            booted.dut.load(sample.inputs[0])
            inferences = _INFERENCES
            if setup.official:
                probe = measure(setup, booted, 1, 0)
                inferences = max(OFFICIAL_INFERENCES, -(-OFFICIAL_US // probe.elapsed_us) + 1)
            window = measure(setup, booted, inferences, _WARMUPS)
            windows.append(window_result(sample.file, window))
            outputs.append(
                InputResult(file=sample.file, label=sample.label, results=(window.results,))
            )
            if progress:
                progress(number + 1, len(samples))
        result = make_result(
            setup,
            booted,
            "energy",
            windows=windows,
            outputs=outputs,
            profile=profile_inference(setup, booted),
            official_rule=setup.official and len(windows) == INPUTS,
            wall_s=time.perf_counter() - started,
        )
        energy = estimate_energy(setup, inference_activity(booted), result.latency_us)
        warnings = result.warnings
        if energy is None:
            warnings += (_unpowered(setup, booted),)
        return result.model_copy(update={"energy": energy, "warnings": warnings})


def _unpowered(setup: Setup, booted: Booted) -> str:
    """Why there is no estimate."""
    if setup.board.settings.power is None:
        return f"no energy is estimated: there is no power model of a {setup.board.settings.name}"
    return f"no energy is estimated: engine {booted.engine.name} does not count sleep"


def measure(setup: Setup, booted: Booted, inferences: int, warmups: int) -> Window:
    """A window, timed by the pin's edges at its ends.

    Raises:
        ProtocolError: there are not two of them, or it is no energy image's window.

    """
    booted.engine.edges()
    performed = booted.dut.perform(inferences, warmups)
    edges = booted.engine.edges()
    if performed.laps:
        raise ProtocolError(
            f"{setup.image.path}: prints its timestamps: this is an image for performance mode"
        )
    elapsed_ns = between(setup.image.path, edges)
    return booted.checked(
        Window(
            inferences,
            warmups,
            elapsed_us=round(elapsed_ns / 1000),
            results=performed.results,
            cycles=round(elapsed_ns * booted.engine.clock_hz() / 1e9),
        )
    )


def between(path: Path, edges: Sequence[Edge]) -> int:
    """Nanoseconds between a window's two timestamps.

    A timestamp is a pulse to low. The last two rising edges count, as the official runner's power
    managers report those: of an image that leaves the pin low after boot, the first pulse has only
    its rising end. Falling edges count where the pin does not rise twice.
    """
    rising = [edge.time_ns for edge in edges if edge.rising]
    falling = [edge.time_ns for edge in edges if not edge.rising]
    for times in (rising, falling):
        if len(times) >= 2:
            return times[-1] - times[-2]
    raise ProtocolError(
        f"{path}: the timestamp pin rose {len(rising)} and fell {len(falling)} times in a window, "
        "twice was expected: is this an image for energy mode?"
    )


def inference_activity(booted: Booted) -> Activity | None:
    """What the core and its memories do in inferences alone: how much more happens in three than
    in one, as what is printed around them is the same. None where the engine does not count it.
    """
    engine = booted.engine
    if not isinstance(engine, Wired) or "sleep" not in engine.counters().detail:
        return None
    looks = [engine.counters()]
    for inferences in (1, 3):
        booted.dut.perform(inferences, 0)
        looks.append(engine.counters())
    start, one, three = ({**look.detail, "cycles": look.cycles} for look in looks)
    more = {name: three[name] - 2 * one.get(name, 0) + start.get(name, 0) for name in three}
    found = Activity.of(more, more["cycles"], engine.clock_hz(), voltage_range(engine.machine))
    return found and replace(found, is_deep=sleeps_deeply(engine.machine))


def estimate_energy(
    setup: Setup, activity: Activity | None, inference_us: float | None
) -> Energy | None:
    """What the board takes from its supply; None where its description or the engine cannot say."""
    settings = setup.board.settings
    if settings.power is None or activity is None:
        return None
    return estimate(settings.power, setup.supply or settings.supply, activity, inference_us)
