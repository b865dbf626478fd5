"""The page of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show import page as html
from capsim.studies.plan.words import beside, in_short, shown_value
from capsim.studies.run.page.bill import bill
from capsim.studies.run.page.calls import ladder, tiers
from capsim.studies.run.page.report import blocking_section, goals_table
from capsim.studies.run.page.scenario import scenario_file, scenario_section
from capsim.studies.run.words import horizon_text

if TYPE_CHECKING:
    from capsim.studies.plan.result import Plan


def plan_page(plan: Plan, command: str = "") -> str:
    """One self-contained page: the proven mix, what it saves, the mixes that were run, and each step."""
    scenario, result = plan.scenario, plan.result
    pictures = plan.plot.all()
    return html.page(
        f"{scenario.name}: plan",
        [
            html.heading(f"{scenario.name}: a plan", horizon_text(scenario)),
            html.verdict(
                plan.verdict, *beside(plan), statuses=[plan.best.status if plan.best is not None else "not proven"]
            ),
            html.tiles(_tiles(plan)),
        ],
        [
            html.section("The mix", _mix(plan)),
            html.section("Goals", goals_table(result) if result is not None else html.NOTHING),
            html.section(
                "Which tier takes the calls", *((ladder(result), tiers(result)) if result is not None else ())
            ),
            *((blocking_section(result), html.section("Cost", *bill(result))) if result is not None else ()),
            html.section(
                "Mixes that were run",
                *(html.figure(axes, "Mixes by cost and blocking, in the table below") for axes in pictures.values()),
                _trials(plan),
            ),
            scenario_section(plan.planned or scenario, "The planned scenario" if plan.planned else "The scenario"),
            html.section("Step by step", *map(html.paragraph, plan.steps)),
            html.section(
                "Method",
                html.paragraph(
                    f"A pilot looked at {plan.pilot_calls:,} calls; mixes were then run with fresh seeds, {plan.proof_calls:,} calls "
                    "in all, the cheapest first, until one was proven: the upper end of its interval (99.8% confidence) lies below "
                    "the target. No formula is used."
                ),
                html.repeat(command, scenario.seed),
                scenario_file(scenario, "The scenario that was planned, as a file"),
                scenario_file(plan.planned, "The plan as a file") if plan.planned is not None else html.NOTHING,
            ),
        ],
    )


def _tiles(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """What the plan blocks, what it costs, and what it saves."""
    if plan.best is None or plan.result is None:
        return
    currency, places = plan.scenario.currency, CURRENCIES[plan.scenario.currency]
    blocking, cost = plan.result.samples.totals["blocking"].one(), plan.result.cost_estimates["monthly"]
    yield "Blocking", numbers.blocking(blocking), numbers.blocking_interval(blocking) or "none seen", plan.best.status
    yield f"{currency} a month", numbers.money(cost.mean, places), numbers.money_interval(cost, places), ""
    if plan.difference is not None:
        more = plan.difference.monthly
        if not more.mean:
            yield f"{currency} a month beside now", "the same", "", ""
            return
        sign, what = (1, "Costs more") if more.mean > 0 else (-1, "Saves")
        ends = sorted((sign * more.low, sign * more.high))
        under = "" if np.isnan(more.low) else f"{numbers.money(ends[0], places)} to {numbers.money(ends[1], places)}"
        yield f"{what}, {currency} a month", numbers.money(sign * more.mean, places), under, ""


def _mix(plan: Plan) -> html.Fragment:
    rows = [
        (path, shown_value(value), "the same" if (before := plan.now(path)) == value else shown_value(before))
        for path, value in plan.mix.items()
    ]
    return html.table("The mix", ("What", "Plan", "Now"), rows)


def _trials(plan: Plan) -> html.Fragment:
    places, currency = CURRENCIES[plan.scenario.currency], plan.scenario.currency
    rows: list[tuple[str, ...]] = []
    strong: list[int] = []
    for trial in dict.fromkeys((*plan.trials, *plan.runners_up)):
        if trial.result is None:
            continue
        if trial is plan.best:
            strong.append(len(rows))
        blocking, cost = trial.result.samples.totals["blocking"].one(), trial.result.cost_estimates["monthly"]
        rows.append(
            (in_short(trial), numbers.blocking(blocking), numbers.blocking_interval(blocking),
             numbers.money(cost.mean, places), numbers.money_interval(cost, places), trial.status)
        )  # fmt: skip
    head = ("Mix", "Blocking", "95% interval", f"{currency} a month", "95% interval", "Target")
    return html.table("Mixes that were run", head, rows, strong=strong, left=(0, 5))
