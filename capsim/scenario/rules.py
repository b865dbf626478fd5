"""The rules R2 to R9 that a scenario must keep, each checked in one place. See docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from capsim.scenario.dids import PAY_PER_MINUTE, PAY_PER_MINUTE_POOL
from capsim.scenario.document import Path
from capsim.scenario.values import nearest
from capsim.units import DAY, exists

if TYPE_CHECKING:
    from capsim.scenario.model import Scenario

MAX_DIDS = 100_000
MAX_HORIZON_DAYS = 3660

Broken = tuple[Path, str, str | None]


def check_rules(scenario: Scenario) -> Iterator[Broken]:
    """Every rule that the scenario breaks: path, what is wrong and allowed, rule."""
    yield from _horizon(scenario)
    yield from _names(scenario)
    yield from _groups(scenario)
    yield from _dids(scenario)
    yield from _channels(scenario)
    yield from _prices(scenario)


def _horizon(scenario: Scenario) -> Iterator[Broken]:
    zone = ZoneInfo(scenario.timezone)
    if not exists(scenario.start.replace(tzinfo=zone)):
        yield (
            ("start",),
            f"does not exist in {scenario.timezone}: the clocks go forward (got {scenario.start})",
            "R15",
        )
        return
    for key, least in (("duration", 1), ("warm_up", 0)):
        length = getattr(scenario, key)
        longest = MAX_HORIZON_DAYS * DAY
        rough = length.amount * {"days": DAY, "weeks": 7 * DAY, "months": 30 * DAY}.get(length.unit, 0)
        microseconds = int(rough) if length.is_calendar else length.microseconds
        if not least <= microseconds <= longest:
            from_zero = "0 s" if least == 0 else "longer than 0 s"
            yield (key,), f"must be {from_zero} to {MAX_HORIZON_DAYS} days (got {length})", "R15"


def _names(scenario: Scenario) -> Iterator[Broken]:
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


def _groups(scenario: Scenario) -> Iterator[Broken]:
    for name, group in scenario.groups.items():
        if group.pool not in scenario.pools:
            yield _unknown(("groups", name, "pool"), "pool", group.pool, scenario.pools, "R4")
        if group.shared + group.metered == 0:
            yield (
                ("groups", name),
                "must have at least 1 shared or metered channel (got shared 0, metered 0)",
                "R4",
            )


def _dids(scenario: Scenario) -> Iterator[Broken]:
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
        if entry.dedicated is not None:
            pool = entry.dedicated.pool
            if pool not in scenario.pools:
                yield _unknown((*path, "dedicated", "pool"), "pool", pool, scenario.pools, "R6")
            else:
                yield from _covered(scenario, (*path, "dedicated", "pool"), entry.country, pool)
        if entry.group is not None and entry.group not in scenario.all_groups:
            yield _unknown((*path, "group"), "group", entry.group, scenario.groups, "R3")
        elif entry.group_name == PAY_PER_MINUTE and PAY_PER_MINUTE not in scenario.groups:
            if PAY_PER_MINUTE_POOL not in scenario.pools:
                text = f"mode metered joins the group {PAY_PER_MINUTE} of the pool '{PAY_PER_MINUTE_POOL}'"
                yield (*path, "mode"), f"{text}, which is missing; add the pool, or name a group", "R8"
            else:
                yield from _covered(scenario, (*path, "mode"), entry.country, PAY_PER_MINUTE_POOL)
        elif entry.group_name is not None and scenario.groups[entry.group_name].pool in scenario.pools:
            key = "group" if entry.group is not None else "mode"
            yield from _covered(scenario, (*path, key), entry.country, scenario.groups[entry.group_name].pool)


def _covered(scenario: Scenario, path: Path, country: str | None, pool: str) -> Iterator[Broken]:
    if country is None:
        text = f"needs the DID's country, to tell whether the pool '{pool}' covers it; add `country:`"
        yield (*path[:2], "country"), text, "R6"
    elif not scenario.pools[pool].covers(country):
        yield (
            path,
            f"the pool '{pool}' does not cover {country} (its coverage: {_coverage(scenario, pool)})",
            "R6",
        )


def _coverage(scenario: Scenario, pool: str) -> str:
    coverage = scenario.pools[pool].coverage
    if isinstance(coverage, str):
        return coverage
    return ", ".join(coverage[:8]) + (", ..." if len(coverage) > 8 else "")


def _channels(scenario: Scenario) -> Iterator[Broken]:
    """R4 and R5: shared and dedicated channels come out of what the pool has bought."""
    for pool_name, pool in scenario.pools.items():
        if pool.channels is None:
            continue
        dedicated = 0
        for name, entry in scenario.dids.items():
            if entry.dedicated is None or entry.dedicated.pool != pool_name:
                continue
            dedicated += entry.dedicated.channels * entry.quantity
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
            if group.pool != pool_name:
                continue
            if group.shared > left:
                text = f"the pool '{pool_name}' has {left} of its {pool.channels} channels left to assign"
                yield ("groups", name, "shared"), f"{text} (got {group.shared})", "R4"
            left = max(left - group.shared, 0)


def _prices(scenario: Scenario) -> Iterator[Broken]:
    """M7: every price is the scenario's own, so what is used must have one."""
    for name, pool in scenario.pools.items():
        if pool.flat_rate is None and scenario.bought_channels(name) > 0:
            yield ("pools", name), "has flat-rate channels, and no price for them; add `flat_rate:`", "M7"
        metered = any(group.pool == name and group.metered > 0 for group in scenario.all_groups.values())
        if pool.metered is None and metered:
            yield (
                ("pools", name),
                "has metered channels in a group, and no price for their calls; add `metered:`",
                "M7",
            )


def _unknown(path: Path, what: str, name: str, known: dict[str, object] | object, rule: str) -> Broken:
    names = ", ".join(list(known)[:10]) if isinstance(known, dict) and known else "none is defined"
    return (
        path,
        f"there is no {what} '{name}'{nearest(name, known) or f'; defined: {names}'} (got '{name}')",
        rule,
    )
