"""Arrays in files of numpy."""

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError

Arrays = dict[str, NDArray[Any]]
_DAMAGE = (
    OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error
)  # fmt: skip


def read_arrays(path: Path, content: bytes | None = None) -> Arrays:
    """The arrays of a `.npz` file by their names, or that of a `.npy` file, whose name is empty;
    of its `content` where that was read already.

    Raises:
        AssetError: it is no such file, damaged, or larger than the memory.

    """
    if content is None and not path.is_file():
        # A FIFO without a writer would block the opening.
        raise AssetError(f"{path}: {'no regular file' if path.exists() else 'does not exist'}")
    try:
        with path.open("rb") if content is None else io.BytesIO(content) as file:
            loaded = np.load(file, allow_pickle=False)
            return {"": loaded} if isinstance(loaded, np.ndarray) else dict(loaded.items())
    except MemoryError:
        raise AssetError(f"{path}: its array is larger than the memory here") from None
    except _DAMAGE as error:
        raise AssetError(f"{path}: {_reason(error)}") from None


def map_array(path: Path) -> NDArray[Any]:
    """The array of a `.npy` file where it lies on the disk.

    Raises:
        AssetError: it is no such file.

    """
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except _DAMAGE as error:
        raise AssetError(f"{path}: {_reason(error)}") from None
    if not isinstance(array, np.ndarray):
        raise AssetError(f"{path}: one array (.npy) was expected")
    return array


def _reason(error: Exception) -> str:
    text = str(error)
    if text.startswith("Object arrays"):
        return "an array of Python's objects, not of numbers"
    # What numpy takes for a pickle is any other file, and none that should be unpickled.
    why = f": {text}" if text and "allow_pickle" not in text else ""
    return f"not an array file of numpy (.npy, .npz){why}"
