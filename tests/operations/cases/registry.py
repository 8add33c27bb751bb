"""The cases by operation and type; and what they choose at random."""

from collections.abc import Callable, Sequence

import numpy as np

from ..graph import Graph

Random = np.random.Generator
Case = Callable[[Random, str], Graph]

CASES: dict[tuple[str, str], Case] = {}

ANY = ("int8", "int16", "int32", "float32")
MOVED = (*ANY, "bool", "int64")


def case(operation: str, *types: str) -> Callable[[Case], Case]:
    """Registers a function that makes a graph of the operation over each of the types."""

    def register(make: Case) -> Case:
        for dtype in types:
            CASES[operation, dtype] = make
        return make

    return register


def pick(random: Random, low: int, high: int) -> int:
    """A number of low..high."""
    return int(random.integers(low, high + 1))


def shape(random: Random, rank: int, high: int = 6) -> tuple[int, ...]:
    """A shape; one-element axes are frequent."""
    return tuple(1 if random.random() < 0.2 else pick(random, 1, high) for _ in range(rank))


def scale(random: Random, low: float = 0.002, high: float = 0.2) -> float:
    """A scale, as float32 holds it."""
    return float(np.float32(np.exp(random.uniform(np.log(low), np.log(high)))))


def zero(random: Random, dtype: str = "int8") -> int:
    """A zero point; the ends are frequent. That of int16 is always 0."""
    if dtype == "int16":
        return 0
    low = 0 if dtype == "uint8" else -128
    return int(random.choice([low, low + 255, low + 128, pick(random, low, low + 255)]))


def quantization(random: Random, dtype: str) -> tuple[float, int]:
    """Scale and zero point; (0, 0) for a type that has none."""
    if dtype not in ("int8", "uint8", "int16"):
        return 0.0, 0
    return scale(random), zero(random, dtype)


def elements(sizes: Sequence[int]) -> int:
    return int(np.prod(sizes))
