"""Twins."""

import numpy as np
import pytest
from tflite_micro import runtime

from tinysim.benchmarks import BENCHMARKS
from tinysim.models.twin import write_twin


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_twin_is_a_model_that_runs_and_is_the_same_each_time(name: str) -> None:
    twin = write_twin(name)
    assert twin == write_twin(name)
    interpreter = runtime.Interpreter.from_bytes(twin)
    shape = interpreter.get_input_details(0)["shape"]
    generator = np.random.default_rng(1)
    interpreter.set_input(generator.integers(-128, 128, shape, dtype=np.int8), 0)
    interpreter.invoke()
    assert interpreter.get_output(0).size in (len(BENCHMARKS[name].classes), 640)
