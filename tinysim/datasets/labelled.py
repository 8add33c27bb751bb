"""Files with their classes in y_labels.csv, or seeded ones."""

import csv
import random
import re
from pathlib import Path, PurePosixPath

from ..benchmarks import Benchmark, Sample
from ..errors import AssetError
from ..storage import read_bytes, read_text
from .dataset import Dataset

_DIGITS = re.compile(r"[0-9]{1,9}")
_SEEDED_FILES = 10
_MOST_INPUT = 16 << 20
"""Bytes of an input's file; the largest of the official ones has 100 KB."""


def read_labels(benchmark: Benchmark, path: Path) -> list[tuple[str, int]]:
    """The files and labels of a y_labels.csv, read as the official runner reads it: as CSV, with
    or without quotes, a byte order mark, blank lines or CRLF.

    Raises:
        AssetError: a row is not 'file,classes,class[,...]', or not one of the benchmark's.
        StorageError: it cannot be read, or is not UTF-8.

    """
    found: dict[str, int] = {}
    rows = csv.reader(read_text(path).splitlines(), strict=True)
    try:
        for row in rows:
            if not any(field.strip() for field in row):
                continue
            name, label = _labelled(benchmark, [field.strip() for field in row])
            if name in found:
                raise ValueError(f"'{name}' is listed twice")
            found[name] = label
    except (ValueError, csv.Error) as error:
        raise AssetError(f"{path}:{rows.line_num}: {error}") from None
    return list(found.items())


def _labelled(benchmark: Benchmark, fields: list[str]) -> tuple[str, int]:
    classes = len(benchmark.classes)
    if len(fields) < 3 or not all(_DIGITS.fullmatch(field) for field in fields[1:3]):
        raise ValueError(
            f"'file,classes,class' was expected, like 'a.bin,{classes},0', and no heading"
        )
    name, told, label = fields[0], int(fields[1]), int(fields[2])
    if not name or "\0" in name or "\\" in name or PurePosixPath(name).parts != (name,):
        raise ValueError(f"'{name[:60]}' is not the name of a file in this folder")
    if name in (".", ".."):
        raise ValueError(f"'{name}' is a folder")
    if told != classes:
        raise ValueError(f"{told} classes, {benchmark.data_id} has {classes}")
    if label >= classes:
        raise ValueError(
            f"label {label} is none of the {classes} classes, which are 0 to {classes - 1}"
        )
    if benchmark.stride and fields[3:]:
        wanted = [str(benchmark.input_bytes), str(benchmark.stride)]
        if [field.lstrip("0") for field in fields[3:5]] != wanted:
            raise ValueError(
                f"inputs of {' bytes, every '.join(fields[3:5])}; the firmware for "
                f"{benchmark.data_id} takes {' bytes, every '.join(wanted)}"
            )
    return name, label


def read_labelled(
    benchmark: Benchmark, folder: Path, origin: str, limit: int | None = None
) -> Dataset:
    """The first `limit` files of the data set in a folder.

    Raises:
        AssetError: it is damaged, or none of its files is there.
        StorageError: a file cannot be read.

    """
    samples: list[Sample] = []
    missing: list[str] = []
    labels = folder / "y_labels.csv"
    if not labels.exists():
        raise AssetError(f"{folder}: there is no y_labels.csv in this data set")
    for name, label in read_labels(benchmark, labels):
        path = folder / name
        if not path.exists():
            missing.append(name)
            continue
        if limit is not None and len(samples) >= limit:
            break
        samples.append(Sample(name, label, _inputs(benchmark, path)))
    if not samples:
        raise AssetError(f"{folder}: has none of the files in y_labels.csv")
    whole = benchmark.files == len(samples) and not missing
    return Dataset(tuple(samples), origin, whole, missing=tuple(missing))


def _inputs(benchmark: Benchmark, path: Path) -> tuple[bytes, ...]:
    content = read_bytes(path, _MOST_INPUT)
    inputs = benchmark.cut(content)
    if not inputs or any(len(data) != benchmark.input_bytes for data in inputs):
        raise AssetError(
            f"{path}: {len(content):,} bytes; inputs of {benchmark.input_bytes} bytes were "
            f"expected: {benchmark.input_type}, {benchmark.layout}"
        )
    if benchmark.input_type == "float32":
        _check_numbers(path, content)
    return inputs


def _check_numbers(path: Path, content: bytes) -> None:
    import numpy as np

    numbers = np.frombuffer(content[: len(content) // 4 * 4], "<f4")
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        raise AssetError(f"{path}: number {wrong[0]} is {numbers[wrong[0]]}, which is no energy")


def seed_files(benchmark: Benchmark, limit: int | None) -> Dataset:
    """Inputs that mean nothing, always the same."""
    count = _SEEDED_FILES if limit is None else limit
    samples = []
    for index in range(count):
        generator = random.Random(f"{benchmark.data_id}/{index}")
        data = benchmark.invent(generator, benchmark.input_bytes)
        samples.append(Sample(f"seeded_{index:06d}.bin", 0, (data,)))
    return Dataset(tuple(samples), "seeded", complete=False, is_seeded=True)
