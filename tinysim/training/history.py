"""What a training has come to so far."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import StorageError
from ..storage import read_json, write_text

_Number = Annotated[float, Field(allow_inf_nan=False)]


class Epoch(BaseModel):
    """One epoch. Accuracies are top-1, 0 to 1, and absent for an autoencoder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: _Number
    loss: _Number
    accuracy: _Number | None = None
    validation_loss: _Number
    validation_accuracy: _Number | None = None
    seconds: _Number


class History(BaseModel):
    """All epochs, and what decided them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    seed: int
    examples: int
    """In the training set."""
    float_epochs: int | None = None
    """Epochs before quantization takes part; None where it never does."""
    epochs: tuple[Epoch, ...] = ()

    def with_epoch(self, epoch: Epoch) -> "History":
        """The same with one more."""
        return self.model_copy(update={"epochs": (*self.epochs, epoch)})

    def aware_epochs(self) -> int:
        """How many of the epochs were with quantization."""
        if self.float_epochs is None:
            return 0
        return max(0, len(self.epochs) - self.float_epochs)

    def without_improvement(self) -> int:
        """Epochs since the best validation loss, with quantization or before it."""
        since = self.epochs[-self.aware_epochs() :]
        losses = [epoch.validation_loss for epoch in since]
        return len(losses) - 1 - losses.index(min(losses)) if losses else 0


def read_history(path: Path) -> History:
    """What `write_history` wrote.

    Raises:
        StorageError: it cannot be read, or is something else.

    """
    try:
        return History.model_validate(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise StorageError(
            f"{path}: not the history of a training: {where}: {first['msg']}"
        ) from None


def write_history(path: Path, history: History) -> None:
    """Write it: whole, or as it was before.

    Raises:
        StorageError: it cannot be written.

    """
    write_text(path, history.model_dump_json(indent=1) + "\n")
