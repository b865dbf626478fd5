"""The rules R2 to R9 that a scenario must keep, each checked in one place. See docs/rules.md."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

from capsim.scenario.language.document import Path
from capsim.scenario.language.values import moment_text
from capsim.scenario.model.groups import PAY_PER_MINUTE, PAY_PER_MINUTE_POOL
from capsim.scenario.model.horizon import MAX_HORIZON_DAYS
from capsim.scenario.model.messages import Violation, no_price, too_few, uncovered, unknown
from capsim.scenario.model.profiles import MOST_TIMES
from capsim.scenario.model.written import WrittenScenario
from capsim.units import DAY, DAYS_PER_MONTH, Duration, exists

MAX_DIDS = 100_000


def check_rules(scenario: WrittenScenario) -> Iterator[Violation]:
    """Every rule that the scenario breaks: path, what is wrong and allowed, rule."""
    yield from _horizon(scenario)
    yield from _names(scenario)
    yield from _groups(scenario)
    yield from _dids(scenario)
    yield from _traffic(scenario)
    yield from _channels(scenario)
    yield from _prices(scenario)
    yield from _billing(scenario)
    yield from _goals(scenario)


def names_lead_somewhere(scenario: WrittenScenario) -> bool:
    """Whether the horizon is sound, and every pool and group that is named is there: changes can be walked through."""
    pools, groups = scenario.pools, scenario.all_groups
    return (
        not any(_horizon(scenario))
        and not any(_names(scenario))
        and all(group.pool in pools for group in groups.values())
        and all(entry.dedicated is None or entry.dedicated.pool in pools for entry in scenario.dids.values())
        and all(entry.group_name is None or entry.group_name in groups for entry in scenario.dids.values())
    )


def _horizon(scenario: WrittenScenario) -> Iterator[Violation]:
    zone = ZoneInfo(scenario.timezone)
    if scenario.start.time() != time() and not exists(scenario.start.replace(tzinfo=zone)):
        text = f"does not exist in {scenario.timezone}: the clocks go forward (got {moment_text(scenario.start)})"
        yield ("start",), text, "R15"
        return
    for key, least in (("duration", 1), ("warm_up", 0)):
        length = getattr(scenario, key)
        if not least <= _about(length) <= MAX_HORIZON_DAYS * DAY:
            from_zero = "0 s" if least == 0 else "longer than 0 s"
            yield (key,), f"must be {from_zero} to {MAX_HORIZON_DAYS} days (got {length})", "R15"


def _about(length: Duration) -> int:
    """Microseconds, about."""
    rough = length.amount * {"days": DAY, "weeks": 7 * DAY, "months": 30 * DAY}.get(length.unit, 0)
    return int(rough) if length.is_calendar else length.microseconds


def _names(scenario: WrittenScenario) -> Iterator[Violation]:
    total = sum(entry.quantity for entry in scenario.dids.values())
    if total > MAX_DIDS:
        yield ("dids",), f"the entries stand for {total:,} DIDs; allowed: at most {MAX_DIDS:,}", None
        return
    seen: dict[str, str] = {}
    for did in scenario.all_dids:
        if did.name in seen:
            text = f"the name {did.name} is both that of dids.{seen[did.name]} and of dids.{did.entry_name}"
            yield ("dids", did.entry_name), text, "R3"
        seen[did.name] = did.entry_name
    numbers: dict[str, str] = {}
    for name, entry in scenario.dids.items():
        if entry.number is None:
            continue
        digits = entry.number.lstrip("+")
        if digits in numbers:
            yield (
                ("dids", name, "number"),
                f"is the number of dids.{numbers[digits]} too (got '{entry.number}')",
                "R3",
            )
        numbers[digits] = name


def _groups(scenario: WrittenScenario) -> Iterator[Violation]:
    for name, group in scenario.groups.items():
        if group.pool not in scenario.pools:
            yield ("groups", name, "pool"), unknown("pool", group.pool, scenario.pools), "R4"
        if group.shared + group.metered == 0:
            yield (
                ("groups", name),
                "must have at least 1 shared or metered channel (got shared 0, metered 0)",
                "R4",
            )


def _dids(scenario: WrittenScenario) -> Iterator[Violation]:
    for name, entry in scenario.dids.items():
        path: Path = ("dids", name)
        if not entry.additional_capacity:
            for key, given in (("dedicated", entry.dedicated), ("group", entry.group)):
                if given is not None:
                    yield (
                        (*path, key),
                        "this DID supports no additional capacity (additional_capacity: false)",
                        "R7",
                    )
            if entry.mode == "metered":
                text = "mode metered puts the DID into a group, and it supports no additional capacity"
                yield (*path, "mode"), f"{text} (got metered)", "R7"
        if entry.traffic is not None and scenario.replay is not None:
            yield (*path, "traffic"), "the scenario's calls come from call records (replay): leave traffic out", None
        if entry.traffic is not None and isinstance(entry.traffic.profile, str):
            given = entry.traffic.profile
            if given not in scenario.profiles:
                yield (*path, "traffic", "profile"), unknown("profile", given, scenario.profiles), None
        if entry.dedicated is not None:
            pool = entry.dedicated.pool
            if pool not in scenario.pools:
                yield (*path, "dedicated", "pool"), unknown("pool", pool, scenario.pools), "R6"
            else:
                yield from _covered(scenario, (*path, "dedicated", "pool"), entry.country, pool)
        if entry.group is not None and entry.group not in scenario.all_groups:
            yield (*path, "group"), unknown("group", entry.group, scenario.groups), "R3"
        elif entry.group_name == PAY_PER_MINUTE and PAY_PER_MINUTE not in scenario.groups:
            if PAY_PER_MINUTE_POOL not in scenario.pools:
                text = f"mode metered joins the group {PAY_PER_MINUTE} of the pool '{PAY_PER_MINUTE_POOL}'"
                yield (*path, "mode"), f"{text}, which is missing; add the pool, or name a group", "R8"
            else:
                yield from _covered(scenario, (*path, "mode"), entry.country, PAY_PER_MINUTE_POOL)
        elif entry.group_name is not None and scenario.groups[entry.group_name].pool in scenario.pools:
            key = "group" if entry.group is not None else "mode"
            yield from _covered(scenario, (*path, key), entry.country, scenario.groups[entry.group_name].pool)


def _traffic(scenario: WrittenScenario) -> Iterator[Violation]:
    if any(_horizon(scenario)):
        return
    months = scenario.horizon.microseconds / float(DAYS_PER_MONTH * DAY)
    for name, entry in scenario.dids.items():
        path: Path = ("dids", name, "traffic")
        if entry.traffic is None:
            continue
        if months * math.log1p(entry.traffic.growth) > math.log(MOST_TIMES):
            text = f"grows to more than {MOST_TIMES:,.0f} times the rate within the horizon"
            yield (*path, "growth"), f"{text} (got {entry.traffic.growth:.4g} a month)", None
        for number, surge in enumerate(entry.traffic.surges):
            if not 0 < _about(surge.length) <= MAX_HORIZON_DAYS * DAY:
                text = f"must be longer than 0 s, to {MAX_HORIZON_DAYS} days (got {surge.length})"
                yield (*path, "surges", number, "length"), text, None
                continue
            try:
                surge.span(scenario.horizon.start)
            except (OverflowError, ValueError):
                text = f"lies beyond the calendar, which ends with the year 9999 (got {surge.start})"
                yield (*path, "surges", number, "start"), text, None


def _covered(scenario: WrittenScenario, path: Path, country: str | None, pool: str) -> Iterator[Violation]:
    text = uncovered(scenario.pools, country, pool)
    if text is not None and country is None:
        yield (*path[:2], "country"), f"{text}; add `country:`", "R6"
    elif text is not None:
        yield path, text, "R6"


def _channels(scenario: WrittenScenario) -> Iterator[Violation]:
    """R4 and R5: shared and dedicated channels come out of what the pool has bought by the first day."""
    later_dids, later_groups = scenario.later
    later = Counter(scenario.all_dids[position].entry_name for position in later_dids)
    for pool_name, pool in scenario.pools.items():
        if pool.channels is None:
            continue
        dedicated = 0
        for name, entry in scenario.dids.items():
            if entry.dedicated is None or entry.dedicated.pool != pool_name:
                continue
            dedicated += entry.dedicated.channels * (entry.quantity - later[name])
            if dedicated > pool.channels:
                text = (
                    f"{dedicated} dedicated channels up to here, and the pool '{pool_name}' has bought {pool.channels}"
                )
                yield (
                    ("dids", name, "dedicated", "channels"),
                    f"{text} (got {entry.dedicated.channels})",
                    "R5",
                )
        left = max(pool.channels - dedicated, 0)
        for name, group in scenario.groups.items():
            if group.pool != pool_name or name in later_groups:
                continue
            if group.shared > left:
                text = f"{too_few(pool_name, left, pool.channels)} (got {group.shared})"
                yield ("groups", name, "shared"), text, "R4"
            left = max(left - group.shared, 0)


def _prices(scenario: WrittenScenario) -> Iterator[Violation]:
    """M7: every price is the scenario's own, so what is used must have one."""
    for name, pool in scenario.pools.items():
        if pool.flat_rate is None and scenario.bought_channels(name) > 0:
            yield ("pools", name), no_price(name, "flat-rate"), "M7"
        metered = any(group.pool == name and group.metered > 0 for group in scenario.all_groups.values())
        if pool.metered is None and metered:
            yield ("pools", name), no_price(name, "metered"), "M7"


