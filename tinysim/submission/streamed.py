"""A benchmark that listens: what must have been run, and what the Python runner writes of it. The
EEMBC runner knows none.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from ..benchmarks.streaming import MOST_WRONG, OFFICIAL_SOUND, OFFICIAL_WINDOWS
from ..results import Recording, Result
from .notice import notice, stamp_of


def problem(runs: Mapping[str, Result], *, closed: bool) -> str:
    """Why the run cannot be submitted; empty where it can."""
    streaming = runs["performance"].streaming
    if streaming is None or not streaming.scored:
        return "the sound was not played as a whole and held against its windows (run --official)"
    if streaming.is_overrun:
        return "the board did not keep up with the sound"
    hits, misses, wrong = streaming.counts
    if hits + misses != OFFICIAL_WINDOWS:
        return (
            f"the wake word was said {hits + misses} times, {OFFICIAL_WINDOWS} were expected: "
            "this is not the sound that counts"
        )
    if closed and _recording(runs["performance"]).file != OFFICIAL_SOUND:
        file = _recording(runs["performance"]).file
        return f"{file} was played: the closed division's sound is {OFFICIAL_SOUND}"
    if closed and max(misses, wrong) > MOST_WRONG:
        return f"{misses} words were missed and {wrong} heard wrongly, {MOST_WRONG} are allowed"
    return ""


def render_results(result: Result, when: datetime, *, eembc: bool) -> str:
    """`results.txt`, whose lines the official checker's expressions read."""
    assert result.streaming is not None
    del when, eembc  # no line has a time
    heard = result.streaming
    hits, misses, wrong = heard.counts
    lines = [
        *notice(result),
        f"Accuracy: {hits} True positives, {misses} False negatives, {wrong} False positives",
        f"Average duty cycle: {heard.duty_cycle:.5g}",
        f"Average period: {heard.period_us / 1e6:.5g} s",
        f"Estimated throughput: {1e6 / heard.processing_us:.5g} inf./sec.",
    ]
    return "\n".join(lines) + "\n"


def render_log(result: Result, when: datetime, *, eembc: bool) -> str:
    """`log.txt`: what was played, and what the device and the interface board said."""
    stamp = stamp_of(when, eembc=eembc)
    recording = _recording(result)
    lines = [
        *notice(result),
        f"{stamp} dut: m-model-[{result.model_id}]",
        f"{stamp} ulp-mlperf: image sha256 {result.image.sha256}",
        f"{stamp} ulp-mlperf: fingerprint {result.fingerprint}",
        f"{stamp} ulp-mlperf: Playing {recording.file} (length = {recording.seconds:g}s)",
        f"{stamp} dut: target activations: {list(recording.activations)}",
        f"{stamp} interface: Detection Timestamps (ms) {_detections_ms(recording)}",
    ]
    return "\n".join(lines) + "\n"


def render_json(result: Result) -> str:
    """`results.json`, with what `results.txt` was computed from. Times begin at the first frame."""
    recording = _recording(result)
    item = {
        "infer": {
            "wav_file": recording.file,
            "length_sec": recording.seconds,
            "detection_windows": recording.windows,
            "detections": _detections_ms(recording),
            "iterations": 1,
            "warmups": 0,
        },
        "dutycycle": {
            "duty_cycle": recording.duty_cycle,
            "period": recording.period_us / 1e6,
            "processing_time": recording.processing_us / 1e6,
            "start_times_s": recording.starts_s,
            "stop_times_s": recording.stops_s,
        },
        "activations": recording.activations,
        "mode": "p",
        **({} if result.engine == "serial" else {"emulated_by": "tinysim"}),
    }
    return json.dumps([item], indent=1) + "\n"


def _recording(result: Result) -> Recording:
    assert result.streaming is not None
    return result.streaming.recordings[0]


def _detections_ms(recording: Recording) -> list[int]:
    """As the interface board prints them: the first frame's pulse is one of them."""
    return [0, *(round(1000 * time) for time in recording.detections_s)]
