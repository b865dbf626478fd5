"""What each action of a change does to a standing, if the rules let it (R11, R12)."""

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
from capsim.scenario.time.allocation import Allocation, Breach, DidAllocation, GroupAllocation, Key
from capsim.scenario.time.cycles import CycleRule
from capsim.scenario.time.occurrences import Occurrence
from capsim.scenario.time.timeline import LifeEvent
from capsim.units import Duration


@dataclass(frozen=True)
class _Before:
    """What an action that breaks a rule is put back to: it changes nothing."""

    dids: dict[int, DidAllocation]
    groups: dict[str, GroupAllocation]
    assigned: dict[str, int]
    lives: dict[int, tuple[LifeEvent, ...] | None]


class Actions:
    """Takes turns on a standing."""

    def __init__(self, allocation: Allocation) -> None:
        self.allocation = allocation

    def take(self, occurrence: Occurrence) -> set[str]:
        """Take a turn; the pools that it has taken channels from, or bought in, come back.

        Raises Breach, and changes nothing, where it breaks a rule.
        """
        value = getattr(occurrence.change, occurrence.change.action)
        act: Callable[[Any, Occurrence], set[str]] = getattr(self, f"_{occurrence.action}")
        before = self._before(value)
        try:
            return act(value, occurrence)
        except Breach:
            self.allocation.dids |= before.dids
            self.allocation.groups |= before.groups
            self.allocation.assigned = before.assigned
            for position, life in before.lives.items():
                self.allocation.lives.pop(position, None)
                if life is not None:
                    self.allocation.lives[position] = life
            raise

    def _before(self, value: Any) -> _Before:
        positions = self.allocation.positions.get(getattr(value, "did", None) or "", [])
        dids = {position: replace(self.allocation.did(position)) for position in positions}
        names = {getattr(value, "group", None), *(did.group for did in dids.values())}
        names |= {did.entry.group_name for did in dids.values()}
        groups = {name: replace(self.allocation.groups[name]) for name in names if name in self.allocation.groups}
        return _Before(
            dids,
            groups,
            dict(self.allocation.assigned),
            {position: self.allocation.lives.get(position) for position in dids},
        )

    # -- channels --------------------------------------------------------------------------------------

    def _buy(self, lot: Lot, _: Occurrence) -> set[str]:
        pool, channels = self._lot(lot)
        self.allocation.check_priced(pool, ("pool",))
        self.allocation.check_few("channels", self.allocation.bought[pool] + channels, "R5")
        self.allocation.purchase(pool, channels)
        return {pool}

    def _remove(self, lot: Lot, _: Occurrence) -> set[str]:
        pool, channels = self._lot(lot)
        bought = self.allocation.bought[pool]
        free = bought - self.allocation.assigned[pool]
        if channels > free:
            text = f"only unassigned channels can be removed, and the pool '{pool}' has {free} of {bought}"
            raise Breach(("channels",), f"{text} (got {channels})", "R11")
        self.allocation.purchase(pool, -channels)
        return set()

    def _assign(self, value: Assignment, _: Occurrence) -> set[str]:
        return self._reassign(value, 1)

    def _unassign(self, value: Assignment, _: Occurrence) -> set[str]:
        self._reassign(value, -1)
        return set()

    def _reassign(self, value: Assignment, sign: int) -> set[str]:
        if value.did is not None:
            return {
                self.allocation.set_dedicated(
                    position, self.allocation.did(position).dedicated + sign * (value.dedicated or 0), value.pool
                )
                for position in self.allocation.present(value.did)
            }  # fmt: skip
        name = self.allocation.group_name(value.group)
        group = self.allocation.groups[name]
        shared, metered = (sign * (number or 0) for number in (value.shared, value.metered))
        self.allocation.set_group(name, group.shared + shared, group.metered + metered)
        return {group.pool} if value.shared is not None else set()

    def _set(self, value: NewValues, _: Occurrence) -> set[str]:
        pools = set()
        limit = None if value.capacity_limit == "none" else value.capacity_limit
        assert not isinstance(limit, str)
        if value.did is not None:
            for position in self.allocation.present(value.did):
                did = self.allocation.did(position)
                if value.dedicated is not None:
                    pools.add(self.allocation.set_dedicated(position, value.dedicated, value.pool))
                if value.capacity_limit is not None:
                    did.limit = limit
                    self.allocation.touch(position)
        else:
            name = self.allocation.group_name(value.group)
            group = self.allocation.groups[name]
            shared = group.shared if value.shared is None else value.shared
            if shared > group.shared:
                pools.add(group.pool)
            self.allocation.set_group(name, shared, group.metered if value.metered is None else value.metered)
            if value.capacity_limit is not None:
                group.limit = limit
        return pools

    def _lot(self, lot: Lot) -> tuple[str, int]:
        if lot.pool not in self.allocation.scenario.pools:
            raise Breach(("pool",), unknown("pool", lot.pool, self.allocation.scenario.pools), "R5")
        if self.allocation.scenario.pools[lot.pool].channels is None:
            text = f"the pool '{lot.pool}' leaves channels out, and so always has what is assigned"
            raise Breach(("pool",), f"{text}; give pools.{lot.pool}.channels, or assign and unassign only", "R5")
        return lot.pool, lot.channels

    # -- membership ------------------------------------------------------------------------------------

    def _join(self, value: Membership, _: Occurrence) -> set[str]:
        name = self.allocation.group_name(value.group)

        def tell(who: str) -> str:
            return f"{who} is a member already (got '{name}')"

        for position in self.allocation.those(value.did, lambda did: did.group != name, ("group",), tell):
            self.allocation.check_additional(position)
            self.allocation.check_covered(position, self.allocation.groups[name].pool, ("group",))
            self.allocation.set_membership(position, name)
        return set()

    def _leave(self, value: OfDid, _: Occurrence) -> set[str]:
        def tell(who: str) -> str:
            return f"{who} is in no group (got '{value.did}')"

        for position in self.allocation.those(value.did, lambda did: did.group is not None, ("did",), tell):
            self.allocation.set_membership(position, None)
        return set()

    # -- modes -----------------------------------------------------------------------------------------

    def _switch(self, value: Switch, occurrence: Occurrence) -> set[str]:
        def can(did: DidAllocation) -> bool:
            return did.waiting != value.mode and (
                did.waiting is not None or FEE_BY_MODE[did.mode or "DID+2"] != value.mode
            )

        for position in self.allocation.present(value.did):
            self.allocation.check_additional(position)
            fixed = self.allocation.did(position).entry.included
            if fixed is not None:
                text = f"{self.allocation.name_of(position)} has a fixed capacity (included: {fixed}), and no mode"
                raise Breach(("did",), text, "R2")

        def tell(who: str) -> str:
            return f"{who} is in this mode already, or waits for it (got {value.mode})"

        for position in self.allocation.those(value.did, can, ("mode",), tell, "R12"):
            did = self.allocation.did(position)
            if did.entry.monthly_fee(value.mode) is None:
                entry_name = self.allocation.all_dids[position].entry_name
                text = f"dids.{entry_name}.fees.monthly has no price for it (got {value.mode})"
                raise Breach(("mode",), text, "M4")
            did.waiting, did.waits_until, did.waits_for = value.mode, self.allocation.next_renewal(did), occurrence
            if value.renew is not None:
                self.allocation.renew_for(position, self._cycles(value.renew, ("renew",)), occurrence)
        return set()

    def _renew(self, value: Renewal, occurrence: Occurrence) -> set[str]:
        cycles = self._cycles(value.period, ("period",))
        for position in self.allocation.present(value.did):
            self.allocation.renew_for(position, cycles, occurrence)
        return set()

    def _clear(self, value: OfDid, _: Occurrence) -> set[str]:
        def tell(who: str) -> str:
            return f"no mode waits for {who}'s next billing cycle"

        for position in self.allocation.those(value.did, lambda did: did.waiting is not None, ("did",), tell, "R12"):
            self.allocation.did(position).waiting = None
        return set()

    def _cycles(self, period: Duration | None, key: Key) -> int:
        """A period as a number of billing cycles."""
        if period is None:
            return 1
        cycle = self.allocation.scenario.billing.cycle
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

    def _add(self, value: Beginning, _: Occurrence) -> set[str]:
        if value.group is not None:
            return self._add_group(value.group)
        pools = set()
        for position in self.allocation.known(value.did or ""):
            did = self.allocation.did(position)
            if did.present or position in self.allocation.lives:
                raise Breach(("did",), f"{self.allocation.name_of(position)} is added twice", "R11")
            did.present = True
            did.cycle, did.paid_to = CycleRule(self.allocation.scenario.billing.cycle, self.allocation.day), 0
            self.allocation.live(position, "add", mode=did.mode)
            group = did.entry.group_name
            did.group = None
            if group is not None:
                if not self.allocation.groups[group].present:
                    raise Breach(("did",), f"its group '{group}' is not there", "R4")
                self.allocation.set_membership(position, group)
            dedicated, did.dedicated = did.dedicated, 0
            if did.entry.dedicated is not None and dedicated:
                pools.add(self.allocation.set_dedicated(position, dedicated, did.entry.dedicated.pool))
            self.allocation.touch(position)
        return pools

    def _add_group(self, name: str) -> set[str]:
        if name not in self.allocation.groups:
            raise Breach(("group",), unknown("group", name, self.allocation.groups), "R4")
        group = self.allocation.groups[name]
        if group.present or group.was_added:
            raise Breach(("group",), f"is added twice (got '{name}')", "R11")
        group.present = group.was_added = True
        shared, group.shared = group.shared, 0
        self.allocation.set_group(name, shared, group.metered)
        return {group.pool} if shared else set()

    def _end(self, value: OfDid, _: Occurrence) -> set[str]:
        for position in self.allocation.present(value.did):
            did = self.allocation.did(position)
            if did.dedicated and did.pool is not None:
                self.allocation.assigned[did.pool] -= did.dedicated
            did.dedicated, did.waiting = 0, None
            if did.group is not None:
                self.allocation.set_membership(position, None)
            did.present = False
            self.allocation.live(position, "end")
            self.allocation.touch(position)
        return set()

    def _delete(self, value: OfGroup, _: Occurrence) -> set[str]:
        name = self.allocation.group_name(value.group)
        group = self.allocation.groups[name]
        if group.members:
            text = f"a group that still has DIDs cannot be deleted, and '{name}' has {group.members:,}"
            raise Breach(("group",), text, "R11")
        self.allocation.assigned[group.pool] -= group.shared
        group.present, group.shared, group.metered, group.limit = False, 0, 0, None
        self.allocation.touched_groups.add(name)
        return set()
