"""Systems that change, and prepaid ones: as engines take them, at random, and held against the plain witness."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from math import lcm

import numpy as np

from capsim.capacity import Schedule
from capsim.capacity.schedule import Step
from capsim.engines import Ledger, get_engine
from capsim.records import OUTCOMES, CallLog, CallTable, join_logs
from capsim.tariff import Account
from capsim.tariff.account import CallCharges
from capsim.tariff.calls import CallPrice
from capsim.units import NEVER
from tests.cases import capacity_of
from tests.plainly import PlainDid, PlainGroup
from tests.plainly_prepaid import ROUND, Change, Office, OneCall, PlainPrice, Prepaid

CALLS = ("outcome", "end", "channel", "torn_down")


@dataclass
class System:
    """DIDs, groups, calls, changes and an account; the clock goes from the first table to the horizon."""

    dids: list[PlainDid]
    groups: list[PlainGroup]
    calls: list[OneCall]
    changes: Sequence[Change] = ()
    account: Prepaid | None = None
    begin: int = 0
    horizon: int = 30


# -- as engines take it ------------------------------------------------------------------------------------


def schedule_of(system: System) -> Schedule:
    steps = []
    for at in sorted({change.at for change in system.changes}):
        now = [change for change in system.changes if change.at == at]
        dids = {change.row: change.becomes for change in now if isinstance(change.becomes, PlainDid)}
        groups = {change.row: change.becomes for change in now if isinstance(change.becomes, PlainGroup)}
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
    """Tables that follow each other, cut at every change and wherever else is asked for."""
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


def _again(rows: Sequence[OneCall], most: int) -> np.ndarray:
    moments = [(*call.again, *[NEVER] * (most - len(call.again))) for call in rows]
    return np.array(moments, np.int64).reshape(len(rows), most)


def edges_of(system: System, cuts: Sequence[int]) -> list[int]:
    inside = {*cuts, *(change.at for change in system.changes)} - {system.begin, system.horizon}
    return [system.begin, *sorted(inside), system.horizon]


def in_rows(calls: Sequence[OneCall]) -> list[OneCall]:
    """DID by DID, and each DID's by time."""
    return sorted(calls, key=lambda call: (call.did, call.arrival))


def charges_of(prices: Sequence[PlainPrice | None], more: int = 0) -> CallCharges:
    priced = [price for price in prices if price]
    rows = np.cumsum([bool(price) for price in prices]) - 1
    row_of = [int(row) if price else -1 for row, price in zip(rows, prices, strict=True)]
    return CallCharges(
        tuple(_call_price(price) for price in priced),
        tuple(price.factor for price in priced),
        np.array(row_of + [-1] * more, np.int64),
    )


def _call_price(price: PlainPrice) -> CallPrice:
    parts = lcm(price.at_once.denominator, price.each.denominator)
    base, step = int(price.at_once * parts), int(price.each * parts)
    return CallPrice(price.first, price.following, base, step, parts, 3, price.rounding)


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


# -- what became of it -------------------------------------------------------------------------------------


def facts_of(engine: str, system: System, cuts: Sequence[int] = (), width: int = 1) -> dict[str, list]:
    """What an engine says: of the calls, DID by DID, of what tables leave to the next, and of the balance."""
    logs, ledger = logs_of(engine, system, cuts, width)
    joined = join_logs(logs)
    facts = {name: getattr(joined, name).tolist() for name in CALLS}
    facts["outcome"] = [OUTCOMES[code] for code in joined.outcome]
    facts["before"] = [(log.calls.begin, *one) for log in logs for one in _in_progress(log)]
    groups = [(did, at, group) for log in logs for did, at, group in zip(*_members(log), strict=True)]
    facts["group"] = [None if group == len(system.groups) else group for *_, group in sorted(groups)]
    if ledger:
        facts["balance, drawn, top-ups"] = [ledger.balance, ledger.drawn, ledger.top_ups]
        facts["closing"], facts["lowest"] = (one.tolist() for one in ledger.over_time())
    return facts


def _in_progress(log: CallLog) -> list[tuple[int, ...]]:
    one = log.before
    did = np.repeat(np.arange(len(one.first) - 1), np.diff(one.first))
    columns = did, one.tier, one.end, one.channel, one.group, one.arrival, one.answer, one.call
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _members(log: CallLog) -> tuple[list[int], ...]:
    did = log.calls.did
    return did.tolist(), log.calls.arrival.tolist(), log.group[did].tolist()


