"""Boards that answer wrong: no way of running them may make a number of it."""

from collections.abc import Callable

import pytest

from tests.robustness.scripted import ANSWERS, EDGES, KINDS, LAPS, PULSES, ScriptedBoard
from tinysim.answer import parse_outputs
from tinysim.benchmarks import BENCHMARKS, Sample
from tinysim.datasets import Dataset
from tinysim.engines import kinds
from tinysim.errors import TinySimError
from tinysim.image import unknown_image
from tinysim.platform import load_board
from tinysim.results import Result
from tinysim.runs import Setup, run_accuracy, run_energy, run_performance
from tinysim.runs import accuracy as accuracy_run

Run = Callable[[Setup], Result]

MODES: dict[str, tuple[Run, bool]] = {
    "quick": (run_performance, False),
    "official": (run_performance, True),
    "accuracy": (run_accuracy, False),
}
PIN = {"quick": False, "official": True}


@pytest.fixture(autouse=True)
def _scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory) -> None:
    scripted = kinds.EngineKind("scripted", lambda: ScriptedBoard, {})
    monkeypatch.setitem(kinds._BUILT_IN, "scripted", scripted)
    monkeypatch.setattr(accuracy_run, "cache_folder", lambda: tmp_path)


def _setup(name: str = "kws", *, official: bool = False, **options: int | str | bool) -> Setup:
    benchmark = BENCHMARKS[name]
    sample = Sample("a.bin", 1, (bytes(62),))
    return Setup(
        benchmark=benchmark,
        board=load_board(),
        image=unknown_image(),
        dataset=Dataset((sample,) * 5, "test", complete=False),
        engine="scripted",
        options={"model_id": benchmark.model_id, **options},
        official=official,
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("like", KINDS)
@pytest.mark.parametrize("name", [n for n, b in BENCHMARKS.items() if not b.dialogue.listens])
def test_a_right_board_is_measured(name: str, like: str, mode: str) -> None:
    run, official = MODES[mode]
    result = run(_setup(name, official=official, like=like))
    assert result.latency_us == pytest.approx(50_000)
    assert all(window.elapsed_us > 0 for window in result.windows)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("like", KINDS)
@pytest.mark.parametrize("wrong", [*ANSWERS, *LAPS])
def test_a_wrong_answer_is_an_error(wrong: str, like: str, mode: str) -> None:
    run, official = MODES[mode]
    with pytest.raises(TinySimError):
        run(_setup(official=official, like=like, wrong=wrong))


@pytest.mark.parametrize("rule", PIN)
@pytest.mark.parametrize("wrong", [*ANSWERS, *EDGES])
def test_a_wrong_answer_in_energy_mode_is_an_error(wrong: str, rule: str) -> None:
    with pytest.raises(TinySimError):
        run_energy(_setup(official=PIN[rule], energy=True, wrong=wrong))


@pytest.mark.parametrize("rule", PIN)
@pytest.mark.parametrize("pulses", PULSES)
def test_a_window_is_whole_whatever_the_pin_was_before_it(pulses: str, rule: str) -> None:
    result = run_energy(_setup(official=PIN[rule], energy=True, pulses=pulses))
    assert [window.elapsed_us for window in result.windows] == [
        50_000 * window.inferences for window in result.windows
    ]


@pytest.mark.parametrize("says_mode", [True, False])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("like", KINDS)
def test_an_energy_image_is_named_in_other_modes(like: str, mode: str, says_mode: bool) -> None:
    run, official = MODES[mode]
    with pytest.raises(TinySimError, match=r"energy mode|instead of 7"):
        run(_setup(official=official, like=like, energy=True, says_mode=says_mode))


@pytest.mark.parametrize("says_mode", [True, False])
def test_a_performance_image_is_named_in_energy_mode(says_mode: bool) -> None:
    with pytest.raises(TinySimError, match="image for performance mode"):
        run_energy(_setup(says_mode=says_mode))


def test_an_answer_of_another_length_says_both() -> None:
    with pytest.raises(TinySimError, match="7 numbers, an answer of kws01 has 12"):
        run_performance(_setup(wrong="one too few"))


@pytest.mark.parametrize("like", ["builtin", "serial"])
@pytest.mark.parametrize("mode", ["quick", "official"])
def test_a_clock_that_stands_is_found_out(mode: str, like: str) -> None:
    if (mode, like) == ("quick", "serial"):
        pytest.skip("nobody counts beside the board's own clock")
    run, official = MODES[mode]
    with pytest.raises(TinySimError, match=r"this clock is none|nothing was measured"):
        run(_setup(official=official, like=like, wrong="10 us"))


@pytest.mark.parametrize("text", ["", ";", "80;", "8", "80 81", "8G", "0x80", "-80;80"])
def test_outputs_of_a_model_are_bytes_or_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="bytes were expected"):
        parse_outputs(text)


def test_outputs_of_a_model_are_read_as_they_are() -> None:
    assert parse_outputs("80ff;00") == (b"\x80\xff", b"\x00")
