"""Tables that fit: of the columns, those that matter least stay out where there is no room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.table import Table
from rich.text import Text

NOTHING = "-"

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """What a table has of each row. `heading` may have a second line, for the unit; the higher
    `rank`, the sooner the column stays out.
    """

    heading: str
    cell: Callable[[Row], str]
    rank: int = 0
    left: bool = False

    @property
    def name(self) -> str:
        """The heading in one line."""
        return self.heading.replace("\n", ", ")


def fit(
    title: str, columns: Sequence[Column[Row]], rows: Sequence[Row], width: int
) -> tuple[Table, list[str]]:
    """A table of at most `width` characters, and the names of the columns that it leaves out.

    A column that says nothing of any row is no column. Those of rank 0 stay whatever the width.
    """
    cells = {column: [column.cell(row) for row in rows] for column in columns}
    shown = [column for column in columns if any(cell != NOTHING for cell in cells[column])]
    left_out: list[str] = []
    while _width(shown, cells) > width:
        last = max(shown, key=lambda column: column.rank)
        if last.rank == 0:
            break
        shown.remove(last)
        left_out.insert(0, last.name)
    table = Table(title=title, title_justify="left")
    for column in shown:
        # As it is: text that the terminal is to make harmless would lose its second line.
        heading = Text(column.heading)
        table.add_column(heading, justify="left" if column.left else "right", no_wrap=True)
    for number in range(len(rows)):
        table.add_row(*(cells[column][number] for column in shown))
    return table, left_out


def _width(columns: Sequence[Column[Row]], cells: dict[Column[Row], list[str]]) -> int:
    """Of the table in characters: each cell has a space on both sides and a line behind it."""
    longest = (
        max(len(text) for text in (*column.heading.splitlines(), *cells[column]))
        for column in columns
    )
    return 1 + sum(length + 3 for length in longest)
