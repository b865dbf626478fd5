"""Goals as a table of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from capsim.show.tables import table_of
from capsim.studies.run.columns import goal_columns
from capsim.studies.run.rows import goal_rows
from capsim.studies.run.words import and_more

if TYPE_CHECKING:
    from capsim.studies.run.goals import GoalOutcome


def goals_table(outcomes: Sequence[GoalOutcome], currency: str) -> Table:
    """Make a table of goals: accepted, found, and whether that is proven."""
    rows, more = goal_rows(outcomes)
    table = table_of(goal_columns(currency), rows)
    if more:
        table.add_row(and_more(more))
    return table
