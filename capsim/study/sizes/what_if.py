"""A scenario with another size of one group: what `capsim run` is given for a cell of the frontier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario


def group_named(scenario: Scenario, name: str | None) -> str:
    """The group that is asked about: the only one, if none is named."""
    groups = list(scenario.all_groups)
    if name is None and len(groups) == 1:
        return groups[0]
    if not groups:
        raise InputError(
            Problem("the scenario has no group; a DID's channels are asked about by a sweep", path="groups")
        )
    if name not in groups:
        given = "name one" if name is None else f"there is no group '{name}'"
        raise InputError(Problem(f"{given}; groups: {', '.join(groups)}", path="--group" if name is None else "groups"))
    return name


def sized(scenario: Scenario, group: str, shared: int, metered: int) -> Scenario:
    """The scenario with these sizes of a group. Its pool buys the channels that it lacks.

    Without any channel there is no group (R4): its DIDs are in none.
    """
    found = scenario.all_groups[group]
    if (found.shared, found.metered) == (shared, metered):
        return scenario
    if shared + metered == 0:
        return scenario.override(_left(scenario, group))
    values: dict[str, Any] = {}
    if group in scenario.groups:
        values = {f"groups.{group}.shared": shared, f"groups.{group}.metered": metered}
    else:  # that of R8, which nobody has written down
        values = {f"groups.{group}": {"pool": found.pool, "shared": shared, "metered": metered}}
    return with_channels(scenario, values, {found.pool: scenario.assigned_channels(found.pool) - found.shared + shared})


def with_channels(scenario: Scenario, values: Mapping[str, Any], assigned: Mapping[str, int]) -> Scenario:
    """Some values replaced, after which so many channels of pools are assigned: those that are lacking are bought."""
    changes = dict(values)
    for pool, channels in assigned.items():
        bought, owned = scenario.pools[pool].channels, scenario.billing.owned.get(pool, 0)
        if bought is not None and bought < channels:
            changes[f"pools.{pool}.channels"] = channels
        if bought is None and owned > channels:
            changes[f"billing.owned.{pool}"] = channels
    return scenario.override(changes)


def _left(scenario: Scenario, group: str) -> dict[str, Any]:
    """DIDs out of the group, and the group gone."""
    values: dict[str, Any] = {}
    for name, entry in scenario.dids.items():
        if entry.group_name == group:
            values[f"dids.{name}.group"] = None
            if entry.mode == "metered":
                values[f"dids.{name}.mode"] = "DID+0"
    if group in scenario.groups:
        values[f"groups.{group}"] = None
    pool = scenario.all_groups[group].pool
    owned = scenario.billing.owned.get(pool, 0)
    left = scenario.assigned_channels(pool) - scenario.all_groups[group].shared
    if scenario.pools[pool].channels is None and owned > left:
        values[f"billing.owned.{pool}"] = left
    return values


def with_what_it_needs(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Some values replaced; pools that then lack channels buy them, unless the values say how many they have."""
    bought = {
        name: pool.channels
        for name, pool in scenario.pools.items()
        if pool.channels is not None and not any(path.startswith(f"pools.{name}.channels") for path in values)
    }
    if not bought:
        return scenario.override(values)
    free = scenario.override(
        {**values, **{f"pools.{name}.channels": None for name in bought if name in scenario.pools}}
    )
    needed = {
        f"pools.{name}.channels": max(channels, free.assigned_channels(name))
        for name, channels in bought.items()
        if name in free.pools
    }
    return free.override(needed)
