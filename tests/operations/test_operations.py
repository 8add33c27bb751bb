"""Each operation alone, over seeded shapes, parameters and scales."""

from pathlib import Path

import numpy as np
import pytest

from .cases import CASES
from .oracle import differences, job

SEEDS = 30


@pytest.mark.parametrize(("operation", "dtype"), sorted(CASES))
def test_equals_tflite_micro(run_models: Path, operation: str, dtype: str) -> None:
    jobs = []
    for seed in range(SEEDS):
        random = np.random.default_rng([seed, *operation.encode(), *dtype.encode()])
        graph = CASES[operation, dtype](random, dtype)
        jobs.append(job(f"{operation} {dtype} seed {seed}", graph, random))
    assert differences(run_models, jobs) == []
