"""Charts of a result, as specifications of Vega-Lite."""

from typing import Any

from ..results import Result
from ..results.published import submissions
from .figure import OTHERS, OURS, PALE, kind_scale


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
    for value in values:
        value["say"] = f"{value['who']}: {value['ms']:.2f} ms"
    is_ours = "datum.ours"
    return {
        "data": {"values": values},
        "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
        "encoding": {
            "x": {
                "field": "ms",
                "type": "quantitative",
                "title": "ms an inference",
                "scale": {"zero": True},
            },
            "y": {"field": "who", "type": "nominal", "title": None, "sort": {"field": "ms"}},
            "description": {"field": "say"},
            "color": {"condition": {"test": is_ours, "value": OURS}, "value": OTHERS},
            "shape": {"condition": {"test": is_ours, "value": "diamond"}, "value": "circle"},
        },
    }


def memory(result: Result) -> dict[str, Any] | None:
    """What lies where, each memory as a whole; what is small is put together."""
    least = max((part.size for part in result.memory.sections), default=0) / 50
    available = {"flash": result.memory.flash_available, "RAM": result.memory.ram_available}
    sizes: dict[str, dict[str, int]] = {"flash": {}, "RAM": {}}
    for part in result.memory.sections:
        parts = sizes["RAM" if part.address >= 0x1000_0000 else "flash"]
        name = part.name if part.size >= least else "others"
        parts[name] = parts.get(name, 0) + part.size
    values: list[dict[str, Any]] = []
    for memory, parts in sizes.items():
        if any(parts.values()) and available[memory]:
            free = max(0, available[memory] - sum(parts.values()))
            for name, size in ({**parts, "free": free}).items():
                values.append(_part(memory, available[memory], name, size, len(values)))
    if not values:
        return None
    scale = kind_scale([value["part"] for value in values if value["part"] != "free"])
    return {
        "data": {"values": values},
        "height": {"step": 44},
        "mark": {"type": "bar", "stroke": "var(--paper)", "strokeWidth": 1},
        "encoding": {
            "y": {"field": "where", "type": "nominal", "title": None, "sort": None},
            "x": {
                "field": "share",
                "type": "quantitative",
                "title": "share of the memory, %",
                "scale": {"domain": [0, 100]},
            },
            "order": {"field": "n"},
            "description": {"field": "say"},
            "color": {
                "field": "part",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": [*scale["domain"], "free"],
                    "range": [*scale["range"], PALE],
                },
            },
        },
    }


def _part(memory: str, available: int, name: str, size: int, number: int) -> dict[str, Any]:
    return {
        "where": f"{memory}, {available / 1024:.0f} KiB",
        "part": name,
        "share": 100 * size / available,
        "n": number,
        "say": f"{memory}, {name}: {size / 1024:.1f} KiB, {size / available:.1%}",
    }


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
        {
            "label": names[label],
            "answer": names[answer],
            "inputs": count,
            "say": f"labelled {names[label]}, answered {names[answer]}: {count}",
            "is_right": label == answer,
        }
        for (label, answer), count in counts.items()
    ]
    axis = {"type": "nominal", "scale": {"domain": list(names)}, "sort": None}
    base = {
        "x": {"field": "answer", "title": "answered", **axis},
        "y": {"field": "label", "title": "labelled", **axis},
    }
    most = max(counts.values())
    return {
        "data": {"values": values},
        "height": {"step": 30},
        "encoding": base,
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 3},
                "encoding": {
                    "color": {
                        "condition": {"test": "datum.is_right", "value": "var(--k2)"},
                        "value": "var(--k1)",
                    },
                    "opacity": {
                        "field": "inputs",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domain": [0, most], "range": [0.45, 1]},
                    },
                    "description": {"field": "say"},
                },
            },
            {
                "mark": {"type": "text"},
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
    points: list[dict[str, Any]] = [{"fpr": 0.0, "tpr": 0.0}]
    for threshold in sorted({score for score, _ in scores}, reverse=True):
        hits = sum(label for score, label in scores if score >= threshold)
        alarms = sum(not label for score, label in scores if score >= threshold)
        points.append({"fpr": alarms / negatives, "tpr": hits / positives})
    for point in points:
        point["say"] = f"{point['tpr']:.1%} found, {point['fpr']:.1%} false alarms"
    return {
        "data": {"values": points},
        "height": 300,
        "encoding": {
            "x": {"field": "fpr", "type": "quantitative", "title": "false positive rate"},
            "y": {"field": "tpr", "type": "quantitative", "title": "true positive rate"},
        },
        "layer": [
            {
                "mark": {"type": "line", "interpolate": "step-after", "color": OURS},
                "encoding": {"order": {"field": "tpr", "type": "quantitative"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 45, "color": OURS, "opacity": 1},
                "encoding": {"description": {"field": "say"}},
            },
        ],
    }
