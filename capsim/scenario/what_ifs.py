"""What-ifs: a scenario with other values, whose pools buy the channels that they then need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capsim.errors import InputError, Problem, ScenarioError
from capsim.scenario.scenario import Scenario


def group_named(scenario: Scenario, name: str | None, argument: str = "group") -> str:
    """The group that is asked about: the only one, if none is named.

    Raises InputError, which names the ``argument``, where there is no such group.
    """
    groups = list(scenario.all_groups)
    if name is None and len(groups) == 1:
        return groups[0]
    if not groups:
        raise InputError(
            Problem("the scenario has no group; a DID's channels are asked about by a sweep", path="groups")
        )
    if name not in groups:
        given = "name one" if name is None else f"there is no group '{name}'"
        raise InputError(Problem(f"{given}; groups: {', '.join(groups)}", path=argument))
    return name


def changed(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with some values replaced (see `Scenario.override`).

    A pool that needs more channels buys them, unless the values say how many it has; the channels owned before the
    start are never more than those bought.

    Raises ScenarioError where the new scenario breaks another rule.
    """
    try:
        return scenario.override(values)
    except ScenarioError as error:
        try:
            return _buying(scenario, values)
        except ScenarioError:
            raise error from None


def _buying(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    free = {name for name in scenario.pools if not any(path.startswith(f"pools.{name}.channels") for path in values)}
    bought = {
        name: pool.channels for name, pool in scenario.pools.items() if pool.channels is not None and name in free
    }
    owned = {name: channels for name, channels in scenario.billing.owned.items() if name in free}
    loose = {f"pools.{name}.channels": None for name in bought} | {f"billing.owned.{name}": None for name in owned}
    found = scenario.override({**values, **loose})
    pools = {
        name: max(channels, found.assigned_channels(name)) for name, channels in bought.items() if name in found.pools
    }
    kept = {
        name: min(channels, pools.get(name, found.assigned_channels(name)))
        for name, channels in owned.items()
        if name in found.pools
    }
    return found.override(
        {f"pools.{name}.channels": channels for name, channels in pools.items()}
        | {f"billing.owned.{name}": channels for name, channels in kept.items()}
    )


def sized(scenario: Scenario, group: str, shared: int, metered: int) -> Scenario:
    """The scenario with other sizes of a group; without any channel, its DIDs are in no group (R4)."""
    found = scenario.all_groups[group]
    if (found.shared, found.metered) == (shared, metered):
        return scenario
    if shared + metered == 0:
        return changed(scenario, _without(scenario, group))
    if group in scenario.groups:
        return changed(scenario, {f"groups.{group}.shared": shared, f"groups.{group}.metered": metered})
    written = {"pool": found.pool, "shared": shared, "metered": metered}  # that of R8, which nobody has written down
    return changed(scenario, {f"groups.{group}": written})


def _without(scenario: Scenario, group: str) -> dict[str, Any]:
    """Values that take the DIDs out of a group, and the group away."""
    values: dict[str, Any] = {}
    for name, entry in scenario.dids.items():
        if entry.group_name == group:
            values[f"dids.{name}.group"] = None
            if entry.mode == "metered":
                values[f"dids.{name}.mode"] = "DID+0"
    if group in scenario.groups:
        values[f"groups.{group}"] = None
    return values
