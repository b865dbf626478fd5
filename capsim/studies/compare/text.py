"""A comparison as text and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.show.tables import table_of
from capsim.studies.compare import words
from capsim.studies.compare.columns import FROM_TO, difference_columns, mix_columns
from capsim.studies.compare.rows import mix_rows

if TYPE_CHECKING:
    from capsim.studies.compare.result import Comparison


def comparison_text(comparison: Comparison) -> Group:
    """Return the verdict, the mixes, and their differences."""
    mixes = table_of(mix_columns(comparison.currency, short=True), mix_rows(comparison))
    columns = difference_columns(FROM_TO, comparison.currency, short=True)
    parts: list[RenderableType] = [
        Text(f"{' against '.join(comparison.names)}", style="bold"),
        Text(words.method_line(comparison), style="dim"),
        Text(),
        Text(comparison.verdict, style="bold"),
        Text(),
        Text("Mixes", style="bold"),
        mixes,
        *map(Text, words.goals_of_mixes(comparison)),
        Text(),
        Text("Differences, replication by replication: with 95% intervals", style="bold"),
        table_of(columns, comparison.differences),
    ]
    if note := words.adjustment(comparison):
        parts.append(Text(note, style="dim"))
    return Group(*parts)
