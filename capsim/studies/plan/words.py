"""A plan in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from capsim.estimates.estimate import Estimate
from capsim.show import numbers
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.studies.plan.proving import Trial
    from capsim.studies.plan.result import Plan
    from capsim.studies.run.result import RunResult


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


def shown_value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    return str(value)


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
