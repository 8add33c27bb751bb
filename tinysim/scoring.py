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
