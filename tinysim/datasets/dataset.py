"""What a benchmark is measured with."""

from dataclasses import dataclass, replace

from ..benchmarks import Sample


@dataclass(frozen=True)
class Dataset:
    """Inputs with labels. `complete` is false for a part of the official set."""

    samples: tuple[Sample, ...]
    origin: str
    complete: bool
    is_seeded: bool = False
    missing: tuple[str, ...] = ()
    """Files that y_labels.csv names and that are not there."""

    def first(self, count: int) -> "Dataset":
        """The first `count` files."""
        if count >= len(self.samples):
            return self
        return replace(self, samples=self.samples[:count], complete=False)
