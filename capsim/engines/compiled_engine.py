"""The compiled engine: the reference engine's log, by kernels that go through a window of calls at once.

Windows follow each other. Between them the only state is the calls in progress, the balance if there is an account, and
the callers who will try again. Channels and limits are constant within a window. `capsim.kernels.ladder` says how its
calls are served, and `capsim.kernels.together` how they are with an account or redials.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np

from capsim.capacity import UNLIMITED, CapacitySizes, Schedule
from capsim.engines.attempts import Attempts, WaitingAttempts
from capsim.engines.carry_over import carry_over
from capsim.engines.ledger import Ledger
from capsim.engines.pending import Pending
from capsim.kernels.account import BALANCE, FACTOR, STATE_ENTRIES, TERMS_ENTRIES, WIDTH, AccountBook
from capsim.kernels.channels import NumberScratch, number_channels
from capsim.kernels.coupled import Arrivals
from capsim.kernels.heap import Heap
from capsim.kernels.ladder import FEW, ServeScratch, Systems, serve
from capsim.kernels.occupancy import COLUMNS, Occupancy
from capsim.kernels.tables import Log, Table
from capsim.kernels.together import Served, serve_together
from capsim.records import CallLog, CallTable, InProgress, constant


def run(
    tables: Iterable[CallTable], schedule: Schedule, numbered: bool = False, ledger: Ledger | None = None
) -> Iterator[CallLog]:
    """Serve the calls of tables that follow each other in time; yield a log for each table.

    Channels are numbered only if that is asked for: nothing else depends on which channel of a tier a call takes.
    """
    tables = iter(tables)
    first = next(tables, None)
    if first is None:
        return
    tables = chain([first], tables)
    if ledger is None and first.again is None:
        yield from _run(tables, schedule, numbered)
    else:
        yield from _run_together(tables, schedule, numbered, ledger)


def _run(tables: Iterable[CallTable], schedule: Schedule, numbered: bool) -> Iterator[CallLog]:
    """Serve the calls system by system."""
    in_force = schedule.in_force()
    systems, workspace = SystemsInForce(), Workspace(in_force.capacity)
    before = InProgress.none(len(in_force.capacity.did_names))
    calls = 0
    for table in tables:
        capacity = in_force.at(table.begin)
        columns = Log(
            outcome=np.empty(len(table), np.int8),
            end=np.empty(len(table), np.int64),
            channel=constant(len(table), np.int32),
            torn_down=constant(len(table), np.bool_),
        )
        scratch = workspace.for_calls(len(table), len(before.end))
        moved = before.moved(capacity.group, capacity.no_group)
        serve(Table.of(table), capacity.columns, systems.of(capacity), before, moved, columns, scratch)
        log = CallLog(
            calls=table,
            outcome=columns.outcome,
            end=columns.end,
            channel=columns.channel,
            torn_down=columns.torn_down,
            group=capacity.group,
            before=before,
        )
        log = _number(log, systems.of(capacity), capacity.no_group) if numbered else log
        before = carry_over(log, calls)
        calls += len(table)
        yield log


def _run_together(
    tables: Iterable[CallTable], schedule: Schedule, numbered: bool, ledger: Ledger | None
) -> Iterator[CallLog]:
    """Serve all calls as one system, one by one: with an account, or if callers try again."""
    in_force = schedule.in_force()
    dids = len(in_force.capacity.did_names)
    systems, workspace = SystemsInForce(), Workspace(in_force.capacity)
    everyone = _everyone(dids)
    book = ledger.book if ledger is not None else _no_book(in_force.capacity)
    before, pending, waiting = InProgress.none(dids), Pending(dids), WaitingAttempts.none()
    for table in tables:
        capacity = in_force.at(table.begin)
        calls, opened = len(table), len(before.end)
        attempts = Attempts(table, waiting)
        rows = calls + attempts.room
        arrivals = attempts.arrivals()
        columns = Log(
            outcome=np.empty(rows, np.int8),
            end=np.empty(rows, np.int64),
            channel=np.zeros(rows, np.int32),
            torn_down=np.zeros(rows, np.bool_),
        )
        served = _to_be_served(before, rows)
        occupancy = workspace.for_calls(rows, opened).occupancy
        extra, waits = serve_together(
            attempts.columns,
            arrivals,
            everyone,
            capacity.columns,
            before,
            served,
            columns,
            occupancy,
            book,
            attempts.redials,
        )
        columns.torn_down[arrivals.row[served.ends_early[opened:]]] = True
        in_order = arrivals.row[served.position[opened : opened + calls + extra] - opened]
        attempted, place = attempts.table(extra, arrivals.when, occupancy.did[opened:], in_order)
        by_row = {name: column[place] for name, column in columns._asdict().items()}
        log = CallLog(calls=attempted, group=capacity.group, before=before, **by_row)
        waiting = attempts.left(waits)
        early = np.flatnonzero(served.ends_early[:opened])
        pending.tear_down(before.call[early], before.end[early])
        before = carry_over(log, pending.calls)
        pending.add(
            log, partial(_number, systems=systems.of(capacity), no_group=capacity.no_group) if numbered else None
        )
        yield from pending.settled(table.end if ledger is not None else None)
    yield from pending.settled(None)


def _everyone(dids: int) -> Systems:
    """All DIDs as one system, each of them coupled."""
    return Systems(
        members=np.arange(dids),
        first=np.array([0, dids], np.int64),
        group=np.zeros(1, np.int64),
        coupled=np.ones(dids, np.bool_),
        ruled=np.ones(1, np.bool_),
    )


def _to_be_served(before: InProgress, rows: int) -> Served:
    """Room for the calls in progress, and for this many of a window, in the order of R13."""
    opened = len(before.end)
    position, place = np.empty(rows + opened, np.int64), np.empty(opened, np.int64)
    position[:opened] = np.lexsort((np.arange(opened), before.arrival))
    place[position[:opened]] = np.arange(opened)
    charges = Heap(*(np.empty(2 * (rows + opened), np.int64) for _ in range(2)))
    return Served(place, position, np.zeros(rows + opened, np.bool_), charges)


def _no_book(capacity: CapacitySizes) -> AccountBook:
    """The book of no account: nothing is ever charged, and the balance is always positive."""
    nothing, no_prices = np.zeros(0, np.int64), np.zeros((0, FACTOR + 1), np.int64)
    state, terms = np.zeros(STATE_ENTRIES, np.int64), np.zeros(TERMS_ENTRIES, np.int64)
    state[BALANCE] = terms[WIDTH] = 1
    return AccountBook(
        state=state,
        terms=terms,
        due_at=nothing,
        due=nothing,
        prices=no_prices,
        price_of=np.full(len(capacity.shared), -1, np.int64),
        own_prices=no_prices,
        own_price_of=np.full(len(capacity.group), -1, np.int64),
        closing=nothing,
        lowest=nothing,
    )


def _number(log: CallLog, systems: Systems, no_group: int) -> CallLog:
    """The log with channel numbers."""
    calls, before = len(log), log.before
    highest = int(before.channel.max(initial=0))
    busy = Heap(*(np.empty(calls + len(before.end), np.int64) for _ in range(2)))
    scratch = NumberScratch(
        rows=np.empty(calls, np.int64),
        arrival=np.empty(calls, np.int64),
        in_order=np.empty(calls, np.int64),
        when=np.empty(calls, np.int64),
        start=np.empty(2 * calls + 12, np.int64),
        busy=busy,
        idle=np.empty(highest + calls + 1, np.int64),
        in_use=np.empty(highest + 1, np.bool_),
    )
    log = replace(log, channel=np.zeros(calls, np.int32))
    moved = before.moved(log.group, no_group)
    number_channels(Table.of(log.calls), Log.of(log), systems, before, moved, scratch)
    return log


class SystemsInForce:
    """DIDs by system, for the capacity in force."""

    def __init__(self) -> None:
        self.capacity: CapacitySizes | None = None

    def of(self, capacity: CapacitySizes) -> Systems:
        """The systems: the same as before if only numbers of channels differ."""
        known = self.capacity
        if known is None or not (
            capacity.group is known.group
            and capacity.did_limit is known.did_limit
            and capacity.group_limit is known.group_limit
        ):
            self.capacity, self.systems = capacity, _build_systems(capacity)
        return self.systems


def _build_systems(capacity: CapacitySizes) -> Systems:
    limited = capacity.did_limit < UNLIMITED
    coupled = limited | (capacity.group_limit < UNLIMITED)[capacity.group]
    system = capacity.group.astype(np.int64)
    alone = np.flatnonzero((capacity.group == capacity.no_group) & limited)
    system[alone] = capacity.no_group + np.arange(len(alone))
    count = capacity.no_group + len(alone)
    system[(capacity.group == capacity.no_group) & ~limited] = count
    members = np.argsort(system, kind="stable")
    return Systems(
        members=members,
        first=np.searchsorted(system[members], np.arange(count + 1)),
        group=np.minimum(np.arange(count), capacity.no_group),
        coupled=coupled,
        ruled=np.bincount(system[coupled], minlength=count + 1)[:count] > 0,
    )


class Workspace:
    """Arrays that the kernels work in, kept from window to window."""

    def __init__(self, capacity: CapacitySizes) -> None:
        self.of_did, self.of_group = (
            np.zeros((len(rows), COLUMNS), np.int64) for rows in (capacity.group, capacity.shared)
        )
        self.included, self.dedicated = (np.empty(FEW, np.int64) for _ in range(2))
        self.calls, self.ends = -1, -1

    def for_calls(self, calls: int, in_progress: int) -> ServeScratch:
        """Room for this many calls of a window, and these in progress before."""
        if calls > self.calls:
            self.calls = calls + calls // 8
            self.over, self.line = (Arrivals(*(np.empty(self.calls, np.int64) for _ in range(3))) for _ in range(2))
            self.start, self.leaving = np.empty(2 * self.calls + 12, np.int64), np.empty(self.calls + 1, np.int64)
        if calls + in_progress > self.ends:
            self.ends = (calls + in_progress) * 9 // 8
            self.occupancy = Occupancy(
                ends=Heap(*(np.empty(self.ends, np.int64) for _ in range(2))),
                did=np.empty(self.ends, np.int32),
                counts_for=np.empty(self.ends, np.int8),
                of_did=self.of_did,
                of_group=self.of_group,
            )
        return ServeScratch(
            over=self.over,
            line=self.line,
            start=self.start,
            leaving=self.leaving,
            included=self.included,
            dedicated=self.dedicated,
            occupancy=self.occupancy,
        )
