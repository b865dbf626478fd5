"""Who has which capacity at an instant, and what a change makes of it: each action held against the rules R4 to R12."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from capsim.scenario.agenda import Turn
from capsim.scenario.breaches import no_price, too_few, uncovered, unknown
from capsim.scenario.changes import Assignment, Beginning, Lot, Membership, NewValues, OfDid, OfGroup, Renewal, Switch
from capsim.scenario.cycles import CycleRule
from capsim.scenario.dids import FEE_BY_MODE, INCLUDED_BY_MODE, MAX_METERED, DidEntry
from capsim.scenario.document import Path
from capsim.scenario.pools import MAX_CHANNELS
from capsim.scenario.timeline import DidState, GroupState, LifeEvent, Purchase
from capsim.units import Duration, local_midnight, microseconds_between

if TYPE_CHECKING:
    from capsim.scenario.model import Scenario

Key = tuple[str, ...]
"""The keys of an action that an error is about."""


class Breach(Exception):  # noqa: N818 (a rule is broken; the walk goes on)
    """An action that a rule forbids: which of its keys is wrong, what is wrong, and the rule."""

    def __init__(self, key: Key, text: str, rule: str) -> None:
        self.key, self.text, self.rule = key, text, rule


@dataclass
class _Did:
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
    waits_for: Turn | None = None
    """The switch that it came from."""


@dataclass
class _Group:
    pool: str
    present: bool
    shared: int
    metered: int
    limit: int | None
    members: int = 0
    was_added: bool = False


@dataclass(frozen=True)
class _Before:
    """What an action that breaks a rule is put back to: it changes nothing."""

    dids: dict[int, _Did]
    groups: dict[str, _Group]
    assigned: dict[str, int]
    lives: dict[int, tuple[LifeEvent, ...] | None]


class Standing:
    """DIDs, groups and pools at ``now``, an instant of the clock on the local date ``day``.

    Attributes
    ----------
    bought, assigned : channels of each pool.
    lives : by position of a DID, what its fees depend on, so far.
    touched_dids, touched_groups, purchases : what became different since they were last cleared.
    touches : how often a DID was touched.
    warnings : path and text of what is allowed, and may not be meant.
    """

    def __init__(self, scenario: Scenario) -> None:
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
            name: _Group(one.pool, name not in self.later_groups, one.shared, one.metered, one.capacity_limit)
            for name, one in scenario.all_groups.items()
        }
        for position, did in enumerate(self.all_dids):
            if position not in self.later_dids and did.entry.group_name is not None:
                self.groups[did.entry.group_name].members += 1
        self.dids: dict[int, _Did] = {}
        self.bought = {name: scenario.bought_channels(name) for name in scenario.pools}
        self.assigned = {name: scenario.assigned_channels(name) for name in scenario.pools}
        self.lives: dict[int, tuple[LifeEvent, ...]] = {}
        self.touched_dids: set[int] = set()
        self.touched_groups: set[str] = set()
        self.purchases: list[Purchase] = []
        self.touches = 0
        self.warnings: list[tuple[Path, str]] = []

    def take(self, turn: Turn) -> set[str]:
        """Take a turn; the pools that it has taken channels from, or bought in, come back.

        Raises Breach, and changes nothing, where it breaks a rule.
        """
        value = getattr(turn.change, turn.change.action)
        act: Callable[[Any, Turn], set[str]] = getattr(self, f"_{turn.action}")
        before = self._before(value)
        try:
            return act(value, turn)
        except Breach:
            self.dids |= before.dids
            self.groups |= before.groups
            self.assigned = before.assigned
            for position, life in before.lives.items():
                self.lives.pop(position, None)
                if life is not None:
                    self.lives[position] = life
            raise

    def _before(self, value: Any) -> _Before:
        positions = self.positions.get(getattr(value, "did", None) or "", [])
        dids = {position: replace(self.did(position)) for position in positions}
        names = {getattr(value, "group", None), *(did.group for did in dids.values())}
        names |= {did.entry.group_name for did in dids.values()}
        groups = {name: replace(self.groups[name]) for name in names if name in self.groups}
        return _Before(dids, groups, dict(self.assigned), {position: self.lives.get(position) for position in dids})

    def settle(self) -> None:
        """A pool that leaves its channels out has bought what is assigned, once all of an instant has changed."""
        for pool, settings in self.scenario.pools.items():
            added = self.assigned[pool] - self.bought[pool]
            if settings.channels is None and added:
                self._purchase(pool, added)

    def begin_cycle(self, position: int) -> None:
        """A billing cycle of the DID begins, and with it the mode that waits for it."""
        did = self.did(position)
        if did.waiting is not None and did.waits_until == self.now:
            did.mode, did.waiting = did.waiting, None
            self._live(position, "mode", mode=did.mode)
            self._touch(position)

    # -- channels ---------------------------------------------------------------------------------------

    def _buy(self, lot: Lot, _: Turn) -> set[str]:
        pool, channels = self._lot(lot)
        self._priced(pool, ("pool",))
        self._few("channels", self.bought[pool] + channels, "R5")
        self._purchase(pool, channels)
        return {pool}

    def _remove(self, lot: Lot, _: Turn) -> set[str]:
        pool, channels = self._lot(lot)
        free = self.bought[pool] - self.assigned[pool]
        if channels > free:
            text = f"only unassigned channels can be removed, and the pool '{pool}' has {free} of {self.bought[pool]}"
            raise Breach(("channels",), f"{text} (got {channels})", "R11")
        self._purchase(pool, -channels)
        return set()

    def _assign(self, value: Assignment, _: Turn) -> set[str]:
        return self._reassign(value, 1)

    def _unassign(self, value: Assignment, _: Turn) -> set[str]:
        self._reassign(value, -1)
        return set()

    def _reassign(self, value: Assignment, sign: int) -> set[str]:
        if value.did is not None:
            return {
                self._set_dedicated(
                    position, self.did(position).dedicated + sign * (value.dedicated or 0), value.pool
                )
                for position in self._present(value.did)
            }  # fmt: skip
        name = self._group_name(value.group)
        group = self.groups[name]
        shared, metered = (sign * (number or 0) for number in (value.shared, value.metered))
        self._set_group(name, group.shared + shared, group.metered + metered)
        return {group.pool} if value.shared is not None else set()

    def _set(self, value: NewValues, _: Turn) -> set[str]:
        pools = set()
        limit = None if value.capacity_limit == "none" else value.capacity_limit
        assert not isinstance(limit, str)
        if value.did is not None:
            for position in self._present(value.did):
                did = self.did(position)
                if value.dedicated is not None:
                    pools.add(self._set_dedicated(position, value.dedicated, value.pool))
                if value.capacity_limit is not None:
                    did.limit = limit
                    self._touch(position)
        else:
            name = self._group_name(value.group)
            group = self.groups[name]
            shared = group.shared if value.shared is None else value.shared
            if shared > group.shared:
                pools.add(group.pool)
            self._set_group(name, shared, group.metered if value.metered is None else value.metered)
            if value.capacity_limit is not None:
                group.limit = limit
        return pools

    def _lot(self, lot: Lot) -> tuple[str, int]:
        if lot.pool not in self.scenario.pools:
            raise Breach(("pool",), unknown("pool", lot.pool, self.scenario.pools), "R5")
        if self.scenario.pools[lot.pool].channels is None:
            text = f"the pool '{lot.pool}' leaves channels out, and so always has what is assigned"
            raise Breach(("pool",), f"{text}; give pools.{lot.pool}.channels, or assign and unassign only", "R5")
        return lot.pool, lot.channels

    def _purchase(self, pool: str, added: int) -> None:
        self.purchases.append(Purchase(pool, self.bought[pool], added))
        self.bought[pool] += added

    def _set_dedicated(self, position: int, channels: int, pool: str | None) -> str:
        did = self.did(position)
        self._additional(position)
        pool = pool or did.pool
        if pool is None:
            raise Breach(("pool",), f"{self._name(position)} has no dedicated channels yet: name their pool", "R6")
        if pool not in self.scenario.pools:
            raise Breach(("pool",), unknown("pool", pool, self.scenario.pools), "R6")
        if pool != did.pool and did.dedicated:
            text = f"the {did.dedicated} dedicated channels of {self._name(position)} are of the pool '{did.pool}'"
            raise Breach(("pool",), f"{text}; unassign them first (got '{pool}')", "R6")
        self._covered(position, pool, ("pool",))
        if channels < 0:
            raise Breach(("dedicated",), f"{self._name(position)} has {did.dedicated} dedicated channels", "R11")
        self._few("dedicated", channels, "R11")
        self._take(pool, channels - did.dedicated, ("dedicated",), "R5")
        did.dedicated, did.pool = channels, pool
        self._touch(position)
        return pool

    def _set_group(self, name: str, shared: int, metered: int) -> None:
        group = self.groups[name]
        for key, number, before in (("shared", shared, group.shared), ("metered", metered, group.metered)):
            if number < 0:
                raise Breach((key,), f"'{name}' has {before} {key} channels", "R11")
        self._few("shared", shared, "R11")
        if metered > MAX_METERED:
            raise Breach(("metered",), f"a group has at most {MAX_METERED:,} metered channels (got {metered:,})", "R4")
        if shared + metered == 0:
            raise Breach(("group",), f"'{name}' would be left without a channel; a group has at least 1", "R4")
        if metered and self.scenario.pools[group.pool].metered is None:
            raise Breach(("metered",), no_price(group.pool, "metered"), "M7")
        self._take(group.pool, shared - group.shared, ("shared",), "R4")
        group.shared, group.metered = shared, metered
        self.touched_groups.add(name)

    def _take(self, pool: str, channels: int, key: Key, rule: str) -> None:
        """Assign so many more channels of a pool, or fewer."""
        if channels > 0:
            self._priced(pool, key)
            free = self.bought[pool] - self.assigned[pool]
            if self.scenario.pools[pool].channels is not None and channels > free:
                raise Breach(key, f"{too_few(pool, free, self.bought[pool])} (needed: {channels})", rule)
        self.assigned[pool] += channels

    def _priced(self, pool: str, key: Key) -> None:
        if self.scenario.pools[pool].flat_rate is None:
            raise Breach(key, no_price(pool, "flat-rate"), "M7")

    def _few(self, key: str, channels: int, rule: str) -> None:
        if channels > MAX_CHANNELS:
            raise Breach((key,), f"may come to at most {MAX_CHANNELS:,} channels (they would be {channels:,})", rule)

    # -- membership -------------------------------------------------------------------------------------

    def _join(self, value: Membership, _: Turn) -> set[str]:
        name = self._group_name(value.group)

        def tell(who: str) -> str:
            return f"{who} is a member already (got '{name}')"

        for position in self._those(value.did, lambda did: did.group != name, ("group",), tell):
            self._additional(position)
            self._covered(position, self.groups[name].pool, ("group",))
            self._set_membership(position, name)
        return set()

    def _leave(self, value: OfDid, _: Turn) -> set[str]:
        def tell(who: str) -> str:
            return f"{who} is in no group (got '{value.did}')"

        for position in self._those(value.did, lambda did: did.group is not None, ("did",), tell):
            self._set_membership(position, None)
        return set()

    def _set_membership(self, position: int, name: str | None) -> None:
        did = self.did(position)
        if did.group is not None:
            self.groups[did.group].members -= 1
        if name is not None:
            self.groups[name].members += 1
        did.group = name
        self._touch(position)

    def _additional(self, position: int) -> None:
        if not self.did(position).entry.additional_capacity:
            text = f"{self._name(position)} supports no additional capacity (additional_capacity: false)"
            raise Breach(("did",), text, "R7")

    def _covered(self, position: int, pool: str, key: Key) -> None:
        country = self.did(position).entry.country
        if (text := uncovered(self.scenario, country, pool)) is None:
            return
        if country is None:
            raise Breach(("did",), f"{text}; add dids.{self.all_dids[position].entry_name}.country", "R6")
        raise Breach(key, f"{text}, where {self._name(position)} is", "R6")

    # -- modes ------------------------------------------------------------------------------------------

    def _switch(self, value: Switch, turn: Turn) -> set[str]:
        def can(did: _Did) -> bool:
            return did.waiting != value.mode and (
                did.waiting is not None or FEE_BY_MODE[did.mode or "DID+2"] != value.mode
            )

        for position in self._present(value.did):
            self._additional(position)
            fixed = self.did(position).entry.included
            if fixed is not None:
                text = f"{self._name(position)} has a fixed capacity (included: {fixed}), and no mode"
                raise Breach(("did",), text, "R2")

        def tell(who: str) -> str:
            return f"{who} is in this mode already, or waits for it (got {value.mode})"

        for position in self._those(value.did, can, ("mode",), tell, "R12"):
            did = self.did(position)
            if did.entry.monthly_fee(value.mode) is None:
                text = f"dids.{self.all_dids[position].entry_name}.fees.monthly has no price for it (got {value.mode})"
                raise Breach(("mode",), text, "M4")
            did.waiting, did.waits_until, did.waits_for = value.mode, self._next_renewal(did), turn
            if value.renew is not None:
                self._renew_for(position, self._cycles(value.renew, ("renew",)), turn)
        return set()

    def _renew(self, value: Renewal, turn: Turn) -> set[str]:
        cycles = self._cycles(value.period, ("period",))
        for position in self._present(value.did):
            self._renew_for(position, cycles, turn)
        return set()

    def _clear(self, value: OfDid, _: Turn) -> set[str]:
        def tell(who: str) -> str:
            return f"no mode waits for {who}'s next billing cycle"

        for position in self._those(value.did, lambda did: did.waiting is not None, ("did",), tell, "R12"):
            self.did(position).waiting = None
        return set()

    def _cycles(self, period: Duration | None, key: Key) -> int:
        """A period as a number of billing cycles."""
        if period is None:
            return 1
        cycle = self.scenario.billing.cycle
        amount, days = int(period.amount), 1 if cycle == "month" else int(cycle.split()[0])
        unit = {"months": 1} if cycle == "month" else {"days": 1, "weeks": 7}
        if (
            not period.is_calendar
            or period.unit not in unit
            or not 0 < amount <= 1200
            or amount * unit[period.unit] % days
        ):
            length = "1 month" if cycle == "month" else cycle
            raise Breach(key, f"must be a whole number of billing cycles of {length} (got {period})", "R12")
        return amount * unit[period.unit] // days

    def _renew_for(self, position: int, cycles: int, turn: Turn) -> None:
        did = self.did(position)
        if self._begins_now(did):
            text = f"a billing cycle of {self._name(position)} begins at that instant anyway, and both are paid (R13)"
            self.warnings.append((turn.path, text))
        if did.waiting is not None:
            did.mode, did.waiting = did.waiting, None
        did.cycle, did.paid_to = CycleRule(self.scenario.billing.cycle, self.day), cycles
        self._live(position, "renew", mode=did.mode, cycles=cycles)
        self._touch(position)

    def _next_renewal(self, did: _Did) -> int:
        """The clock at the DID's next renewal after now, that is paid for when it comes."""
        number = did.paid_to
        while (at := self._midnight(did.cycle.renewal(number))) <= self.now:
            number += 1
        return at

    def _begins_now(self, did: _Did) -> bool:
        """Whether a cycle of the DID begins, and is paid, at this instant."""
        number = did.paid_to
        while (at := self._midnight(did.cycle.renewal(number))) < self.now:
            number += 1
        return at == self.now

    def _midnight(self, day: date) -> int:
        zone = self.horizon.start.tzinfo
        assert zone is not None
        return microseconds_between(self.horizon.start, local_midnight(day, zone))

    # -- beginnings and ends ------------------------------------------------------------------------------

    def _add(self, value: Beginning, _: Turn) -> set[str]:
        if value.group is not None:
            return self._add_group(value.group)
        pools = set()
        for position in self._known(value.did or ""):
            did = self.did(position)
            if did.present or position in self.lives:
                raise Breach(("did",), f"{self._name(position)} is added twice", "R11")
            did.present = True
            did.cycle, did.paid_to = CycleRule(self.scenario.billing.cycle, self.day), 0
            self._live(position, "add", mode=did.mode)
            group = did.entry.group_name
            did.group = None
            if group is not None:
                if not self.groups[group].present:
                    raise Breach(("did",), f"its group '{group}' is not there", "R4")
                self._set_membership(position, group)
            dedicated, did.dedicated = did.dedicated, 0
            if did.entry.dedicated is not None and dedicated:
                pools.add(self._set_dedicated(position, dedicated, did.entry.dedicated.pool))
            self._touch(position)
        return pools

    def _add_group(self, name: str) -> set[str]:
        if name not in self.groups:
            raise Breach(("group",), unknown("group", name, self.groups), "R4")
        group = self.groups[name]
        if group.present or group.was_added:
            raise Breach(("group",), f"is added twice (got '{name}')", "R11")
        group.present = group.was_added = True
        shared, group.shared = group.shared, 0
        self._set_group(name, shared, group.metered)
        return {group.pool} if shared else set()

    def _end(self, value: OfDid, _: Turn) -> set[str]:
        for position in self._present(value.did):
            did = self.did(position)
            if did.dedicated and did.pool is not None:
                self.assigned[did.pool] -= did.dedicated
            did.dedicated, did.waiting = 0, None
            if did.group is not None:
                self._set_membership(position, None)
            did.present = False
            self._live(position, "end")
            self._touch(position)
        return set()

    def _delete(self, value: OfGroup, _: Turn) -> set[str]:
        name = self._group_name(value.group)
        group = self.groups[name]
        if group.members:
            text = f"a group that still has DIDs cannot be deleted, and '{name}' has {group.members:,}"
            raise Breach(("group",), text, "R11")
        self.assigned[group.pool] -= group.shared
        group.present, group.shared, group.metered, group.limit = False, 0, 0, None
        self.touched_groups.add(name)
        return set()

    def _live(
        self, position: int, what: Literal["add", "renew", "mode", "end"], mode: str | None = None, cycles: int = 1
    ) -> None:
        if self.now < self.horizon.microseconds:
            self.lives[position] = (*self.lives.get(position, ()), LifeEvent(self.now, self.day, what, mode, cycles))

    # -- who --------------------------------------------------------------------------------------------

    def did(self, position: int) -> _Did:
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
            did = self.dids[position] = _Did(
                entry, not later, entry.mode, entry.dedicated_channels,
                entry.dedicated.pool if entry.dedicated else None, entry.capacity_limit,
                None if later else entry.group_name, cycle, paid_to,
            )  # fmt: skip
        return did

    def _known(self, name: str) -> list[int]:
        if name not in self.positions:
            raise Breach(("did",), unknown("DID", name, self.positions), "R3")
        return self.positions[name]

    def _present(self, name: str) -> list[int]:
        """The DID, or those of an entry that are there at this time."""
        positions = self._known(name)
        present = [position for position in positions if self.did(position).present]
        if not present:
            position = positions[0]
            ended = "is ended" if position in self.lives else "is there only once a change adds it"
            raise Breach(("did",), f"{self._name(position)} {ended}", "R11")
        return present

    def _those(
        self, name: str, can: Callable[[_Did], bool], key: Key, tell: Callable[[str], str], rule: str = "R3"
    ) -> list[int]:
        """The DID, or those of an entry that it applies to: at least one."""
        present = self._present(name)
        found = [position for position in present if can(self.did(position))]
        if not found:
            raise Breach(key, tell(self._name(present[0])), rule)
        return found

    def _group_name(self, name: str | None) -> str:
        if name not in self.groups:
            raise Breach(("group",), unknown("group", name, self.groups), "R4")
        if not self.groups[name].present:
            raise Breach(("group",), f"is not there at this time (got '{name}')", "R4")
        return name

    def _name(self, position: int) -> str:
        return self.all_dids[position].name

    def _touch(self, position: int) -> None:
        self.touches += 1
        self.touched_dids.add(position)

    # -- as plain values ----------------------------------------------------------------------------------

    def did_state(self, position: int) -> DidState:
        did = self.did(position)
        if not did.present:
            return DidState(0, 0, None, None)
        fixed = did.entry.included
        included = INCLUDED_BY_MODE[did.mode or "DID+2"] if fixed is None else fixed
        return DidState(included, did.dedicated, did.limit, did.group)

    def group_state(self, name: str) -> GroupState:
        group = self.groups[name]
        return GroupState(group.shared, group.metered, group.limit)
