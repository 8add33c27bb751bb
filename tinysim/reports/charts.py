"""Charts as SVG, drawn by Vega-Lite without a browser or network."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ..extras import load_extra
from ..printable import printable
from ..results import Result
from ..results.published import submissions

OURS, OTHERS, PALE = "#c2410c", "#64748b", "#cbd5e1"
_PADDING = {"left": 70, "right": 30}
_CONFIG = {
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 11, "titleFontSize": 11, "labelLimit": 460},
    "legend": {"labelFontSize": 11, "titleFontSize": 11},
}


def require_drawing() -> None:
    """Find out early whether pictures can be drawn.

    Raises:
        ToolError: the extra `report` is not installed.

    """
    load_extra("vl_convert", "vl-convert", "report")


def as_svg(spec: Mapping[str, Any]) -> str:
    """A Vega-Lite specification as SVG.

    Raises:
        ToolError: the extra `report` is not installed.

    """
    vl_convert = load_extra("vl_convert", "vl-convert", "report")
    # Room on the left: the reader's font may be wider than the one that was measured.
    return str(vl_convert.vegalite_to_svg({"padding": _PADDING, **_plain(spec), "config": _CONFIG}))


def as_image(spec: Mapping[str, Any]) -> str:
    """The same as the `src` of an image."""
    return "data:image/svg+xml;base64," + base64.b64encode(as_svg(spec).encode()).decode()


def _plain(part: Any) -> Any:
    """Texts without control characters, of which the renderer's XML parser aborts the process."""
    if isinstance(part, str):
        return printable(part, 200)
    if isinstance(part, Mapping):
        return {_plain(key): _plain(value) for key, value in part.items()}
    return [_plain(item) for item in part] if isinstance(part, list | tuple) else part


def against_published(result: Result) -> dict[str, Any] | None:
    """A dot a submission, and this result among them."""
    values = [
        {
            "who": f"{s.round} {s.submitter}: {s.stack}",
            "ms": s.latency_ms[result.benchmark],
            "ours": False,
        }
        for s in submissions()
        if result.benchmark in s.latency_ms
    ]
    if not values or result.mode == "accuracy":
        return None
    ours = f"this result, {result.engine} {result.tier}"
    values.append({"who": ours, "ms": result.latency_us / 1000, "ours": True})
    is_ours = "datum.ours"
    return {
        "data": {"values": values},
        "width": 420,
        "mark": {"type": "point", "filled": True, "size": 70},
        "encoding": {
            "x": {
                "field": "ms",
                "type": "quantitative",
                "title": "ms an inference",
                "scale": {"zero": True},
            },
            "y": {"field": "who", "type": "nominal", "title": None, "sort": {"field": "ms"}},
            "color": {"condition": {"test": is_ours, "value": OURS}, "value": OTHERS},
            "shape": {"condition": {"test": is_ours, "value": "diamond"}, "value": "circle"},
        },
    }


def layers(result: Result) -> dict[str, Any] | None:
    """Cycles of each operation."""
    if result.profile is None or not result.profile.layers:
        return None
    values = [
        {"layer": f"{number:02d} {cost.name}", "cycles": cost.cycles}
        for number, cost in enumerate(result.profile.layers)
    ]
    return {
        "data": {"values": values},
        "width": 420,
        "height": {"step": 16},
        "mark": {"type": "bar", "color": OURS},
        "encoding": {
            "x": {"field": "cycles", "type": "quantitative", "axis": {"format": "~s"}},
            "y": {"field": "layer", "type": "nominal", "title": None, "sort": None},
        },
    }


def plan(result: Result) -> dict[str, Any] | None:
    """Where each intermediate result, by its number, lies in the arena, and during which
    operations.
    """
    if result.plan is None or not result.plan.tensors:
        return None
    operations = max(part.last for part in result.plan.tensors) + 1
    values = [
        {
            "number": number if part.bytes > result.plan.bytes / 20 else "",
            "from": part.first,
            "to": part.last + 1,
            "middle": (part.first + part.last + 1) / 2,
            "low": part.offset / 1024,
            "high": (part.offset + part.bytes) / 1024,
            "centre": (part.offset + part.bytes / 2) / 1024,
        }
        for number, part in enumerate(result.plan.tensors)
    ]
    return {
        "data": {"values": values},
        "width": 560,
        "height": 260,
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "white", "fill": OURS, "fillOpacity": 0.75},
                "encoding": {
                    "x": {
                        "field": "from",
                        "type": "quantitative",
                        "title": "operation",
                        "scale": {"domain": [0, operations], "nice": False},
                        "axis": {"format": "d", "tickMinStep": 1},
                    },
                    "x2": {"field": "to"},
                    "y": {"field": "low", "type": "quantitative", "title": "KiB of the arena"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11, "color": "white"},
                "encoding": {
                    "x": {"field": "middle", "type": "quantitative"},
                    "y": {"field": "centre", "type": "quantitative"},
                    "text": {"field": "number"},
                },
            },
            {
                "data": {"values": [{"at": result.plan.peak + 0.5}]},
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": OTHERS},
                "encoding": {"x": {"field": "at", "type": "quantitative"}},
            },
        ],
    }


