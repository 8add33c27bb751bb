"""The published images, and how they are found in a folder."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

_LARGEST = 8 << 20
"""Bytes; no image of this board is larger, as text neither."""


class Published(BaseModel):
    """An image and what silicon measured with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: str
    submitter: str
    system: str
    benchmark: str
    mode: Literal["performance", "energy"]
    supply: str = "not stated"
    bank: Literal["dual", "single"]
    """The submitter's statement; dual, as the chip leaves the factory, where there is none."""
    path: str
    """In the repository of the round's results."""
    sha256: str
    inferences_per_s: float | None = None
    energy_uj: float | None = None
    """Microjoules an inference."""

    @property
    def name(self) -> str:
        """Short, for a table."""
        return f"{self.round} {self.submitter} {self.system} {self.benchmark} {self.mode}"


@cache
def published() -> tuple[Published, ...]:
    """Every image, in the order of the rounds."""
    table = tomllib.loads((Path(__file__).parent / "catalog.toml").read_text("utf-8"))
    return tuple(Published.model_validate(entry) for entry in table["image"])


def find_images(folder: Path) -> list[tuple[Path, Published]]:
    """The published images among the files below a folder, in the catalogue's order."""
    known = {entry.sha256: entry for entry in published()}
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return [(found[sha256], entry) for sha256, entry in known.items() if sha256 in found]
