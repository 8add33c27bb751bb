"""The open division: any model that takes the official inputs and answers in their form."""

from pathlib import Path

import numpy as np

from ..benchmarks import Benchmark
from ..errors import AssetError
from ..models.belongs import require_belongs
from ..models.network import Quantization
from ..models.prepare import prepare

OFFICIAL_INPUT = {"kws": Quantization((0.5847029089927673,), (83,))}
"""How the official runner's files were quantized, where the firmware hands them on as they are."""


def check_open(path: Path, benchmark: Benchmark) -> None:
    """Make sure that a model can stand in for the benchmark's.

    Raises:
        AssetError: its ends are not the benchmark's, or it takes the official inputs for other
            numbers than they stand for.

    """
    prepared = prepare(path, int8_ends=True)
    require_belongs(prepared, benchmark)
    wanted = OFFICIAL_INPUT.get(benchmark.name)
    graph = prepared.lowered.graph
    found = graph.tensors[graph.inputs[0]].quantization
    if wanted is None or found is None:
        return
    close = np.float32(found.scales[0]) == np.float32(wanted.scales[0])
    if not close or found.zero_points != wanted.zero_points:
        raise AssetError(
            f"{path}: its input has scale {found.scales[0]:.7g} and zero point "
            f"{found.zero_points[0]}; the official inputs have {wanted.scales[0]:.7g} and "
            f"{wanted.zero_points[0]} (tinysim quantize --as {benchmark.name} sees to it)"
        )
