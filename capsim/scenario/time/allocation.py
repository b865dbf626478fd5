"""Who has which capacity at an instant, and the rules R4 to R9 and R11 that nothing may break."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from capsim.scenario.language.document import Path
from capsim.scenario.model.dids import INCLUDED_BY_MODE, DidEntry
from capsim.scenario.model.groups import MAX_METERED
from capsim.scenario.model.messages import no_price, too_few, uncovered, unknown
from capsim.scenario.model.pools import MAX_CHANNELS
from capsim.scenario.model.written import WrittenScenario
from capsim.scenario.time.cycles import CycleRule
from capsim.scenario.time.occurrences import Occurrence
from capsim.scenario.time.timeline import DidState, GroupState, LifeEvent, Purchase
from capsim.units import local_midnight, microseconds_between

Key = tuple[str, ...]
"""The keys of an action that an error is about."""


class Breach(Exception):  # noqa: N818 (a rule is broken; the walk goes on)
    """An action that a rule forbids: which of its keys is wrong, what is wrong, and the rule."""

    def __init__(self, key: Key, text: str, rule: str) -> None:
        self.key, self.text, self.rule = key, text, rule


@dataclass
class DidAllocation:
    """A DID at an instant."""

    entry: DidEntry
    present: bool
    mode: str | None
    dedicated: int
    pool: str | None
    limit: int | None
    group: str | None
    cycle: CycleRule
    paid_to: int
    """Number of the renewal to which its fees are paid."""
    waiting: str | None = None
    """The mode that takes effect at its next billing cycle."""
    waits_until: int = -1
    waits_for: Occurrence | None = None
    """The switch that it came from."""


@dataclass
class GroupAllocation:
    """A group at an instant."""

    pool: str
    present: bool
    shared: int
    metered: int
    limit: int | None
    members: int = 0
    was_added: bool = False


class Allocation:
    """DIDs, groups and pools at ``now``, an instant of the clock on the local date ``day``.

    Attributes
    ----------
    bought, assigned : channels of each pool.
    lives : by position of a DID, what its fees depend on, so far.
    touched_dids, touched_groups, purchases : what became different since they were last cleared.
    touches : how often a DID was touched.
    warnings : path and text of what is allowed, and may not be meant.
    """

    def __init__(self, scenario: WrittenScenario) -> None:
        self.scenario = scenario
        self.horizon = scenario.horizon
        self.now, self.day = 0, self.horizon.start.date()
        self.all_dids = scenario.all_dids
        self.positions: dict[str, list[int]] = defaultdict(list)
        """By name of a DID, or of an entry that stands for several."""
        for position, did in enumerate(self.all_dids):
            self.positions[did.name].append(position)
            if did.name != did.entry_name:
                self.positions[did.entry_name].append(position)
        self.later_dids, self.later_groups = scenario.later
        self.groups = {
            name: GroupAllocation(one.pool, name not in self.later_groups, one.shared, one.metered, one.capacity_limit)
            for name, one in scenario.all_groups.items()
        }
        for position, did in enumerate(self.all_dids):
            if position not in self.later_dids and did.entry.group_name is not None:
                self.groups[did.entry.group_name].members += 1
        self.dids: dict[int, DidAllocation] = {}
        self.bought = {name: scenario.bought_channels(name) for name in scenario.pools}
        self.assigned = {name: scenario.assigned_channels(name) for name in scenario.pools}
        self.lives: dict[int, tuple[LifeEvent, ...]] = {}
        self.touched_dids: set[int] = set()
        self.touched_groups: set[str] = set()
        self.purchases: list[Purchase] = []
        self.touches = 0
        self.warnings: list[tuple[Path, str]] = []

    # -- channels --------------------------------------------------------------------------------------

    def settle(self) -> None:
        """A pool that leaves its channels out has bought what is assigned, once all of an instant has changed."""
        for pool, settings in self.scenario.pools.items():
            added = self.assigned[pool] - self.bought[pool]
            if settings.channels is None and added:
                self.purchase(pool, added)

    def purchase(self, pool: str, added: int) -> None:
        """Buy channels in a pool, or remove them (``added`` below zero)."""
        self.purchases.append(Purchase(pool, self.bought[pool], added))
        self.bought[pool] += added

    def set_dedicated(self, position: int, channels: int, pool: str | None) -> str:
        """Give a DID so many dedicated channels of a pool, which comes back (R5, R6, R7)."""
        did = self.did(position)
        self.check_additional(position)
        pool = pool or did.pool
        if pool is None:
            raise Breach(("pool",), f"{self.name_of(position)} has no dedicated channels yet: name their pool", "R6")
        if pool not in self.scenario.pools:
            raise Breach(("pool",), unknown("pool", pool, self.scenario.pools), "R6")
        if pool != did.pool and did.dedicated:
            text = f"the {did.dedicated} dedicated channels of {self.name_of(position)} are of the pool '{did.pool}'"
            raise Breach(("pool",), f"{text}; unassign them first (got '{pool}')", "R6")
        self.check_covered(position, pool, ("pool",))
        if channels < 0:
            raise Breach(("dedicated",), f"{self.name_of(position)} has {did.dedicated} dedicated channels", "R11")
        self.check_few("dedicated", channels, "R11")
        self.assign(pool, channels - did.dedicated, ("dedicated",), "R5")
        did.dedicated, did.pool = channels, pool
        self.touch(position)
        return pool

    def set_group(self, name: str, shared: int, metered: int) -> None:
        """Give a group so many channels (R4)."""
        group = self.groups[name]
        for key, number, before in (("shared", shared, group.shared), ("metered", metered, group.metered)):
            if number < 0:
                raise Breach((key,), f"'{name}' has {before} {key} channels", "R11")
        self.check_few("shared", shared, "R11")
        if metered > MAX_METERED:
            raise Breach(("metered",), f"a group has at most {MAX_METERED:,} metered channels (got {metered:,})", "R4")
        if shared + metered == 0:
            raise Breach(("group",), f"'{name}' would be left without a channel; a group has at least 1", "R4")
        if metered and self.scenario.pools[group.pool].metered is None:
            raise Breach(("metered",), no_price(group.pool, "metered"), "M7")
        self.assign(group.pool, shared - group.shared, ("shared",), "R4")
        group.shared, group.metered = shared, metered
        self.touched_groups.add(name)

    def assign(self, pool: str, channels: int, key: Key, rule: str) -> None:
        """Assign so many more channels of a pool, or fewer."""
        if channels > 0:
            self.check_priced(pool, key)
            free = self.bought[pool] - self.assigned[pool]
            if self.scenario.pools[pool].channels is not None and channels > free:
                raise Breach(key, f"{too_few(pool, free, self.bought[pool])} (needed: {channels})", rule)
        self.assigned[pool] += channels

    def check_priced(self, pool: str, key: Key) -> None:
        """Flat-rate channels of a pool need a price (M7)."""
        if self.scenario.pools[pool].flat_rate is None:
            raise Breach(key, no_price(pool, "flat-rate"), "M7")

    def check_few(self, key: str, channels: int, rule: str) -> None:
        """No pool, group or DID has more channels than a scenario may give it."""
        if channels > MAX_CHANNELS:
            raise Breach((key,), f"may come to at most {MAX_CHANNELS:,} channels (they would be {channels:,})", rule)

    # -- membership ------------------------------------------------------------------------------------

    def set_membership(self, position: int, name: str | None) -> None:
        """Put a DID into a group, or into none."""
        did = self.did(position)
        if did.group is not None:
            self.groups[did.group].members -= 1
        if name is not None:
            self.groups[name].members += 1
        did.group = name
        self.touch(position)

    def check_additional(self, position: int) -> None:
        """Some DIDs take no additional capacity (R7)."""
        if not self.did(position).entry.additional_capacity:
            text = f"{self.name_of(position)} supports no additional capacity (additional_capacity: false)"
            raise Breach(("did",), text, "R7")

    def check_covered(self, position: int, pool: str, key: Key) -> None:
        """A pool serves the DIDs of its countries (R6)."""
        country = self.did(position).entry.country
        if (text := uncovered(self.scenario.pools, country, pool)) is None:
            return
        if country is None:
            raise Breach(("did",), f"{text}; add dids.{self.all_dids[position].entry_name}.country", "R6")
        raise Breach(key, f"{text}, where {self.name_of(position)} is", "R6")

    # -- modes, and billing cycles ---------------------------------------------------------------------

    def begin_cycle(self, position: int) -> None:
        """A billing cycle of the DID begins, and with it the mode that waits for it."""
        did = self.did(position)
        if did.waiting is not None and did.waits_until == self.now:
            did.mode, did.waiting = did.waiting, None
            self.live(position, "mode", mode=did.mode)
            self.touch(position)

    def renew_for(self, position: int, cycles: int, occurrence: Occurrence) -> None:
        """Begin a new cycle for a DID, paid for so many of them; a mode that waits takes effect (R12)."""
        did = self.did(position)
        if self.begins_now(did):
            text = f"a billing cycle of {self.name_of(position)} begins at that instant anyway, and both are paid (R13)"
            self.warnings.append((occurrence.path, text))
        if did.waiting is not None:
            did.mode, did.waiting = did.waiting, None
        did.cycle, did.paid_to = CycleRule(self.scenario.billing.cycle, self.day), cycles
        self.live(position, "renew", mode=did.mode, cycles=cycles)
        self.touch(position)

    def next_renewal(self, did: DidAllocation) -> int:
        """The clock at the DID's next renewal after now, that is paid for when it comes."""
        number = did.paid_to
        while (at := self.midnight(did.cycle.renewal(number))) <= self.now:
            number += 1
        return at

    def begins_now(self, did: DidAllocation) -> bool:
        """Whether a cycle of the DID begins, and is paid, at this instant."""
        number = did.paid_to
        while (at := self.midnight(did.cycle.renewal(number))) < self.now:
            number += 1
        return at == self.now

    def midnight(self, day: date) -> int:
        """The clock as a local date begins."""
        zone = self.horizon.start.tzinfo
        assert zone is not None
        return microseconds_between(self.horizon.start, local_midnight(day, zone))

    def live(
        self, position: int, what: Literal["add", "renew", "mode", "end"], mode: str | None = None, cycles: int = 1
    ) -> None:
        """Note what happens to a DID, for its fees."""
        if self.now < self.horizon.microseconds:
            self.lives[position] = (*self.lives.get(position, ()), LifeEvent(self.now, self.day, what, mode, cycles))

    # -- who -------------------------------------------------------------------------------------------

    def did(self, position: int) -> DidAllocation:
        """A DID; what nothing has changed yet is as the scenario has it."""
        did = self.dids.get(position)
        if did is None:
            entry = self.all_dids[position].entry
            first = self.horizon.start.date()
            cycle = CycleRule(self.scenario.billing.cycle, entry.activated or first)
            paid_to = 0
            while cycle.renewal(paid_to) <= first:
                paid_to += 1
            later = position in self.later_dids
            did = self.dids[position] = DidAllocation(
                entry, not later, entry.mode, entry.dedicated_channels,
                entry.dedicated.pool if entry.dedicated else None, entry.capacity_limit,
                None if later else entry.group_name, cycle, paid_to,
            )  # fmt: skip
        return did

    def known(self, name: str) -> list[int]:
        """Positions of the DID, or of those of an entry."""
        if name not in self.positions:
            raise Breach(("did",), unknown("DID", name, self.positions), "R3")
        return self.positions[name]

    def present(self, name: str) -> list[int]:
        """The DID, or those of an entry that are there at this time."""
        positions = self.known(name)
        present = [position for position in positions if self.did(position).present]
        if not present:
            position = positions[0]
            ended = "is ended" if position in self.lives else "is there only once a change adds it"
            raise Breach(("did",), f"{self.name_of(position)} {ended}", "R11")
        return present

    def those(
        self, name: str, can: Callable[[DidAllocation], bool], key: Key, tell: Callable[[str], str], rule: str = "R3"
    ) -> list[int]:
        """The DID, or those of an entry that it applies to: at least one."""
        present = self.present(name)
        found = [position for position in present if can(self.did(position))]
        if not found:
            raise Breach(key, tell(self.name_of(present[0])), rule)
        return found

    def group_name(self, name: str | None) -> str:
        """The name of a group that is there at this time."""
        if name not in self.groups:
            raise Breach(("group",), unknown("group", name, self.groups), "R4")
        if not self.groups[name].present:
            raise Breach(("group",), f"is not there at this time (got '{name}')", "R4")
        return name

    def name_of(self, position: int) -> str:
        """The name of a DID."""
        return self.all_dids[position].name

    def touch(self, position: int) -> None:
        """Something of a DID has become different."""
        self.touches += 1
        self.touched_dids.add(position)

    # -- as plain values -------------------------------------------------------------------------------

    def did_state(self, position: int) -> DidState:
        """A DID as a plain value."""
        did = self.did(position)
        if not did.present:
            return DidState(0, 0, None, None)
        fixed = did.entry.included
        included = INCLUDED_BY_MODE[did.mode or "DID+2"] if fixed is None else fixed
        return DidState(included, did.dedicated, did.limit, did.group)

    def group_state(self, name: str) -> GroupState:
        """A group as a plain value."""
        group = self.groups[name]
        return GroupState(group.shared, group.metered, group.limit)
