"""Files that a verb writes, and those that it reads: none is both."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..benchmarks import BENCHMARKS
from ..errors import TinySimError

_WRITTEN = {
    "current": "--current",
    "flame": "--flame",
    "html": "--html",
    "json_to": "--json",
    "junit": "--junit",
    "markdown": "--markdown",
    "output": "--output",
    "parquet": "--parquet",
    "perfetto": "--perfetto",
    "vcd": "--vcd",
}
"""Parameters that name a file to write, and what a user knows them by."""


def refuse_own_inputs(parameters: Mapping[str, Any]) -> None:
    """Refuse to write a file that is one of those to read, or is written twice.

    Raises:
        TinySimError: one is.

    """
    named = [part for name, value in parameters.items() for part in _paths(name, value)]
    for name, path in named:
        if name not in _WRITTEN:
            continue
        for other_name, other in named:
            if other_name != name and _is_same(path, other):
                what = "written by" if other_name in _WRITTEN else "an input"
                told = f" {_WRITTEN[other_name]} too" if other_name in _WRITTEN else " too"
                raise TinySimError(f"{_WRITTEN[name]} {path}: this file is {what}{told}")


def _paths(name: str, value: object) -> Iterator[tuple[str, Path]]:
    for part in value if isinstance(value, list | tuple) else (value,):
        if isinstance(part, str):
            if part in ("", "-", *BENCHMARKS):
                continue
            part = Path(part)  # a model's or an image's file
        if isinstance(part, Path):
            yield name, part


def _is_same(one: Path, other: Path) -> bool:
    """Whether both are one file, there already or not; streams may be written to twice."""
    try:
        if one.exists() or other.exists():
            return one.is_file() and other.is_file() and one.samefile(other)
        return os.path.realpath(one) == os.path.realpath(other)
    except (OSError, ValueError):
        return False