def plain_facts(
    system: System, cuts: Sequence[int] = (), width: int = 1, told: Office | None = None
) -> dict[str, list]:
    """The same, as the rules written plainly have it."""
    told = told or tell(system)
    rows = in_rows(told.calls)
    facts = {name: [getattr(call, name) for call in rows] for name in CALLS}
    facts["before"] = _plain_in_progress(system, told, cuts)
    facts["group"] = [call.group for call in rows]
    if system.account:
        facts["balance, drawn, top-ups"] = [told.balance, told.drawn, told.top_ups]
        facts["closing"], facts["lowest"] = [], []
        balance = system.account.balance
        for begin in range(0, system.horizon, width):
            then = [balance, *(left for at, left in told.book if begin <= at < begin + width)]
            balance = then[-1]
            facts["closing"].append(balance)
            facts["lowest"].append(min(then))
    return facts


def tell(system: System, office: type[Office] = Office) -> Office:
    """The plain witness of a system, at the end."""
    calls = copy.deepcopy(system.calls)
    told = office(calls, system.dids, system.groups, system.changes, system.account, system.horizon)
    told.run()
    return told


def _plain_in_progress(system: System, told: Office, cuts: Sequence[int]) -> list[tuple[int, ...]]:
    """Who goes on as each table begins, and which of all calls it is, counted from table to table."""
    edges, numbered, lines = edges_of(system, cuts), [], []
    for begin, end in pairwise(edges):
        going_on = [(number, call) for number, call in enumerate(numbered) if call.carried and call.end > begin]
        for number, call in sorted(going_on, key=lambda one: (one[1].did, one[1].arrival, one[0])):
            answer = call.arrival + call.ring if call.answered else NEVER
            group = len(system.groups) if call.group is None else call.group
            tier = OUTCOMES.index(call.outcome)
            lines.append((begin, call.did, tier, call.end, call.channel, group, call.arrival, answer, number))
        numbered += in_rows([call for call in told.calls if begin <= call.arrival < end])
    return lines


def differing(one: dict[str, list], other: dict[str, list]) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if one[name] != other[name]]


@dataclass
class Told:
    """What became of calls, in the order in which they are given, and of the balance."""

    outcome: list[str]
    end: list[int]
    channel: list[int]
    torn_down: list[bool]
    balance: int = 0
    drawn: int = 0
    top_ups: int = 0
    closing: list[int] = field(default_factory=list)
    """The balance after each tick."""


TELLERS = ("plain", "simpy", "compiled")


def told_by(teller: str, system: System) -> Told:
    """An engine, or the plain witness, on one system; tables cut at every tick, or only at changes, tell the same."""
    everywhere = range(system.begin, system.horizon)
    if teller == "plain":
        facts = plain_facts(system)
    else:
        facts = facts_of(teller, system)
        assert not set(differing(facts, facts_of(teller, system, everywhere))) - {"before"}
    rows = in_rows(system.calls)
    place = [next(row for row, one in enumerate(rows) if one is call) for call in system.calls]
    told = Told(*([facts[name][row] for row in place] for name in CALLS))
    if system.account:
        told.balance, told.drawn, told.top_ups = facts["balance, drawn, top-ups"]
        told.closing = facts["closing"]
    return told


# -- at random -----------------------------------------------------------------------------------------------


def random_system(rng: np.random.Generator, prepaid: bool, many: bool = False) -> System:
    """A small system with little room, calls on few instants, and changes; with many calls, some tiers are wide."""
    groups = [_random_group(rng, many) for _ in range(rng.integers(0 if not prepaid else 1, 4))]
    dids = [_random_did(rng, len(groups), prepaid, many) for _ in range(rng.integers(1, 6))]
    begin, horizon = -int(rng.choice([0, 3, 6])), int(rng.integers(18, 31))
    instants = rng.integers(begin, horizon, 6) if rng.random() < 0.6 else np.arange(begin, horizon)
    calls = [
        OneCall(
            int(rng.integers(0, len(dids))),
            int(rng.choice(instants)),
            int(rng.choice([0, 0, 0, 1, 2, 3])),
            int(rng.choice([0, 1, 2, 3, 4, 6, 8, 12, 12, 20, 40])),
            bool(rng.random() < 0.85),
        )
        for _ in range(rng.integers(80, 160) if many else rng.integers(5, 50))
    ]
    changes = _random_changes(rng, dids, groups, instants, horizon, prepaid, many)
    account = _random_account(rng, groups, dids, changes, instants, horizon) if prepaid else None
    return System(dids, groups, calls, changes, account, begin, horizon)


