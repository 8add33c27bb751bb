"""What lies beside the cases runs as on the host, or is refused before anything is built."""

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tinysim.errors import AssetError
from tinysim.models.check import judge
from tinysim.models.prepare import prepare
from tinysim.models.read import parse_network
from tinysim.models.rules.view import View
from tinysim.models.support import Kernel, kernel_of, kernels

from .cases import CASES
from .graph import Graph
from .oracle import Job, by_firmware, by_tflite_micro, job
from .outside import changed

_FLASH, _RAM = 2 << 20, 640 << 10
_TRIED = int(os.environ.get("TINYSIM_CHANGES", "16"))
"""Of the changed graphs of a case, chosen by a seed; there are some hundred of each."""
_SEEDS = 3
_BY_VALUE = "Interpreter invocation failed."
"""Said of what depends on the inputs: a place to gather from."""

_PLACES = ("ARG_MAX", "ARG_MIN")


def _case(operation: str, dtype: str, seed: int) -> Graph:
    random = np.random.default_rng([seed + 1000, *operation.encode(), *dtype.encode()])
    return CASES[operation, dtype](random, dtype)


def _accepted(graph: Graph, path: Path) -> list[tuple[Job, Job]]:
    """The changed graphs that are not refused, as given and as flashed."""
    jobs = []
    changes = list(changed(graph))
    for place in np.random.default_rng(1).permutation(len(changes))[:_TRIED]:
        what, other = changes[place]
        try:
            given = job(what, other, np.random.default_rng(0))
        except (TypeError, ValueError, OverflowError):
            continue  # a file that cannot be written
        path.write_bytes(given.model)
        try:
            prepared = prepare(path)
        except AssetError:
            continue
        if judge(prepared, _FLASH, _RAM).refusal:
            continue
        flashed = Job(what, prepared.flashed, given.inputs)
        # A narrow bias the host takes for a wide one, and reads what lies behind it.
        is_misread = "weights" in prepared.lowered.passes
        jobs.append((flashed if is_misread else given, flashed))
    return jobs


@pytest.mark.parametrize(("operation", "dtype"), sorted(CASES))
def test_what_is_not_refused_is_the_hosts(
    run_models: Path, tmp_path: Path, operation: str, dtype: str
) -> None:
    jobs = _accepted(_case(operation, dtype, 0), tmp_path / "changed.tflite")
    mine = by_firmware(run_models, [flashed for _, flashed in jobs])
    wrong = []
    for (given, flashed), answer in zip(jobs, mine, strict=True):
        if operation in _PLACES and "of int64" in given.name:
            continue  # places that the host has in int32 alone
        theirs = _theirs(given)
        if isinstance(theirs, str) and flashed.model != given.model:
            theirs = _theirs(flashed)  # without what the host has not
        if theirs == _BY_VALUE and isinstance(answer, str):
            continue
        if isinstance(answer, str) or answer != theirs:
            wrong.append((given.name, answer if isinstance(answer, str) else "", theirs[:60]))
    assert wrong == []


def _theirs(given: Job) -> bytes | str:
    try:
        return by_tflite_micro(given)
    except RuntimeError as error:
        return str(error)


def _outside(graph: Graph) -> Iterator[tuple[str, str]]:
    """Kernels, by their types, and the limits of theirs that changed graphs lie outside."""
    for _, other in changed(graph):
        try:
            network = parse_network(other.write()).main
        except (TypeError, ValueError, OverflowError, AssetError):
            continue
        node = network.nodes[0]
        kernel = kernel_of(network, node)
        if isinstance(kernel, Kernel):
            types = " ".join(kernel.types)
            view = View(network, node)
            yield from ((types, str(limit)) for limit in kernel.limits if limit.problem(view))


@pytest.mark.parametrize("operation", sorted(kernels()))
def test_every_limit_refuses_something(operation: str) -> None:
    rows = kernels()[operation]
    left = {(" ".join(row.types), str(limit)) for row in rows for limit in row.limits}
    types = [dtype for other, dtype in CASES if other == operation]
    for dtype, seed in product(types, range(_SEEDS)):
        if not left:
            break
        for limit in _outside(_case(operation, dtype, seed)):
            left.discard(limit)
            if not left:
                break
    assert left == set()
