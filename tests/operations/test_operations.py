"""Each operation alone, over seeded shapes, parameters and scales."""

from pathlib import Path

import numpy as np
import pytest

from .board import BoardOfModels
from .cases import CASES
from .documentation import PATH, page, untested
from .graph import Graph
from .oracle import Job, by_firmware, by_tflite_micro, differences, job

SEEDS = 30
OF_THE_C_LIBRARY = (
    *("COS", "ELU", "EXP", "LOG", "LOGISTIC", "LOG_SOFTMAX", "SIN", "SOFTMAX", "TANH"),
)
"""Its functions of single precision are not the same on the board."""


def _jobs(operation: str, dtype: str) -> list[Job]:
    jobs = []
    for seed in range(SEEDS):
        random = np.random.default_rng([seed, *operation.encode(), *dtype.encode()])
        graph = CASES[operation, dtype](random, dtype)
        jobs.append(job(f"{operation} {dtype} seed {seed}", graph, random))
    return jobs


@pytest.mark.parametrize(("operation", "dtype"), sorted(CASES))
def test_equals_tflite_micro(run_models: Path, operation: str, dtype: str) -> None:
    assert differences(run_models, _jobs(operation, dtype)) == []


@pytest.mark.parametrize("operation", ["ADD", "CONV_2D", "FULLY_CONNECTED", "SUB"])
def test_equals_tflite_micro_without_what_is_packed(
    run_models: Path, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where RAM has no room for packed weights and tables."""
    monkeypatch.setenv("TINYSIM_UNPACKED", "1")
    assert differences(run_models, _jobs(operation, "int8")) == []


def test_equal_tflite_micro_on_the_board(every_operation: Path) -> None:
    board = BoardOfModels(every_operation)
    wrong = []
    for (operation, dtype), make in CASES.items():
        if dtype == "float32" and operation in OF_THE_C_LIBRARY:
            continue
        random = np.random.default_rng([SEEDS, *operation.encode(), *dtype.encode()])
        each = job(f"{operation} {dtype}", make(random, dtype), random)
        if board.answers(each) != by_tflite_micro(each):
            wrong.append(each.name)
    assert wrong == []


@pytest.mark.parametrize("operation", ["ARG_MAX", "ARG_MIN"])
def test_places_are_the_same_in_more_bits(run_models: Path, operation: str) -> None:
    """Which today's tflite-micro has not."""
    for seed in range(SEEDS):
        random = np.random.default_rng(seed)
        graph = CASES[operation, "int8"](random, "int8")
        narrow = job(operation, graph, np.random.default_rng(0))
        graph.tensors[graph.nodes[0].outputs[0]].dtype = "int64"
        graph.nodes[0].options["OutputType"] = 4
        wide = job(operation, graph, np.random.default_rng(0))
        (answer,) = by_firmware(run_models, [wide])
        assert isinstance(answer, bytes)
        expected = np.frombuffer(by_tflite_micro(narrow), np.int32).astype(np.int64)
        assert np.array_equal(np.frombuffer(answer, np.int64), expected)


def test_every_row_of_the_table_is_compared() -> None:
    assert untested() == set()


def test_the_documented_table_is_current() -> None:
    assert PATH.read_text() == page(), "run python -m tests.operations.documentation"


def test_space_to_batch_pads_with_the_zero_point(run_models: Path) -> None:
    """What tflite-micro of today leaves undefined."""
    g = Graph()
    x = g.input((1, 3, 2, 1), "int8", 0.1, -7)
    paddings = g.constant([[1, 0], [1, 1]])
    g.op("SPACE_TO_BATCH_ND", [x, g.constant([2, 2]), paddings], (4, 2, 2, 1), "int8", 0.1, -7)
    values = np.arange(6, dtype=np.int8).reshape(1, 3, 2, 1)
    answer = by_firmware(run_models, [Job("padded", g.write(), [[values]])])[0]
    padded = np.pad(values[0, :, :, 0], ((1, 0), (1, 1)), constant_values=-7)
    images = [padded[i::2, j::2] for i in (0, 1) for j in (0, 1)]
    assert isinstance(answer, bytes)
    assert answer == np.stack(images).tobytes()