def random_cuts(rng: np.random.Generator, system: System) -> list[int]:
    return [int(cut) for cut in rng.integers(system.begin, system.horizon, rng.integers(0, 6))]


def _size(rng: np.random.Generator, most: int, many: bool) -> int:
    return int(rng.choice([9, 10, 11, 14, 40])) if many and rng.random() < 0.4 else int(rng.integers(0, most + 1))


def _limit(rng: np.random.Generator, most: int, many: bool) -> int | None:
    return int(rng.integers(1, most * (5 if many else 1) + 1)) if rng.random() < 0.25 else None


def _random_group(rng: np.random.Generator, many: bool) -> PlainGroup:
    return PlainGroup(_size(rng, 2, many), _size(rng, 4, many), _limit(rng, 6, many))


def _random_did(rng: np.random.Generator, groups: int, prepaid: bool, many: bool) -> PlainDid:
    group = int(rng.integers(0, groups)) if groups and rng.random() < 0.85 else None
    own = rng.integers(0, 4, 2) if not prepaid or rng.random() < 0.4 else (0, 0)
    return PlainDid(
        _size(rng, own[0], many and own[0]), _size(rng, own[1], many and own[1]), _limit(rng, 4, many), group
    )


def _random_changes(rng, dids, groups, instants, horizon, prepaid, many) -> list[Change]:
    """Some change one thing of a DID or of a group, some all of it, and some nothing."""
    changes = []
    now: dict[type, list] = {PlainDid: list(dids), PlainGroup: list(groups)}
    places = [place for place in instants if place >= 0]
    when = [int(rng.choice(places)) if places else int(rng.integers(0, horizon)) for _ in range(rng.integers(0, 9))]
    for at in sorted(when):
        kind = PlainGroup if groups and rng.random() < 0.4 else PlainDid
        row = int(rng.integers(0, len(now[kind])))
        new = _random_group(rng, many) if kind is PlainGroup else _random_did(rng, len(groups), prepaid, many)
        if kind is PlainGroup and rng.random() < 0.2:
            new = replace(now[kind][row], shared=0, metered=0)
        elif rng.random() < 0.7:
            name = str(rng.choice(list(vars(new))))
            new = replace(now[kind][row], **{name: getattr(new, name)})
        now[kind][row] = new
        changes.append(Change(at, row, new))
    return changes


def _random_account(rng, groups, dids, changes, instants, horizon) -> Prepaid:
    fees = [
        (int(rng.choice(instants)) if rng.random() < 0.5 else int(rng.integers(0, horizon)), int(rng.integers(-4, 12)))
        for _ in range(rng.integers(0, 4))
    ]
    later = [(change.row, change.becomes) for change in changes if isinstance(change.becomes, PlainGroup)]
    metered = {row for row, group in [*enumerate(groups), *later] if group.metered}
    top_up = rng.random() < 0.4
    return Prepaid(
        int(rng.integers(-1, 3)) if rng.random() < 0.2 else int(rng.integers(3, 40)),
        int(rng.integers(0, 12)) if top_up else None,
        int(rng.integers(1, 15)) if top_up else None,
        sorted(((at, fee) for at, fee in fees if at >= 0), key=lambda one: one[0]),
        [_random_price(rng) if row in metered or rng.random() < 0.5 else None for row in range(len(groups))],
        [_random_price(rng) if rng.random() < 0.3 else None for _ in dids],
    )


def _random_price(rng: np.random.Generator) -> PlainPrice:
    parts = int(rng.choice([1, 1, 2, 3, 7]))
    return PlainPrice(
        int(rng.integers(1, 7)),
        int(rng.choice([1, 1, 2, 3, 6])),
        Fraction(int(rng.integers(0, 8 * parts)), parts),
        Fraction(int(rng.integers(0, 5 * parts)), parts),
        str(rng.choice(list(ROUND))),
        int(rng.choice([1, 1, 1, 10])),
    )
