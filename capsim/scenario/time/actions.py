"""Effects of the actions of changes on an allocation, as far as the rules allow them (R11, R12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from capsim.scenario.model.changes import (
    Assignment,
    Beginning,
    Lot,
    Membership,
    NewValues,
    OfDid,
    OfGroup,
    Renewal,
    Switch,
)
from capsim.scenario.model.dids import FEE_BY_MODE
from capsim.scenario.model.messages import unknown
from capsim.scenario.time.allocation import Allocation, DidAllocation, GroupAllocation
from capsim.scenario.time.breach import Breach
from capsim.scenario.time.cycles import CycleRule
from capsim.scenario.time.occurrences import Occurrence
from capsim.scenario.time.timeline import LifeEvent
from capsim.units import Duration


@dataclass(frozen=True)
class _Before:
    """State before an action, to which an action that breaks a rule is put back."""

    dids: dict[int, DidAllocation]
    groups: dict[str, GroupAllocation]
    assigned: dict[str, int]
    lives: dict[int, tuple[LifeEvent, ...] | None]


class Actions:
    """Takes the actions of changes on an allocation."""

    def __init__(self, allocation: Allocation) -> None:
        self.allocation = allocation
        self.channels = allocation.channels
        self.written = allocation.written

    def take(self, occurrence: Occurrence) -> None:
        """Take an action.

        Raises
        ------
        Breach
            if the action breaks a rule; then nothing has changed.
        """
        value = occurrence.value
        act: Callable[[Any, Occurrence], None] = getattr(self, f"_{occurrence.action}")
        before = self._before(value)
        self.channels.drawn = set()
        try:
            act(value, occurrence)
        except Breach:
            self._put_back(before)
            raise

    def _before(self, value: Any) -> _Before:
        allocation = self.allocation
        positions = allocation.positions.get(getattr(value, "did", None) or "", [])
        dids = {position: replace(allocation.did(position)) for position in positions}
        names = {getattr(value, "group", None), *(did.group for did in dids.values())}
        names |= {did.entry.group_name for did in dids.values()}
        groups = {name: replace(allocation.groups[name]) for name in names if name in allocation.groups}
        lives = {position: allocation.lives.get(position) for position in dids}
        return _Before(dids, groups, dict(self.channels.assigned), lives)

    def _put_back(self, before: _Before) -> None:
        self.allocation.dids |= before.dids
        self.allocation.groups |= before.groups
        self.channels.assigned = before.assigned
        for position, life in before.lives.items():
            self.allocation.lives.pop(position, None)
            if life is not None:
                self.allocation.lives[position] = life

    # -- channels --------------------------------------------------------------------------------------

    def _buy(self, lot: Lot, _: Occurrence) -> None:
        self.channels.buy(self._pool_with_channels(lot.pool), lot.channels)

    def _remove(self, lot: Lot, _: Occurrence) -> None:
        self.channels.remove(self._pool_with_channels(lot.pool), lot.channels)

    def _assign(self, value: Assignment, _: Occurrence) -> None:
        self._reassign(value, 1)

    def _unassign(self, value: Assignment, _: Occurrence) -> None:
        self._reassign(value, -1)

    def _reassign(self, value: Assignment, sign: int) -> None:
        allocation = self.allocation
        if value.did is not None:
            for position in allocation.present(value.did):
                dedicated = allocation.did(position).dedicated + sign * (value.dedicated or 0)
                allocation.set_dedicated(position, dedicated, value.pool)
        else:
            name = allocation.group_named(value.group)
            group = allocation.groups[name]
            shared, metered = (sign * (channels or 0) for channels in (value.shared, value.metered))
            allocation.set_group(name, group.shared + shared, group.metered + metered)

    def _set(self, value: NewValues, _: Occurrence) -> None:
        allocation = self.allocation
        limit = None if value.capacity_limit == "none" else value.capacity_limit
        assert not isinstance(limit, str)
        if value.did is not None:
            for position in allocation.present(value.did):
                if value.dedicated is not None:
                    allocation.set_dedicated(position, value.dedicated, value.pool)
                if value.capacity_limit is not None:
                    allocation.did(position).limit = limit
                    allocation.touch(position)
        else:
            name = allocation.group_named(value.group)
            group = allocation.groups[name]
            shared = group.shared if value.shared is None else value.shared
            allocation.set_group(name, shared, group.metered if value.metered is None else value.metered)
            if value.capacity_limit is not None:
                group.limit = limit

    def _pool_with_channels(self, name: str) -> str:
        """The name of a pool that gives its number of channels."""
        if name not in self.written.pools:
            raise Breach("pool", unknown("pool", name, self.written.pools), "R5")
        if self.written.pools[name].channels is None:
            text = f"the pool '{name}' gives no number of channels, and always has as many as are assigned"
            mend = f"add pools.{name}.channels, or only assign and unassign"
            raise Breach("pool", f"{text}; {mend} (got '{name}')", "R5")
        return name

    # -- membership ------------------------------------------------------------------------------------

    def _join(self, value: Membership, _: Occurrence) -> None:
        allocation = self.allocation
        name = allocation.group_named(value.group)

        def text(did: str) -> str:
            return f"{did} is a member of this group already (got '{name}')"

        for position in allocation.applicable(value.did, lambda did: did.group != name, "group", text, "R3"):
            did = self.written.all_dids[position]
            allocation.check_additional(did)
            allocation.check_covered(did, allocation.groups[name].pool, "group")
            allocation.set_membership(position, name)

    def _leave(self, value: OfDid, _: Occurrence) -> None:
        def text(did: str) -> str:
            return f"{did} is in no group (got '{value.did}')"

        for position in self.allocation.applicable(value.did, lambda did: did.group is not None, "did", text, "R3"):
            self.allocation.set_membership(position, None)

    # -- modes -----------------------------------------------------------------------------------------

    def _switch(self, value: Switch, occurrence: Occurrence) -> None:
        allocation = self.allocation
        for position in allocation.present(value.did):
            named = self.written.all_dids[position]
            allocation.check_additional(named)
            if named.entry.included is not None:
                text = f"{named.name} has a fixed capacity (included: {named.entry.included}), and no mode"
                raise Breach("did", f"{text} (got '{value.did}')", "R2")

        def applies(did: DidAllocation) -> bool:
            return did.waiting != value.mode and (
                did.waiting is not None or FEE_BY_MODE[did.mode or "DID+2"] != value.mode
            )

        def text_of(did: str) -> str:
            return f"{did} is in this mode already, or waits for it (got {value.mode})"

        for position in allocation.applicable(value.did, applies, "mode", text_of, "R12"):
            did = allocation.did(position)
            if did.entry.monthly_fee(value.mode) is None:
                path = f"dids.{self.written.all_dids[position].entry_name}.fees.monthly"
                raise Breach("mode", f"{path} has no price for this mode; add one (got {value.mode})", "M4")
            did.waiting, did.waits_until, did.waits_for = value.mode, allocation.next_renewal(did), occurrence
            if value.renew is not None:
                allocation.renew_for(position, self._cycles(value.renew, "renew"), occurrence)

    def _renew(self, value: Renewal, occurrence: Occurrence) -> None:
        cycles = self._cycles(value.period, "period")
        for position in self.allocation.present(value.did):
            self.allocation.renew_for(position, cycles, occurrence)

    def _clear(self, value: OfDid, _: Occurrence) -> None:
        def text(did: str) -> str:
            return f"no mode waits for {did}'s next billing cycle (got '{value.did}')"

        for position in self.allocation.applicable(value.did, lambda did: did.waiting is not None, "did", text, "R12"):
            self.allocation.did(position).waiting = None

    def _cycles(self, period: Duration | None, key: str) -> int:
        """A period as a number of billing cycles."""
        if period is None:
            return 1
        cycle = self.written.billing.cycle
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

    # -- beginnings and ends ---------------------------------------------------------------------------

    def _add(self, value: Beginning, _: Occurrence) -> None:
        if value.group is not None:
            self._add_group(value.group)
            return
        for position in self.allocation.known(value.did or ""):
            self._add_did(position)

    def _add_did(self, position: int) -> None:
        """Add a DID as it is written; what it may have by R6 and R7 was checked with the start."""
        allocation, did = self.allocation, self.allocation.did(position)
        if did.present or position in allocation.lives:
            raise Breach("did", f"{allocation.name_of(position)} is added twice; a DID can be added once", "R11")
        did.present = True
        did.cycle, did.paid_to = CycleRule(self.written.billing.cycle, allocation.day), 0
        allocation.live(position, "add", mode=did.mode)
        if did.entry.group_name is not None:
            allocation.check_group_there(did.entry.group_name, "did")
            allocation.set_membership(position, did.entry.group_name)
        if did.pool is not None:
            self.channels.assign(did.pool, did.dedicated, "dedicated", "R5")
        allocation.touch(position)

    def _add_group(self, name: str) -> None:
        """Add a group as it is written; its sizes were checked with the start."""
        if name not in self.allocation.groups:
            raise Breach("group", unknown("group", name, self.allocation.groups), "R4")
        group = self.allocation.groups[name]
        if group.present or group.was_added:
            raise Breach("group", f"is added twice; a group can be added once (got '{name}')", "R11")
        group.present = group.was_added = True
        self.channels.assign(group.pool, group.shared, "shared", "R4")
        self.allocation.touched_groups.add(name)

    def _end(self, value: OfDid, _: Occurrence) -> None:
        allocation = self.allocation
        for position in allocation.present(value.did):
            did = allocation.did(position)
            if did.pool is not None:
                self.channels.assign(did.pool, -did.dedicated, "dedicated", "R5")
            did.dedicated, did.waiting = 0, None
            if did.group is not None:
                allocation.set_membership(position, None)
            did.present = False
            allocation.live(position, "end")
            allocation.touch(position)

    def _delete(self, value: OfGroup, _: Occurrence) -> None:
        name = self.allocation.group_named(value.group)
        group = self.allocation.groups[name]
        if group.members:
            text = f"a group that still has DIDs cannot be deleted, and '{name}' has {group.members:,}"
            raise Breach("group", f"{text}; let them leave, or end them, before (got '{name}')", "R11")
        self.channels.assign(group.pool, -group.shared, "shared", "R4")
        group.present, group.shared, group.metered, group.limit = False, 0, 0, None
        self.allocation.touched_groups.add(name)
