"""Files of DuckDB."""

import time
from pathlib import Path
from types import ModuleType
from typing import Any

from .errors import StorageError
from .extras import load_extra
from .printable import first_line

PATIENCE_S = 10.0
"""For another process that has the file open: what jobs add at the same time is added in turn."""
_MAGIC = slice(8, 12), b"DUCK"
"""Behind the checksum of a file's first block."""


def connect(path: Path, what: str, extra: str, *, writes: bool = False) -> tuple[ModuleType, Any]:
    """DuckDB, and its connection to a file; `what` is what the file is for, to a reader. With
    `writes` it is made where it is missing.

    Raises:
        StorageError: it cannot be opened, is something else, or is in use by another process.
        ToolError: DuckDB, which is in the extra, is missing.

    """
    duckdb = load_extra("duckdb", "DuckDB", extra)
    if not writes and not path.is_file():
        raise StorageError(f"{path}: does not exist")
    try:
        # JSON, CSV and the like DuckDB would open in memory, where all that is added is lost.
        with path.open("rb") as file:
            place, magic = _MAGIC
            head = file.read(place.stop)
        if writes and not head:
            path.unlink()  # as a full disk has left it
        elif head[place] != magic:
            raise StorageError(f"{path}: not {what}: no file of DuckDB")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from None
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            # The whole path: a name such as `a:b` or `:memory:` would be none of a file.
            return duckdb, duckdb.connect(str(path.absolute()), read_only=not writes)
        except duckdb.Error as error:
            if "lock" not in str(error):
                why = "cannot be written" if "Could not write" in str(error) else f"not {what}"
                raise StorageError(f"{path}: {why}: {first_line(error)}") from None
        if time.monotonic() > until:
            raise StorageError(f"{path}: another process has it open; try again when it has ended")
        time.sleep(0.05)
