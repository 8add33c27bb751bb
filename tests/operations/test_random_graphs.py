"""Random graphs, by the firmware's kernels on this machine and on the board."""

import os
from pathlib import Path

import numpy as np

from .board import BoardOfModels
from .oracle import Job, by_tflite_micro, differences, job
from .random_graphs import random_graph

COUNT = int(os.environ.get("TINYSIM_GRAPHS", "200"))


def graph_job(seed: int) -> Job:
    return job(f"graph {seed}", random_graph(seed), np.random.default_rng(seed))


def test_random_graphs_equal_tflite_micro_on_this_machine(run_models: Path) -> None:
    assert differences(run_models, [graph_job(seed) for seed in range(COUNT)]) == []


def test_random_graphs_equal_tflite_micro_on_the_board(every_operation: Path) -> None:
    board = BoardOfModels(every_operation)
    wrong = []
    for seed in range(COUNT):
        each = graph_job(seed)
        if board.answers(each) != by_tflite_micro(each):
            wrong.append(each.name)
    assert wrong == []
