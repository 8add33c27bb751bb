"""An interface board on a line, by what it answers."""

from collections.abc import Sequence

import pytest

from tinysim.benchmarks import Sample
from tinysim.engines.base import Line
from tinysim.errors import EngineError, LinkError, ProtocolError, SilenceError
from tinysim.protocol import Dut
from tinysim.runs import stages
from tinysim.runs.stages import RemoteStage

_DETECTIONS = ["Detection Timestamps (ms)", "5,", "37,", "m-ready"]
_DUTY = [
    *("Duty cycle start times (s)", "100, 3300, ", "6500, "),
    *("Duty cycle stop times (s)", "2100, 5300, ", "8500, ", "m-ready"),
]


class _Scripted:
    """Answers each command in turn; the last answer again and again."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name: list(lists) for name, lists in answers.items()}
        self._lines: list[str] = []
        self.asked: list[str] = []

    def write(self, data: bytes) -> None:
        name = data.decode().rstrip("%")
        self.asked.append(name)
        lists = self._answers[name.partition(" ")[0]]
        self._lines += lists.pop(0) if len(lists) > 1 else lists[0]

    def read_line(self, timeout_s: float) -> Line:
        if not self._lines:
            raise SilenceError(f"nothing within {timeout_s:g} s")
        return Line(self._lines.pop(0), 0)


def _stage(**answers: Sequence[Sequence[str]]) -> RemoteStage:
    good = {"print_detections": [_DETECTIONS], "print_dutycycle": [_DUTY]}
    return RemoteStage(Dut(_Scripted(**{**good, **answers})))


def test_what_it_prints_is_what_was_heard() -> None:
    heard = _stage().heard()
    assert heard.detections == [5_000_000, 37_000_000]
    assert heard.first_frames == (
        [1_000_000, 33_000_000, 65_000_000],
        [21_000_000, 53_000_000, 85_000_000],
    )
    assert (heard.lost, heard.lost_frame) == (0, None)


@pytest.mark.parametrize(
    ("answers", "error", "why"),
    [
        (
            {"print_detections": [_DETECTIONS, [*_DETECTIONS[:2], "38,", "m-ready"]]},
            LinkError, "two different answers",
        ),
        (
            {"print_dutycycle": [[*_DUTY[:3], "m-ready"]]},
            ProtocolError, r"'Duty cycle stop times \(s\)' was expected",
        ),
        ({"print_detections": [["5,", "m-ready"]]}, ProtocolError, "'5,': numbers were expected"),
        (
            {"print_detections": [["Detection Timestamps (ms)", "5x,", "m-ready"]]},
            ProtocolError, "'5x,': numbers were expected",
        ),
        ({"print_detections": [["Detection Timestamps (ms)"]]}, SilenceError, "nothing within"),
    ],
)  # fmt: skip
def test_what_it_prints_wrongly_is_not_believed(
    answers: dict[str, list[list[str]]], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        _stage(**answers).heard()


def test_it_plays_what_is_on_its_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "_AFTER_S", 0.0)
    sample = Sample("a.wav", 0, (bytes(64_000),))
    card = {"ls": [["a.wav", "b.wav", "m-ready"]]}
    _stage(**card, play=[["Attempting to play a.wav", "succeeded.", "m-ready"]]).play(sample)
    with pytest.raises(EngineError, match=r"play a\.wav: the interface board says: .*Error"):
        _stage(**card, play=[["Attempting to play a.wav", "Error 4", "m-ready"]]).play(sample)
    with pytest.raises(EngineError, match=r"c\.wav: not on .* has: a.wav, b.wav"):
        _stage(**card).play(Sample("c.wav", 0, (b"",)))
    with pytest.raises(LinkError, match="has not said that it records"):
        _stage(record_detections=[["Unrecognized command", "m-ready"]]).record()
