"""Archives and folders as they were downloaded: read once, from beginning to end, and hashed."""

import gzip
import hashlib
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from numpy.typing import NDArray

from ..errors import AssetError
from ..models.arrays import read_arrays
from ..storage import read_bytes

_GZIP = b"\x1f\x8b"
_MOST_FILE = 64 << 20
"""Bytes of a file in an archive that is read at all; CIFAR-10's largest have 31 MB."""


def visible(paths: Iterable[Path]) -> list[Path]:
    """Those of the data, in order."""
    return sorted(path for path in paths if not _is_hidden(path.name))


def _is_hidden(name: str) -> bool:
    """Whether a file is none of the data: macOS puts `.DS_Store` into folders, and `._NAME` beside
    what it archives.
    """
    return PurePosixPath(name).name.startswith(".")


@dataclass
class Raw:
    """A folder with raw data. `read` fills with each file's size and sha256."""

    folder: Path
    at: int = 0
    """Bytes that were read of the archive that is read."""
    read: dict[str, tuple[int, str]] = field(default_factory=dict)

    def find(self, *names: str) -> Path | None:
        """The first of these that is there."""
        return next((self.folder / n for n in names if (self.folder / n).exists()), None)

    def need(self, *names: str) -> Path:
        """The first of these that is there.

        Raises:
            AssetError: none is.

        """
        found = self.find(*names)
        if found is None:
            raise AssetError(f"{self.folder}: has no {' or '.join(names)}")
        return found

    def members(
        self, archive: Path, wanted: Callable[[str], bool] = lambda name: True
    ) -> Iterator[tuple[str, bytes]]:
        """The name and content of each file in a tar archive, compressed or not, in its order.

        Raises:
            AssetError: it is damaged, or holds a file larger than any that is needed.

        """
        try:
            with archive.open("rb") as file:
                hashing = _Hashing(file)
                plain = cast(IO[bytes], hashing)
                if file.peek(2)[:2] == _GZIP:
                    plain = cast(IO[bytes], gzip.GzipFile(fileobj=plain))
                with tarfile.open(fileobj=plain, mode="r|") as tar:
                    for member in tar:
                        self.at = hashing.count
                        name = member.name.removeprefix("./")
                        if not member.isfile() or _is_hidden(name) or not wanted(name):
                            continue
                        if member.size > _MOST_FILE:
                            raise AssetError(
                                f"{archive}: {member.name} is larger than {_MOST_FILE >> 20} MiB"
                            )
                        content = tar.extractfile(member)
                        assert content is not None
                        yield name, content.read()
                # A damaged header ends an archive like its end does; zeros must follow, and the
                # checksum of what was compressed.
                while part := plain.read(1 << 20):
                    if any(part):
                        raise tarfile.ReadError("it ends too early")
        except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise AssetError(f"{archive}: damaged or not a tar archive: {error}") from None
        except OSError as error:
            raise AssetError(f"{archive}: cannot be read: {error.strerror or error}") from None
        self.read[str(archive.relative_to(self.folder))] = (hashing.count, hashing.sha256())

    def zipped(
        self, archive: Path, wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """The name of each file in a zip archive, by name, and how to read it.

        Raises:
            AssetError: it is damaged, or holds a file larger than any that is needed.

        """
        try:
            with archive.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            self.read[str(archive.relative_to(self.folder))] = (archive.stat().st_size, digest)
            found = zipfile.ZipFile(archive)
        except (zipfile.BadZipFile, OSError) as error:
            raise AssetError(f"{archive}: damaged or not a zip archive: {error}") from None

        def read(info: zipfile.ZipInfo) -> bytes:
            if info.file_size > _MOST_FILE:
                raise AssetError(
                    f"{archive}: {info.filename} is larger than {_MOST_FILE >> 20} MiB"
                )
            try:
                return found.read(info)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                raise AssetError(f"{archive}: {info.filename} is damaged: {error}") from None

        for info in sorted(found.infolist(), key=lambda info: info.filename):
            if not info.is_dir() and not _is_hidden(info.filename) and wanted(info.filename):
                yield info.filename, partial(read, info)

    def content(self, path: Path) -> bytes:
        """A file's bytes.

        Raises:
            StorageError: it cannot be read.

        """
        content = read_bytes(path, _MOST_FILE)
        self.note(path, content)
        return content

    def array(self, path: Path, name: str = "") -> NDArray[Any]:
        """An array of numpy's, `name` in a `.npz` file.

        Raises:
            AssetError: it is none.
            StorageError: it cannot be read.

        """
        arrays = read_arrays(path, self.content(path))
        if name not in arrays:
            raise AssetError(f"{path}: has no array {name or 'of its own (.npy)'}")
        return arrays[name]

    def note(self, path: Path, content: bytes) -> None:
        """Remember that a file was read."""
        name = str(path.relative_to(self.folder))
        self.read[name] = (len(content), hashlib.sha256(content).hexdigest())


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.count = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self._hash.update(part)
        self.count += len(part)
        return part

    def sha256(self) -> str:
        return self._hash.hexdigest()
