"""A plan in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from capsim.estimates.estimate import Estimate
from capsim.money import CURRENCIES
from capsim.show import numbers
from capsim.wording import counted

if TYPE_CHECKING:
    from capsim.studies.plan.proving import Trial
    from capsim.studies.plan.result import Plan
    from capsim.studies.plan.targets import Target
    from capsim.studies.plan.units import Unit
    from capsim.studies.run.result import RunResult


def verdict(plan: Plan) -> str:
    """The mix, its cost and its blocking, in a sentence."""
    places, currency = CURRENCIES[plan.scenario.currency], plan.scenario.currency
    if plan.best is None or plan.result is None:
        return f"No mix was proven to block at most {in_words(plan.target)}."
    cost, blocking = plan.result.cost_estimates["monthly"], plan.result.samples.totals["blocking"].one()
    interval = numbers.money_interval(cost, places)
    sure = f" ({interval})" if interval else ""
    seen = numbers.blocking_interval(blocking)
    return (
        f"Cheapest proven: {numbers.money(cost.mean, places)} {currency} a month{sure}, blocking "
        f"{numbers.blocking(blocking)}{f' ({seen})' if seen else ''}, for a target of {in_words(plan.target)}."
    )


def beside(plan: Plan) -> Iterator[str]:
    """The present mix, its idle channels, and the price of a tenth of the blocking and of carrying all calls."""
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


_WHOSE = {"overall": "", "group": " in each group", "did": " on each DID"}


def in_words(target: Target) -> str:
    """What may be blocked: ``0.1%``, ``1% in each group, 5% in the busy hour``."""
    goals, blocking = target.goals, target.blocking
    parts = [f"{_share(blocking)}{_WHOSE[target.scope]}"] if blocking is not None else []
    parts += [f"{_share(goals.busy_hour)} in the busy hour"] if goals.busy_hour is not None else []
    parts += [f"{_share(goals.busiest_days)} on the five busiest days"] if goals.busiest_days is not None else []
    if target.scope != "overall":
        return ", ".join(parts)
    parts += [f"{_share(share)} in group {name}" for name, share in goals.groups.items()]
    parts += [f"{_share(share)} on {name}" for name, share in list(goals.dids.items())[:3]]
    return ", ".join(parts) + (" and others" if len(goals.dids) > 3 else "")


def _share(value: float) -> str:
    return f"{100 * value:.4g}%"


# -- steps ------------------------------------------------------------------------------------------------


def asked(target: Target, units: Sequence[Unit]) -> str:
    """The target, and what the plan may decide."""
    groups = sum(unit.group is not None for unit in units)
    choices = sum(len(of_entry) > 1 for unit in units for of_entry in unit.own)
    alone = len(units) - groups
    parts = [counted(groups, "group")] if groups else []
    parts += [f"{counted(alone, 'entry', 'entries')} without one"] if alone else []
    parts += [f"the own channels of {counted(choices, 'entry', 'entries')}"] if choices else []
    return f"Asked: at most {in_words(target)}. To be decided: {', '.join(parts) or 'nothing'}."


def guessed(group: str, why: str) -> str:
    """Why the pilot only guesses at a group."""
    return f"What the pilot says of group {group} is a guess, for {why}; the proof is by simulation."


def piloted(calls: int, combinations: int) -> str:
    """The calls and combinations that the pilot looked at."""
    return (
        f"The pilot looked at {calls:,} calls: {counted(combinations, 'combination')} of the DIDs' own "
        "channels, each with every number of channels behind them."
    )


def cheaper_together(trial: Trial) -> str:
    """Why the plan is another mix than the one proven first."""
    return f"With the calls of pilot and proof together, {_sizes(trial)} is cheaper: it is the plan."


def tried(trial: Trial, currency: str) -> str:
    """The outcome of a mix that was run."""
    head = f"Tried {_sizes(trial)}, about {trial.choice.monthly:,.2f} {currency} a month"
    if trial.result is None:
        return f"{head}: impossible, {trial.reason}"
    blocking = trial.result.samples.totals["blocking"].one()
    interval = f"{100 * blocking.low:.3g}% to {100 * blocking.high:.3g}%"
    return (
        f"{head}: {trial.status}, blocking {100 * blocking.mean:.3g}% ({interval}) in "
        f"{trial.result.replications:,} replications."
    )


def _sizes(trial: Trial) -> str:
    sizes = ", ".join(_size(size.unit, size.flat, size.channels) for size in trial.choice.sizes[:4])
    return sizes + (", ..." if len(trial.choice.sizes) > 4 else "")


def _size(unit: Unit, flat: int, channels: int) -> str:
    if unit.group is None:
        return f"{unit.name} {flat} dedicated"
    return f"{unit.name} {flat} shared + {channels - flat} metered"
