"""The page of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.cost import compared_kinds
from capsim.show import numbers
from capsim.show import page as html
from capsim.studies.compare.words import p_value, points, points_interval
from capsim.studies.run.page.calls import ladder, tiers
from capsim.studies.run.page.scenario import scenario_file, scenario_section
from capsim.studies.run.words import goals_in_short, horizon_text
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.studies.compare.result import Comparison


def comparison_page(comparison: Comparison, command: str = "") -> str:
    """One self-contained page: verdict, mixes with blocking and cost, their differences, the ladder of each."""
    results = comparison.results
    first = next(iter(results.values()))
    runs = f"{first.replications:,} replications of the same calls"
    goals = [
        f"Goals of {name}: {goals_in_short(one.goal_outcomes)}." for name, one in results.items() if one.goal_outcomes
    ]
    plots = comparison.plot
    return html.page(
        "Comparison: report",
        [
            html.heading(" against ".join(comparison.names), f"{horizon_text(first.scenario)}; {runs}"),
            html.verdict(comparison.verdict, *goals),
        ],
        [
            html.section(
                "Cost and blocking of each mix", html.figure(plots.mixes(), comparison.verdict), _mixes(comparison)
            ),
            html.section(
                "Differences", html.figure(plots.differences(), "Differences of monthly cost"), _differences(comparison)
            ),
            *(html.section(f"Calls of mix {name}", ladder(one), tiers(one)) for name, one in results.items()),
            *(scenario_section(one.scenario, f"Scenario {name}") for name, one in results.items()),
            html.section(
                "Method",
                html.paragraph(
                    "Every mix faces the same calls. Differences are taken replication by replication, with Student's t; p-values "
                    "are adjusted for the number of comparisons (Holm)."
                ),
                html.repeat(command, first.seed),
                *(scenario_file(one.scenario, f"Scenario {name} as a file") for name, one in results.items()),
            ),
        ],
    )


def _mixes(comparison: Comparison) -> str:
    currency = next(iter(comparison.results.values())).scenario.currency
    places, rows, kinds = CURRENCIES[currency], [], compared_kinds()
    for name, result in comparison.results.items():
        blocking, cost = result.samples.totals["blocking"].one(), result.cost_estimates
        costs = (numbers.money(cost[kind].mean, places) for kind in (*kinds, "monthly"))
        rows.append(
            (name, numbers.blocking(blocking), numbers.blocking_interval(blocking), *costs,
             numbers.money_interval(cost["monthly"], places))
        )  # fmt: skip
    head = (
        "Mix",
        "Blocking",
        "95% interval",
        *(kind.short for kind in kinds.values()),
        f"{currency} a month",
        "95% interval",
    )
    return html.table(
        "Cost and blocking of each mix", head, rows, strong=(comparison.names.index(comparison.cheapest),)
    )


def _differences(comparison: Comparison) -> str:
    currency = next(iter(comparison.results.values())).scenario.currency
    places = CURRENCIES[currency]
    rows = [
        (f"{one.to} minus {one.from_}", points(one.blocking.mean), points_interval(one.blocking.low, one.blocking.high), p_value(one.p_blocking),
         numbers.money(one.monthly.mean, places), numbers.money_interval(one.monthly, places), p_value(one.p_monthly))
        for one in comparison.differences
    ]  # fmt: skip
    return html.table(
        "Differences between mixes",
        ("Difference", "Blocking", "95% interval", "p", f"{currency} a month", "95% interval", "p"),
        rows,
    )
