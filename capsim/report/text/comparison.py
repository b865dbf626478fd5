"""A comparison in words and a table."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.report import numbers
from capsim.report.text.goals import goals_in_short
from capsim.report.text.tables import new_table
from capsim.report.words import horizon_text
from capsim.study.comparison import Comparison
from capsim.study.estimates import Estimate
from capsim.units import CURRENCIES, counted

SURE = 0.05


def verdict(comparison: Comparison) -> str:
    """Which mix is cheapest, and by how much against the next one; whether they can be told apart at all."""
    best = comparison.cheapest
    costs = {name: result.cost_estimates["monthly"].mean for name, result in comparison.results.items()}
    next_ = min((name for name in comparison.names if name != best), key=lambda name: costs[name])
    one = comparison.results[best]
    places, currency = CURRENCIES[one.scenario.currency], one.scenario.currency
    more = comparison.difference(best, next_)
    ours, theirs = (comparison.results[name].samples.totals["blocking"].one() for name in (best, next_))
    blocked = f"blocking {numbers.blocking(ours)} against {numbers.blocking(theirs)}"
    if more.monthly.mean == 0 and not more.monthly.half_width > 0:
        return f"{best} and {next_} cost the same, {numbers.money(costs[best], places)} {currency} a month; {blocked}."
    interval = numbers.money_interval(more.monthly, places)
    sure = f" ({interval})" if interval else " (one replication: no interval)" if math.isnan(more.monthly.low) else ""
    amount = f"{numbers.money(more.monthly.mean, places)} {currency} a month"
    if more.p_monthly > SURE:
        return f"{best} and {next_} cannot be told apart by cost: {next_} costs {amount} more{sure}; {blocked}."
    return f"{best} is {amount} cheaper than {next_}{sure}; {blocked}."


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
    head = ("Blocking", "95% interval", "Once", "Flat-rate", "Metered", f"{currency} a month", "95% interval")
    table = new_table("Mix", *head)
    for name, result in comparison.results.items():
        blocking, cost = result.samples.totals["blocking"].one(), result.cost_estimates
        kinds = (cost[kind].mean for kind in ("setup", "flat_rate", "metered"))
        table.add_row(
            name, numbers.blocking(blocking), numbers.blocking_interval(blocking),
            *(numbers.money(kind, places) for kind in kinds),
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


def points(value: float, width: float = math.nan) -> str:
    """A difference of shares, ``+0.43 pp``; the width of its interval says how many digits it bears."""
    if math.isnan(value):
        return numbers.NOTHING
    return f"{_points(value, width)} pp"


def points_interval(low: float, high: float) -> str:
    """The interval of such a difference; empty where there is none."""
    return "" if math.isnan(low) else f"{_points(low, high - low)} to {_points(high, high - low)}"


def _points(value: float, width: float) -> str:
    finest = 100 * (width if width > 0 else abs(value) / 10)
    places = max(0, min(6, 1 - math.floor(math.log10(finest)))) if finest > 0 else 0
    return f"{100 * value:+.{places}f}" if value else "0"


def p_value(value: float) -> str:
    """A p-value to what means anything."""
    if math.isnan(value):
        return numbers.NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
