"""The compiled engine: the reference engine's log, by kernels that go through a window of calls at once.

Windows follow each other; between them the only state is the calls in progress, the balance where there is an account,
and callers who will try again. The capacity plan is constant within a window. How its calls are served is told in
`capsim.kernels.ladder`, and with an account, or redials, in `capsim.kernels.coupled`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from capsim.capacity import UNLIMITED, CapacityPlan, Schedule
from capsim.engines.attempts import Attempts, Redials
from capsim.engines.ledger import Ledger
from capsim.engines.pending import Pending
from capsim.engines.progress import still_in_progress
from capsim.kernels.channels import number_channels
from capsim.kernels.coupled import serve_together
from capsim.kernels.ladder import serve
from capsim.records import CallLog, CallTable, Flags, InProgress, Int64, constant


def run(
    tables: Iterable[CallTable], schedule: Schedule, numbered: bool = False, ledger: Ledger | None = None
) -> Iterator[CallLog]:
    """What becomes of the calls of tables that follow each other in time; a log for each table.

    Channels are numbered only where they are asked for: nothing else depends on which one of a tier a call takes.
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
    in_force = schedule.in_force()
    systems = Systems(in_force.plan)
    scratch = Scratch(in_force.plan)
    before = InProgress.none(len(in_force.plan.did_names))
    calls = 0
    for table in tables:
        plan = in_force.at(table.begin)
        systems = systems.of(plan)
        outcome, end = np.empty(len(table), np.int8), np.empty(len(table), np.int64)
        serve(
            table.begin, table.end, systems.members, systems.first, systems.group, systems.coupled, systems.ruled,
            plan.included, plan.dedicated, plan.did_limit, plan.group, plan.shared, plan.metered, plan.group_limit,
            table.first, table.arrival, table.ring, table.holding, before.first, before.tier, before.end, before.group,
            *before.strays(plan.group, plan.no_group), outcome, end, *scratch.of(len(table), len(before)),
        )  # fmt: skip
        log = CallLog(
            table, outcome, end, constant(len(table), np.int32), constant(len(table), np.bool_), plan.group, before
        )
        log = systems.numbered(log) if numbered else log
        before = still_in_progress(log, calls)
        calls += len(table)
        yield log


def _run_together(
    tables: Iterable[CallTable], schedule: Schedule, numbered: bool, ledger: Ledger | None
) -> Iterator[CallLog]:  # fmt: skip
    """All calls as one system, one by one: where there is an account, or callers try again."""
    in_force = schedule.in_force()
    systems = Systems(in_force.plan)
    dids = len(in_force.plan.did_names)
    everyone, coupled = np.arange(dids), np.ones(dids, np.bool_)
    nobody = np.zeros(0, np.int64)
    money = _money(ledger, schedule)
    scratch = Scratch(in_force.plan)
    going, pending, redials = InProgress.none(dids), Pending(dids), Redials.none()
    for table in tables:
        plan = in_force.at(table.begin)
        systems = systems.of(plan)
        calls, opened = len(table), len(going)
        attempts = Attempts(table, redials)
        order = np.append(table.order, np.arange(calls, calls + attempts.room))
        when = np.append(table.arrival[order[:calls]], np.empty(attempts.room, np.int64))
        finish = when.copy()
        finish[:calls] += (table.ring + table.holding)[order[:calls]]
        whole = calls + attempts.room
        outcome, end = np.empty(whole, np.int8), np.empty(whole, np.int64)
        ends_early = np.zeros(whole + opened, np.bool_)
        call_at = np.empty(whole + opened, np.int64)
        call_at[:opened] = np.lexsort((np.arange(opened), going.arrival))
        rank = np.empty(opened, np.int64)
        rank[call_at[:opened]] = np.arange(opened)
        *_, heap, who, counts, busy, on = scratch.of(whole, opened)
        waiting = np.empty((2, 2 * (whole + opened)), np.int64)
        extra, _, waits = serve_together(
            table.begin, table.end, when, finish, order, everyone, nobody, coupled, plan.group,
            plan.included, plan.dedicated, plan.did_limit, plan.shared, plan.metered, plan.group_limit,
            table.first, attempts.ring, attempts.answered, going.first, going.tier, going.end, going.group,
            going.arrival, going.answer, rank, call_at, heap[0], heap[1], who, counts, busy, on,
            waiting[0], waiting[1], outcome, end, ends_early, *money, *attempts.sources, *attempts.records,
        )  # fmt: skip
        torn_down = np.zeros(whole, np.bool_)
        torn_down[order[ends_early[opened:]]] = True
        served = order[call_at[opened : opened + calls + extra] - opened]
        rows, place = attempts.table(extra, when, who[opened:], served)
        log = CallLog(
            rows, outcome[place], end[place], np.zeros(len(place), np.int32), torn_down[place], plan.group, going
        )
        redials = attempts.left(waits)
        early = np.flatnonzero(ends_early[:opened])
        pending.tear_down(going.call[early], going.end[early])
        going = still_in_progress(log, pending.calls)
        pending.add(log, systems.numbered if numbered else None)
        yield from pending.settled(table.end if ledger is not None else None)
    yield from pending.settled(None)


