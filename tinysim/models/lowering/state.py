"""What a model keeps between inferences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """Tensors that go from one inference into the next; `initial` are their bytes at reset."""

    count: int = 0
    initial: bytes = b""
