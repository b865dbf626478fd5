"""A frontier in words and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.show.tables import new_table
from capsim.studies.frontier.rows import ridge_head, ridge_rows
from capsim.studies.frontier.words import frontier_sentences
from capsim.units import counted

if TYPE_CHECKING:
    from capsim.studies.frontier.result import Frontier

MOST_ROWS = 16


def frontier_text(frontier: Frontier) -> Group:
    """What a planner wants to read first, first: the cheapest size, the break-even, and the sizes around it."""
    parts: list[RenderableType] = [
        Text(f"{frontier.scenario.name}: group {frontier.group}", style="bold"),
        Text(_method(frontier), style="dim"),
        Text(),
        *(Text(line, style="" if row else "bold") for row, line in enumerate(frontier_sentences(frontier))),
        Text(),
        Text("The cheapest split of every number of channels", style="bold"),
        _table(frontier),
    ]
    return Group(*parts)


def _method(frontier: Frontier) -> str:
    cells, runs = f"{frontier.grid.cells:,} sizes", frontier.scenario.replications
    how = "from one pass" if frontier.method == "one pass" else f"simulated one by one, since {frontier.why}:"
    how = "simulated one by one:" if frontier.method != "one pass" and frontier.why is None else how
    each = f"{counted(runs, 'replication')}, seed {frontier.scenario.seed}"
    return f"{cells} {how} over {frontier.calls_simulated:,} calls; {each}"


def _table(frontier: Frontier) -> RenderableType:
    table = new_table(*ridge_head(frontier))
    rows, cheapest = ridge_rows(frontier, MOST_ROWS)
    for number, (channels, *others) in enumerate(rows):
        table.add_row(f"{channels} <- cheapest" if number == cheapest else channels, *others)
    return table
