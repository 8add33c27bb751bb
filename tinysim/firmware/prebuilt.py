"""The images without a model that a wheel brings, for machines without an ARM compiler."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ToolError
from .bare import Bare

_FOLDER = Path(__file__).resolve().parent.parent / "prebuilt"
INDEX = "prebuilt.json"


_NOTE = (
    "no compiler is here: the image has kernels of operations that its model has not, which takes "
    "flash and moves code (`tinysim doctor` says what would build it without)"
)


class Entry(BaseModel):
    """An image: the operations that it has kernels for, and its file."""

    model_config = ConfigDict(frozen=True)

    name: str
    operations: tuple[str, ...]
    file: str


class Index(BaseModel):
    """What the images were built from, and which there are."""

    model_config = ConfigDict(frozen=True)

    sources_sha256: str
    compiler: str
    images: tuple[Entry, ...]


@dataclass(frozen=True)
class Prebuilt:
    """A folder of images."""

    folder: Path
    index: Index

    def exact(self, name: str, operations: tuple[str, ...]) -> Bare | None:
        """The image that a build would give."""
        for entry in self.index.images:
            if entry.name == name and entry.operations == operations:
                return self._read(entry)
        return None

    def ample(self, name: str, operations: tuple[str, ...]) -> Bare | None:
        """The smallest image that has these operations among others."""
        fitting = [
            entry
            for entry in self.index.images
            if entry.name == name and set(operations) <= set(entry.operations)
        ]
        if not fitting:
            return None
        chosen = min(fitting, key=lambda entry: len(entry.operations))
        return replace(self._read(chosen), note=_NOTE)

    def _read(self, entry: Entry) -> Bare:
        try:
            return Bare((self.folder / entry.file).read_bytes())
        except OSError as error:
            raise ToolError(f"{error.filename}: {error.strerror}; install tinysim again") from None


def find_prebuilt(sources_sha256: str) -> Prebuilt | None:
    """The images that were built from these sources, if tinysim was installed with them.

    `$TINYSIM_PREBUILT` names another folder of them, or none at all.

    Raises:
        ToolError: their index is damaged.

    """
    named = os.environ.get("TINYSIM_PREBUILT")
    if named == "":
        return None
    folder = Path(named) if named else _FOLDER
    try:
        text = (folder / INDEX).read_text("utf-8")
    except OSError:
        return None
    try:
        index = Index.model_validate_json(text)
    except ValidationError:
        raise ToolError(f"{folder / INDEX}: damaged; install tinysim again") from None
    return Prebuilt(folder, index) if index.sources_sha256 == sources_sha256 else None
