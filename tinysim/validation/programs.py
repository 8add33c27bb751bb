"""Programs that print how many cycles they took, beside what silicon printed."""

import csv
import io
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from .._core import Stop
from ..errors import AssetError, TinySimError
from ..image import load_image
from ..platform import load_board
from ..platform.assembly import build_machine
from ..results.programs import ProgramCheck
from ..storage import read_text

SETS = ("pqm4",)
"""The sets with a catalogue."""

_SLICE = 100_000_000
"""Cycles between looks at what a program has printed."""
_QUIET = 2_000_000_000
"""Cycles without a word after which a program has ended."""
_MOST_CYCLES = 20_000_000_000
"""A program that has not ended by then is stopped: 1000 s at 20 MHz."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Operation(_Part):
    """What one operation of a program took on silicon, in cycles."""

    scheme: str
    implementation: str
    operation: str
    language: Literal["assembly", "C"]
    average: PositiveInt
    minimum: PositiveInt
    maximum: PositiveInt
    judged: Literal["minimum", "average", "none"]


class ProgramSet(_Part):
    """A set of programs and what was measured with them, all on the same set-up."""

    set: str
    source: str
    setup: str
    compiler: str
    uart: str
    operation: tuple[Operation, ...]


class Expected(_Part):
    """A row of a CSV file: an image, the line above the count that it prints, and the cycles."""

    image: str
    prints: str
    cycles: PositiveInt


@cache
def program_set(name: str) -> ProgramSet:
    """A set of the catalogue.

    Raises:
        TinySimError: there is none of that name.

    """
    if name not in SETS:
        raise TinySimError(f"no set '{name}'; there are: {', '.join(SETS)}")
    text = (Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8")
    return ProgramSet.model_validate(tomllib.loads(text))


def check_set(name: str, folder: Path, tier: str) -> list[ProgramCheck]:
    """Run the programs of a set whose ELF files are below a folder; found by their names, as
    compilers differ.
    """
    known = program_set(name)
    programs: dict[tuple[str, str], list[Operation]] = {}
    for operation in known.operation:
        programs.setdefault((operation.scheme, operation.implementation), []).append(operation)
    checks = []
    for (scheme, implementation), operations in programs.items():
        path = _find(folder, f"{scheme}_{implementation}_speed.elf")
        if path is not None:
            checks += _compare(path, known, operations, tier)
    return checks


def _find(folder: Path, ending: str) -> Path | None:
    return next(
        (path for path in sorted(folder.rglob("*.elf")) if path.name.endswith(ending)), None
    )


def _compare(
    path: Path, known: ProgramSet, operations: Sequence[Operation], tier: str
) -> list[ProgramCheck]:
    printed, compiler = run_program(path, known.uart, tier)
    checks = []
    for operation in operations:
        if operation.judged == "none":
            continue
        counts = printed.get(f"{operation.operation} cycles:", [])
        least = operation.judged == "minimum"
        checks.append(
            ProgramCheck(
                program=f"{operation.scheme} {operation.implementation}",
                operation=operation.operation,
                group=operation.language,
                compiler=compiler,
                judged=operation.judged,
                silicon=operation.minimum if least else operation.average,
                estimate=(min(counts) if least else sum(counts) / len(counts)) if counts else None,
            )
        )
    return checks


def check_expected(file: Path, tier: str, uart: str = "lpuart1") -> list[ProgramCheck]:
    """Run the images that a CSV file names (columns image, prints, cycles), relative to it.

    Raises:
        TinySimError: the file has other columns, or an image cannot be used.

    """
    rows = _read_expected(file)
    ran: dict[str, tuple[dict[str, list[int]], str]] = {}
    checks = []
    for row in rows:
        if row.image not in ran:
            ran[row.image] = run_program(file.parent / row.image, uart, tier)
        printed, compiler = ran[row.image]
        counts = printed.get(row.prints, [])
        checks.append(
            ProgramCheck(
                program=row.image,
                operation=row.prints,
                group=file.name,
                compiler=compiler,
                judged="average",
                silicon=row.cycles,
                estimate=sum(counts) / len(counts) if counts else None,
            )
        )
    return checks


def _read_expected(file: Path) -> list[Expected]:
    reader = csv.DictReader(io.StringIO(read_text(file)))
    try:
        rows = [Expected.model_validate(row) for row in reader]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise AssetError(
            f"{file}: line {reader.line_num}: {place}: {first['msg']}; the columns are image, "
            "prints, cycles"
        ) from None
    if not rows:
        raise AssetError(f"{file}: has no rows")
    return rows


def run_program(path: Path, uart: str, tier: str) -> tuple[dict[str, list[int]], str]:
    """Run a program to its end; the counts that it printed by the line above each, and its
    compiler.

    Raises:
        TinySimError: it is no image for the board, or printed no count.

    """
    image = load_image(path)
    board = load_board()
    machine = build_machine(board, {"tier": tier})
    for segment in image.segments:
        machine.load(segment.address, segment.data)
    machine.reset()
    said = b""
    spoke = 0
    # Such programs end by returning from main, into a fault or a loop.
    while machine.cycles < min(_MOST_CYCLES, spoke + _QUIET):
        stop = machine.run(_SLICE, until_line=False)
        if received := machine.uart_read(uart):
            said += received
            spoke = machine.cycles
        if stop in (Stop.FAULT, Stop.EXIT, Stop.IDLE):
            break
    printed = parse_counts(said.decode("latin-1"))
    if not printed:
        raise AssetError(f"{path}: printed no count of cycles")
    return printed, image.compiler


def parse_counts(text: str) -> dict[str, list[int]]:
    """Numbers that stand alone on a line, by the line above."""
    counts: dict[str, list[int]] = {}
    above = ""
    for line in (line.strip() for line in text.splitlines()):
        if above and re.fullmatch(r"\d{1,18}", line):
            counts.setdefault(above, []).append(int(line))
            above = ""
        else:
            above = line
    return counts