def _billing(scenario: WrittenScenario) -> Iterator[Violation]:
    """M1 and M4: what was bought before the first day."""
    for name, channels in scenario.billing.owned.items():
        path: Path = ("billing", "owned", name)
        if name not in scenario.pools:
            yield path, unknown("pool", name, scenario.pools), "M1"
        elif not 0 <= channels <= scenario.bought_channels(name):
            bought = scenario.bought_channels(name)
            yield path, f"must be from 0 to the {bought} channels of the first day (got {channels})", "M1"
    first_day = scenario.horizon.start.date()
    later = {scenario.all_dids[position].entry_name for position in scenario.later[0]}
    for name, entry in scenario.dids.items():
        if entry.activated is None:
            continue
        if name in later:
            yield ("dids", name, "activated"), "is the day on which a change adds this DID: leave it out", "M4"
        elif entry.activated > first_day:
            text = f"must not be after the start, {first_day}; a change can add the DID later (got {entry.activated})"
            yield ("dids", name, "activated"), text, "M4"


def _goals(scenario: WrittenScenario) -> Iterator[Violation]:
    """Goals are of groups and DIDs that are there."""
    if scenario.goals is None:
        return
    for name in scenario.goals.groups:
        if name not in scenario.all_groups:
            yield ("goals", "groups", name), unknown("group", name, scenario.all_groups), None
    names = {*scenario.dids, *(did.name for did in scenario.all_dids)}
    for name in scenario.goals.dids:
        if name not in names:
            yield ("goals", "dids", name), unknown("DID", name, names), None
