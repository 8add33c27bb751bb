"""The host's side of the protocol, against a scripted board."""

import pytest

from tinysim.engines.base import Line
from tinysim.errors import ProtocolError, SilenceError
from tinysim.protocol import Dut


class ScriptedLink:
    """Answers each command with prepared lines."""

    def __init__(self, answers: dict[str, list[str]]) -> None:
        self.answers = answers
        self.waiting: list[str] = []
        self.sent = ""

    def write(self, data: bytes) -> None:
        self.sent += data.decode()
        command = data.decode().rstrip("%")
        key = next((k for k in self.answers if command.startswith(k)), "")
        self.waiting += self.answers.get(key, [])

    def read_line(self, timeout_s: float) -> Line:
        if not self.waiting:
            raise SilenceError("silent")
        return Line(self.waiting.pop(0), 0)


def test_the_model_is_read_from_the_profile() -> None:
    link = ScriptedLink({"profile": ["m-profile-[x]", "m-model-[kws01]", "m-ready"]})
    assert Dut(link).model() == "kws01"


def test_inputs_go_in_chunks_that_fit_the_command_buffer() -> None:
    link = ScriptedLink(
        {"db load": ["m-[Expecting 40 bytes]", "m-ready"], "db ": ["m-load-done", "m-ready"]}
    )
    Dut(link).load(bytes(range(40)))
    commands = link.sent.split("%")[:-1]
    assert len(commands) == 3
    assert all(len(command) < 80 for command in commands)


def test_a_window_is_the_time_between_the_laps_even_over_a_wrap() -> None:
    link = ScriptedLink(
        {
            "infer": [
                "m-warmup-done",
                "m-lap-us-4294967290",
                "m-lap-us-10",
                "m-infer-done",
                "m-results-[0.5,0.5,]",
                "m-ready",
            ],
        }
    )
    window = Dut(link).infer(2, 1)
    assert window.elapsed_us == 16
    assert window.results == "0.5,0.5,"


def test_an_error_line_is_an_error() -> None:
    link = ScriptedLink({"infer": ["e-[Inference iterations must be >0]", "m-ready"]})
    with pytest.raises(ProtocolError, match="iterations must be"):
        Dut(link).infer(0, 0)


def test_a_silent_board_is_an_error() -> None:
    with pytest.raises(SilenceError):
        Dut(ScriptedLink({})).name()


def test_a_load_that_is_not_acknowledged_is_an_error() -> None:
    link = ScriptedLink({"db": ["m-ready"]})
    with pytest.raises(ProtocolError, match="m-load-done"):
        Dut(link).load(b"12")


def test_a_board_that_stops_after_an_error_says_which() -> None:
    link = ScriptedLink({"infer": ["e-[The inference failed]"]})
    with pytest.raises(ProtocolError, match="The inference failed"):
        Dut(link).infer(1, 0)
