"""Tables of pages: cells with a kind, and no column that says nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..results import Result
from .columns import NOTHING, Column

_UNITS = ("ms", "KiB", "M", "\u00b5J")
"""What stands below a heading; another second line goes on with the first."""

Kind = Literal["", "fail", "coarse", "long"]


_LONG = 24
"""Characters from which on a text may take more than one line."""


@dataclass(frozen=True)
class Cell:
    """A text, how it looks, and a word that is set apart."""

    text: str
    kind: Kind = ""
    badge: str = ""


@dataclass(frozen=True)
class Heading:
    """Of a column; `unit` stands below it."""

    text: str
    unit: str = ""
    is_left: bool = False


@dataclass(frozen=True)
class Grid:
    """The first cell of a row is its heading."""

    caption: str
    of: str
    """What the rows are of, for those who do not see where the table stands."""
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]


def make_grid(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str | Cell]],
    left: Sequence[str] = (),
    of: str = "",
) -> Grid:
    """A table without the columns that say nothing in any row.

    Args:
        caption: what the table is about.
        headings: a second line is the unit.
        rows: a cell a heading.
        left: the headings of columns of words.
        of: what the rows are of, where the caption does not say it.

    """
    cells = [[_cell(part) for part in row] for row in rows]
    kept = [
        number
        for number in range(len(headings))
        if not rows or any(row[number].text not in ("", NOTHING) for row in cells)
    ]
    return Grid(
        caption,
        of,
        tuple(_heading(headings[number], headings[number] in left) for number in kept),
        tuple(tuple(row[number] for number in kept) for row in cells),
    )


def grid_of(
    caption: str,
    columns: Sequence[Column[Result]],
    results: Sequence[Result],
    kinds: Mapping[str, Callable[[Result], Cell]] | None = None,
) -> Grid:
    """The terminal's columns as a page's; `kinds` has by heading those that are more than text."""
    made = kinds or {}
    return make_grid(
        caption,
        [column.heading for column in columns],
        [
            [
                made[column.heading](result) if column.heading in made else column.cell(result)
                for column in columns
            ]
            for result in results
        ],
        [column.heading for column in columns if column.left],
    )


def _cell(part: str | Cell) -> Cell:
    if isinstance(part, Cell):
        return part
    return Cell(part, "long" if len(part) > _LONG else "")


def _heading(text: str, is_left: bool) -> Heading:
    name, _, unit = text.partition("\n")
    return (
        Heading(name, unit, is_left)
        if unit in _UNITS
        else Heading(text.replace("\n/", "/").replace("\n", " "), "", is_left)
    )
