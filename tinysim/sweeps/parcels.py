"""A point's files on their way to another machine."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..models.locate import cache_folder
from ..storage import make_folder, read_bytes
from .grid import Point

_ROLES = ("model", "inputs", "labels", "board")
_BOARDS = (".toml", ".repl")
_MOST_FILE = 1 << 30


@dataclass(frozen=True)
class Parcel:
    """A file, or some of a folder; `name` is what stands for it."""

    name: str
    files: tuple[tuple[str, bytes], ...]

    @property
    def sha256(self) -> str:
        """Over names and contents."""
        digest = hashlib.sha256()
        for name, content in self.files:
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()


def pack(point: Point, known: dict[Path, Parcel]) -> Iterator[tuple[str, Path]]:
    """What a point needs, by role; parcels that are not known yet are added.

    Raises:
        StorageError: a file cannot be read.

    """
    for role in _ROLES:
        path: Path | None = getattr(point, role)
        if path is None:
            continue
        if path not in known:
            beside = _beside(path) if role == "board" or path.is_dir() else [path]
            files = tuple((file.name, read_bytes(file, _MOST_FILE)) for file in beside)
            known[path] = Parcel("" if path.is_dir() else path.name, files)
        yield role, path


def _beside(path: Path) -> list[Path]:
    """A folder's files, or those that a board's description may name."""
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.is_file())
    return sorted(file for file in path.parent.iterdir() if file.suffix in _BOARDS)


def unpack(point: Point, parcels: dict[str, Parcel]) -> Point:
    """The point with the paths of its files on this machine.

    Raises:
        StorageError: they cannot be written.

    """
    here: dict[str, Any] = {role: _place(parcel) for role, parcel in parcels.items()}
    return replace(point, **here)


def _place(parcel: Parcel) -> Path:
    """Where a parcel's files lie; each is written once."""
    folder = cache_folder() / "parcels" / parcel.sha256[:32]
    if not folder.is_dir():
        make_folder(folder.parent)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as new:
            made = Path(new) / "files"
            made.mkdir()
            for name, content in parcel.files:
                (made / name).write_bytes(content)
            try:
                made.rename(folder)
            except OSError:
                if not folder.is_dir():  # not another process's doing
                    raise
    return folder / parcel.name if parcel.name else folder
