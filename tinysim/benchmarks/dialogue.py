"""How a benchmark's board is asked, as data; `runs` does the asking."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import TinySimError

if TYPE_CHECKING:
    from .base import Benchmark


@dataclass(frozen=True)
class Dialogue:
    """What a kind of firmware can be asked for."""

    modes: tuple[str, ...]
    """What can be measured."""
    submitted: tuple[str, ...]
    """The modes that a submission must have; one of what listens has all in one."""
    engines: tuple[str, ...]
    """Whose boards can be asked; any where there is none."""
    listens: bool
    """Whether inputs are sounds that the board hears."""
    function: str
    """The submitter's function that is one inference."""


INFERENCES = Dialogue(
    modes=("performance", "accuracy", "energy"),
    submitted=("accuracy", "performance"),
    engines=(),
    listens=False,
    function="th_infer",
)
"""EEMBC's firmware: load an input, infer, read the answer."""

LISTENING = Dialogue(
    modes=("performance", "accuracy", "energy"),
    submitted=("performance",),
    engines=("builtin", "serial"),
    listens=True,
    function="th_process_chunk_and_cont_streaming",
)
"""The streaming firmware: start it, play a sound, watch two pins, stop it."""


def require_engine(benchmark: "Benchmark", engine: str) -> None:
    """Refuse an engine whose boards cannot be asked.

    Raises:
        TinySimError: the text names those whose can.

    """
    engines = benchmark.dialogue.engines
    if engines and engine not in engines:
        known = " and ".join(engines)
        raise TinySimError(
            f"{benchmark.name}: --engine {engine} has no board for it yet, only {known}"
        )


def require_mode(benchmark: "Benchmark", mode: str) -> None:
    """Refuse what a benchmark cannot be measured in.

    Raises:
        TinySimError: the text names what there is.

    """
    if mode not in benchmark.dialogue.modes:
        known = " and ".join(benchmark.dialogue.modes)
        raise TinySimError(f"{benchmark.name}: there is no {mode} mode yet, only {known}")
