"""Two results side by side."""

from dataclasses import dataclass

import pytest

from tests.sample_results import make_result
from tinysim.errors import ResultError
from tinysim.reports.comparison import make_comparison, make_engine_notes
from tinysim.results import InputResult, Result, WindowResult


@dataclass(frozen=True)
class _Window:
    file: str
    inferences: int = 1
    answer: str = "0.9,0.1"
    instructions: int = 100


def _result(*windows: _Window, engine: str = "builtin") -> Result:
    return make_result(
        engine=engine,
        windows=tuple(
            WindowResult(
                file=window.file,
                inferences=window.inferences,
                warmups=0,
                elapsed_us=10,
                instructions=window.instructions,
                cycles=0,
            )
            for window in windows
        ),
        outputs=tuple(
            InputResult(file=window.file, label=0, results=(window.answer,)) for window in windows
        ),
    )


def test_equal_answers_are_equal() -> None:
    both = _result(_Window("a"), _Window("b"))
    assert make_comparison([both], [both])[1]


def test_another_answer_is_told() -> None:
    other = _result(_Window("a", answer="0.8,0.2"))
    assert not make_comparison([_result(_Window("a"))], [other])[1]


def test_answers_after_other_numbers_of_inferences_are_not_compared() -> None:
    other = _result(_Window("a", inferences=2, answer="0.8,0.2"), _Window("b", answer="0.7,0.3"))
    assert make_comparison([_result(_Window("a"))], [other])[1]
    assert not make_comparison([_result(_Window("a"), _Window("b"))], [other])[1]


def test_counts_are_those_of_all_windows() -> None:
    first = _result(_Window("a", instructions=100), _Window("b", inferences=3, instructions=500))
    second = _result(_Window("a", 4, instructions=606), engine="renode")
    (note, *_) = make_engine_notes(first, second)
    assert note == "instructions an inference: builtin 150, renode 152 (+1.000%)"


def test_nothing_in_common_is_an_error() -> None:
    with pytest.raises(ResultError, match="no benchmark"):
        make_comparison([make_result()], [make_result(benchmark="kws")])
