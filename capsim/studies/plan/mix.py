"""From a choice to a scenario: the values that a mix sets."""

from __future__ import annotations

from typing import Any

from capsim.scenario import Scenario
from capsim.studies.plan.choosing import Choice, Size


def mix_of(scenario: Scenario, choice: Choice) -> dict[str, Any]:
    """The values that a choice sets, by path, changed or not; None takes a key out."""
    mix: dict[str, Any] = {}
    for size in choice.sizes:
        mix |= _of_unit(scenario, size)
    for pool, channels in choice.bought.items():
        if scenario.pools[pool].flat_rate is None:
            continue
        if scenario.pools[pool].channels is not None or channels != choice.assigned[pool]:
            mix[f"pools.{pool}.channels"] = channels
        owned = scenario.billing.owned.get(pool, 0)
        if owned > channels:
            mix[f"billing.owned.{pool}"] = channels
    return mix


def _of_unit(scenario: Scenario, size: Size) -> dict[str, Any]:
    unit, mix = size.unit, dict[str, Any]()
    for name, own, pool in zip(unit.entries, size.curve.own, unit.pools_of_dedicated, strict=True):
        entry = scenario.dids[name]
        if own.mode is not None:
            mix[f"dids.{name}.mode"] = own.mode
        elif entry.included is None and entry.mode is not None and isinstance(entry.fees.monthly, dict):
            mix[f"dids.{name}.mode"] = entry.mode
        dedicated = size.flat if unit.group is None else own.dedicated
        if entry.dedicated is not None:
            mix[f"dids.{name}.dedicated.channels"] = dedicated
        elif dedicated:
            mix[f"dids.{name}.dedicated"] = {"pool": pool, "channels": dedicated}
    if unit.group is None:
        return mix
    shared, metered = size.flat, size.channels - size.flat
    if shared + metered:
        if unit.group in scenario.groups:
            mix |= {f"groups.{unit.group}.shared": shared, f"groups.{unit.group}.metered": metered}
        else:  # that of R8, which nobody has written down
            mix[f"groups.{unit.group}"] = {"pool": unit.pool, "shared": shared, "metered": metered}
        return mix
    for name in unit.entries:  # without channels there is no group (R4)
        mix[f"dids.{name}.group"] = None
        if scenario.dids[name].mode == "metered":
            mix[f"dids.{name}.mode"] = "DID+0"
    if unit.group in scenario.groups:
        mix[f"groups.{unit.group}"] = None
    return mix
