"""Runs an image and compares its latency with silicon."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..benchmarks import BENCHMARKS, Benchmark
from ..datasets import find_dataset
from ..errors import ProtocolError, TinySimError
from ..image import load_image
from ..platform import load_board
from ..protocol import Window
from ..results.validation import Check
from ..runs import Setup, run_benchmark
from ..runs.booted import Booted, boot
from ..runs.energy import measure


class Rule(StrEnum):
    """How long an image is run."""

    QUICK = "quick"
    """One input: what some inferences take longer than one, so that the printing of lines is
    not in it."""
    OFFICIAL = "official"
    """Median of five windows of at least 10 s and 10 inferences."""


_QUICK_US = 1_000_000


@dataclass(frozen=True)
class Candidate:
    """An image to check. `benchmark` is its short name."""

    path: Path
    name: str
    sha256: str
    benchmark: str
    mode: str
    bank: str
    silicon_us: float | None


def check_image(candidate: Candidate, tier: str, rule: Rule) -> Check:
    """Run an image; a problem of its own is in the answer, not raised."""
    told = Check(
        image=candidate.name,
        sha256=candidate.sha256,
        benchmark=candidate.benchmark,
        mode=candidate.mode,
        tier=tier,
        rule=rule.value,
        bank=candidate.bank,
        silicon_us=candidate.silicon_us,
    )
    benchmark = BENCHMARKS.get(candidate.benchmark)
    if benchmark is None:
        return told.model_copy(
            update={"problem": f"no benchmark '{candidate.benchmark}' in this version"}
        )
    try:
        estimate_us, baud = _estimate(candidate, benchmark, tier, rule)
    except TinySimError as error:
        return told.model_copy(update={"problem": str(error)})
    silicon_us = candidate.silicon_us
    return told.model_copy(
        update={
            "baud": baud,
            "estimate_us": round(estimate_us, 3),
            "error": None if silicon_us is None else (estimate_us - silicon_us) / silicon_us,
        }
    )


def _estimate(
    candidate: Candidate, benchmark: Benchmark, tier: str, rule: Rule
) -> tuple[float, int]:
    energy = candidate.mode == "energy"
    setup = Setup(
        benchmark=benchmark,
        board=load_board(),
        image=load_image(candidate.path),
        dataset=find_dataset(benchmark, 5),
        options={"tier": tier, "flash.bank": candidate.bank},
        official=True,
    )
    dialogue = benchmark.dialogue
    if rule is Rule.OFFICIAL or dialogue.listens:
        # Pins tell how long what listens works, whatever the image's mode.
        mode = "energy" if energy and not dialogue.listens else "performance"
        result = run_benchmark(setup, mode)
        return result.latency_us, result.baud
    with boot(setup, energy=energy) as booted:
        booted.dut.load(setup.dataset.samples[0].inputs[0])
        one = _window(setup, booted, 1, energy)
        more = max(2, -(-_QUICK_US // one.elapsed_us))
        many = _window(setup, booted, 1 + more, energy)
        if many.elapsed_us - one.elapsed_us < more:
            raise ProtocolError(f"{more} inferences more take no longer: nothing was measured")
        return (many.elapsed_us - one.elapsed_us) / more, booted.engine.baud()


def _window(setup: Setup, booted: Booted, inferences: int, energy: bool) -> Window:
    if energy:
        return measure(setup, booted, inferences, 1)
    return booted.infer(inferences, 1)
