"""How a benchmark's board is asked, as data; `runs` does the asking."""

from dataclasses import dataclass


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
