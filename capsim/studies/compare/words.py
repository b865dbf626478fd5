"""A comparison in sentences, and how differences are written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from capsim.estimates.differences import SIGNIFICANCE
from capsim.show import numbers
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.studies.compare.result import Comparison


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
    if more.p_monthly > SIGNIFICANCE:
        return f"{best} and {next_} cannot be told apart by cost: {next_} costs {amount} more{sure}; {blocked}."
    return f"{best} is {amount} cheaper than {next_}{sure}; {blocked}."


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
