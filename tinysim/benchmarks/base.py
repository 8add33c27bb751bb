"""What a benchmark is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

from .. import scoring
from ..errors import TinySimError
from .dialogue import INFERENCES, Dialogue


class Metric(Enum):
    """How a benchmark's quality is measured."""

    TOP1 = "top1"
    AUC = "auc"
    DETECTIONS = "detections"


@dataclass(frozen=True)
class Sample:
    """One file of the data set: its name, label, and the inputs that it is cut into."""

    file: str
    label: int
    inputs: tuple[bytes, ...]
    windows: tuple[tuple[float, float], ...] = ()
    """Of a sound: when the wake word is said, in seconds."""


@dataclass(frozen=True)
class Benchmark:
    """A benchmark of MLPerf Tiny (rules: mlcommons/tiny)."""

    name: str
    """Short name, which is also that of its firmware."""
    title: str
    model_id: str
    """What the firmware says to `profile`."""
    model_file: str
    model_path: str
    """In the official repository."""
    model_sha256: str
    model_input: tuple[int, ...]
    """Shape of the model's input, int8; `model_output` likewise."""
    model_output: tuple[int, ...]
    input_bytes: int
    """Sent for one inference."""
    classes: tuple[str, ...]
    metric: Metric
    target: float
    """The closed division's, 0 to 1."""
    macs: int
    """Multiply-accumulates of one inference with the reference model."""
    performance_inferences: int
    """In one window of the official runner's script."""
    files: int
    """In the official data set."""
    cut: Callable[[bytes], tuple[bytes, ...]]
    """The inputs in one file of the data set."""
    invent: Callable[[Random, int], bytes] = Random.randbytes
    """An input of so many bytes from a seeded generator."""
    input_type: str = ""
    """Of the numbers in an input, as numpy calls it; empty where any bytes are one."""
    layout: str = ""
    """What these numbers are."""
    stride: int = 0
    """Bytes from an input to the next in one file; 0 where a file is one input."""
    dialogue: Dialogue = INFERENCES
    shares: "Benchmark | None" = None
    """The smaller one of the same task, whose data set this one takes, and which the rules want
    submitted with it (2.9).
    """

    @property
    def data_id(self) -> str:
        """The data set, and its folder."""
        return self.shares.data_id if self.shares else self.model_id

    @property
    def outputs(self) -> int:
        """Numbers in an answer: one a class, or the one score that AUC is taken over."""
        return len(self.classes) if self.metric is Metric.TOP1 else 1

    def require_engine(self, engine: str) -> None:
        """Refuse an engine whose boards cannot be asked.

        Raises:
            TinySimError: the text names those whose can.

        """
        engines = self.dialogue.engines
        if engines and engine not in engines:
            known = " and ".join(engines)
            raise TinySimError(
                f"{self.name}: --engine {engine} has no board for it yet, only {known}"
            )

    def require_mode(self, mode: str) -> None:
        """Refuse what the benchmark cannot be measured in.

        Raises:
            TinySimError: the text names what there is.

        """
        if mode not in self.dialogue.modes:
            known = " and ".join(self.dialogue.modes)
            raise TinySimError(f"{self.name}: there is no {mode} mode yet, only {known}")

    def score(
        self, outputs: Sequence[Sequence[tuple[float, ...]]], labels: Sequence[int]
    ) -> float | None:
        """Quality of outputs (a list of vectors for each file), 0 to 1; None where the files
        do not allow one.
        """
        if self.metric is Metric.TOP1:
            return scoring.top1([vectors[0] for vectors in outputs], labels)
        means = [sum(vector[0] for vector in vectors) / len(vectors) for vectors in outputs]
        return scoring.auc(means, labels)


def whole(data: bytes) -> tuple[bytes, ...]:
    """A file that is one input."""
    return (data,)
