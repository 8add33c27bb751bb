"""From answers to scores, as the official runners compute them."""

from collections.abc import Sequence
from statistics import median


def median_throughput(elapsed_us: Sequence[int], inferences: Sequence[int]) -> float:
    """Inferences per second: the median over windows."""
    return float(median(n * 1e6 / us for n, us in zip(inferences, elapsed_us, strict=True)))


def argmax(values: Sequence[float]) -> int:
    """The first largest value's index."""
    return max(range(len(values)), key=lambda index: (values[index], -index))


def top1(outputs: Sequence[Sequence[float]], labels: Sequence[int]) -> float:
    """The share of inputs whose largest output is the label's, 0 to 1."""
    hits = sum(argmax(out) == label for out, label in zip(outputs, labels, strict=True))
    return hits / len(labels)


def auc(scores: Sequence[float], labels: Sequence[int]) -> float | None:
    """Area under the ROC curve: how often a positive (label 1) scores above a negative, ties
    counting half. None without both kinds.
    """
    positive = [score for score, label in zip(scores, labels, strict=True) if label]
    negative = [score for score, label in zip(scores, labels, strict=True) if not label]
    if not positive or not negative:
        return None
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


_HEARD_S = 2.0
"""After a window's end: so late may a detection be."""
_DEBOUNCE_S = 1.0


def detections(
    times: Sequence[float], windows: Sequence[tuple[float, float]]
) -> tuple[list[float], list[float], list[float]]:
    """True positives and false negatives, each by its window's start, and false positives, as the
    official runner counts them: any detection from a window's start to two seconds after its end is
    for this window, and one that is for none hides those of the next second.
    """
    left = list(times)
    hits: list[float] = []
    misses: list[float] = []
    for start, end in windows:
        others = [time for time in left if not start <= time <= end + _HEARD_S]
        (hits if len(others) < len(left) else misses).append(start)
        left = others
    wrong: list[float] = []
    for time in left:
        if not wrong or time > wrong[-1] + _DEBOUNCE_S:
            wrong.append(time)
    return hits, misses, wrong
