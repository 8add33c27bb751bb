"""A model file, read, checked and lowered: what everything that runs a model begins with."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import AssetError
from ..printable import printable
from .graph import sum_macs
from .locate import Model
from .lowering import Lowered, lower
from .network import Network
from .read import read_network
from .validate import validate
from .write import write_network

_IN_OTHER_WORDS = {"substitutes", "unsigned", "weights"}
"""Passes over what TFLM does not run as it is."""


@dataclass(frozen=True)
class Prepared:
    """A model as given and as it is flashed."""

    path: Path
    content: bytes
    network: Network
    lowered: Lowered
    flashed: bytes
    """The file's own bytes where no pass had anything to do."""

    @property
    def asset(self) -> Model:
        """As a file that was given."""
        return Model(self.path.resolve(), hashlib.sha256(self.content).hexdigest(), "given")

    @property
    def flashed_asset(self) -> Model:
        """What lies in flash, with the word for how it was made."""
        return Model(self.path.resolve(), self.flashed_sha256, self.origin)

    @property
    def macs(self) -> tuple[int, int]:
        """Multiply-accumulates of the model as given and as it is flashed."""
        given, flashed = self.network.main, self.lowered.graph
        return sum_macs(given), sum_macs(flashed)

    @property
    def has_open_shapes(self) -> bool:
        """Whether shapes in the file given are not those that its operations give."""
        return "shapes" in self.lowered.passes

    @property
    def has_substitutes(self) -> bool:
        """Whether there are others in the place of operations or types that TFLM has not."""
        return not _IN_OTHER_WORDS.isdisjoint(self.lowered.passes)

    @property
    def flashed_sha256(self) -> str:
        """Of what lies in flash."""
        return hashlib.sha256(self.flashed).hexdigest()

    @property
    def origin(self) -> str:
        """How what is flashed was made."""
        passes, names = self.lowered.passes, self.network.signatures
        how = f"lowered: {', '.join(passes)}" if passes else "as given"
        return f"{how}, signature '{printable(names[0])}'" if len(names) > 1 else how

    @property
    def input_bytes(self) -> int:
        """Of one inference, without state."""
        return sum(self.network.main.tensors[index].bytes for index in self.network.main.inputs)


def prepare(path: Path, *, int8_ends: bool = False, folding: bool = True) -> Prepared:
    """Read a model and make it ready; see `lower`.

    Raises:
        AssetError: it cannot be read, or cannot run on the board.

    """
    network, content = read_network(path)
    try:
        validate(network)
        lowered = lower(network, int8_ends=int8_ends, folding=folding)
    except AssetError as error:
        raise AssetError(f"{path}: {error}") from None
    flashed = write_network(lowered.network) if lowered.passes else content
    return Prepared(path, content, network, lowered, flashed)
