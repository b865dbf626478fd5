"""What a plan may decide: the sizes of groups, and the own channels of DIDs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from capsim.scenario import Scenario
from capsim.scenario.time.cycles import CycleRule
from capsim.studies.plan.targets import Target


@dataclass(frozen=True, slots=True)
class Own:
    """One choice for the DIDs of an entry: mode (None keeps the present one), included and dedicated channels."""

    mode: str | None
    included: int
    dedicated: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What can be decided by itself: a group with the entries of its DIDs, or an entry without a group.

    Attributes
    ----------
    name : str
        ``group desk`` or ``DID london``.
    group : str or None
        The group; None for an entry without one.
    entries : tuple of str
        Entries of ``dids``.
    pool : str or None
        Pool of the flat-rate channels; None where there can be none.
    own : tuple of tuple of Own
        Choices for each entry, the present one first.
    pools_of_dedicated : tuple of str or None
        Pool of the dedicated channels of each entry.
    """

    name: str
    group: str | None
    entries: tuple[str, ...]
    pool: str | None
    own: tuple[tuple[Own, ...], ...]
    pools_of_dedicated: tuple[str | None, ...]


def units_of(scenario: Scenario, target: Target) -> list[Unit]:
    """The units of a scenario: its groups, then the entries without a group."""
    touched = _touched(scenario)
    found = []
    by_group: dict[str, list[str]] = {}
    for name, entry in scenario.dids.items():
        if entry.group_name is not None:
            by_group.setdefault(entry.group_name, []).append(name)
    for group, entries in by_group.items():
        pools = [_dedicated_pool(scenario, name) for name in entries]
        own = [
            tuple(_choices(scenario, name, touched, pool, _few(scenario, name, pool, group, target.by_did)))
            for name, pool in zip(entries, pools, strict=True)
        ]
        found.append(
            Unit(f"group {group}", group, tuple(entries), scenario.all_groups[group].pool, tuple(own), tuple(pools))
        )
    for name, entry in scenario.dids.items():
        if entry.group_name is None:
            pool = _dedicated_pool(scenario, name)
            fixed = name in touched or entry.capacity_limit is not None or not entry.additional_capacity
            own_pool = None if fixed else pool
            choices = tuple(_choices(scenario, name, touched, pool, [entry.dedicated_channels]))
            found.append(Unit(f"DID {name}", None, (name,), own_pool, (choices,), (pool,)))
    return found


def _touched(scenario: Scenario) -> set[str]:
    """Entries whose DIDs are touched by changes."""
    rows = {position for step in scenario.timeline.steps for position in step.dids} | set(scenario.later[0])
    return {scenario.all_dids[position].entry_name for position in rows}


def _dedicated_pool(scenario: Scenario, name: str) -> str | None:
    """The pool of an entry's dedicated channels: its own, else the first with a price that covers its country (R6)."""
    entry = scenario.dids[name]
    if entry.dedicated is not None:
        return entry.dedicated.pool
    if not entry.additional_capacity or entry.country is None:
        return None
    covering = (
        (pool.flat_rate.monthly, pool_name)
        for pool_name, pool in scenario.pools.items()
        if pool.flat_rate is not None and pool.covers(entry.country)
    )
    return min(covering, default=(Decimal(0), None))[1]


def _few(scenario: Scenario, name: str, pool: str | None, group: str, of_each: bool) -> list[int]:
    """Numbers of dedicated channels to try for a DID in a group.

    In the group's own pool a shared channel carries every call that a dedicated one does, and more. So only the present
    number and 0 are tried, unless DIDs have goals of their own, or the pools differ.
    """
    now = scenario.dids[name].dedicated_channels
    numbers = [now, 0]
    if pool is not None and (of_each or pool != scenario.all_groups[group].pool):
        numbers += [1, 2, 3, now + 1]
    return list(dict.fromkeys(numbers))


def _choices(
    scenario: Scenario, name: str, touched: set[str], pool: str | None, dedicated: list[int]
) -> Iterator[Own]:  # fmt: skip
    entry = scenario.dids[name]
    now = Own(None, entry.included_channels, entry.dedicated_channels)
    yield now
    if name in touched:
        return
    modes: list[tuple[str | None, int]] = [(None, entry.included_channels)]
    switchable = entry.included is None and entry.additional_capacity and entry.mode != "metered"
    if switchable and isinstance(entry.fees.monthly, dict) and {"DID+2", "DID+0"} <= set(entry.fees.monthly):
        other = "DID+0" if entry.included_channels else "DID+2"
        modes.append((other, 0 if other == "DID+0" else 2))
    for mode, included in modes:
        for channels in dedicated:
            choice = Own(mode, included, channels)
            if choice != now and (pool is not None or channels == 0):
                yield choice


def own_fee(scenario: Scenario, name: str, own: Own) -> float:
    """Monthly fees of the DIDs of an entry, by their mode (M4, M8)."""
    entry = scenario.dids[name]
    fee = entry.monthly_fee(own.mode or entry.mode) or Decimal(0)
    rule = CycleRule(scenario.billing.cycle, scenario.horizon.start.date())
    return float(rule.per_month(fee)) * entry.quantity
