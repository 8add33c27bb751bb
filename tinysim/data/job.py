"""One preparation at work."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .raw import Raw
from .stage import Stage


@dataclass
class Job:
    """Raw data, where the sets go, and what the evaluation set must have."""

    raw: Raw
    stage: Stage
    wanted: dict[str, int] | None
    """Files and labels of the official y_labels.csv; None where none was given."""
    jobs: int
    watch: Callable[[Iterable[Any], str], Iterator[Any]] | None = None
    found: dict[str, int] = field(default_factory=dict)

    def watched(self, items: Iterable[Any], what: str) -> Iterator[Any]:
        """The items, while somebody may look on."""
        return self.watch(items, what) if self.watch else iter(items)

    def write_input(self, data_set: str, file: str, content: bytes, row: str, label: int) -> None:
        """A file of the evaluation set."""
        self.stage.write_input(data_set, file, content, row)
        self.found[file] = label

    def problems(self) -> Iterator[str]:
        """Where the evaluation set is not the official one, a line each."""
        for file, label in (self.wanted or {}).items():
            if file not in self.found:
                yield f"{file}: is not there"
            elif self.found[file] != label:
                yield f"{file}: class {self.found[file]} where the official label is {label}"
