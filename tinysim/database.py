"""Files of DuckDB."""

from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import StorageError
from .extras import load_extra
from .printable import first_line

_MAGIC = slice(8, 12), b"DUCK"
"""Behind the checksum of a file's first block."""


def connect(path: Path, what: str, extra: str, *, writes: bool = False) -> tuple[ModuleType, Any]:
    """DuckDB, and its connection to a file; `what` is what the file is for, to a reader. With
    `writes` it is made where it is missing.

    Raises:
        StorageError: it cannot be opened, or is something else.
        ToolError: DuckDB, which is in the extra, is missing.

    """
    duckdb = load_extra("duckdb", "DuckDB", extra)
    if not writes and not path.is_file():
        raise StorageError(f"{path}: does not exist")
    try:
        # JSON, CSV and the like DuckDB would open in memory, where all that is added is lost.
        with path.open("rb") as file:
            place, magic = _MAGIC
            if file.read(place.stop)[place] != magic:
                raise StorageError(f"{path}: not {what}: no file of DuckDB")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        # The whole path: a name such as `a:b` or `:memory:` would be none of a file.
        return duckdb, duckdb.connect(str(path.absolute()), read_only=not writes)
    except duckdb.Error as error:
        raise StorageError(f"{path}: not {what}: {first_line(error)}") from None
