"""A plan in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.report import numbers
from capsim.report.text.goals import goals_in_short, goals_table
from capsim.report.text.tables import new_table
from capsim.report.words import horizon_text
from capsim.study.estimates import Estimate
from capsim.study.planning import Plan
from capsim.study.planning.proving import Trial
from capsim.study.result import RunResult
from capsim.units import CURRENCIES

MOST_ROWS = 40


def verdict(plan: Plan) -> str:
    """The mix, its cost and its blocking, in a sentence."""
    places, currency = CURRENCIES[plan.scenario.currency], plan.scenario.currency
    if plan.best is None or plan.result is None:
        return f"No mix was proven to block at most {plan.target.in_words()}."
    cost, blocking = plan.result.cost_estimates["monthly"], plan.result.samples.totals["blocking"].one()
    interval = numbers.money_interval(cost, places)
    sure = f" ({interval})" if interval else ""
    seen = numbers.blocking_interval(blocking)
    return (
        f"Cheapest proven: {numbers.money(cost.mean, places)} {currency} a month{sure}, blocking "
        f"{numbers.blocking(blocking)}{f' ({seen})' if seen else ''}, for a target of {plan.target.in_words()}."
    )


def plan_text(plan: Plan, explain: bool = False) -> Group:
    """The verdict, the mix, what it is compared with, and on request each step."""
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


def beside(plan: Plan) -> Iterator[str]:
    """The present mix and what it wastes, the price of one more nine, and of carrying all calls."""
    places, currency = CURRENCIES[plan.scenario.currency], plan.scenario.currency
    if plan.current is not None:
        cost, blocking = plan.current.cost_estimates["monthly"], plan.current.samples.totals["blocking"].one()
        text = f"Now: {numbers.money(cost.mean, places)} {currency} a month, blocking {numbers.blocking(blocking)}"
        if plan.difference is not None:
            more = plan.difference.monthly
            apart = more if more.mean > 0 else Estimate(-more.mean, -more.high, -more.low)
            interval = numbers.money_interval(apart, places)
            sure = f" ({interval})" if interval else ""
            amount = numbers.money(abs(more.mean), places)
            if more.mean < 0:
                text += f"; the plan is {amount} cheaper{sure}"
            elif more.mean > 0:
                text += f"; the plan is {amount} dearer{sure}"
        yield f"{text}.{_keeps(plan.current)}"
    for pool, channels in plan.idle.items():
        yield f"Now, {channels:,} flat-rate channels of pool {pool} are paid for and assigned to nobody (R5)."
    if plan.best is None:
        return
    here = plan.best.choice.monthly
    for what, outlook in (("A tenth of the blocking", plan.one_more_nine), ("Carrying all calls", plan.all_calls)):
        if outlook is None:
            yield f"{what}: no mix that was looked at would do."
        else:
            yield f"{what} would cost about {numbers.money(outlook.monthly - here, places)} {currency} a month more."


def _keeps(result: RunResult) -> str:
    statuses = {one.status for one in result.goal_outcomes}
    if not statuses:
        return ""
    if statuses == {"met"}:
        return " It keeps the target."
    return " It misses the target." if "missed" in statuses else " Whether it keeps the target is not proven."


def _mix(plan: Plan) -> RenderableType:
    table = new_table("What", "Plan", "Now")
    for row, (path, value) in enumerate(plan.mix.items()):
        if row == MOST_ROWS:
            table.add_row(f"and {len(plan.mix) - MOST_ROWS:,} more")
            break
        before = plan.now(path)
        table.add_row(path, shown_value(value), "" if before == value else shown_value(before))
    return table


def shown_value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    return str(value)


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


def in_short(trial: Trial) -> str:
    """``desk 7+3, DID+0``: shared and metered channels of each group, dedicated ones of DIDs without, modes."""
    words = []
    for size in trial.choice.sizes[:3]:
        unit = size.unit
        if unit.group is None:
            words.append(f"{unit.entries[0]} {size.flat}")
        else:
            modes = [own.mode for own in size.curve.own if own.mode is not None]
            changed = f" ({', '.join(dict.fromkeys(modes))} on {len(modes)})" if modes else ""
            words.append(f"{unit.group} {size.flat}+{size.channels - size.flat}{changed}")
    return ", ".join(words) + (", ..." if len(trial.choice.sizes) > 3 else "")
