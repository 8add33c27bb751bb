"""A benchmark that is sent its inputs: what must have been run, and what the two runners write of
it, `log.txt`, `results.txt`, and a third file each.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from ..answer import parse_vector
from ..benchmarks import BENCHMARKS
from ..results import Result
from ..scoring import median_throughput
from .notice import notice, stamp_of

_MIN_US, _MIN_INFERENCES, _WINDOWS = 10_000_000, 10, 5


def problem(runs: Mapping[str, Result], *, closed: bool) -> str:
    """Why these runs, by mode, cannot be submitted; empty where they can."""
    accuracy, windows = runs["accuracy"].accuracy, runs["performance"].windows
    if accuracy is None:
        return "the accuracy run has no accuracy: official model and inputs are needed"
    if not accuracy.official:
        return f"accuracy is over {accuracy.samples} files, not over the whole data set"
    if len(windows) != _WINDOWS:
        return f"{len(windows)} performance windows, {_WINDOWS} were expected (run --official)"
    if any(w.elapsed_us < _MIN_US or w.inferences < _MIN_INFERENCES for w in windows):
        return "a performance window is shorter than 10 s or 10 inferences (run --official)"
    if closed and not accuracy.passed:
        return f"the target of {accuracy.target:g} was missed"
    return ""


def render_results(result: Result, when: datetime, *, eembc: bool) -> str:
    """`results.txt`, whose lines the official checker's expressions read."""
    stamp = stamp_of(when, eembc=eembc)
    lines = [*notice(result)]
    if result.mode == "accuracy":
        assert result.accuracy is not None
        if result.accuracy.top1 is not None:
            percent = 100 * result.accuracy.top1
            text = f"Top-1: {percent:.1f}%" if eembc else f"Top 1% = {percent:.1f}"
        else:
            text = f"AUC{':' if eembc else ' ='} {result.accuracy.auc:.3f}"
        lines.append(f"{stamp} ulp-mlperf: {text}")
    else:
        lines += _windows(result, stamp)
        median = median_throughput(
            [window.elapsed_us for window in result.windows],
            [window.inferences for window in result.windows],
        )
        rule = "-" * 57
        lines += [
            f"{stamp} ulp-mlperf: {rule}",
            f"{stamp} ulp-mlperf: Median throughput is {median:10.3f} inf./sec.",
            f"{stamp} ulp-mlperf: {rule}",
        ]
    return "\n".join(lines) + "\n"


def render_log(result: Result, when: datetime, *, eembc: bool) -> str:
    """`log.txt`: every window with what the board printed for it."""
    stamp = stamp_of(when, eembc=eembc)
    texts = [text for output in result.outputs for text in output.results]
    lines = [
        *notice(result),
        f"{stamp} dut: m-model-[{result.model_id}]",
        f"{stamp} ulp-mlperf: image sha256 {result.image.sha256}",
        f"{stamp} ulp-mlperf: fingerprint {result.fingerprint}",
    ]
    for window, text in zip(result.windows, texts, strict=True):
        lines += [
            f"{stamp} ulp-mlperf: Loading file {window.file}",
            f"{stamp} dut: m-infer-start-{window.inferences}",
            f"{stamp} ulp-mlperf: Runtime {window.elapsed_us / 1e6:.6f} sec.",
            f"{stamp} dut: m-results-[{text}]",
        ]
    return "\n".join(lines) + "\n"


def render_json(result: Result) -> str:
    """`results.json` of the Python runner, a list of windows."""
    texts = [
        (output.file, output.label, text) for output in result.outputs for text in output.results
    ]
    items = [
        {
            "file": file,
            "classes": max(2, len(result.classes)),
            "class": label,
            "infer": {
                "results": parse_vector(text),
                "elapsed_time": window.elapsed_us,
                "total_inferences": window.inferences,
                "iterations": window.inferences,
                "warmups": window.warmups,
                "throughput": round(window.inferences * 1e6 / window.elapsed_us, 3),
            },
            "mode": "a" if result.mode == "accuracy" else "p",
            **({} if result.engine == "serial" else {"emulated_by": "tinysim"}),
        }
        for window, (file, label, text) in zip(result.windows, texts, strict=True)
    ]
    return json.dumps(items, indent=1) + "\n"


def render_script(result: Result) -> str:
    """`script.async` of the EEMBC runner: the commands that were sent."""
    lines = [f"# {line}" for line in notice(result)]
    for window in result.windows:
        lines += [
            f'bload dut "{BENCHMARKS[result.benchmark].data_id}/{window.file}"',
            f"dut infer {window.inferences} {window.warmups}",
        ]
    return "\n".join(lines) + "\n"


def _windows(result: Result, stamp: str) -> Iterator[str]:
    for number, window in enumerate(result.windows, 1):
        seconds = window.elapsed_us / 1e6
        yield f"{stamp} ulp-mlperf: Performance results for window {number}:"
        yield f"{stamp} ulp-mlperf:   # Inferences : {window.inferences:12d}"
        yield f"{stamp} ulp-mlperf:   Runtime      : {seconds:12.3f} sec."
        yield f"{stamp} ulp-mlperf:   Throughput   : {window.inferences / seconds:12.3f} inf./sec."
        if seconds >= 10 and window.inferences >= 10:
            yield f"{stamp} ulp-mlperf: Runtime requirements have been met."
