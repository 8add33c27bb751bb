"""Where data sets are written: beside their place until they are whole."""

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError, StorageError
from ..storage import make_folder
from ..training.sets import FOLDER


class Array:
    """A `.npy` file that grows by rows; its header has room for any number of them."""

    def __init__(self, path: Path, kind: str, shape: tuple[int, ...]) -> None:
        self._file: IO[bytes] = path.open("w+b")
        self._kind, self._shape = np.dtype(kind), shape
        self.count = 0
        self._write_header()

    def add(self, rows: NDArray[Any]) -> None:
        """Append rows."""
        assert rows.shape[1:] == self._shape, (rows.shape, self._shape)
        self._file.write(np.ascontiguousarray(rows, self._kind).tobytes())
        self.count += len(rows)

    def close(self) -> None:
        """Say in the header how many there are."""
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def abandon(self) -> None:
        """Give the file up, with what a full disk has no room for."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _write_header(self) -> None:
        np.lib.format.write_array_header_1_0(
            self._file,
            {
                "descr": np.lib.format.dtype_to_descr(self._kind),
                "fortran_order": False,
                "shape": (self.count, *self._shape),
            },
        )


class Stage:
    """A folder that is given up unless everything in it came about."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self._arrays: dict[str, Array] = {}
        self._rows: dict[str, list[str]] = {}

    def add(self, split: str, example: NDArray[Any], label: int | None) -> None:
        """An example of the training set."""
        self.extend(split, example[None], label)

    def extend(self, split: str, examples: NDArray[Any], label: int | None = None) -> None:
        """Several examples, of one class."""
        self.array(f"{split}-x", examples.dtype.str, examples.shape[1:]).add(examples)
        if label is not None:
            self.array(f"{split}-y", "<i8", ()).add(np.full(len(examples), label, np.int64))

    def array(self, name: str, kind: str, shape: tuple[int, ...]) -> Array:
        """An array of the training set."""
        if name not in self._arrays:
            folder = self.folder / FOLDER / self.name
            make_folder(folder)
            self._arrays[name] = Array(folder / f"{name}.npy", kind, shape)
        return self._arrays[name]

    def write_input(self, data_set: str, file: str, content: bytes, row: str) -> None:
        """A file of the evaluation set, and its row in y_labels.csv."""
        folder = self.folder / "datasets" / data_set
        make_folder(folder)
        (folder / file).write_bytes(content)
        self._rows.setdefault(data_set, []).append(row)

    def write_file(self, data_set: str, file: str, content: bytes) -> None:
        """A file of a data set that has no labels."""
        folder = self.folder / "datasets" / data_set
        make_folder(folder)
        (folder / file).write_bytes(content)

    def close(self) -> None:
        """Write what is written last."""
        for array in self._arrays.values():
            array.close()
        for data_set, rows in self._rows.items():
            path = self.folder / "datasets" / data_set / "y_labels.csv"
            path.write_text("".join(f"{row}\n" for row in rows))

    def abandon(self) -> None:
        """Give up what is open."""
        for array in self._arrays.values():
            array.abandon()

    @property
    def counts(self) -> dict[str, int]:
        """Examples and files by split and data set."""
        found = {n[:-2]: a.count for n, a in self._arrays.items() if n.endswith("-x")}
        return {**found, **{name: len(rows) for name, rows in self._rows.items()}}

    def written(self) -> Iterator[tuple[str, int, str]]:
        """Each file with its size and sha256."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                yield str(path.relative_to(self.folder)), path.stat().st_size, sha256


@contextlib.contextmanager
def staged(out: Path, name: str, targets: list[Path]) -> Iterator[Stage]:
    """A stage in `out`, whose `targets` (paths below both) take their places at the end.

    Raises:
        AssetError: one of them is there already.
        StorageError: something cannot be written.

    """
    for target in targets:
        if (out / target).exists():
            raise AssetError(f"{out / target}: exists already; move it away to make it anew")
    make_folder(out)
    try:
        folder = Path(tempfile.mkdtemp(prefix=".tinysim-", dir=out))
    except OSError as error:
        raise StorageError(f"{out}: cannot be written to: {error.strerror}") from None
    stage = Stage(folder, name)
    try:
        yield stage
        for target in targets:
            if (folder / target).exists():
                make_folder((out / target).parent)
                (folder / target).rename(out / target)
    except OSError as error:
        raise StorageError(f"{out}: cannot be written: {error.strerror or error}") from None
    finally:
        stage.abandon()
        shutil.rmtree(folder, ignore_errors=True)


def manifest(stage: Stage, read: dict[str, tuple[int, str]]) -> str:
    """What was read and written, as JSON: paths, sizes in bytes, sha256."""
    return (
        json.dumps(
            {
                "benchmark": stage.name,
                "counts": stage.counts,
                "read": [
                    {"path": path, "bytes": size, "sha256": sha256}
                    for path, (size, sha256) in sorted(read.items())
                ],
                "written": [
                    {"path": path, "bytes": size, "sha256": sha256}
                    for path, size, sha256 in stage.written()
                ],
            },
            indent=1,
        )
        + "\n"
    )
