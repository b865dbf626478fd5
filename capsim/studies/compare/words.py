"""A comparison in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from capsim.estimates.differences import SIGNIFICANCE
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.studies.run.words import goals_in_short, horizon_text
from capsim.wording import counted

if TYPE_CHECKING:
    from capsim.studies.compare.result import Comparison


def verdict(comparison: Comparison) -> str:
    """Say which mix is cheapest, and by how much against the next one.

    Or it says that the two cannot be told apart.
    """
    best = comparison.cheapest
    costs = {name: result.cost_estimates["monthly"].mean for name, result in comparison.results.items()}
    second = min((name for name in comparison.names if name != best), key=lambda name: costs[name])
    currency = comparison.currency
    places = CURRENCIES[currency]
    more = comparison.difference(best, second)
    ours, theirs = (comparison.results[name].samples.totals["blocking"].one() for name in (best, second))
    blocked = f"blocking {numbers.blocking(ours)} against {numbers.blocking(theirs)}"
    if more.monthly.mean == 0 and not more.monthly.half_width > 0:
        return f"{best} and {second} cost the same, {numbers.money(costs[best], places)} {currency} a month; {blocked}."
    interval = numbers.money_interval(more.monthly, places)
    sure = f" ({interval})" if interval else " (one replication: no interval)" if math.isnan(more.monthly.low) else ""
    amount = f"{numbers.money(more.monthly.mean, places)} {currency} a month"
    if more.p_monthly > SIGNIFICANCE:
        return f"{best} and {second} cannot be told apart by cost: {second} costs {amount} more{sure}; {blocked}."
    return f"{best} is {amount} cheaper than {second}{sure}; {blocked}."


def method_line(comparison: Comparison) -> str:
    """Return what was run in one line: horizon, replications, seed and engine."""
    first = comparison.first
    runs = f"{counted(first.replications, 'replication')} of the same calls, seed {first.seed}, engine {first.engine}"
    return f"{horizon_text(first.scenario)}; {runs}"


def method_under_title(comparison: Comparison) -> str:
    """Return what was run in one line, for a page: horizon and replications."""
    first = comparison.first
    return f"{horizon_text(first.scenario)}; {first.replications:,} replications of the same calls"


def goals_of_mixes(comparison: Comparison) -> list[str]:
    """Say of each mix that has goals how many are met, without a full stop."""
    return [
        f"Goals of {name}: {goals_in_short(result.goal_outcomes)}"
        for name, result in comparison.results.items()
        if result.goal_outcomes
    ]


def adjustment(comparison: Comparison) -> str:
    """Say that p-values are adjusted; empty if there is only one comparison."""
    number = len(comparison.differences)
    return f"p: adjusted for {number} comparisons (Holm)." if number > 1 else ""


METHOD = (
    "Every mix faces the same calls. Differences are taken replication by replication, with Student's t; p-values "
    "are adjusted for the number of comparisons (Holm)."
)
