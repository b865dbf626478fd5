"""A run in sentences: every sentence about a run that the terminal, a page or a picture shows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import time
from typing import TYPE_CHECKING

from capsim.cost import COST_KINDS
from capsim.estimates.hours_of_week import FEW
from capsim.money import CURRENCIES
from capsim.scenario import Scenario
from capsim.scenario.model.moments import WEEKDAYS
from capsim.show import numbers
from capsim.studies.run.rows import WORST_FIRST
from capsim.studies.run.unit_costs import added_by_rounding, unit_costs
from capsim.wording import about, counted

if TYPE_CHECKING:
    from capsim.estimates.spread import Spread
    from capsim.studies.run.goals import GoalOutcome
    from capsim.studies.run.result import RunResult
    from capsim.studies.run.rows import BlockingRow


# -- the run ----------------------------------------------------------------------------------------------


def horizon_text(scenario: Scenario) -> str:
    """Return the horizon as local dates, with its length and time zone.

    For example ``2026-11-02 to 2026-12-02 (30 days), Europe/London``.
    """
    horizon = scenario.horizon
    whole_days = horizon.start.time() == horizon.end.time() == time.min
    form = "%Y-%m-%d" if whole_days else "%Y-%m-%d %H:%M:%S" if horizon.hours < 1 else "%Y-%m-%d %H:%M"
    dates = (horizon.end.date() - horizon.start.date()).days
    text = f"{dates} days" if whole_days and dates > 1 else f"{horizon.hours:,.4g} h"
    text = text if horizon.hours >= 1 else str(scenario.duration)
    return f"{horizon.start.strftime(form)} to {horizon.end.strftime(form)} ({text}), {scenario.timezone}"


def method_line(result: RunResult) -> str:
    """Return what was run in one line: horizon, replications, seed and engine."""
    replications = f"{counted(result.replications, 'replication')}"
    if result.interrupted:
        replications = f"{result.replications:,} of {result.scenario.replications:,} replications"
    return f"{horizon_text(result.scenario)}; {replications}, seed {result.seed}, engine {result.engine}"


def method(result: RunResult) -> str:
    """Say how the figures came about."""
    return (
        f"Discrete-event simulation, call by call, with the {result.engine} engine. Intervals are 95% confidence "
        f"intervals over {result.replications:,} independent replications; where nothing was blocked, an upper bound "
        "is shown that allows for calls being lost in clusters. Money is exact decimal."
    )


def in_brief(result: RunResult) -> str:
    """Return blocking and cost in one line, for a notebook."""
    blocking, cost = result.samples.totals["blocking"].one(), result.cost_estimates["total"]
    seen = f"blocking {100 * blocking.mean:.3g}%"
    if not math.isnan(blocking.high):
        seen = f"{seen} ({100 * blocking.low:.3g}% to {100 * blocking.high:.3g}%)"
    if blocking.mean == 0:
        seen = "no call blocked" + ("" if math.isnan(blocking.high) else f", blocking < {100 * blocking.high:.3g}%")
    return f"{seen}, cost {cost.mean:,.2f} {result.scenario.currency}, {result.replications} replications"


# -- precision --------------------------------------------------------------------------------------------


def precision_forecast(replications: int, seconds: float) -> str:
    """Say how many replications a precision takes, and how long the others take."""
    return f"about {replications:,} replications in all, {about(seconds)} more"


def precision_missed(most: int) -> str:
    """Say that a precision was not reached in the largest number of replications."""
    return f"not reached in {most:,} replications"


OUT_OF_REACH = "no call was blocked: no precision of a share can be reached; the upper bound says how little it is"


# -- blocking ---------------------------------------------------------------------------------------------


def verdict(result: RunResult) -> str:
    """Say how much is blocked, how sure that is, and of how many calls."""
    totals = {name: estimates.one() for name, estimates in result.samples.totals.items()}
    blocking, offered, blocked = totals["blocking"], totals["offered"], totals["blocked"]
    runs = result.replications
    calls = f"{numbers.count(offered.mean)} calls"
    if offered.mean == 0:
        return "No call was offered: the scenario has no traffic in its horizon."
    if blocked.mean == 0:
        if runs == 1:
            return f"No call was blocked: {calls} in one replication, which gives no interval."
        bound = numbers.upper(blocking.high)
        return f"No call was blocked: blocking is below {bound} ({calls} in each of {runs} replications)."
    interval = numbers.blocking_interval(blocking)
    sure = f" (95% interval {interval})" if interval else ""
    scope = "a replication" if runs > 1 else "one replication"
    return (
        f"Blocking is {numbers.blocking(blocking)}{sure}: {numbers.count(blocked.mean)} of {calls} blocked in {scope}."
    )


def answering(result: RunResult) -> list[str]:
    """Say how calls were answered; nothing without answers.

    If callers try again, it says how many attempts they made.
    """
    totals = {name: estimates.one() for name, estimates in result.samples.totals.items()}
    if not totals["asr"].mean > 0:
        return []
    share, mean = 100 * totals["asr"].mean, totals["acd_seconds"].mean
    sentences = [
        f"ASR is {numbers.plain(share, 1)}% (answered / offered), ACD {numbers.span(mean)} (of answered calls)."
    ]
    if "lost" in totals:
        calls, attempts, lost = (numbers.count(totals[name].mean) for name in ("first_attempts", "offered", "lost"))
        in_the_end = f"{lost} calls, {numbers.blocking(totals['loss'])}, were given up in the end"
        sentences.insert(0, f"These are attempts: {calls} calls made {attempts}, and {in_the_end}.")
    return sentences


def under_blocking(result: RunResult) -> str:
    """Say how sure the blocking is, or of how many calls it is."""
    totals = result.samples.totals
    if interval := numbers.blocking_interval(totals["blocking"].one()):
        return interval
    if result.replications == 1:
        return "one replication: no interval"
    return f"{numbers.count(totals['blocked'].one().mean)} of {numbers.count(totals['offered'].one().mean)} calls"


def under_peak(result: RunResult) -> str:
    """Say what the peak is of."""
    channels = result.samples.channels.most.sum()
    return f"in the mean; {numbers.count(float(channels))} channels in all"


def blocking_caption(rows: Sequence[BlockingRow]) -> str:
    """Name the numbers with the highest blocking; ``rows`` come by falling blocking."""
    worst = ", ".join(f"{row.name} {numbers.blocking(row.blocking)}" for row in rows[:3])
    return f"Blocking of each number, highest first: {worst}."


def more_numbers(count: int) -> str:
    """Say that a table does not list all numbers; empty if it does."""
    return f"And {count:,} more numbers, which block no more than these." if count > 0 else ""


# -- goals ------------------------------------------------------------------------------------------------


def goals_in_short(outcomes: Sequence[GoalOutcome]) -> str:
    """Count goals by status: ``all 3 met``, or ``1 missed, 1 not proven, 1 met``."""
    counts = Counter(outcome.status for outcome in outcomes)
    if set(counts) == {"met"}:
        return f"all {len(outcomes)} met" if len(outcomes) > 1 else "met"
    return ", ".join(f"{counts[status]:,} {status}" for status in WORST_FIRST if counts[status])


def goals_sentence(result: RunResult) -> str:
    """Say how many goals are met; empty without goals."""
    return f"Goals: {goals_in_short(result.goal_outcomes)}." if result.goal_outcomes else ""


def and_more(count: int) -> str:
    """Say that a table does not list all of something."""
    return f"and {count:,} more"


# -- tiers, channels and hours ------------------------------------------------------------------------------


def ladder_caption(calls: Mapping[str, float]) -> str:
    """Say how many calls each tier took.

    ``calls`` are those of `capsim.studies.run.rows.ladder_rows`.
    """
    offered = sum(calls.values())
    parts = (
        f"{name} {numbers.count(taken)}, {numbers.share_of_calls(taken / offered)}"
        for name, taken in calls.items()
        if taken
    )
    return f"Of {numbers.count(offered)} calls: {'; '.join(parts)}."


def usage_caption(result: RunResult) -> str:
    """Say how many calls there were at once."""
    peak, load = result.samples.totals["peak_calls"].one(), result.samples.totals["erlangs"].one()
    figures = f"{numbers.load(load.mean)} in the mean, {numbers.count(peak.mean)} at the peak"
    return f"Concurrent calls over time, stacked by tier: {figures}."


def channels_caption(result: RunResult, row: int) -> str:
    """Say how busy the channels of a group were."""
    groups, name = result.samples.groups, result.samples.capacity.group_names[row]
    return (
        f"Busy channels of group {name}: shared {numbers.load(groups['shared_erlangs'][row].mean)} in the mean and "
        f"{numbers.count(groups['shared_peak'][row].mean)} at the peak, metered "
        f"{numbers.load(groups['metered_erlangs'][row].mean)} and {numbers.count(groups['metered_peak'][row].mean)}."
    )


CHANNELS_ALONE = "Busy channels of the number without a group, under its lines of capacity."


def groups_pictured(shown: int, number: int) -> str:
    """Say that not all groups are shown; empty if they are."""
    return f"The {shown} groups that lost most calls are shown, of {number:,}." if number > shown else ""


def busy_hour_sentences(result: RunResult) -> list[str]:
    """Say which hour is busiest, and how few hours hold half of the blocked calls."""
    hours = result.by_weekday
    day, hour = hours.busiest
    at = f"{WEEKDAYS[day]} {hour}:00 to {hour + 1}:00"
    calls, load = numbers.count(float(hours.offered[day, hour])), numbers.load(float(hours.erlangs[day, hour]))
    blocking = hours.blocking[day, hour]
    interval = numbers.blocking_interval(blocking)
    lost = f"blocking {numbers.blocking(blocking)}{f' ({interval})' if interval else ''}"
    sentences = [f"Busiest: {at}, with {calls} calls and {load} Erlangs offered in the mean; {lost}."]
    if few := hours.concentration():
        sentences.append(
            f"Half of all blocked calls fall into {few} of the week's {hours.with_calls} hours with calls."
        )
    return sentences


def steady_sentence(result: RunResult) -> str:
    """Say why there is no busiest hour."""
    return (
        "No hour of the week is busier than another but by chance: the scenario has no profile. "
        f"In the mean, {numbers.load(result.by_weekday.load)} Erlangs are offered."
    )


def load_by_hour_note(result: RunResult) -> str:
    """Say what the load of an hour is."""
    whose = "attempts, each counted," if result.samples.redials else "calls"
    return f"Offered load in Erlangs: the mean number of channels that these {whose} would keep busy; local time."


BLOCKING_BY_HOUR_NOTE = (
    f"Blocked calls, % of those offered in the hour; local time. In italics: of fewer than {FEW} calls; "
    f"{numbers.NOTHING}: no call was offered."
)
NEVER_CONGESTED = "Never: no call was lost while all its channels were busy."
CONGESTION_CAPTION = "When capacity was exhausted in the first replication; figures are in the table."


# -- one replication and the next ---------------------------------------------------------------------------


def spread_sentences(result: RunResult) -> dict[str, str]:
    """Say how much replications differ, in ``blocking`` and in ``monthly`` cost.

    This is what one such period may be like. A figure that does not vary has no sentence.
    """
    places = CURRENCIES[result.scenario.currency]
    blocking, cost = result.spread("blocking"), result.spread("monthly")
    sentences = {}
    if blocking is not None:
        width = max(blocking.high - blocking.low, blocking.high / 10)
        low, high = (numbers.percent(end, width) for end in (blocking.low, blocking.high))
        sentences["blocking"] = (
            "The interval of a mean tells how well the mean is known; one period may be luckier, or unluckier: "
            f"{_replications_of(blocking)} blocking is {low} to {high}."
        )
    if cost is not None:
        least, most = (numbers.money(end, places) for end in (cost.low, cost.high))
        of_these = _replications_of(cost)
        sentences["monthly"] = f"What recurs is {least} to {most} {result.scenario.currency} a month {of_these}."
    return sentences


def _replications_of(spread: Spread) -> str:
    """Name the replications that a range is of."""
    replications = f"the {spread.replications:,} replications"
    return f"in eight of ten of {replications}" if spread.eight_in_ten else f"in {replications}"


# -- money ------------------------------------------------------------------------------------------------


def cost_sentence(result: RunResult) -> str:
    """Say what flat-rate channels cost against metered minutes."""
    currency = result.scenario.currency
    places = CURRENCIES[currency]
    costs = result.cost_estimates
    flat, metered = costs["flat_rate"].mean, costs["metered"].mean
    if flat + metered == 0:
        return "Channels cost nothing in this horizon: neither flat-rate fees nor metered minutes fell due."
    minutes = result.samples.billed_minutes.mean
    share = f"{100 * flat / (flat + metered):.0f}% of channel cost is flat-rate"
    per_minute = f"{numbers.money(metered, places)} for {numbers.count(minutes)} metered minutes"
    return f"Flat-rate {numbers.money(flat, places)} {currency} against {per_minute}: {share}."


def under_monthly_cost(result: RunResult) -> str:
    """Say how sure the monthly cost is, or what it is made of."""
    costs, places = result.cost_estimates, CURRENCIES[result.scenario.currency]
    if interval := numbers.money_interval(costs["monthly"], places):
        return interval
    if result.replications == 1:
        return "one replication: no interval"
    once = sum(costs[name].mean for name, kind in COST_KINDS.items() if not kind.recurring)
    return f"{numbers.money(once, places)} paid once, beside it" if once else "fees alone"


def cost_caption(result: RunResult) -> str:
    """Say what each kind of cost comes to."""
    costs, currency = result.cost_estimates, result.scenario.currency
    places = CURRENCIES[currency]
    kinds = (f"{kind.title} {numbers.money(costs[name].mean, places)}" for name, kind in COST_KINDS.items())
    return f"Cost of the horizon by kind, {currency}: {'; '.join(kinds)}."


def unit_cost_sentences(result: RunResult) -> list[str]:
    """Say what a minute costs on either kind of channel, and what rounding adds."""
    costs, currency = unit_costs(result), result.scenario.currency
    if result.paid_beyond is not None:  # fees are paid for longer than the calls were counted
        costs = {"metered_minute": costs["metered_minute"]}
    prices = [
        f"{numbers.significant(costs[name].mean)} {currency} {what}"
        for name, what in (
            ("flat_rate_minute", "of fees for a minute on a flat-rate channel"),
            ("metered_minute", "for a minute on a metered channel"),
            ("carried_call", "in all for a carried call, one-time fees aside"),
        )
        if name in costs and costs[name].mean > 0
    ]
    sentences = [f"That is {', '.join(prices)}."] if prices else []
    rounding = added_by_rounding(result)
    if rounding is not None:
        more = 100 * rounding.share
        sentences.append(
            f"Metered calls lasted {numbers.count(rounding.talked)} minutes and are billed "
            f"{numbers.count(rounding.billed)}: whole intervals add {numbers.plain(more, 1 if more < 10 else 0)}% (M3)."
        )
    return sentences


def cycle_note(result: RunResult) -> str:
    """Say that the horizon ends within a billing cycle that is paid in full.

    Empty if it does not (M2, M8).
    """
    last = result.paid_beyond
    if last is None:
        return ""
    return (
        f"Note: the horizon is not whole billing cycles. Recurring fees are paid in full to {last.isoformat()}, "
        "so the total covers more than the horizon; compare mixes by what recurs in a month (M2, M8)."
    )


def long_invoice(items: int) -> str:
    """Say where an invoice is that is too long to be shown."""
    return f"The invoice has {items:,} items: capsim run --out writes it."


BILL_NOTE = "Quantities are added over all billing cycles; what is prorated costs less than quantity times price (M2)."
BALANCE_CAPTION = "The prepaid balance over time."


# -- theory -----------------------------------------------------------------------------------------------


def more_theory(count: int) -> str:
    """Say that a table does not list all formulas; empty if it does."""
    return f"And {count:,} more, which the summary of capsim run lists." if count > 0 else ""


Z_NOTE = "z: how many standard errors the simulation lies from the formula."
