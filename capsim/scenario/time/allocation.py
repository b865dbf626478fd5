"""The allocation of capacity at an instant: which DID and group has what, and the rules that bound it.

R4 to R7 and M7 are stated once, here and in `capsim.scenario.time.channels`: the start of a scenario
(``start_dedicated``, ``start_member``, ``start_group``) and its changes go through the same checks. At the start, an
entry of ``dids`` is allocated as a whole; a DID gets a state of its own when a change first concerns it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from capsim.scenario.model.dids import INCLUDED_BY_MODE, Did, DidEntry
from capsim.scenario.model.groups import MAX_METERED
from capsim.scenario.model.messages import unknown
from capsim.scenario.model.written import WrittenScenario
from capsim.scenario.time.breach import Breach, Breaches
from capsim.scenario.time.channels import PoolChannels, no_price
from capsim.scenario.time.cycles import CycleRule
from capsim.scenario.time.occurrences import Occurrence
from capsim.scenario.time.timeline import DidState, GroupState, LifeEvent, Warned
from capsim.units import local_midnight, microseconds_between
from capsim.wording import counted


@dataclass(kw_only=True)
class DidAllocation:
    """State of a DID at an instant.

    cycle, paid_to : billing cycles, and the number of the renewal up to which fees are paid
    waiting, waits_until, waits_for : mode that takes effect at the next billing cycle, the clock of that cycle, and
        the switch that asked for it
    """

    entry: DidEntry
    present: bool
    mode: str | None
    dedicated: int
    pool: str | None
    limit: int | None
    group: str | None
    cycle: CycleRule
    paid_to: int
    waiting: str | None = None
    waits_until: int = -1
    waits_for: Occurrence | None = None


@dataclass(kw_only=True)
class GroupAllocation:
    """State of a group at an instant."""

    pool: str
    present: bool
    shared: int
    metered: int
    limit: int | None
    members: int = 0
    was_added: bool = False


class Allocation:
    """State of DIDs, groups and pools at ``now``, an instant of the clock on the local date ``day``.

    Attributes
    ----------
    channels : PoolChannels
        flat-rate channels of the pools
    groups : dict of str to GroupAllocation
    dids : dict of int to DidAllocation
        states by position of the DIDs that a change has concerned
    lives : dict of int to tuple of LifeEvent
        events so far on which fees depend, by position of the DID
    touched_dids, touched_groups : set
        positions of DIDs and names of groups that have changed since the sets were last cleared
    touches : int
        number of times that a DID has changed
    warnings : list of Warned
        what is allowed but may be a mistake
    """

    def __init__(self, written: WrittenScenario, report: Breaches) -> None:
        self.written, self.report = written, report
        self.now, self.day = 0, written.start.date()
        self.channels = PoolChannels(written.pools, report)
        self.later_dids, self.later_groups = written.later
        self.later_of_entry = Counter(written.all_dids[position].entry_name for position in self.later_dids)
        self.groups = {
            name: GroupAllocation(
                pool=group.pool,
                present=name not in self.later_groups,
                shared=group.shared,
                metered=group.metered,
                limit=group.capacity_limit,
            )
            for name, group in written.all_groups.items()
        }
        self.dids: dict[int, DidAllocation] = {}
        self.lives: dict[int, tuple[LifeEvent, ...]] = {}
        self.touched_dids: set[int] = set()
        self.touched_groups: set[str] = set()
        self.touches = 0
        self.warnings: list[Warned] = []

    # -- the start of a scenario -----------------------------------------------------------------------

    def start_dedicated(self, did: Did) -> None:
        """Give the DIDs of an entry that are there at the start their dedicated channels."""
        self.check_additional(did)
        dedicated = did.entry.dedicated
        if dedicated is not None and dedicated.pool in self.written.pools:
            self.check_covered(did, dedicated.pool, "pool")
            quantity = self._at_start(did)
            each = f": {dedicated.channels:,} for each of {quantity:,} DIDs" if quantity > 1 else ""
            self.channels.assign(dedicated.pool, dedicated.channels * quantity, "dedicated", "R5", each)

    def start_member(self, did: Did) -> None:
        """Put the DIDs of an entry that are there at the start into their group."""
        self.check_additional(did)
        name = did.entry.group_name
        if name is None or name not in self.groups:
            return
        if self.groups[name].pool in self.written.pools:
            self.check_covered(did, self.groups[name].pool, "group")
        if quantity := self._at_start(did):
            self.check_group_there(name, "group")
            self.groups[name].members += quantity

    def start_group(self, name: str) -> None:
        """Give a group its channels, if it is there at the start."""
        group = self.groups[name]
        self.check_group_sizes(name, group.shared, group.metered)
        if group.present and group.pool in self.written.pools:
            self.channels.assign(group.pool, group.shared, "shared", "R4")

    def _at_start(self, did: Did) -> int:
        """Number of DIDs of an entry that are there at the start."""
        return did.entry.quantity - self.later_of_entry.get(did.entry_name, 0)

    # -- channels --------------------------------------------------------------------------------------

    def set_dedicated(self, position: int, channels: int, pool: str | None) -> None:
        """Set the number of dedicated channels of a DID, of its present pool if none is named (R5, R6, R7)."""
        did, name = self.did(position), self.name_of(position)
        self.check_additional(self.written.all_dids[position])
        pool = pool or did.pool
        if pool is None:
            raise Breach("pool", f"{name} has no dedicated channels yet; name the pool of the new ones", "R6")
        if pool not in self.written.pools:
            raise Breach("pool", unknown("pool", pool, self.written.pools), "R6")
        if pool != did.pool and did.dedicated:
            text = f"the {did.dedicated} dedicated channels of {name} come from the pool '{did.pool}'"
            self.report(Breach("pool", f"{text}; unassign them first (got '{pool}')", "R6"))
        self.check_covered(self.written.all_dids[position], pool, "pool")
        self.check_enough(name, "dedicated", did.dedicated, channels)
        self.channels.check_size("dedicated", channels, "R11")
        self.channels.assign(pool, channels - did.dedicated, "dedicated", "R5")
        did.dedicated, did.pool = channels, pool
        self.touch(position)

    def set_group(self, name: str, shared: int, metered: int) -> None:
        """Set the numbers of channels of a group (R4)."""
        group = self.groups[name]
        owner = f"'{name}'"
        self.check_enough(owner, "shared", group.shared, shared)
        self.check_enough(owner, "metered", group.metered, metered)
        self.channels.check_size("shared", shared, "R11")
        self.check_group_sizes(name, shared, metered)
        self.channels.assign(group.pool, shared - group.shared, "shared", "R4")
        group.shared, group.metered = shared, metered
        self.touched_groups.add(name)

    def check_enough(self, owner: str, key: str, before: int, after: int) -> None:
        """R11: channels can be taken away only where they are."""
        if after < 0:
            channels = counted(before, f"{key} channel")
            text = f"{owner} has {channels}, fewer than are taken away (got {before - after})"
            self.report(Breach(key, text, "R11"))

    def check_group_sizes(self, name: str, shared: int, metered: int) -> None:
        """R4: a group has at least 1 channel and at most 1,000 metered channels. M7: metered calls need a price."""
        pool = self.groups[name].pool
        if metered > MAX_METERED:
            text = f"a group has at most {MAX_METERED:,} metered channels (got {metered:,})"
            self.report(Breach("metered", text, "R4"))
        if shared + metered == 0:
            text = f"'{name}' would have no channel; a group has at least 1 shared or metered channel"
            self.report(Breach("group", f"{text} (got shared 0, metered 0)", "R4"))
        if metered and pool in self.written.pools and self.written.pools[pool].metered is None:
            self.report(no_price(pool, "metered calls", "metered", "metered"))

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

    def check_additional(self, did: Did) -> None:
        """R7: some DIDs take no additional capacity."""
        if not did.entry.additional_capacity:
            text = f"{did.name} supports no additional capacity (additional_capacity: false)"
            barred = "it takes no dedicated channels, no group and no change of mode"
            mend = f"leave this out, or set dids.{did.entry_name}.additional_capacity to true"
            self.report(Breach("did", f"{text}: {barred}; {mend}", "R7"))

    def check_covered(self, did: Did, pool: str, key: str) -> None:
        """R6: a pool serves only DIDs of its countries."""
        country, coverage = did.entry.country, self.written.pools[pool].coverage
        if country is None:
            text = f"needs the DID's country, to tell whether the pool '{pool}' covers it"
            path = ("dids", did.entry_name, "country")
            self.report(Breach("did", f"{text}; add {'.'.join(path)}", "R6", lacks=path))
        elif not self.written.pools[pool].covers(country):
            listed = coverage if isinstance(coverage, str) else ", ".join(coverage[:8])
            more = ", ..." if not isinstance(coverage, str) and len(coverage) > 8 else ""
            text = f"the pool '{pool}' does not cover {country}, where {did.name} is (its coverage: {listed}{more})"
            self.report(Breach(key, f"{text}; name another pool, or add {country} to pools.{pool}.coverage", "R6"))

    def check_group_there(self, name: str, key: str) -> None:
        """R4: a group can be used only while it is there."""
        group = self.groups[name]
        if not group.present:
            deleted = group.was_added or name not in self.later_groups
            why = "it was deleted" if deleted else "only once a change adds it"
            self.report(Breach(key, f"the group '{name}' is not there at this time: {why} (got '{name}')", "R4"))

    # -- modes, and billing cycles ---------------------------------------------------------------------

    def begin_cycle(self, position: int) -> None:
        """Begin a billing cycle of a DID; a mode that waits for the cycle takes effect."""
        did = self.did(position)
        if did.waiting is not None and did.waits_until == self.now:
            did.mode, did.waiting = did.waiting, None
            self.live(position, "mode", mode=did.mode)
            self.touch(position)

    def renew_for(self, position: int, cycles: int, occurrence: Occurrence) -> None:
        """Begin a new cycle of a DID and pay for ``cycles`` of them; a mode that waits takes effect (R12)."""
        did = self.did(position)
        if self.begins_now(did):
            text = f"a billing cycle of {self.name_of(position)} begins at that instant anyway; both are paid (R13)"
            self.warnings.append((occurrence.path, text))
        if did.waiting is not None:
            did.mode, did.waiting = did.waiting, None
        did.cycle, did.paid_to = CycleRule(self.written.billing.cycle, self.day), cycles
        self.live(position, "renew", mode=did.mode, cycles=cycles)
        self.touch(position)

    def next_renewal(self, did: DidAllocation) -> int:
        """Clock at the DID's next renewal after now whose fee is not paid yet."""
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
        """Clock at the beginning of a local date."""
        start = self.written.horizon.start
        assert start.tzinfo is not None
        return microseconds_between(start, local_midnight(day, start.tzinfo))

    def live(
        self, position: int, what: Literal["add", "renew", "mode", "end"], mode: str | None = None, cycles: int = 1
    ) -> None:
        """Note an event on which the fees of a DID depend."""
        if self.now < self.written.horizon.microseconds:
            self.lives[position] = (*self.lives.get(position, ()), LifeEvent(self.now, self.day, what, mode, cycles))

    # -- names, and what they stand for ----------------------------------------------------------------

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Positions of DIDs, by the name of a DID or of its entry."""
        positions: dict[str, list[int]] = defaultdict(list)
        for position, did in enumerate(self.written.all_dids):
            positions[did.name].append(position)
            if did.name != did.entry_name:
                positions[did.entry_name].append(position)
        return positions

    def did(self, position: int) -> DidAllocation:
        """State of a DID; until a change concerns it, the state is that of the start."""
        did = self.dids.get(position)
        if did is None:
            entry = self.written.all_dids[position].entry
            first = self.written.start.date()
            cycle = CycleRule(self.written.billing.cycle, entry.activated or first)
            paid_to = 0
            while cycle.renewal(paid_to) <= first:
                paid_to += 1
            later = position in self.later_dids
            did = self.dids[position] = DidAllocation(
                entry=entry,
                present=not later,
                mode=entry.mode,
                dedicated=entry.dedicated_channels,
                pool=entry.dedicated.pool if entry.dedicated else None,
                limit=entry.capacity_limit,
                group=None if later else entry.group_name,
                cycle=cycle,
                paid_to=paid_to,
            )
        return did

    def known(self, name: str) -> list[int]:
        """Positions of a DID, or of the DIDs of an entry."""
        if name not in self.positions:
            raise Breach("did", unknown("DID", name, self.positions), "R3")
        return self.positions[name]

    def present(self, name: str) -> list[int]:
        """Positions of a DID, or of the DIDs of an entry, that are there at this time."""
        positions = self.known(name)
        present = [position for position in positions if self.did(position).present]
        if not present:
            position = positions[0]
            ended = "is ended" if position in self.lives else "is there only once a change adds it"
            raise Breach("did", f"{self.name_of(position)} {ended} (got '{name}')", "R11")
        return present

    def applicable(
        self, name: str, applies: Callable[[DidAllocation], bool], key: str, text: Callable[[str], str], rule: str
    ) -> list[int]:
        """Positions of a DID, or of the DIDs of an entry, to which something applies; without any, it is a breach."""
        present = self.present(name)
        positions = [position for position in present if applies(self.did(position))]
        if not positions:
            raise Breach(key, text(self.name_of(present[0])), rule)
        return positions

    def group_named(self, name: str | None) -> str:
        """The name of a group that is there at this time."""
        if name not in self.groups:
            raise Breach("group", unknown("group", name, self.groups), "R4")
        self.check_group_there(name, "group")
        return name

    def name_of(self, position: int) -> str:
        """The name of a DID."""
        return self.written.all_dids[position].name

    def touch(self, position: int) -> None:
        """Note that a DID has changed."""
        self.touches += 1
        self.touched_dids.add(position)

    # -- as plain values -------------------------------------------------------------------------------

    def did_state(self, position: int) -> DidState:
        """State of a DID as a plain value."""
        did = self.did(position)
        if not did.present:
            return DidState(0, 0, None, None)
        fixed = did.entry.included
        included = INCLUDED_BY_MODE[did.mode or "DID+2"] if fixed is None else fixed
        return DidState(included, did.dedicated, did.limit, did.group)

    def group_state(self, name: str) -> GroupState:
        """State of a group as a plain value."""
        group = self.groups[name]
        return GroupState(group.shared, group.metered, group.limit)
