"""What this project's firmware has to answer, and within how many cycles."""

import pytest


def test_it_says_which_model_it_has(board):
    assert board.command("profile")[-1] == "m-model-[kws01]"


@pytest.mark.cycles("th_infer", max=4_500_000)
@pytest.mark.cycles("th_load_tensor", max=10_000)
def test_an_inference_stays_within_its_budget(board):
    answer = board.infer(bytes(490))
    assert len(answer.output) == 12
    assert sum(answer.output) == pytest.approx(1, abs=0.05)


def test_silence_and_noise_are_told_apart(board):
    silence = board.infer(bytes(490)).output
    noise = board.infer(bytes(value * 37 % 256 for value in range(490))).output
    assert silence != noise