def _money(ledger: Ledger | None, schedule: Schedule) -> tuple[np.ndarray, ...]:
    """What `capsim.kernels.coupled.serve_together` asks of an account; without one, nothing is ever charged."""
    if ledger is None:
        nothing, no_prices = np.zeros(0, np.int64), np.zeros((0, 10), np.int64)
        groups, dids = (np.full(size, -1, np.int64) for size in (len(schedule.first.shared), len(schedule.first.group)))
        book, terms = np.array([1, 0, 0, 0, 0], np.int64), np.array([1, 0, 0, 0, 0], np.int64)
        return book, terms, nothing, nothing, no_prices, groups, no_prices, dids, nothing, nothing
    account = ledger.account
    return (
        ledger.book, ledger.terms, account.due_at, account.due, account.metered.rows(), account.metered.row_of,
        account.own.rows(), account.own.row_of, ledger.closing, ledger.lowest,
    )  # fmt: skip


class Systems:
    """DIDs whose calls can meet on a channel or at a limit: a group's, and each limited DID without a group.

    The arrays are those of `capsim.kernels.ladder`.
    """

    def __init__(self, plan: CapacityPlan) -> None:
        self.plan = plan
        limited = plan.did_limit < UNLIMITED
        self.coupled: Flags = limited | (plan.group_limit < UNLIMITED)[plan.group]
        system = plan.group.astype(np.int64)
        alone = np.flatnonzero((plan.group == plan.no_group) & limited)
        system[alone] = plan.no_group + np.arange(len(alone))
        count = plan.no_group + len(alone)
        system[(plan.group == plan.no_group) & ~limited] = count
        self.members: Int64 = np.argsort(system, kind="stable")
        self.first: Int64 = np.searchsorted(system[self.members], np.arange(count + 1))
        self.group = np.minimum(np.arange(count), plan.no_group)
        self.ruled = np.bincount(system[self.coupled], minlength=count + 1)[:count] > 0

    def of(self, plan: CapacityPlan) -> Systems:
        """Those of a plan: the same, where it differs in sizes alone."""
        same = all(getattr(plan, name) is getattr(self.plan, name) for name in ("group", "did_limit", "group_limit"))
        return self if same else Systems(plan)

    def numbered(self, log: CallLog) -> CallLog:
        """The log with channel numbers."""
        table, before = log.calls, log.before
        channel = np.zeros(len(log), np.int32)
        number_channels(
            self.members, self.first, self.group, *before.strays(log.group, self.plan.no_group),
            table.first, table.arrival, log.outcome, log.end,
            before.first, before.tier, before.end, before.channel, before.group, channel,
        )  # fmt: skip
        return replace(log, channel=channel)


class Scratch:
    """Arrays that the kernels work in, kept from window to window."""

    def __init__(self, plan: CapacityPlan) -> None:
        self.busy, self.on = np.zeros((len(plan.group), 3), np.int64), np.zeros((len(plan.shared), 3), np.int64)
        self.calls, self.ends = -1, -1

    def of(self, calls: int, going_on: int) -> tuple[np.ndarray, ...]:
        """``over``, ``line``, ``start``, ``leaving``, ``heap``, ``who``, ``counts``, ``busy``, ``on``: for so many."""
        if calls > self.calls:
            self.calls = calls + calls // 8
            self.over, self.line = (np.empty((3, self.calls), np.int64) for _ in range(2))
            self.start, self.leaving = np.empty(2 * self.calls + 12, np.int64), np.empty(self.calls + 1, np.int64)
        if calls + going_on > self.ends:
            self.ends = (calls + going_on) * 9 // 8
            self.heap = np.empty((2, self.ends), np.int64)
            self.who, self.counts = np.empty(self.ends, np.int32), np.empty(self.ends, np.int8)
        return self.over, self.line, self.start, self.leaving, self.heap, self.who, self.counts, self.busy, self.on
