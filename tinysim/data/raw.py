"""Archives and folders as they were downloaded: read once, from beginning to end, and hashed."""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from ..errors import AssetError
from ..storage import read_bytes

_GZIP = b"\x1f\x8b"
_MOST_FILE = 64 << 20
"""Bytes of a file in an archive that is read at all; CIFAR-10's largest have 31 MB."""


@dataclass
class Raw:
    """A folder with raw data. `read` fills with each file's size and sha256."""

    folder: Path
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

    def members(self, archive: Path) -> Iterator[tuple[str, bytes]]:
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
                        if not member.isfile():
                            continue
                        if member.size > _MOST_FILE:
                            raise AssetError(
                                f"{archive}: {member.name} is larger than {_MOST_FILE >> 20} MiB"
                            )
                        content = tar.extractfile(member)
                        assert content is not None
                        yield member.name.removeprefix("./"), content.read()
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

    def content(self, path: Path) -> bytes:
        """A file's bytes.

        Raises:
            StorageError: it cannot be read.

        """
        content = read_bytes(path, _MOST_FILE)
        self.note(path, content)
        return content

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
