"""A scenario in plain words: its numbers, groups, pools and traffic."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.scenario import Scenario
from capsim.scenario.model.dids import DidEntry
from capsim.scenario.model.holding import Empirical
from capsim.scenario.model.profiles import Profile
from capsim.scenario.model.traffic import Traffic
from capsim.show import numbers
from capsim.wording import counted

MOST_GROUPS = 25
"""Largest number of groups that are described one by one."""


def scenario_sentences(scenario: Scenario) -> Iterator[str]:
    """Describe a scenario in plain words."""
    dids, groups = scenario.all_dids, scenario.all_groups
    countries = sorted({did.entry.country for did in dids if did.entry.country is not None})
    where = f" in {', '.join(countries)}" if 0 < len(countries) <= 6 else f" in {len(countries)} countries"
    calls = "the calls of call records" if scenario.replay is not None else "simulated calls"
    yield f"{counted(len(dids), 'phone number')}{where if countries else ''} with {calls}. {_own_channels(scenario)}"
    for name, group in list(groups.items())[:MOST_GROUPS]:
        members = sum(did.entry.group_name == name for did in dids)
        limit = f", at most {group.capacity_limit:,} calls at once" if group.capacity_limit is not None else ""
        yield (
            f"Group {name}: {group.shared:,} shared and {group.metered:,} metered channels of pool {group.pool} for "
            f"{counted(members, 'number')}{limit}."
        )
    if len(groups) > MOST_GROUPS:
        yield f"And {counted(len(groups) - MOST_GROUPS, 'more group')}."
    for name, pool in scenario.pools.items():
        bought, prices = scenario.bought_channels(name), []
        if pool.flat_rate is not None:
            prices.append(f"{pool.flat_rate.monthly:f} {scenario.currency} a cycle for a flat-rate channel")
        if pool.metered is not None:
            prices.append(f"{pool.metered.rate:f} {scenario.currency} a minute on a metered one")
        yield f"Pool {name}: {counted(bought, 'flat-rate channel')} bought; {', '.join(prices) or 'no prices'}."
    if scenario.changes:
        yield f"{counted(len(scenario.changes), 'change')} in the course of the horizon."
    if scenario.account is not None:
        yield f"A prepaid account of {scenario.account.balance:f} {scenario.currency}."


def _own_channels(scenario: Scenario) -> str:
    """Say which channels the numbers have of their own."""
    included = sum(did.entry.included_channels for did in scenario.all_dids)
    dedicated = sum(did.entry.dedicated_channels for did in scenario.all_dids)
    own = [f"{included:,} included"] if included else []
    own += [f"{dedicated:,} dedicated"] if dedicated else []
    return f"Of their own they have {' and '.join(own)} channels." if own else "They have no channels of their own."


def more_entries(count: int) -> str:
    """Say that a table does not list all entries; empty if it does."""
    return f"And {counted(count, 'more entry', 'more entries')}." if count > 0 else ""


def traffic_text(entry: DidEntry, scenario: Scenario) -> str:
    """Describe the traffic of an entry of ``dids``."""
    traffic = entry.traffic
    if traffic is None:
        return "of call records" if scenario.replay is not None else "none"
    if traffic.erlangs is not None:
        rate = f"{traffic.erlangs:g} Erlangs"
    else:
        rate = f"{traffic.calls_per_hour:g} calls an hour"
    return "; ".join([rate, f"calls of {_holding_text(traffic)}", *_details(traffic)])


def _holding_text(traffic: Traffic) -> str:
    holding = traffic.holding
    if isinstance(holding, Empirical):
        return f"{numbers.span(traffic.mean_seconds)} in the mean, as listed"
    return f"{numbers.span(traffic.mean_seconds)} ({holding.distribution}, cv {holding.cv_value:g})"


def _details(traffic: Traffic) -> Iterator[str]:
    if isinstance(traffic.profile, str):
        yield f"where profile {traffic.profile} is 1"
    elif isinstance(traffic.profile, Profile):
        yield "by hour and weekday"
    if traffic.day_factor is not None:
        yield f"days vary, cv {traffic.day_factor.cv:g}"
    if traffic.growth:
        yield f"growing {100 * traffic.growth:g}% a month"
    if traffic.surges:
        yield counted(len(traffic.surges), "surge")
    if traffic.answered < 1:
        yield f"{100 * traffic.answered:g}% answered"
    if traffic.redial is not None:
        yield f"{100 * traffic.redial.probability:g}% of blocked callers try again"
