"""Scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinysim import scoring


def test_the_median_window_decides() -> None:
    assert scoring.median_throughput([1_000_000, 2_000_000, 500_000], [10, 10, 10]) == 10.0


def test_top1_counts_the_first_largest() -> None:
    assert scoring.top1([[0.1, 0.9], [0.5, 0.5]], [1, 1]) == 0.5


@pytest.mark.parametrize(
    ("scores", "labels", "expected"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
        ([4, 3, 2, 1], [0, 0, 1, 1], 0.0),
        ([1, 1, 1, 1], [0, 1, 0, 1], 0.5),
        ([1, 2], [1, 1], None),
    ],
)
def test_auc_of_known_cases(scores: list[float], labels: list[int], expected: float | None) -> None:
    assert scoring.auc(scores, labels) == expected


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=30))
def test_auc_of_negated_scores_is_the_complement(items: list[tuple[int, bool]]) -> None:
    scores, labels = [float(s) for s, _ in items], [int(label) for _, label in items]
    value = scoring.auc(scores, labels)
    negated = scoring.auc([-s for s in scores], labels)
    if value is None:
        assert negated is None
    else:
        assert negated == pytest.approx(1 - value)