def memory(result: Result) -> dict[str, Any] | None:
    """What lies where, flash and RAM apart, in KiB."""
    parts = [s for s in result.memory.sections if s.size >= 64]
    if not parts:
        return None
    kinds = [("RAM" if s.address >= 0x1000_0000 else "flash", s.name, s.size / 1024) for s in parts]
    for kind, available in (
        ("flash", result.memory.flash_available),
        ("RAM", result.memory.ram_available),
    ):
        used = sum(size for k, _, size in kinds if k == kind)
        if used:
            kinds.append((kind, "free", available / 1024 - used))
    names = [name for _, name, _ in kinds if name != "free"]
    colors = ["#c2410c", "#0f766e", "#1d4ed8", "#a16207", "#7c3aed", "#be185d", "#15803d"]
    return {
        "data": {
            "values": [
                {"where": kind, "part": name, "KiB": size, "n": n}
                for n, (kind, name, size) in enumerate(kinds)
            ]
        },
        "width": 560,
        "height": {"step": 34},
        "mark": "bar",
        "encoding": {
            "y": {"field": "where", "type": "nominal", "title": None},
            "x": {"field": "KiB", "type": "quantitative", "title": "KiB"},
            "order": {"field": "n"},
            "color": {
                "field": "part",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": [*dict.fromkeys(names), "free"],
                    "range": [*_cycled(colors, len(dict.fromkeys(names))), PALE],
                },
            },
        },
    }


def _cycled(colors: Sequence[str], count: int) -> list[str]:
    return [colors[i % len(colors)] for i in range(count)]


def confusion(result: Result) -> dict[str, Any] | None:
    """How many inputs of each class were given which answer."""
    if result.accuracy is None or result.accuracy.top1 is None or not result.classes:
        return None
    counts: dict[tuple[int, int], int] = {}
    for output in result.outputs:
        vector = output.vectors()[0]
        cell = output.label, vector.index(max(vector))
        counts[cell] = counts.get(cell, 0) + 1
    names = result.classes
    values = [
        {"label": names[label], "answer": names[answer], "inputs": count}
        for (label, answer), count in counts.items()
    ]
    axis = {"type": "nominal", "scale": {"domain": list(names)}, "sort": None}
    base = {
        "x": {"field": "answer", "title": "answered", **axis},
        "y": {"field": "label", "title": "labelled", **axis},
    }
    size = 34
    return {
        "data": {"values": values},
        "width": {"step": size},
        "height": {"step": size},
        "encoding": base,
        "layer": [
            {
                "mark": "rect",
                "encoding": {
                    "color": {
                        "field": "inputs",
                        "type": "quantitative",
                        "scale": {"scheme": "oranges"},
                        "legend": None,
                    }
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {"text": {"field": "inputs", "type": "quantitative"}},
            },
        ],
    }


def roc(result: Result) -> dict[str, Any] | None:
    """The receiver operating characteristic of the files' mean scores."""
    if result.accuracy is None or result.accuracy.auc is None:
        return None
    scores = []
    for output in result.outputs:
        vectors = output.vectors()
        scores.append((sum(v[0] for v in vectors) / len(vectors), output.label))
    positives = sum(label for _, label in scores)
    negatives = len(scores) - positives
    points = [{"fpr": 0.0, "tpr": 0.0}]
    for threshold in sorted({score for score, _ in scores}, reverse=True):
        hits = sum(label for score, label in scores if score >= threshold)
        alarms = sum(not label for score, label in scores if score >= threshold)
        points.append({"fpr": alarms / negatives, "tpr": hits / positives})
    return {
        "data": {"values": points},
        "width": 300,
        "height": 300,
        "mark": {"type": "line", "interpolate": "step-after", "color": OURS},
        "encoding": {
            "x": {"field": "fpr", "type": "quantitative", "title": "false positive rate"},
            "y": {"field": "tpr", "type": "quantitative", "title": "true positive rate"},
            "order": {"field": "tpr", "type": "quantitative"},
        },
    }
