"""What was heard, over time: the sound, the activations, the detections, the processing pulses."""

from typing import Any

from ..results import Recording, Result
from .figure import CLEAR, OTHERS, OURS, PALE

_THRESHOLD = 115
"""Of output 0, above which the reference says that it has heard the word."""
_STRIDE_S = 0.032
_AXIS = {"tickCount": 3}


def heard(result: Result) -> dict[str, Any] | None:
    """The first sound of a benchmark that listens; time zero is the end of the first frame."""
    if result.streaming is None:
        return None
    recording = result.streaming.recordings[0]
    scale = {"domain": [0, recording.seconds], "nice": False, "padding": 0}
    rows = [_waveform(recording, scale)]
    if recording.activations:
        rows.append(_activations(recording, scale))
    rows.append(_detections(recording, scale))
    rows.append(_pulses(recording))
    return {"vconcat": rows, "spacing": 12}


def _waveform(recording: Recording, scale: dict[str, Any]) -> dict[str, Any]:
    step = recording.seconds / max(1, len(recording.envelope))
    values = [{"s": i * step, "peak": peak} for i, peak in enumerate(recording.envelope)]
    return {
        "height": 70,
        "layer": [
            {
                "data": {"values": [{"from": a, "to": b} for a, b in recording.windows]},
                "mark": {"type": "rect", "color": PALE},
                "encoding": {
                    "x": {"field": "from", "type": "quantitative", "scale": scale},
                    "x2": {"field": "to"},
                },
            },
            {
                "data": {"values": values},
                "transform": [{"calculate": "-datum.peak", "as": "low"}],
                "mark": {"type": "area", "color": OTHERS},
                "encoding": {
                    "x": {"field": "s", "type": "quantitative", "scale": scale, "title": None},
                    "y": {
                        "field": "low",
                        "type": "quantitative",
                        "title": "sound, words",
                        "axis": _AXIS,
                    },
                    "y2": {"field": "peak"},
                },
            },
        ],
    }


def _activations(recording: Recording, scale: dict[str, Any]) -> dict[str, Any]:
    values = [
        {
            "s": number * _STRIDE_S,
            "output": value,
            "say": f"frame {number}, {number * _STRIDE_S:.3f} s: {value}",
        }
        for number, value in enumerate(recording.activations)
    ]
    return {
        "height": 90,
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "color": OURS, "strokeWidth": 1, "interpolate": "step"},
                "encoding": {
                    "x": {"field": "s", "type": "quantitative", "scale": scale, "title": None},
                    "y": {
                        "field": "output",
                        "type": "quantitative",
                        "title": "output 0",
                        "axis": _AXIS,
                    },
                },
            },
            {
                "data": {"values": values},
                "mark": {"type": "bar", "color": CLEAR, "width": 2},
                "encoding": {
                    "x": {"field": "s", "type": "quantitative", "scale": scale},
                    "y": {"field": "output", "type": "quantitative"},
                    "description": {"field": "say"},
                },
            },
            {
                "data": {"values": [{"output": _THRESHOLD}]},
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": OTHERS},
                "encoding": {"y": {"field": "output", "type": "quantitative"}},
            },
        ],
    }


def _detections(recording: Recording, scale: dict[str, Any]) -> dict[str, Any]:
    wrong = set(recording.false_positives)
    values = [
        {"s": time, "what": "false positive" if time in wrong else "detection"}
        for time in recording.detections_s
    ] + [{"s": start, "what": "missed"} for start in recording.false_negatives]
    values = [{**value, "say": f"{value['what']} at {value['s']:.3f} s"} for value in values]
    return {
        "height": 54,
        "data": {"values": values},
        "mark": {"type": "tick", "thickness": 2},
        "encoding": {
            "x": {"field": "s", "type": "quantitative", "scale": scale, "title": "seconds"},
            "y": {
                "field": "what",
                "type": "nominal",
                "title": None,
                "axis": {"labelLimit": 84},
            },
            "description": {"field": "say"},
            "color": {
                "field": "what",
                "type": "nominal",
                "legend": None,
                "scale": {
                    "domain": ["detection", "false positive", "missed"],
                    "range": [OTHERS, OURS, "var(--ink)"],
                },
            },
        },
    }


def _pulses(recording: Recording) -> dict[str, Any]:
    values = [
        {"from": start, "to": stop}
        for start, stop in zip(recording.starts_s, recording.stops_s, strict=False)
    ]
    return {
        "height": 26,
        "data": {"values": values},
        "mark": {"type": "rect", "color": OTHERS},
        "encoding": {
            "x": {
                "field": "from",
                "type": "quantitative",
                "title": "seconds, the first 100 frames",
                "scale": {"nice": False},
            },
            "x2": {"field": "to"},
        },
    }
