"""A model for its own sake: how long it takes, and whether its answers are the host's."""

import time
from collections.abc import Sequence

import numpy as np

from ..benchmarks import Sample
from ..benchmarks.any_model import for_model
from ..datasets import Dataset
from ..errors import ToolError
from ..firmware.model_images import build_model
from ..image import load_image
from ..models import host
from ..models.estimate import estimate
from ..models.inputs import Input
from ..models.network import Graph
from ..models.prepare import Prepared
from ..platform import Board, load_board
from ..results import (
    Accuracy,
    Estimate,
    HostCheck,
    InputResult,
    Result,
    WindowResult,
)
from .booted import Booted, boot
from .profile import profile_inference
from .setup import Progress, Setup
from .summary import make_result, window_result

_WINDOW_US = 100_000
"""The timed window is at least so long: it holds the printing of a line of some 0.2 ms."""


def model_setup(
    prepared: Prepared,
    inputs: Sequence[Input],
    *,
    variant: str = "dsp",
    flags: str = "",
    engine: str = "builtin",
    options: dict[str, int | str | bool] | None = None,
    board: Board | None = None,
) -> Setup:
    """What `run_model` takes, the image built; `flags` are the compiler's, after our own."""
    board = board or load_board()
    built = build_model(prepared, variant, flags=flags, board=board)
    return Setup(
        benchmark=for_model(prepared.path.name, prepared.input_bytes, prepared.macs[1]),
        board=board,
        image=load_image(built.image),
        notes=built.notes,
        dataset=Dataset(
            tuple(Sample(part.name, 0, (part.data,)) for part in inputs),
            "given",
            complete=False,
        ),
        engine=engine,
        options={"tier": "T3", **(options or {})},
        model=prepared.asset,
        network=prepared.lowered.network,
        flashed=prepared.flashed_asset,
    )


def run_model(
    setup: Setup,
    prepared: Prepared,
    labels: Sequence[int] = (),
    progress: Progress | None = None,
) -> Result:
    """Time a model on its first input, then ask for its answer to each of them.

    What the model keeps between inferences is reset before the first of either. With `labels`,
    one an input, the largest number of the first output is counted as the answer's class.

    Raises:
        TinySimError: see `boot` and `protocol.Dut`.

    """
    started = time.perf_counter()
    samples = setup.dataset.samples
    with boot(setup) as booted:
        window = _time(booted, samples[0])
        booted.dut.command("reset")
        outputs = []
        for number, sample in enumerate(samples):
            booted.dut.load(sample.inputs[0])
            answer = booted.dut.infer(1, 0).results
            outputs.append(InputResult(file=sample.file, label=0, results=(answer,)))
            if progress:
                progress(number + 1, len(samples))
        profile = profile_inference(setup, booted)
        result = make_result(
            setup,
            booted,
            "performance",
            windows=[window],
            outputs=outputs,
            profile=profile,
            accuracy=_accuracy(prepared, outputs, labels),
            wall_s=time.perf_counter() - started,
        )
    sizes = estimate(prepared)
    return result.model_copy(
        update={
            "host": _compare(prepared, samples, outputs),
            "estimate": Estimate(flash=sizes.flash, ram=sizes.ram, arena=sizes.arena),
        }
    )


def _time(booted: Booted, sample: Sample) -> WindowResult:
    booted.dut.command("reset")
    booted.dut.load(sample.inputs[0])
    probe = booted.infer(1, 1)
    inferences = max(3, -(-_WINDOW_US // max(probe.elapsed_us, 1)))
    return window_result(sample.file, booted.infer(inferences, 1))


def _accuracy(
    prepared: Prepared, outputs: Sequence[InputResult], labels: Sequence[int]
) -> Accuracy | None:
    """No benchmark's, so without a target."""
    if not labels:
        return None
    tensor = prepared.network.main.tensors[prepared.network.main.outputs[0]]
    kind = host.DTYPES[tensor.type]
    answers = [
        np.frombuffer(bytes.fromhex(output.results[0].partition(";")[0]), kind).argmax()
        for output in outputs
    ]
    hits = sum(int(answer) == label for answer, label in zip(answers, labels, strict=True))
    return Accuracy(
        top1=hits / len(labels), samples=len(labels), target=0.0, passed=True, official=False
    )


def _compare(
    prepared: Prepared, samples: Sequence[Sample], outputs: Sequence[InputResult]
) -> HostCheck | None:
    """None where there is no host interpreter."""
    if not host.is_there():
        return None
    inputs = [sample.inputs[0] for sample in samples]
    own_file = (prepared.content, prepared.network.main)
    flashed = (prepared.flashed, prepared.lowered.graph)
    note = ""
    try:
        if prepared.has_open_shapes:
            # TFLM takes the shapes in the file for granted, which are too small.
            if prepared.lowered.state.count:
                return HostCheck(equal=None, inputs=0, note="open shapes and a state at once")
            answers = host.run(*flashed, inputs)
            note = "compared with the file as flashed: the one given leaves shapes open"
        elif prepared.has_substitutes and not prepared.lowered.state.count:
            answers = host.run(*flashed, inputs)
            note = "compared with the file as flashed: the host has not all operations of the other"
        else:
            answers, note = _as_given(prepared, own_file, flashed, inputs)
    except ToolError as error:
        return HostCheck(equal=None, inputs=0, note=str(error))
    own = prepared.lowered.outputs
    different = [
        output.file
        for output, answer in zip(outputs, answers, strict=True)
        if output.results[0] != ";".join(part.hex() for part in answer[:own])
    ]
    return HostCheck(
        equal=not different,
        error=_largest_error(prepared, outputs, answers) if different else None,
        inputs=len(inputs),
        note=f"first at {different[0]}" if different else note,
    )


def _as_given(
    prepared: Prepared,
    own_file: tuple[bytes, Graph],
    flashed: tuple[bytes, Graph],
    inputs: Sequence[bytes],
) -> tuple[list[tuple[bytes, ...]], str]:
    """Answers by the file given, or by what is flashed where the host does not run the other."""
    try:
        return host.run(*own_file, inputs), ""
    except ToolError:
        if not prepared.lowered.passes or prepared.lowered.state.count:
            raise
    note = "compared with the file as flashed: the host does not run the one given"
    return host.run(*flashed, inputs), note


def _largest_error(
    prepared: Prepared,
    outputs: Sequence[InputResult],
    answers: Sequence[tuple[bytes, ...]],
) -> float | None:
    """Of float outputs, None where there are others, the sizes differ or one is not finite."""
    graph = prepared.network.main
    if any(graph.tensors[index].type != "FLOAT32" for index in graph.outputs):
        return None
    largest = 0.0
    for output, answer in zip(outputs, answers, strict=True):
        for text, theirs in zip(output.results[0].split(";"), answer, strict=False):
            ours = bytes.fromhex(text)
            if len(ours) != len(theirs):
                return None
            one, other = np.frombuffer(ours, np.float32), np.frombuffer(theirs, np.float32)
            if not (np.isfinite(one).all() and np.isfinite(other).all()):
                return None
            scale = float(np.abs(other).max()) or 1.0
            largest = max(largest, float(np.abs(one - other).max()) / scale)
    return largest
