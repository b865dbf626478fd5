"""Goals in words and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.table import Table

from capsim.report import numbers
from capsim.report.text.tables import new_table
from capsim.study.goals import GoalOutcome
from capsim.units import CURRENCIES

MOST_GOALS = 20
_WHAT = {
    "overall": "Blocking", "group": "Blocking, group {}", "did": "Blocking, DID {}", "busy hour": "Blocking, busy hour",
    "busiest days": "Blocking, five busiest days", "cost": "Monthly cost",
}  # fmt: skip
_WORST_FIRST = ("missed", "not proven", "met")


def goals_in_short(outcomes: Sequence[GoalOutcome]) -> str:
    """``all 3 met``, or ``1 missed, 1 not proven, 1 met``."""
    counts = Counter(one.status for one in outcomes)
    if set(counts) == {"met"}:
        return f"all {len(outcomes)} met" if len(outcomes) > 1 else "met"
    return ", ".join(f"{counts[status]:,} {status}" for status in _WORST_FIRST if counts[status])  # type: ignore[index]


HEAD = ("Goal", "At most", "Found", "95% interval", "")


def goal_rows(outcomes: Sequence[GoalOutcome], currency: str) -> Iterator[tuple[str, ...]]:
    """The goals as rows of a table, those that are not met first, where there are many; the rest in one row."""
    shown = list(outcomes)
    if len(shown) > MOST_GOALS:
        shown = sorted(shown, key=lambda one: _WORST_FIRST.index(one.status))[:MOST_GOALS]
    for one in shown:
        what = _WHAT[one.scope].format(one.name)
        if one.scope == "cost":
            places = CURRENCIES[currency]
            found = numbers.money(one.found.mean, places), numbers.money_interval(one.found, places)
            yield what, f"{numbers.money(one.goal, places)} {currency}", *found, one.status
        else:
            found = numbers.blocking(one.found), numbers.blocking_interval(one.found)
            yield what, f"{100 * one.goal:.3g}%", *found, one.status
    if len(outcomes) > len(shown):
        yield f"and {len(outcomes) - len(shown):,} more", "", "", "", ""


def goals_table(outcomes: Sequence[GoalOutcome], currency: str) -> Table:
    """The goals as a table of text."""
    table = new_table(*HEAD)
    for row in goal_rows(outcomes, currency):
        table.add_row(*row)
    return table
