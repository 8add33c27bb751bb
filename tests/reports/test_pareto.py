"""Models side by side."""

from tests.sample_results import make_result
from tinysim.reports.pareto import front, make_side_by_side, render_side_by_side
from tinysim.results import Accuracy, Result


def _result(name: str, latency_us: float, flash: int, top1: float | None = None) -> Result:
    result = make_result()
    accuracy = (
        None
        if top1 is None
        else Accuracy(top1=top1, samples=4, target=0.0, passed=True, official=False)
    )
    return result.model_copy(
        update={
            "benchmark": name,
            "latency_us": latency_us,
            "memory": result.memory.model_copy(update={"flash": flash, "ram": 1000}),
            "accuracy": accuracy,
        }
    )


def test_the_front_is_what_no_other_beats() -> None:
    results = [_result("a", 10, 300), _result("b", 20, 200), _result("c", 20, 300)]
    assert front(results) == [True, True, False]


def test_accuracy_counts_where_all_have_it() -> None:
    results = [_result("a", 10, 100, 0.5), _result("b", 20, 200, 0.9), _result("c", 30, 300, 0.9)]
    assert front(results) == [True, True, False]
    assert front([*results, _result("d", 5, 50)]) == [False, False, False, True]


def test_equals_do_not_beat_each_other() -> None:
    assert front([_result("a", 10, 100), _result("b", 10, 100)]) == [True, True]


def test_the_page_names_every_model_and_has_a_plot_for_accuracy_only_with_it() -> None:
    plain = [_result("a<b>.tflite", 10, 300), _result("c", 20, 200)]
    page = render_side_by_side(plain)
    assert "a&lt;b&gt;.tflite" in page
    assert "Latency and accuracy" not in page
    labelled = [_result("a", 10, 300, 0.25), _result("c", 20, 200, 1.0)]
    page = render_side_by_side(labelled)
    assert "Latency and accuracy" in page
    assert "25.0% of 4" in page
    assert make_side_by_side(labelled)[0].row_count == 2
