"""The history of a repository's results: one DuckDB file, a row for each commit and machine."""

import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from .closing import Closing
from .database import connect
from .errors import StorageError, TinySimError
from .printable import first_line
from .results.history import Commit, Measured

VERSION = 1

_COLUMNS = {
    "sha": "VARCHAR NOT NULL",
    "time": "BIGINT NOT NULL",
    "machine": "VARCHAR NOT NULL",
    "benchmark": "VARCHAR NOT NULL",
    "mode": "VARCHAR NOT NULL",
    "tier": "VARCHAR NOT NULL",
    "engine": "VARCHAR NOT NULL",
    "board": "VARCHAR NOT NULL",
    "image": "VARCHAR NOT NULL",
    "options": "VARCHAR NOT NULL",
    "model": "VARCHAR NOT NULL",
    "inputs": "VARCHAR NOT NULL",
    "latency_us": "DOUBLE NOT NULL",
    "cycles": "DOUBLE NOT NULL",
    "flash": "BIGINT NOT NULL",
    "ram": "BIGINT",
    "arena": "BIGINT",
    "quality": "DOUBLE",
    "outputs_sha256": "VARCHAR NOT NULL",
    "wall_s": "DOUBLE NOT NULL",
    "functions": "MAP(VARCHAR, BIGINT) NOT NULL",
}
_KEY = ("sha", "machine", "benchmark", "mode", "tier", "engine", "board", "image", "options")


class History(Closing):
    """A context; rows are in the file as soon as they are added.

    Raises:
        StorageError: the file cannot be opened, or is something else.
        ToolError: DuckDB is missing.

    """

    def __init__(self, path: Path, *, writes: bool = False) -> None:
        self._path = path
        if not writes and not path.is_file():
            raise StorageError(f"{path}: does not exist: `tinysim history add` writes it")
        self._duckdb, self._connection = connect(path, "a history", "history", writes=writes)
        try:
            if writes:
                self._create()
            found = self._connection.execute("SELECT version FROM history").fetchone()
        except self._duckdb.Error as error:
            self._connection.close()
            raise StorageError(f"{path}: not a history: {first_line(error)}") from None
        if found != (VERSION,):
            self._connection.close()
            raise StorageError(
                f"{path}: a history of version {found and found[0]}; this tinysim has {VERSION}"
            )

    def _create(self) -> None:
        tables = self._connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        if tables:
            return
        declared = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        self._connection.execute("BEGIN")
        self._connection.execute(f"CREATE TABLE history AS SELECT {VERSION} AS version")
        self._connection.execute(
            f"CREATE TABLE results ({declared}, PRIMARY KEY ({', '.join(_KEY)}))"
        )
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()

    def add(self, rows: Sequence[Measured]) -> None:
        """Add rows, all or none; each takes the place of one with the same commit, machine and
        series.

        Raises:
            StorageError: they cannot be written.

        """
        names, marks = ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))
        statement = f"INSERT OR REPLACE INTO results ({names}) VALUES ({marks})"
        try:
            self._connection.execute("BEGIN")
            for row in rows:
                self._connection.execute(statement, _values(row))
            self._connection.execute("COMMIT")
        except self._duckdb.Error as error:
            raise StorageError(f"{self._path}: cannot be written: {first_line(error)}") from None

    def rows(self) -> list[Measured]:
        """All rows, the oldest commit first; of commits of one second, the one added first."""
        names = ", ".join(_COLUMNS)
        found = self._connection.execute(f"SELECT {names} FROM results ORDER BY time, rowid")
        return [_measured(dict(zip(_COLUMNS, row, strict=True))) for row in found.fetchall()]


def _values(row: Measured) -> list[Any]:
    own = {field.name: getattr(row, field.name) for field in fields(row)}
    own |= {"sha": row.commit.sha, "time": row.commit.time}
    return [own[name] for name in _COLUMNS]


def _measured(row: dict[str, Any]) -> Measured:
    commit = Commit(row.pop("sha"), row.pop("time"))
    return Measured(commit=commit, **row)


def this_machine() -> str:
    """What a machine is called where nobody names it: CI gives each job another host name."""
    return f"{platform.system()}-{platform.machine()}".lower()


def this_commit() -> Commit:
    """What is checked out in this folder, with `-dirty` where files have been changed since; else
    what GitHub or GitLab says.

    Raises:
        TinySimError: neither is to be had.

    """
    sha = _git("describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*")
    committed = _git("show", "--no-patch", "--format=%ct", "HEAD")
    if sha and committed:
        return Commit(sha, int(committed))
    for name in ("GITHUB_SHA", "CI_COMMIT_SHA"):
        if os.environ.get(name):
            return Commit(os.environ[name], parse_time(os.environ.get("CI_COMMIT_TIMESTAMP")))
    raise TinySimError(
        f"it is not known which commit this is ({_git_says()}): name it by --commit SHA"
    )


def parse_time(text: str | None) -> int:
    """Seconds since 1970 of a time as ISO 8601 has it; now for none.

    Raises:
        TinySimError: it is no such time.

    """
    if not text:
        return int(time.time())
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        raise TinySimError(
            f"'{text}': a time like 2026-01-31T12:00:00+00:00 was expected"
        ) from None


def _git(*arguments: str) -> str:
    """What git prints; nothing where it fails."""
    ran = _run_git(*arguments)
    return ran.stdout.strip() if ran and ran.returncode == 0 else ""


def _git_says() -> str:
    """Why git knows nothing of this folder."""
    ran = _run_git("rev-parse", "HEAD")
    if ran is None:
        return "git is not installed"
    said = [line for line in ran.stderr.splitlines() if line.startswith("fatal: ")]
    return f"git: {said[0].removeprefix('fatal: ').strip()}" if said else "git says nothing of it"


def _run_git(*arguments: str) -> "subprocess.CompletedProcess[str] | None":
    try:
        return subprocess.run(
            ["git", *arguments], capture_output=True, text=True, errors="replace", check=False
        )
    except OSError:
        return None
