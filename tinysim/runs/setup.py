"""What a run is given."""

from dataclasses import dataclass, field
from typing import Protocol

from ..benchmarks import Benchmark
from ..datasets import Dataset
from ..engines.kinds import kind_of
from ..image import Image
from ..models import Model
from ..models.network import Network
from ..platform import Board
from ..power import Supply


class Progress(Protocol):
    """Told about each input that is done."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True)
class Setup:
    """Everything that decides a run. `options` are the engine's, over the board's own."""

    benchmark: Benchmark
    board: Board
    image: Image
    dataset: Dataset
    engine: str = "builtin"
    options: dict[str, int | str | bool] = field(default_factory=dict)
    model: Model | None = None
    network: Network | None = None
    """What is flashed, where it is known."""
    flashed: Model | None = None
    """Its file, where it is not `model`'s."""
    notes: tuple[str, ...] = ()
    """Lines for the reader of the result."""
    official: bool = False
    jobs: int = 1
    supply: Supply | None = None
    """Where the board's power comes from; the board's own where nobody says."""

    def changes(self) -> dict[str, int | str | bool]:
        """Those of the options that make another board of it than its description does."""
        kind = kind_of(self.engine)
        return kind.changed(kind.checked(self.options), self.board.options())
