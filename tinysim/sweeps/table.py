"""The table of a sweep: a DuckDB file with a row a point."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..closing import Closing
from ..database import connect
from ..errors import StorageError, TinySimError
from ..printable import first_line
from .grid import Grid, Point
from .measure import Measured

_FIGURES = {
    "latency_us": "DOUBLE",
    "instructions": "DOUBLE",
    "cycles": "DOUBLE",
    "flash": "BIGINT",
    "ram": "BIGINT",
    "arena": "BIGINT",
    "energy_uj": "DOUBLE",
    "top1": "DOUBLE",
    "equals_host": "BOOLEAN",
    "wall_s": "DOUBLE",
    "error": "VARCHAR",
}
"""Columns after the axes. Sizes are bytes, energies microjoules; `error` is NULL without one."""


class SweepTable(Closing):
    """A context; rows are there as soon as they are added.

    Raises:
        StorageError: the file cannot be opened, or is another sweep's.
        ToolError: DuckDB is missing.

    """

    def __init__(self, path: Path, grid: Grid) -> None:
        self._path, self._axes = path, grid.axes
        columns = {"key": "VARCHAR PRIMARY KEY", **dict.fromkeys(grid.axes, "VARCHAR"), **_FIGURES}
        declared = ", ".join(f"{_quoted(name)} {kind}" for name, kind in columns.items())
        self._duckdb, self._connection = connect(path, "a sweep's table", "sweep", writes=True)
        try:
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS points ({declared})")
            there = self._connection.execute("SELECT * FROM points LIMIT 0").description
        except self._duckdb.Error as error:
            raise StorageError(f"{path}: not a sweep's table: {first_line(error)}") from None
        if [column[0] for column in there] != list(columns):
            self._connection.close()
            raise StorageError(f"{path}: holds a sweep over other axes")

    def close(self) -> None:
        self._connection.close()

    def left(self, points: Sequence[Point], *, again: bool) -> list[Point]:
        """The points that have no row yet; with `again`, also those whose row is an error."""
        if again:
            self._connection.execute("DELETE FROM points WHERE error IS NOT NULL")
        rows = self._connection.execute("SELECT key FROM points").fetchall()
        known = {row[0] for row in rows}
        return [point for point in points if point.key not in known]

    def add(self, measured: Measured) -> None:
        """A point's row.

        Raises:
            StorageError: it cannot be written.

        """
        point = measured.point
        row: dict[str, Any] = {"key": point.key, **{axis: point.value(axis) for axis in self._axes}}
        row |= {name: getattr(measured, name) for name in _FIGURES}
        row["error"] = measured.error or None
        values = list(row.values())
        columns, marks = ", ".join(map(_quoted, row)), ", ".join("?" * len(row))
        try:
            self._connection.execute(f"INSERT INTO points ({columns}) VALUES ({marks})", values)
        except self._duckdb.Error as error:
            raise StorageError(f"{self._path}: cannot be written: {first_line(error)}") from None

    def rows(self) -> list[dict[str, Any]]:
        """All rows by column."""
        found = self._connection.execute("SELECT * FROM points")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def write_parquet(self, path: Path) -> None:
        """All rows as a Parquet file.

        Raises:
            StorageError: it cannot be written.

        """
        try:
            target = str(path).replace("'", "''")
            self._connection.execute(f"COPY points TO '{target}' (FORMAT parquet)")
        except self._duckdb.Error as error:
            raise StorageError(f"{path}: cannot be written: {first_line(error)}") from None


def query(path: Path, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and rows that an SQL statement gives; nothing is changed.

    Raises:
        StorageError: the file is no DuckDB database.
        TinySimError: the statement is none that it can run.
        ToolError: DuckDB is missing.

    """
    duckdb, connection = connect(path, "a sweep's table", "sweep")
    try:
        # Files beside the table are none of a query's business.
        connection.execute("SET enable_external_access = false")
        found = connection.execute(statement)
        names = [column[0] for column in found.description or ()]
        return names, found.fetchall() if names else []
    except duckdb.Error as error:
        raise TinySimError(f"query: {first_line(error)}") from None
    finally:
        connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
