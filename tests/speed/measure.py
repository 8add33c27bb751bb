"""Interleaved rounds of several things that do the same, and what they say."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Spent:
    """CPU seconds for so many instructions, and the board's time meanwhile."""

    cpu_s: float = 0.0
    instructions: int = 0
    virtual_s: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.cpu_s + other.cpu_s,
            self.instructions + other.instructions,
            self.virtual_s + other.virtual_s,
        )

    @property
    def mips(self) -> float:
        """Millions of instructions a CPU second."""
        return self.instructions / self.cpu_s / 1e6


@dataclass(frozen=True)
class Measured:
    """The rounds of one of them."""

    rounds: tuple[Spent, ...]

    @property
    def best(self) -> float:
        """The best round's millions of instructions a CPU second."""
        return max(spent.mips for spent in self.rounds)

    @property
    def median(self) -> float:
        """The median of that."""
        return statistics.median(spent.mips for spent in self.rounds)

    @property
    def virtual(self) -> float:
        """The best round's virtual seconds a CPU second."""
        return max(spent.virtual_s / spent.cpu_s for spent in self.rounds)

    def over(self, other: "Measured") -> float:
        """How many times as fast as the other: the median of the rounds' ratios."""
        return statistics.median(
            ours.mips / theirs.mips for ours, theirs in zip(self.rounds, other.rounds, strict=True)
        )

    def best_over(self, other: "Measured") -> float:
        """The same of the best rounds."""
        return self.best / other.best


def measure(contestants: Mapping[str, Callable[[], Spent]]) -> dict[str, Measured]:
    """Interleave rounds of all."""
    rounds: dict[str, list[Spent]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, contestant in contestants.items():
            rounds[name].append(contestant())
    return {name: Measured(tuple(spent)) for name, spent in rounds.items()}
