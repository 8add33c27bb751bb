"""One preparation at work."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..workers import Workers
from .raw import Raw
from .stage import Stage

Watch = Callable[
    [Iterable[Any], str, int | None, Callable[[], int] | None],
    Iterator[Any],
]
"""Passes items on and shows how many there were, or what the last argument says, of a total."""


@dataclass
class Job:
    """Raw data, where the sets go, and what the evaluation set must have."""

    raw: Raw
    stage: Stage
    wanted: dict[str, int] | None
    """Files and labels of the official y_labels.csv; None where none was given."""
    jobs: int
    watch: Watch | None = None
    found: dict[str, int] = field(default_factory=dict)

    def watched(self, items: Iterable[Any], what: str, total: int | None = None) -> Iterator[Any]:
        """The items, `total` of them, while somebody may look on."""
        return self.watch(items, what, total, None) if self.watch else iter(items)

    def members(
        self, archive: Path, what: str, wanted: Callable[[str], bool] = lambda name: True
    ) -> Iterator[tuple[str, bytes]]:
        """The files of a tar archive; somebody may see how much of it was read."""
        found = self.raw.members(archive, wanted)
        if self.watch is None:
            return found
        return self.watch(found, what, archive.stat().st_size, lambda: self.raw.at)

    def shared(
        self, start: Callable[[], Callable[[Any], Any]], items: Iterable[Any]
    ) -> Iterator[Any]:
        """What all processors make of the items, in their order. `start` says what is missing."""
        start()
        with Workers(self.jobs, start, ()) as workers:
            yield from workers.map(items)

    def write_input(self, data_set: str, file: str, content: bytes, row: str, label: int) -> None:
        """A file of the evaluation set."""
        self.stage.write_input(data_set, file, content, row)
        self.found[file] = label

    def problems(self) -> Iterator[str]:
        """Where the evaluation set is not the official one, a line each."""
        for file, label in (self.wanted or {}).items():
            if file not in self.found:
                yield f"{file}: is missing"
            elif self.found[file] != label:
                yield f"{file}: class {self.found[file]} where the official label is {label}"
