"""What a benchmark is measured with."""

from dataclasses import dataclass, replace

from ..benchmarks import Sample
from ..errors import AssetError


@dataclass(frozen=True)
class Dataset:
    """Inputs with labels. `complete` is false for a part of the official set."""

    samples: tuple[Sample, ...]
    origin: str
    complete: bool
    is_seeded: bool = False
    missing: tuple[str, ...] = ()
    """Files that y_labels.csv names and that are not there."""

    def require_files(self, data_id: str) -> None:
        """Refuse to score a part of what y_labels.csv names.

        Raises:
            AssetError: a file is missing.

        """
        if self.missing:
            raise AssetError(
                f"{data_id}: {len(self.missing)} files of y_labels.csv are missing, "
                f"'{self.missing[0]}' among them: there is no accuracy without them"
            )

    def first(self, count: int) -> "Dataset":
        """The first `count` files."""
        if count >= len(self.samples):
            return self
        return replace(self, samples=self.samples[:count], complete=False)
