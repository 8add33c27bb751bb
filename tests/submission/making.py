"""Results that can be submitted, without a run, and their trees."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.sample_results import make_result
from tinysim.benchmarks import BENCHMARKS
from tinysim.results import Accuracy, Asset, InputResult, Recording, Result, Streaming, WindowResult
from tinysim.submission import Division, Runner, Submission, write_tree
from tinysim.submission.system import KEYS

WHEN = datetime(2026, 1, 2, 3, 4, 5)
SYSTEM = dict.fromkeys(KEYS, "-") | {"Status": "rdi"}


def make_runs(name: str = "ic", **changes: Any) -> tuple[Result, ...]:
    """What a submission of a benchmark must have, and passes with."""
    benchmark = BENCHMARKS[name]
    common = {
        "benchmark": name,
        "model_id": benchmark.model_id,
        "model": Asset(name="m.tflite", sha256=benchmark.model_sha256, origin="given"),
    }
    if benchmark.dialogue.listens:
        values = {"mode": "performance", "accuracy": None, "streaming": make_streaming()}
        return (make_result(**{**common, **values} | changes),)
    auc = name == "ad"
    accuracy = Accuracy(
        top1=None if auc else 0.925,
        auc=0.86 if auc else None,
        samples=2,
        target=benchmark.target,
        passed=True,
        official=True,
    )
    outputs = tuple(InputResult(file=f"{n}.bin", label=0, results=("0.9,0.1",)) for n in range(5))

    def windows(inferences: int, elapsed_us: int) -> tuple[WindowResult, ...]:
        return tuple(
            WindowResult(
                file=f"{n}.bin",
                inferences=inferences,
                warmups=1,
                elapsed_us=elapsed_us + n,
                instructions=0,
                cycles=0,
            )
            for n in range(5)
        )

    of_accuracy = {"accuracy": accuracy, "outputs": outputs, "windows": windows(1, 200_000)}
    of_performance = {
        "mode": "performance",
        "accuracy": None,
        "outputs": outputs,
        "windows": windows(60, 12_000_000),
    }
    return (
        make_result(**{**common, **of_accuracy} | changes),
        make_result(**{**common, **of_performance} | changes),
    )


def make_streaming(
    hits: int = 44,
    misses: int = 6,
    wrong: int = 4,
    *,
    overrun: int | None = None,
    file: str = "long_wav.wav",
    **changes: Any,
) -> Streaming:
    """What was heard of a sound in which the word is said so many times."""
    windows = tuple((10.0 * n, 10.0 * n + 0.7) for n in range(hits + misses))
    recording = Recording(
        file=file,
        seconds=1200.0,
        frames=37_500,
        duty_cycle=0.92,
        period_us=32_000.0,
        period_variation=0.0001,
        processing_us=29_430.0,
        windows=windows,
        detections_s=tuple(start + 0.5 for start, _ in windows[:hits]),
        true_positives=tuple(start for start, _ in windows[:hits]),
        false_negatives=tuple(start for start, _ in windows[hits:]),
        false_positives=tuple(700.0 + 3 * n for n in range(wrong)),
        activations=(-128, 120),
        overrun=overrun,
    )
    values: dict[str, Any] = {
        "scored": True,
        "official": hits + misses == 50,
        "passed": max(misses, wrong) <= 8,
        "duty_cycle": 0.92,
        "period_us": 32_000.0,
        "processing_us": 29_430.0,
        "recordings": (recording,),
    }
    return Streaming(**{**values, **changes})


def make_submission(results: tuple[Result, ...], **changes: Any) -> Submission:
    """A closed one in the Python runner's format."""
    values = Submission("acme", Division.CLOSED, "board", dict(SYSTEM), results)
    return replace(values, **changes)


def make_tree(
    root: Path,
    *names: str,
    runner: Runner = Runner.PYTHON,
    division: Division = Division.CLOSED,
    **changes: Any,
) -> Path:
    """The tree of some benchmarks, which is valid; where their folders lie."""
    results = tuple(result for name in names for result in make_runs(name))
    submission = make_submission(results, runner=runner, division=division, **changes)
    write_tree(submission, root, WHEN)
    where = root / division.value / submission.organization
    return where / "results" / submission.system_id
