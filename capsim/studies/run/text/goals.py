"""Goals in words and a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from capsim.show.tables import new_table
from capsim.studies.run.rows import GOALS_HEAD, goal_rows

if TYPE_CHECKING:
    from capsim.studies.run.goals import GoalOutcome


def goals_table(outcomes: Sequence[GoalOutcome], currency: str) -> Table:
    """The goals as a table of text."""
    table = new_table(*GOALS_HEAD)
    for row in goal_rows(outcomes, currency):
        table.add_row(*row)
    return table
