"""Models by today's tflite-micro, and by the firmware's interpreter and kernels on this machine."""

import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tflite
from numpy.typing import NDArray
from tflite_micro import runtime

from .forked import forked
from .graph import Graph, Tensor

REFUSED = 0xFFFFFFFF
ARENA = 4 << 20
LONGEST_S = 120


@dataclass
class Job:
    """A model and its inputs, an array for each input of each inference."""

    name: str
    model: bytes
    inputs: list[list[NDArray[np.generic]]]


def job(name: str, graph: Graph, random: np.random.Generator, inferences: int = 2) -> Job:
    """A graph with random inputs; the first inference has the extremes of the type."""
    batch = [
        [_values(graph.tensors[i], random, extreme=n == 0) for i in graph.inputs]
        for n in range(inferences)
    ]
    return Job(name, graph.write(), batch)


def _values(tensor: Tensor, random: np.random.Generator, extreme: bool) -> NDArray[np.generic]:
    if tensor.dtype == "float32":
        values = random.normal(0, 3, tensor.shape).astype(np.float32)
        return np.abs(values) if tensor.positive else values
    if tensor.dtype == "bool":
        return random.integers(0, 2, tensor.shape).astype(np.bool_)
    limits = np.iinfo(tensor.dtype if tensor.dtype != "int64" else "int32")
    if tensor.dtype == "int32":
        return random.integers(-1000, 1000, tensor.shape, dtype=np.int32)
    if extreme:
        return random.choice([limits.min, limits.max], tensor.shape).astype(tensor.dtype)
    return random.integers(limits.min, limits.max + 1, tensor.shape).astype(tensor.dtype)


def by_tflite_micro(job: Job) -> bytes:
    """The bytes of all outputs of all inferences, by a process that a fault of it may end.

    Raises:
        RuntimeError: tflite-micro refuses the model, or ends its process.

    """
    return forked(_answers, job)


def _answers(job: Job) -> bytes:
    interpreter = runtime.Interpreter.from_bytes(job.model, arena_size=ARENA)
    outputs = output_count(job.model)
    answer = b""
    for inputs in job.inputs:
        for index, values in enumerate(inputs):
            interpreter.set_input(values, index)
        interpreter.invoke()
        for index in range(outputs):
            answer += interpreter.get_output(index).tobytes()
    return answer


def output_count(model: bytes) -> int:
    return int(tflite.Model.GetRootAs(model, 0).Subgraphs(0).OutputsLength())


def by_firmware(program: Path, jobs: Sequence[Job]) -> list[bytes | str]:
    """The same by the firmware; a text is why it was refused, or how it ended the program."""
    answers: list[bytes | str] = []
    while len(answers) < len(jobs):
        left = jobs[len(answers) :]
        output, said = _fed(program, left)
        position = 0
        for _ in left:
            if position == len(output):
                answers.append(f"ended the program: {said}")
                break
            size, other = struct.unpack_from("<II", output, position)
            position += 8
            length = other if size == REFUSED else size
            piece = output[position : position + length]
            answers.append(piece.decode(errors="replace") if size == REFUSED else piece)
            position += length
    return answers


def _fed(program: Path, jobs: Sequence[Job]) -> tuple[bytes, str]:
    """What the program writes about jobs, and what it says."""
    stream = b"".join(
        struct.pack("<III", len(job.model), len(job.inputs), sum(v.nbytes for v in job.inputs[0]))
        + job.model
        + b"".join(v.tobytes() for values in job.inputs for v in values)
        for job in jobs
    )
    try:
        done = subprocess.run(
            [program], input=stream, capture_output=True, check=False, timeout=LONGEST_S
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b"", f"it went on for {LONGEST_S} s"
    return done.stdout, done.stderr.decode(errors="replace")[:3000]


def differences(program: Path, jobs: Sequence[Job]) -> list[str]:
    """A line for each job whose answers differ, or that the firmware refuses."""
    lines = []
    for each, mine in zip(jobs, by_firmware(program, jobs), strict=True):
        try:
            theirs: bytes | str = by_tflite_micro(each)
        except RuntimeError as error:
            lines.append(f"{each.name}: tflite-micro refuses the test's model: {error}")
            continue
        if isinstance(mine, str):
            lines.append(f"{each.name}: refused: {mine.strip()}")
        elif mine != theirs:
            a = np.frombuffer(mine, np.int8)
            b = np.frombuffer(theirs, np.int8)
            what = f"{len(a)} bytes for {len(b)}"
            if len(a) == len(b):
                at = int(np.flatnonzero(a != b)[0])
                count = np.count_nonzero(a != b)
                what = f"{count} of {len(a)} bytes, first at {at}: {a[at]} for {b[at]}"
            lines.append(f"{each.name}: {what}")
    return lines
