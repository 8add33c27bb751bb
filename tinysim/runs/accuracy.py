"""Accuracy mode: what the board answers for every input."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ..benchmarks import Metric, Sample
from ..engines import open_engine
from ..errors import Interrupted
from ..models.locate import cache_folder
from ..protocol import Dut
from ..results import Accuracy, InputResult, Result, fingerprint
from ..workers import Workers
from .booted import Booted, boot
from .journal import Answer, Journal
from .setup import Progress, Setup
from .summary import identity, make_result, window_result


def run_accuracy(setup: Setup, progress: Progress | None = None, *, resume: bool = False) -> Result:
    """Run `infer 1 0` for every input and score the answers.

    Each file is answered by a board that goes on from the same snapshot, taken after boot: the
    result does not depend on `setup.jobs`. What is done is kept in the user's cache until the
    run is complete; `resume` goes on from there.

    Raises:
        AssetError: files of the data set are missing.
        TinySimError: see `boot` and `protocol.Dut`.

    """
    started = time.perf_counter()
    setup.dataset.require_files(setup.benchmark.data_id)
    with boot(setup) as booted:
        samples = setup.dataset.samples
        key = fingerprint(identity(setup, booted.engine, "accuracy"))
        journal = Journal(cache_folder() / "runs" / f"{key}.jsonl")
        done = journal.start(journal.answers() if resume else {}, samples)
        left = tuple(sample for sample in samples if sample.file not in done)
        try:
            with _answers(setup, booted, left) as answers:
                for answer in answers:
                    journal.add(answer)
                    done[answer.output.file] = answer
                    if progress:
                        progress(len(done), len(samples))
        except (Interrupted, KeyboardInterrupt) as interruption:
            interruption.add_note(
                f"{len(done)} of {len(samples)} files are done: --resume continues"
            )
            raise
        journal.end()
        ordered = [done[sample.file] for sample in samples]
        outputs = [answer.output for answer in ordered]
        return make_result(
            setup,
            booted,
            "accuracy",
            windows=[window for answer in ordered for window in answer.windows],
            outputs=outputs,
            accuracy=_score(setup, outputs),
            wall_s=time.perf_counter() - started,
        )


@dataclass(frozen=True)
class _Answerer:
    """A board that is set back to a snapshot for each file, if it can be."""

    booted: Booted
    state: bytes | None

    def __call__(self, sample: Sample) -> Answer:
        if self.state is not None:
            self.booted.engine.restore(self.state)
        windows = []
        results = []
        for data in sample.inputs:
            self.booted.dut.load(data)
            window = self.booted.infer(1, 0)
            results.append(window.results)
            windows.append(window_result(sample.file, window))
        output = InputResult(file=sample.file, label=sample.label, results=tuple(results))
        return Answer(output=output, windows=tuple(windows))


def _start_worker(setup: Setup, state: bytes) -> _Answerer:
    """In a process of its own, with its own board."""
    engine = open_engine(setup.engine, setup.board, setup.image, setup.options)
    engine.boot()
    return _Answerer(Booted(engine, Dut(engine), setup.benchmark, engine.counters()), state)


@contextmanager
def _answers(
    setup: Setup, booted: Booted, samples: tuple[Sample, ...]
) -> Iterator[Iterator[Answer]]:
    state = booted.engine.snapshot() if booted.engine.has_snapshots else None
    jobs = min(setup.jobs, len(samples))
    if jobs <= 1 or state is None:
        yield map(_Answerer(booted, state), samples)
        return
    empty = replace(setup, dataset=replace(setup.dataset, samples=()))
    with Workers[Sample, Answer](jobs, _start_worker, (empty, state)) as workers:
        yield workers.map(samples)


def _score(setup: Setup, outputs: list[InputResult]) -> Accuracy | None:
    """None with a twin model or seeded inputs: their answers mean nothing."""
    if setup.dataset.is_seeded or (setup.model and setup.model.is_twin):
        return None
    benchmark = setup.benchmark
    value = benchmark.score(
        [output.vectors() for output in outputs], [output.label for output in outputs]
    )
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
