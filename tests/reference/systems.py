"""Systems with changes and a prepaid account, and the schedules, tables and accounts that engines take of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import lcm

import numpy as np

from capsim.capacity import Schedule
from capsim.capacity.schedule import Step
from capsim.engines import Ledger, get_engine
from capsim.records import CallLog, CallTable
from capsim.tariff import Account
from capsim.tariff.account import CallCharges
from capsim.tariff.calls import CallPrice
from capsim.units import NEVER
from tests.reference.admission import Did, Group
from tests.reference.prepaid import Change, IntervalPrice, PrepaidAccount, RingingCall
from tests.reference.small_systems import capacity_of


@dataclass
class System:
    """DIDs, groups, calls, changes and an account, on a clock from ``begin`` to ``horizon``."""

    dids: list[Did]
    groups: list[Group]
    calls: list[RingingCall]
    changes: Sequence[Change] = ()
    account: PrepaidAccount | None = None
    begin: int = 0
    horizon: int = 30


def schedule_of(system: System) -> Schedule:
    steps = []
    for at in sorted({change.at for change in system.changes}):
        now = [change for change in system.changes if change.at == at]
        dids = {change.row: change.becomes for change in now if isinstance(change.becomes, Did)}
        groups = {change.row: change.becomes for change in now if isinstance(change.becomes, Group)}
        capacity = capacity_of(list(dids.values()), list(groups.values()))
        capacity.group[:] = [len(system.groups) if did.group is None else did.group for did in dids.values()]
        steps.append(
            Step(
                at=at,
                dids=np.array(list(dids), np.int64),
                did_values=np.column_stack(
                    [capacity.included, capacity.dedicated, capacity.did_limit, capacity.group]
                ).astype(np.int32),
                groups=np.array(list(groups), np.int64),
                group_values=np.column_stack([capacity.shared, capacity.metered, capacity.group_limit])[:-1].astype(
                    np.int32
                ),
            )
        )
    return Schedule(capacity_of(system.dids, system.groups), tuple(steps))


def tables_of(system: System, cuts: Sequence[int] = ()) -> list[CallTable]:
    """Consecutive tables, cut at every change and at ``cuts``."""
    tables = []
    most = max((len(call.again) for call in system.calls), default=0)
    for begin, end in pairwise(edges_of(system, cuts)):
        rows = in_rows([call for call in system.calls if begin <= call.arrival < end])
        tables.append(
            CallTable(
                begin=begin,
                end=end,
                first=np.searchsorted([call.did for call in rows], np.arange(len(system.dids) + 1)).astype(np.int64),
                arrival=np.array([call.arrival for call in rows], np.int64),
                ring=np.array([call.ring for call in rows], np.int64),
                holding=np.array([call.talk if call.answered else 0 for call in rows], np.int64),
                answered=np.array([call.answered for call in rows], np.bool_),
                again=_again(rows, most) if most else None,
            )
        )
    return tables


def _again(rows: Sequence[RingingCall], most: int) -> np.ndarray:
    moments = [(*call.again, *[NEVER] * (most - len(call.again))) for call in rows]
    return np.array(moments, np.int64).reshape(len(rows), most)


def edges_of(system: System, cuts: Sequence[int]) -> list[int]:
    inside = {*cuts, *(change.at for change in system.changes)} - {system.begin, system.horizon}
    return [system.begin, *sorted(inside), system.horizon]


def in_rows(calls: Sequence[RingingCall]) -> list[RingingCall]:
    """Calls DID by DID, and those of a DID by time."""
    return sorted(calls, key=lambda call: (call.did, call.arrival))


def charges_of(prices: Sequence[IntervalPrice | None], more: int = 0) -> CallCharges:
    priced = [price for price in prices if price]
    rows = np.cumsum([bool(price) for price in prices]) - 1
    row_of = [int(row) if price else -1 for row, price in zip(rows, prices, strict=True)]
    return CallCharges(
        tuple(_call_price(price) for price in priced),
        tuple(price.factor for price in priced),
        np.array(row_of + [-1] * more, np.int64),
    )


def _call_price(price: IntervalPrice) -> CallPrice:
    parts = lcm(price.at_once.denominator, price.each.denominator)
    base, step = int(price.at_once * parts), int(price.each * parts)
    return CallPrice(
        first_interval=price.first,
        next_interval=price.following,
        base=base,
        step=step,
        denominator=parts,
        decimals=3,
        rounding=price.rounding,
    )


def account_of(system: System) -> Account:
    prepaid = system.account
    return Account(
        currency="USD",
        decimals=3,
        balance=prepaid.balance,
        threshold=prepaid.threshold,
        amount=prepaid.amount,
        due_at=np.array([at for at, _ in prepaid.fees], np.int64),
        due=np.array([amount for _, amount in prepaid.fees], np.int64),
        metered=charges_of(prepaid.metered, 1),
        own=charges_of(prepaid.own),
        horizon=system.horizon,
    )


def logs_of(engine: str, system: System, cuts: Sequence[int] = (), width: int = 1) -> tuple[list[CallLog], Ledger]:
    ledger = Ledger(account_of(system), width) if system.account else None
    tables = tables_of(system, cuts)
    return list(get_engine(engine)(tables, schedule_of(system), True, ledger)), ledger


def with_ticks_of(system: System, microseconds: int) -> System:
    """The same system on a slower clock: a tick becomes a number of microseconds."""

    def slowed(prices: Sequence[IntervalPrice | None]) -> list[IntervalPrice | None]:
        return [one and replace(one, first=one.first * microseconds, following=one.following * microseconds)
                for one in prices]  # fmt: skip

    account = system.account and replace(
        system.account,
        fees=[(at * microseconds, amount) for at, amount in system.account.fees],
        metered=slowed(system.account.metered),
        own=slowed(system.account.own),
    )
    calls = [
        replace(one, arrival=one.arrival * microseconds, ring=one.ring * microseconds, talk=one.talk * microseconds)
        for one in system.calls
    ]
    changes = [replace(one, at=one.at * microseconds) for one in system.changes]
    return System(
        system.dids,
        system.groups,
        calls,
        changes,
        account,
        system.begin * microseconds,
        system.horizon * microseconds,
    )
