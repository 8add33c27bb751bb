"""Results in files."""

import json
from pathlib import Path

from pydantic import ValidationError

from ..errors import ResultError
from ..storage import read_json
from .schema import SCHEMA_VERSION, Result


def load_results(path: Path) -> list[Result]:
    """Read a Result, or a list of them, from a JSON file.

    Raises:
        ResultError: not results, of another version, or with numbers that cannot be.
        StorageError: it cannot be read.

    """
    content = read_json(path)
    items = content if isinstance(content, list) else [content]
    if not items:
        raise ResultError(f"{path}: an empty list of results")
    return [_load(path, item) for item in items]


def _load(path: Path, item: object) -> Result:
    check_version(path, item, "schema_version", SCHEMA_VERSION)
    try:
        return Result.model_validate_json(json.dumps(item), strict=True)
    except ValidationError as error:
        raise ResultError(f"{path}: not a result: {explain(error)}") from None


def check_version(path: Path, item: object, name: str, known: int) -> None:
    """Let nothing be read as something that it is not.

    Raises:
        ResultError: no object, or one of another version.

    """
    if not isinstance(item, dict):
        raise ResultError(f"{path}: an object with '{name}' was expected")
    version = item.get(name)
    if type(version) is not int:
        raise ResultError(f"{path}: has no {name}")
    if version > known:
        raise ResultError(
            f"{path}: {name} {version} is newer than this tinysim, which knows {known}: update it"
        )
    if version < known:
        raise ResultError(f"{path}: {name} {version} is older than {known}: run and write it again")


def explain(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
