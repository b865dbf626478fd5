"""The start of a scenario: the first instant of its timeline, allocated and checked like the others."""

from __future__ import annotations

from capsim.scenario.language.document import Path
from capsim.scenario.model.dids import Did
from capsim.scenario.model.messages import Violation
from capsim.scenario.model.written import WrittenScenario
from capsim.scenario.time.allocation import Allocation
from capsim.scenario.time.breach import Breaches

OF_POOL: dict[str, Path] = {"pool": (), "channels": ("channels",)}
OF_GROUP: dict[str, Path] = {"group": (), "shared": ("shared",), "metered": ("metered",)}
OF_DEDICATED: dict[str, Path] = {
    "did": ("dedicated",),
    "pool": ("dedicated", "pool"),
    "dedicated": ("dedicated", "channels"),
}
OF_MEMBER: dict[str, Path] = {"did": ("group",), "group": ("group",)}
OF_MODE: dict[str, Path] = {"did": ("mode",), "group": ("mode",)}
"""Where a pool, a group, or an entry of ``dids`` writes what a change has under a key."""


def allocate_start(written: WrittenScenario) -> tuple[Allocation, list[Violation]]:
    """Allocate what a scenario has at its start, and collect the rules that it breaks (R4 to R7, M1, M7).

    All of the start counts, sound or not: first pools buy, then DIDs and groups get their channels in the scenario's
    order. A name that leads nowhere is skipped; `capsim.scenario.model.rules` reports it.
    """
    breaches = Breaches()
    allocation = Allocation(written, breaches)
    channels = allocation.channels
    for name, pool in written.pools.items():
        if pool.channels:
            breaches.collect_at(("pools", name), OF_POOL)
            channels.buy(name, pool.channels)
    for name, entry in written.dids.items():
        path, did = ("dids", name), Did(name, name, 0, entry)
        if entry.dedicated is not None:
            breaches.collect_at(path, OF_DEDICATED)
            allocation.start_dedicated(did)
        if entry.mode == "metered" and entry.group is not None:
            breaches.collect_at(path, OF_MODE)
            allocation.check_additional(did)
        if entry.group_name is not None:
            breaches.collect_at(path, OF_MODE if entry.group is None else OF_MEMBER)
            allocation.start_member(did)
    for name in allocation.groups:
        breaches.collect_at(("groups", name), OF_GROUP)
        allocation.start_group(name)
    breaches.collect_no_more()
    channels.settle()
    channels.purchases = []
    return allocation, [*breaches.collected, *_owned(written, allocation)]


def _owned(written: WrittenScenario, allocation: Allocation) -> list[Violation]:
    """M1: a pool owned at most as many channels before the start as it has on the first day."""
    violations = []
    for name, owned in written.billing.owned.items():
        bought = allocation.channels.bought.get(name)
        if bought is not None and not 0 <= owned <= bought:
            text = f"must be from 0 to the {bought} channels of the first day (got {owned})"
            violations.append(Violation(("billing", "owned", name), text, "M1"))
    return violations
