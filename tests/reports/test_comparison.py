"""Two results side by side."""

import io
from dataclasses import dataclass

import pytest
from rich.console import Console

from tests.sample_results import make_result
from tinysim.errors import ResultError
from tinysim.reports.comparison import Pair, make_engine_notes, make_table, pair_up
from tinysim.results import ErrorBand, InputResult, Result, WindowResult


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


def _same(first: Result, second: Result) -> bool:
    return all(pair.is_same for pair in pair_up([first], [second]))


def test_equal_answers_are_equal() -> None:
    both = _result(_Window("a"), _Window("b"))
    assert _same(both, both)


def test_another_answer_is_told() -> None:
    other = _result(_Window("a", answer="0.8,0.2"))
    assert not _same(_result(_Window("a")), other)


def test_answers_after_other_numbers_of_inferences_are_not_compared() -> None:
    other = _result(_Window("a", inferences=2, answer="0.8,0.2"), _Window("b", answer="0.7,0.3"))
    assert _same(_result(_Window("a")), other)
    assert not _same(_result(_Window("a"), _Window("b")), other)


def test_counts_are_those_of_all_windows() -> None:
    first = _result(_Window("a", instructions=100), _Window("b", inferences=3, instructions=500))
    second = _result(_Window("a", 4, instructions=606), engine="renode")
    (note, *_) = make_engine_notes(first, second)
    assert note == "instructions an inference: builtin 150, renode 152 (+1.000%)"


def test_nothing_in_common_is_an_error() -> None:
    with pytest.raises(ResultError, match="no benchmark"):
        pair_up([make_result()], [make_result(benchmark="kws")])


def _printed(pairs: list[Pair], width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(make_table(pairs, width)[0])
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_comparison_fits_and_its_numbers_are_whole(width: int) -> None:
    band = ErrorBand(worst=0.0061, mean=0.0022, images=4, validated=True)
    ours = make_result(mode="performance", latency_us=254_831.4, error_band=band, tier="T3")
    theirs = make_result(mode="performance", latency_us=260_000, engine="serial", tier="silicon")
    printed = _printed(pair_up([ours], [theirs]), width)
    assert max(map(len, printed.splitlines())) <= width
    assert "\u2026" not in printed
    assert "254.83 \u00b10.6%" in printed and "260.00" in printed and "-1.99%" in printed
    assert "4 of 4" in printed


def test_what_all_rows_have_alike_is_said_once() -> None:
    performance, accuracy = make_result(mode="performance"), make_result(mode="accuracy")
    alone = _printed(pair_up([performance], [performance]), 100)
    assert "performance" not in alone
    assert alone.count("builtin") == 2
    other = make_result(mode="accuracy", engine="renode")
    both = _printed(pair_up([performance, accuracy], [performance, other]), 100)
    assert "performance" in both and "accuracy" in both
    assert "renode" in both and both.count("builtin") == 2
