"""A comparison in words and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.cost import compared_kinds
from capsim.estimates.estimate import Estimate
from capsim.show import numbers
from capsim.show.tables import new_table
from capsim.studies.compare.words import p_value, points, points_interval
from capsim.studies.run.words import goals_in_short, horizon_text
from capsim.units import CURRENCIES, counted

if TYPE_CHECKING:
    from capsim.studies.compare.result import Comparison


def comparison_text(comparison: Comparison) -> Group:
    """The verdict, the mixes, and their differences."""
    first = next(iter(comparison.results.values()))
    runs = first.replications
    each = f"{counted(runs, 'replication')} of the same calls, seed {first.seed}, engine {first.engine}"
    goals = [
        Text(f"Goals of {name}: {goals_in_short(result.goal_outcomes)}")
        for name, result in comparison.results.items()
        if result.goal_outcomes
    ]
    parts: list[RenderableType] = [
        Text(f"{' against '.join(comparison.names)}", style="bold"),
        Text(f"{horizon_text(first.scenario)}; {each}", style="dim"),
        Text(),
        Text(comparison.verdict, style="bold"),
        Text(),
        Text("Mixes", style="bold"),
        _mixes(comparison),
        *goals,
        Text(),
        Text("Differences, replication by replication: with 95% intervals", style="bold"),
        _differences(comparison),
    ]
    if len(comparison.differences) > 1:
        parts.append(Text(f"p: adjusted for {len(comparison.differences)} comparisons (Holm).", style="dim"))
    return Group(*parts)


def _mixes(comparison: Comparison) -> RenderableType:
    currency = next(iter(comparison.results.values())).scenario.currency
    places = CURRENCIES[currency]
    kinds = compared_kinds()
    head = ("Blocking", "95% interval", *(kind.short for kind in kinds.values()), f"{currency} a month", "95% interval")
    table = new_table("Mix", *head)
    for name, result in comparison.results.items():
        blocking, cost = result.samples.totals["blocking"].one(), result.cost_estimates
        table.add_row(
            name, numbers.blocking(blocking), numbers.blocking_interval(blocking),
            *(numbers.money(cost[kind].mean, places) for kind in kinds),
            numbers.money(cost["monthly"].mean, places), _interval(cost["monthly"], places),
        )  # fmt: skip
    return table


def _differences(comparison: Comparison) -> RenderableType:
    currency = next(iter(comparison.results.values())).scenario.currency
    places = CURRENCIES[currency]
    table = new_table("From, to", "Blocking", "95% interval", "p", f"{currency} a month", "95% interval", "p")
    for one in comparison.differences:
        table.add_row(
            f"{one.from_}, {one.to}", points(one.blocking.mean, one.blocking.high - one.blocking.low),
            points_interval(one.blocking.low, one.blocking.high),
            p_value(one.p_blocking), numbers.money(one.monthly.mean, places), _interval(one.monthly, places),
            p_value(one.p_monthly),
        )  # fmt: skip
    return table


def _interval(cost: Estimate, places: int) -> str:
    """An interval of money that fits a column: whole units where there are thousands of them."""
    return numbers.money_interval(cost, places if max(abs(cost.low), abs(cost.high)) < 1000 else 0)
