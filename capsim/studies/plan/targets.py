"""What a plan is asked: how much may be blocked, and what may be decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from capsim.errors import InputError, Problem
from capsim.scenario import Did, Scenario
from capsim.scenario.cycles import CycleRule
from capsim.shares import asked_blocking

SCOPES = ("overall", "group", "did")


@dataclass(frozen=True, slots=True)
class Target:
    """Shares of calls that may be blocked, at most; None where nothing is asked.

    blocking, with its scope: of all calls; or of each group's, and of each DID's without one; or of each DID's.
    busy_hour, busiest_days : see `capsim.estimates.busy_hour`. groups, dids : of single ones, by name.
    """

    blocking: float | None
    scope: str = "overall"
    busy_hour: float | None = None
    busiest_days: float | None = None
    groups: tuple[tuple[str, float], ...] = ()
    dids: tuple[tuple[str, float], ...] = ()

    def of_group(self, name: str) -> float | None:
        """What a group may block."""
        return dict(self.groups).get(name, self.blocking if self.scope == "group" else None)

    def of_did(self, name: str, grouped: bool) -> float | None:
        """What a DID may block."""
        alone = self.scope == "did" or (self.scope == "group" and not grouped)
        return dict(self.dids).get(name, self.blocking if alone else None)

    @property
    def overall(self) -> float | None:
        return self.blocking if self.scope == "overall" else None

    def divided(self, by: float) -> Target:
        """All of it, so many times stricter."""

        def less(value: float | None) -> float | None:
            return None if value is None else value / by

        groups, dids = (tuple((name, share / by) for name, share in of) for of in (self.groups, self.dids))
        return Target(
            less(self.blocking), self.scope, less(self.busy_hour), less(self.busiest_days), groups, dids
        )  # fmt: skip

    def to_goals(self, scenario: Scenario) -> dict[str, Any]:
        """As the goals of a scenario."""
        goals: dict[str, Any] = {
            "blocking": self.overall, "busy_hour": self.busy_hour, "busiest_days": self.busiest_days,
            "groups": {
                name: share
                for name in scenario.all_groups
                if (share := self.of_group(name)) is not None
                and any(did.entry.group_name == name and called(scenario, did) for did in scenario.all_dids)
            },
            "dids": {
                did.name: share
                for did in scenario.all_dids
                if called(scenario, did)
                and (share := self.of_did(did.name, did.entry.group_name is not None)) is not None
            },
        }  # fmt: skip
        return {name: value for name, value in goals.items() if value not in (None, {})}

    def to_dict(self) -> dict[str, Any]:
        return {
            "blocking": self.blocking, "scope": self.scope, "busy_hour": self.busy_hour,
            "busiest_days": self.busiest_days, "groups": dict(self.groups), "dids": dict(self.dids),
        }  # fmt: skip

    def in_words(self) -> str:
        whose = {"overall": "", "group": " in each group", "did": " on each DID"}[self.scope]
        parts = [f"{_share(self.blocking)}{whose}"] if self.blocking is not None else []
        parts += [f"{_share(self.busy_hour)} in the busy hour"] if self.busy_hour is not None else []
        parts += [f"{_share(self.busiest_days)} on the five busiest days"] if self.busiest_days is not None else []
        parts += [f"{_share(share)} in group {name}" for name, share in self.groups]
        parts += [f"{_share(share)} on {name}" for name, share in self.dids[:3]]
        return ", ".join(parts) + (" and others" if len(self.dids) > 3 else "")


def called(scenario: Scenario, did: Did) -> bool:
    """Whether a DID may get calls: without any, nothing can be proven of it, and nothing needs to be."""
    return did.entry.traffic is not None or scenario.replay is not None


def _share(value: float) -> str:
    return f"{100 * value:.4g}%"


def target_of(
    scenario: Scenario,
    max_blocking: float | str | None,
    scope: str,
    busy_hour: float | str | None,
    busiest_days: float | str | None,
) -> Target:
    """What is asked for, or else the goals of the scenario."""
    given = {"max_blocking": max_blocking, "busy_hour": busy_hour, "busiest_days": busiest_days}
    asked = {name: asked_blocking(value, name) for name, value in given.items()}
    for name, value in asked.items():
        if value is not None and not 0 < value < 1:
            raise InputError(Problem(f"must be a share between 0% and 100% (got {100 * value:g}%)", path=name))
    if scope not in SCOPES:
        raise InputError(Problem(f"must be one of {', '.join(SCOPES)} (got {scope!r})", path="scope"))
    if any(value is not None for value in asked.values()):
        return Target(asked["max_blocking"], scope, asked["busy_hour"], asked["busiest_days"])
    goals = scenario.goals
    groups: list[tuple[str, float]] = []
    dids: list[tuple[str, float]] = []
    if goals is not None:
        for name in scenario.all_groups:
            share = goals.groups.get(name, goals.each_group)
            groups += [(name, share)] if share is not None else []
        for did in scenario.all_dids:
            share = goals.of_did(did.name, did.entry_name)
            dids += [(did.name, share)] if share is not None else []
        target = Target(goals.blocking, "overall", goals.busy_hour, goals.busiest_days, tuple(groups), tuple(dids))
        if target.to_goals(scenario):
            shares = (goals.blocking, goals.busy_hour, goals.busiest_days, *(share for _, share in (*groups, *dids)))
            if 0 in shares:
                raise InputError(Problem("no simulation can prove that no call is ever blocked", path="goals"))
            return target
    raise InputError(
        Problem("say how much may be blocked: --max-blocking 0.1%, or `goals: {blocking: 0.1%}` in the scenario")
    )


@dataclass(frozen=True, slots=True)
class Own:
    """One choice for the DIDs of an entry: mode (None: as it is), included and dedicated channels of each."""

    mode: str | None
    included: int
    dedicated: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What can be decided by itself: a group with the entries of its DIDs, or an entry without a group.

    pool : of its flat-rate channels; None where it can have none. fixed_sizes : the group's own channels are not
    decided, since changes touch them. own : the choices of each entry, the present one first.
    """

    name: str
    group: str | None
    entries: tuple[str, ...]
    pool: str | None
    own: tuple[tuple[Own, ...], ...]
    pools_of_dedicated: tuple[str | None, ...]


def units_of(scenario: Scenario, target: Target) -> list[Unit]:
    """The groups, then the entries without one."""
    touched = _touched(scenario)
    found = []
    by_group: dict[str, list[str]] = {}
    for name, entry in scenario.dids.items():
        if entry.group_name is not None:
            by_group.setdefault(entry.group_name, []).append(name)
    of_each = target.scope == "did" or bool(target.dids)
    for group, entries in by_group.items():
        pools = [_dedicated_pool(scenario, name) for name in entries]
        own = [
            tuple(_choices(scenario, name, touched, pool, _few(scenario, name, pool, group, of_each)))
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
    """Entries of whose DIDs changes alter something."""
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
    """Numbers of dedicated channels to be tried for a DID in a group.

    In the group's own pool a shared channel carries all that a dedicated one does, and more; so none is tried but what
    is there, unless each DID has a target, or the pools differ.
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
    """What the DIDs of an entry cost a month, by their mode (M4, M8)."""
    entry = scenario.dids[name]
    fee = entry.monthly_fee(own.mode or entry.mode) or Decimal(0)
    rule = CycleRule(scenario.billing.cycle, scenario.horizon.start.date())
    return float(rule.per_month(fee)) * entry.quantity
