"""The regression gate."""

from pathlib import Path

import pytest

from tests.sample_results import make_result
from tinysim.errors import ResultError
from tinysim.results import Cost, Profile
from tinysim.results.baseline import Baseline, Entry, compare, grown_functions, load_baseline


def _failing(**changes: object) -> set[str]:
    baseline = Baseline().replaced([make_result()])
    return {c.metric for c in compare(baseline, make_result(**changes)) if c.fails}


def test_the_same_result_passes() -> None:
    assert _failing() == set()


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"cycles": 120_000 * 1.004}, set()),
        ({"cycles": 120_000 * 1.006}, {"cycles"}),
        ({"cycles": 60_000.0}, set()),
        ({"outputs_sha256": "0" * 64}, {"outputs"}),
        ({"instructions": 90_000.0}, {"instructions"}),
    ],
)
def test_what_got_worse_fails(changes: dict[str, object], failing: set[str]) -> None:
    assert _failing(**changes) == failing


def test_less_accuracy_fails_and_more_does_not() -> None:
    accuracy = make_result().accuracy
    assert accuracy is not None
    assert _failing(accuracy=accuracy.model_copy(update={"top1": 0.74})) == {"accuracy"}
    assert _failing(accuracy=accuracy.model_copy(update={"top1": 0.76})) == set()


def test_another_model_cannot_be_compared() -> None:
    model = make_result().model
    assert model is not None
    with pytest.raises(ResultError, match="no entry"):
        _failing(model=model.model_copy(update={"sha256": "9" * 64}))


def test_the_function_that_grew_is_named() -> None:
    slower = Profile(
        instructions=1,
        cycles=1,
        functions=(
            Cost(name="convolve", instructions=1, cycles=120_000),
            Cost(name="invoke", instructions=1, cycles=20_000),
        ),
    )
    grown = grown_functions(Entry.of(make_result()), Entry.of(make_result(profile=slower)))
    assert grown == [("convolve", 99_000, 120_000)]


def test_a_file_keeps_the_entries_of_others(tmp_path: Path) -> None:
    both = Baseline().replaced([make_result()]).replaced([make_result(benchmark="kws")])
    path = tmp_path / "baseline.json"
    path.write_text(both.model_dump_json())
    assert [entry.benchmark for entry in load_baseline(path).entries] == ["ic", "kws"]


def test_a_file_that_is_no_baseline(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text('{"version": 1, "entries": 3}')
    with pytest.raises(ResultError, match="not a baseline"):
        load_baseline(path)
