"""Scores."""

from itertools import pairwise

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


_TIMES = st.lists(st.floats(0, 60), max_size=30).map(sorted)
_WINDOWS = [(5.0, 6.0), (20.0, 20.5), (40.0, 41.0)]


@given(_TIMES)
def test_a_detection_is_for_a_window_or_wrong(times: list[float]) -> None:
    hits, misses, wrong = scoring.detections(times, _WINDOWS)
    assert sorted(hits + misses) == [start for start, _ in _WINDOWS]
    for start, end in _WINDOWS:
        assert (start in hits) == any(start <= time <= end + 2 for time in times)
    outside = [t for t in times if not any(s <= t <= e + 2 for s, e in _WINDOWS)]
    assert set(wrong) <= set(outside)
    # What was not counted came within a second of what was.
    assert all(any(0 <= time - kept <= 1 for kept in wrong) for time in outside)
    assert all(later - earlier > 1 for earlier, later in pairwise(wrong))


def test_detections_at_the_edges_of_a_window_are_for_it() -> None:
    assert scoring.detections([5.0, 8.0], _WINDOWS[:1]) == ([5.0], [], [])
    assert scoring.detections([4.99, 8.01], _WINDOWS[:1]) == ([], [5.0], [4.99, 8.01])
    assert scoring.detections([10.0, 10.9, 11.0, 11.1], []) == ([], [], [10.0, 11.1])
