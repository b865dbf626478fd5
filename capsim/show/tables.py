"""Tables of text: one look for the terminal and for files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console, RenderableType
from rich.table import Table

from capsim.show.columns import Column, cells, heads

Row = TypeVar("Row")


def new_table(name: str, *figures: str) -> Table:
    """Make an empty table of named rows, with figures flush right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(name, justify="left", overflow="fold")
    for figure in figures:
        table.add_column(figure, justify="right", overflow="fold")
    return table


def table_of(columns: Sequence[Column[Row]], rows: Iterable[Row], left: Sequence[int] = (0,)) -> Table:
    """Make a table of rows; the columns at the places ``left`` are flush left."""
    table = new_table(*heads(columns))
    for place in left:
        table.columns[place].justify = "left"
    add_rows(table, columns, rows)
    return table


def add_rows(table: Table, columns: Sequence[Column[Row]], rows: Iterable[Row], style: str | None = None) -> None:
    """Add rows to a table."""
    for row in cells(columns, rows):
        table.add_row(*row, style=style)


def as_text(content: RenderableType, width: int = 140) -> str:
    """Return plain text, without colour and without blanks at the ends of lines."""
    console = Console(width=width, highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as capture:
        console.print(content)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"
