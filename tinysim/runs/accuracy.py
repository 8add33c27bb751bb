"""Accuracy mode: what the board answers for every input."""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ..benchmarks import Metric, Sample
from ..engines import open_engine
from ..protocol import Dut
from ..results import Accuracy, InputResult, Result, WindowResult
from .session import Booted, Progress, Setup, boot, make_result, window_result

_Answer = tuple[InputResult, list[WindowResult]]


def run_accuracy(setup: Setup, progress: Progress | None = None) -> Result:
    """Run `infer 1 0` for every input and score the answers.

    Each file is answered by a board that goes on from the same snapshot, taken after boot: the
    result does not depend on `setup.jobs`.

    Raises:
        TinySimError: see `boot` and `protocol.Dut`.

    """
    started = time.perf_counter()
    booted = boot(setup)
    outputs: list[InputResult] = []
    windows: list[WindowResult] = []
    samples = setup.dataset.samples
    with _answers(setup, booted) as answers:
        for output, measured in answers:
            outputs.append(output)
            windows += measured
            if progress:
                progress(len(outputs), len(samples))
    return make_result(
        setup,
        booted,
        "accuracy",
        windows=windows,
        outputs=outputs,
        accuracy=_score(setup, outputs),
        official_rule=False,
        wall_s=time.perf_counter() - started,
    )


@dataclass(frozen=True)
class _Answerer:
    """A board that is set back to a snapshot for each file."""

    booted: Booted
    state: bytes

    def __call__(self, sample: Sample) -> _Answer:
        self.booted.engine.restore(self.state)
        windows = []
        results = []
        for data in sample.inputs:
            self.booted.dut.load(data)
            window = self.booted.dut.infer(1, 0)
            results.append(window.results)
            windows.append(window_result(sample.file, window))
        return InputResult(file=sample.file, label=sample.label, results=tuple(results)), windows


_answerer: _Answerer | None = None
"""In a worker process: its own board."""


def _start_worker(setup: Setup, state: bytes) -> None:
    global _answerer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine = open_engine(setup.engine, setup.board, setup.image, setup.options)
    engine.boot()
    _answerer = _Answerer(Booted(engine, Dut(engine)), state)


def _work(sample: Sample) -> _Answer:
    assert _answerer is not None
    return _answerer(sample)


@contextmanager
def _answers(setup: Setup, booted: Booted) -> Iterator[Iterator[_Answer]]:
    samples = setup.dataset.samples
    state = booted.engine.snapshot()
    jobs = min(setup.jobs, len(samples))
    if jobs <= 1:
        yield map(_Answerer(booted, state), samples)
        return
    context = multiprocessing.get_context("spawn")
    empty = replace(setup, dataset=replace(setup.dataset, samples=()))
    with context.Pool(jobs, _start_worker, (empty, state)) as pool:
        yield pool.imap(_work, samples, chunksize=max(1, min(8, len(samples) // (4 * jobs))))


def _score(setup: Setup, outputs: list[InputResult]) -> Accuracy | None:
    """None with a twin model or seeded inputs: their answers mean nothing."""
    if setup.dataset.is_seeded or (setup.model and setup.model.is_twin):
        return None
    benchmark = setup.benchmark
    vectors = [[benchmark.parse(text) for text in output.results] for output in outputs]
    value = benchmark.score(vectors, [output.label for output in outputs])
    if value is None:
        return None
    value = round(value, 6)
    is_top1 = benchmark.metric is Metric.TOP1
    return Accuracy(
        top1=value if is_top1 else None,
        auc=None if is_top1 else value,
        samples=len(outputs),
        target=benchmark.target,
        passed=value >= benchmark.target,
        official=setup.dataset.complete,
    )
