"""Rules that bind several values of a scenario at any time: names, lengths of time, references, dates, goals.

The rules of capacity (R4 to R7, M7) depend on time, and are checked in `capsim.scenario.time`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

from capsim.scenario.language.document import Path
from capsim.scenario.language.values import moment_text
from capsim.scenario.model.groups import PAY_PER_MINUTE, PAY_PER_MINUTE_POOL
from capsim.scenario.model.horizon import MAX_HORIZON_DAYS
from capsim.scenario.model.messages import Violation, unknown
from capsim.scenario.model.profiles import MOST_TIMES
from capsim.scenario.model.written import MAX_DIDS, WrittenScenario
from capsim.units import DAY, DAYS_PER_MONTH, Duration, exists


def check_foundation(written: WrittenScenario) -> Iterator[Violation]:
    """Check what the other checks and the changes rely on: the horizon, names, and references to them."""
    yield from _horizon(written)
    yield from _names(written)
    yield from _references(written)


def check_values(written: WrittenScenario) -> Iterator[Violation]:
    """Check traffic, dates and channels before the start, and goals."""
    yield from _traffic(written)
    yield from _before_the_start(written)
    yield from _goals(written)


# -- the foundation -------------------------------------------------------------------------------------


def _horizon(written: WrittenScenario) -> Iterator[Violation]:
    zone = ZoneInfo(written.timezone)
    if written.start.time() != time() and not exists(written.start.replace(tzinfo=zone)):
        text = f"does not exist in {written.timezone}: the clocks go forward then (got {moment_text(written.start)})"
        yield Violation(("start",), text, "R15")
        return
    for key, least in (("duration", 1), ("warm_up", 0)):
        length = getattr(written, key)
        if not least <= _about(length) <= MAX_HORIZON_DAYS * DAY:
            from_zero = "0 s" if least == 0 else "longer than 0 s"
            yield Violation((key,), f"must be {from_zero} to {MAX_HORIZON_DAYS} days (got {length})", "R15")


def _about(length: Duration) -> int:
    """A length of time in microseconds, with months of 30 days."""
    rough = length.amount * {"days": DAY, "weeks": 7 * DAY, "months": 30 * DAY}.get(length.unit, 0)
    return int(rough) if length.is_calendar else length.microseconds


def _names(written: WrittenScenario) -> Iterator[Violation]:
    if not written.is_countable:
        total = sum(written.quantities)
        text = f"the entries stand for {total:,} DIDs; allowed: at most {MAX_DIDS:,}"
        yield Violation(("dids",), text, None)
        return
    if len({did.name for did in written.all_dids}) < len(written.all_dids):
        yield from _names_given_twice(written)
    numbers: dict[str, str] = {}
    for name, entry in written.dids.items():
        if entry.number is None:
            continue
        digits = entry.number.lstrip("+")
        if digits in numbers:
            text = f"is the number of dids.{numbers[digits]} too; a number belongs to one DID (got '{entry.number}')"
            yield Violation(("dids", name, "number"), text, "R3")
        numbers[digits] = name


def _names_given_twice(written: WrittenScenario) -> Iterator[Violation]:
    entries: dict[str, str] = {}
    for did in written.all_dids:
        if did.name in entries:
            entry = entries[did.name]
            text = f"the name {did.name} is that of a DID of dids.{entry} and of dids.{did.entry_name}; rename one"
            yield Violation(("dids", did.entry_name), text, "R3")
        entries[did.name] = did.entry_name


def _references(written: WrittenScenario) -> Iterator[Violation]:
    """R3, R4, R6, R8: pools and groups that are named exist."""
    pools, groups = written.pools, written.all_groups
    for name, group in written.groups.items():
        if group.pool not in pools:
            yield Violation(("groups", name, "pool"), unknown("pool", group.pool, pools), "R4")
    for name, entry in written.dids.items():
        if entry.dedicated is not None and entry.dedicated.pool not in pools:
            path: Path = ("dids", name, "dedicated", "pool")
            yield Violation(path, unknown("pool", entry.dedicated.pool, pools), "R6")
        if entry.group is not None and entry.group not in groups:
            yield Violation(("dids", name, "group"), unknown("group", entry.group, written.groups), "R3")
        is_implied = entry.group_name == PAY_PER_MINUTE and PAY_PER_MINUTE not in written.groups
        if is_implied and PAY_PER_MINUTE_POOL not in pools:
            text = f"mode metered joins the group {PAY_PER_MINUTE}, whose pool '{PAY_PER_MINUTE_POOL}' is missing"
            yield Violation(("dids", name, "mode"), f"{text}; add the pool, or name a group (got metered)", "R8")


# -- other values -------------------------------------------------------------------------------------------


def _traffic(written: WrittenScenario) -> Iterator[Violation]:
    for name, entry in written.dids.items():
        traffic = entry.traffic
        path: Path = ("dids", name, "traffic")
        if traffic is None:
            continue
        if written.replay is not None:
            yield Violation(path, "all calls come from call records (replay); leave traffic out", None)
        if isinstance(traffic.profile, str) and traffic.profile not in written.profiles:
            yield Violation((*path, "profile"), unknown("profile", traffic.profile, written.profiles), None)
    if not any(_horizon(written)):
        yield from _growth_and_surges(written)


def _growth_and_surges(written: WrittenScenario) -> Iterator[Violation]:
    """Traffic over the horizon: growth stays within bounds, and surges lie within the calendar."""
    months = written.horizon.microseconds / float(DAYS_PER_MONTH * DAY)
    for name, entry in written.dids.items():
        if entry.traffic is None:
            continue
        path: Path = ("dids", name, "traffic")
        if months * math.log1p(entry.traffic.growth) > math.log(MOST_TIMES):
            text = f"grows to more than {MOST_TIMES:,.0f} times the rate within the horizon"
            yield Violation((*path, "growth"), f"{text} (got {entry.traffic.growth:.4g} a month)", None)
        for number, surge in enumerate(entry.traffic.surges):
            if not 0 < _about(surge.length) <= MAX_HORIZON_DAYS * DAY:
                text = f"must be longer than 0 s, to {MAX_HORIZON_DAYS} days (got {surge.length})"
                yield Violation((*path, "surges", number, "length"), text, None)
                continue
            try:
                surge.span(written.horizon.start)
            except (OverflowError, ValueError):
                text = f"lies beyond the calendar, which ends with the year 9999 (got {surge.start})"
                yield Violation((*path, "surges", number, "start"), text, None)


def _before_the_start(written: WrittenScenario) -> Iterator[Violation]:
    """M1, M4: pools with channels owned before the start exist, and DIDs are activated by the start."""
    for name in written.billing.owned:
        if name not in written.pools:
            yield Violation(("billing", "owned", name), unknown("pool", name, written.pools), "M1")
    first_day = written.start.date()
    later = {written.all_dids[position].entry_name for position in written.later[0]} if written.is_countable else set()
    for name, entry in written.dids.items():
        if entry.activated is None:
            continue
        path: Path = ("dids", name, "activated")
        if name in later:
            text = f"a change adds this DID, and so activates it; leave this out (got {entry.activated})"
            yield Violation(path, text, "M4")
        elif entry.activated > first_day:
            text = f"must not be after the start, {first_day}; a change can add the DID later (got {entry.activated})"
            yield Violation(path, text, "M4")


def _goals(written: WrittenScenario) -> Iterator[Violation]:
    """Goals name groups and DIDs that exist."""
    if written.goals is None:
        return
    for name in written.goals.groups:
        if name not in written.all_groups:
            yield Violation(("goals", "groups", name), unknown("group", name, written.all_groups), None)
    if not written.goals.dids or not written.is_countable:
        return
    names = dict.fromkeys([*written.dids, *(did.name for did in written.all_dids)])
    for name in written.goals.dids:
        if name not in names:
            yield Violation(("goals", "dids", name), unknown("DID", name, names), None)
