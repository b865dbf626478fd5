"""A plan in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.show.tables import new_table
from capsim.studies.plan.words import beside, in_short, shown_value
from capsim.studies.run.text.goals import goals_table
from capsim.studies.run.words import goals_in_short, horizon_text

if TYPE_CHECKING:
    from capsim.studies.plan.proving import Trial
    from capsim.studies.plan.result import Plan

MOST_ROWS = 40


def plan_text(plan: Plan, explain: bool = False) -> Group:
    """The verdict, the mix, the present one beside it, and on request each step."""
    parts: list[RenderableType] = [
        Text(f"{plan.scenario.name}: a plan", style="bold"),
        Text(_method(plan), style="dim"),
        Text(),
        Text(plan.verdict, style="bold"),
        *(Text(line) for line in beside(plan)),
    ]
    if plan.best is not None and plan.result is not None:
        parts += [Text(), Text("The mix", style="bold"), _mix(plan)]
        if len(plan.goal_outcomes) > 1:
            title = f"Goals ({goals_in_short(plan.goal_outcomes)})"
            parts += [Text(), Text(title, style="bold"), goals_table(plan.goal_outcomes, plan.scenario.currency)]
    rows = [trial for trial in dict.fromkeys((*plan.trials, *plan.runners_up)) if trial.result is not None]
    if rows:
        parts += [Text(), Text("Mixes that were run", style="bold"), _trials(plan, rows)]
    if explain:
        parts += [Text(), Text("Step by step", style="bold"), *(Text(f"- {step}") for step in plan.steps)]
    return Group(*parts)


def _method(plan: Plan) -> str:
    runs = plan.result.replications if plan.result is not None else 0
    proof = f"; the proof: {runs:,} replications with fresh seeds" if runs else ""
    calls = f"{plan.pilot_calls:,} calls looked at, {plan.proof_calls:,} run"
    return f"{horizon_text(plan.scenario)}; {calls}{proof}"


def _mix(plan: Plan) -> RenderableType:
    table = new_table("What", "Plan", "Now")
    for row, (path, value) in enumerate(plan.mix.items()):
        if row == MOST_ROWS:
            table.add_row(f"and {len(plan.mix) - MOST_ROWS:,} more")
            break
        before = plan.now(path)
        table.add_row(path, shown_value(value), "" if before == value else shown_value(before))
    return table


def _trials(plan: Plan, trials: list[Trial]) -> RenderableType:
    places, currency = CURRENCIES[plan.scenario.currency], plan.scenario.currency
    table = new_table("Mix", "Blocking", "95% interval", f"{currency} a month", "95% interval", "Target")
    for trial in trials:
        assert trial.result is not None
        blocking, cost = trial.result.samples.totals["blocking"].one(), trial.result.cost_estimates["monthly"]
        mark = " <- plan" if trial is plan.best else ""
        table.add_row(
            in_short(trial) + mark, numbers.blocking(blocking), numbers.blocking_interval(blocking),
            numbers.money(cost.mean, places), numbers.money_interval(cost, places), trial.status,
        )  # fmt: skip
    return table
