"""Goals in words and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from capsim.report import numbers
from capsim.report.tables import new_table
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


def goals_table(outcomes: Sequence[GoalOutcome], currency: str) -> Table:
    """The goals, those that are not met first, where there are many."""
    table = new_table("Goal", "At most", "Found", "95% interval", "")
    shown = list(outcomes)
    if len(shown) > MOST_GOALS:
        shown = sorted(shown, key=lambda one: _WORST_FIRST.index(one.status))[:MOST_GOALS]
    for one in shown:
        what = _WHAT[one.scope].format(one.name)
        if one.scope == "cost":
            places = CURRENCIES[currency]
            found = numbers.money(one.found.mean, places), numbers.money_interval(one.found, places)
            table.add_row(what, f"{numbers.money(one.goal, places)} {currency}", *found, one.status)
        else:
            found = numbers.blocking(one.found), numbers.blocking_interval(one.found)
            table.add_row(what, f"{100 * one.goal:.3g}%", *found, one.status)
    if len(outcomes) > len(shown):
        table.add_row(f"and {len(outcomes) - len(shown):,} more")
    return table
