"""Results in sentences."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

import numpy as np

from capsim.scenario import Scenario
from capsim.scenario.model.moments import WEEKDAYS
from capsim.show import numbers
from capsim.studies.run.unit_costs import unit_costs
from capsim.units import CURRENCIES

if TYPE_CHECKING:
    from capsim.estimates.spread import Spread
    from capsim.studies.run.result import RunResult


def verdict(result: RunResult) -> str:
    """Blocking, in one sentence: how much, how sure, of how many calls."""
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
    each = "a replication" if runs > 1 else "one replication"
    return (
        f"Blocking is {numbers.blocking(blocking)}{sure}: {numbers.count(blocked.mean)} of {calls} blocked in {each}."
    )


def answering(result: RunResult) -> list[str]:
    """Attempts and calls, where callers try again; ASR and ACD; none where no call was answered."""
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


def cost_sentence(result: RunResult) -> str:
    """Flat-rate against per-minute spend."""
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


def busy_hour_sentences(result: RunResult) -> list[str]:
    """Which hour of the week is the busiest, and how much of what is lost falls into how few of them."""
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


def spread_sentences(result: RunResult) -> dict[str, str]:
    """How much replications differ in ``blocking`` and in ``monthly`` cost: what one such period may be like.

    A figure that does not vary has no sentence.
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
    count = f"the {spread.replications:,} replications"
    return f"in eight of ten of {count}" if spread.eight_in_ten else f"in {count}"


def unit_cost_sentences(result: RunResult) -> list[str]:
    """What a minute comes to on either kind of channel, and what rounding to whole intervals adds."""
    costs, currency = unit_costs(result), result.scenario.currency
    if result.paid_beyond is not None:  # fees are paid for longer than the calls were counted
        costs = {"metered_minute": costs["metered_minute"]}
    told = [
        f"{numbers.significant(costs[name].mean)} {currency} {what}"
        for name, what in (
            ("flat_rate_minute", "of fees for a minute on a flat-rate channel"),
            ("metered_minute", "for a minute on a metered channel"),
            ("carried_call", "in all for a carried call, one-time fees aside"),
        )
        if name in costs and costs[name].mean > 0
    ]
    sentences = [f"That is {', '.join(told)}."] if told else []
    billed, talked = result.samples.billed_minutes.mean, float(result.samples.tiers["minutes"].mean[-1])
    if billed > 0 and talked > 0 and not np.isclose(billed, talked):
        more = 100 * (billed / talked - 1)
        sentences.append(
            f"Metered calls lasted {numbers.count(talked)} minutes and are billed {numbers.count(billed)}: whole "
            f"intervals add {numbers.plain(more, 1 if more < 10 else 0)}% (M3)."
        )
    return sentences


def horizon_text(scenario: Scenario) -> str:
    """The horizon as local dates: ``2026-11-02 to 2026-12-02 (30 days), Europe/London``."""
    horizon = scenario.horizon
    whole_days = horizon.start.time() == horizon.end.time() == time.min
    form = "%Y-%m-%d" if whole_days else "%Y-%m-%d %H:%M:%S" if horizon.hours < 1 else "%Y-%m-%d %H:%M"
    dates = (horizon.end.date() - horizon.start.date()).days
    text = f"{dates} days" if whole_days and dates > 1 else f"{horizon.hours:,.4g} h"
    text = text if horizon.hours >= 1 else str(scenario.duration)
    return f"{horizon.start.strftime(form)} to {horizon.end.strftime(form)} ({text}), {scenario.timezone}"


def cycle_note(result: RunResult) -> str:
    """Say that the horizon ends within a billing cycle that is paid in full (M2, M8); empty if it does not."""
    last = result.paid_beyond
    if last is None:
        return ""
    return (
        f"Note: the horizon is not whole billing cycles. Recurring fees are paid in full to {last.isoformat()}, "
        "so the total covers more than the horizon; compare mixes by what recurs in a month (M2, M8)."
    )
