"""A frontier as text and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from capsim.show.columns import cells, heads
from capsim.show.tables import new_table
from capsim.studies.frontier.columns import ridge_columns
from capsim.studies.frontier.rows import ridge_rows
from capsim.studies.frontier.words import frontier_sentences, method_line

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Frontier

MOST_ROWS = 16
"""Largest number of splits that are listed."""


def frontier_text(frontier: Frontier) -> Group:
    """Return a frontier as text: the cheapest size, the break-even, and the ridge."""
    parts: list[RenderableType] = [
        Text(f"{frontier.scenario.name}: group {frontier.group}", style="bold"),
        Text(method_line(frontier), style="dim"),
        Text(),
        *(Text(line, style="" if row else "bold") for row, line in enumerate(frontier_sentences(frontier))),
        Text(),
        Text("The cheapest split of every number of channels", style="bold"),
        _ridge(frontier),
    ]
    return Group(*parts)


def _ridge(frontier: Frontier) -> Table:
    columns, ridge = ridge_columns(frontier.scenario.currency), ridge_rows(frontier, MOST_ROWS)
    table = new_table(*heads(columns))
    for number, (channels, *others) in enumerate(cells(columns, ridge.cells)):
        table.add_row(f"{channels} <- cheapest" if number == ridge.marked else channels, *others)
    return table
