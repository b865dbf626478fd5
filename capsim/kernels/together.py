"""Serving all calls of a window as one system, one by one: with a prepaid account, or with callers who try again.

Calls have two numbers. The *position* of a call is where its columns are: calls in progress as the window begins come
first, from 0 on, then the calls of the window by arrival, then attempts made again as they are made. The *place* of a
call is its rank in the order of R13, in which charges of one instant come.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.account import (
    BALANCE,
    HORIZON,
    METERED_CHARGE,
    NEXT_DUE,
    OWN_CHARGE,
    add_charge_to_come,
    charge_code,
    charge_interval,
    charge_own_price,
    draw,
)
from capsim.kernels.admission import admit
from capsim.kernels.heap import Heap, pop, pop_in_order, push, push_in_order
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.occupancy import ALL, OF_DID, OF_GROUP, ON_METERED, ON_SHARED, did_of, release, seize, take_up
from capsim.kernels.redials import A_RECORD, RECORD_BITS, redial_code
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, METERED, Flags, Int64
from capsim.units import NEVER

_admit, _redial_code = inlined(admit), inlined(redial_code)


class Served(NamedTuple):
    """Calls as they are served (m calls in progress as the window begins, k calls with those of the window).

    Attributes
    ----------
    place : (m,) int64
        Place of each call in progress in the order of R13.
    position : (k,) int64
        Position of the call at each place; filled for the m calls in progress, and an output for the rest.
    ends_early : (k,) bool
        Output: whether the call at each position is torn down; false at the beginning.
    charges : Heap
        Charges that wait, by time, each with the call's place and its kind as code; room for 2 k.
    """

    place: Int64
    position: Int64
    ends_early: Flags
    charges: Heap


@kernel
def serve_together(table, arrivals, everyone, capacity, before, served, log, occupancy, book, redials):
    """Serve all calls of a window as one system (n calls of the table, at most x attempts made again).

    Parameters
    ----------
    table : Table
        Calls of the window; ``ring`` and ``answered`` have room for the attempts made again, n + x rows.
    arrivals : Arrivals
        The calls in the order of R13, with room for the attempts made again; n + x.
    everyone : Systems
        All DIDs as one system, each of them coupled.
    capacity : Capacity
        Channels and limits in force.
    before : InProgress
        Calls in progress as the window begins. The end of a call that is torn down is set to when that happens.
    served : Served
        Calls as they are served.
    log : Log
        Output: outcomes and ends, of rows 0 to n - 1 the calls of the table, then of the attempts made again; n + x.
    occupancy : Occupancy
        Arrays to work in.
    book : AccountBook
        The account; without prices or fees where there is none.
    redials : Redials
        Attempts that may be made again.

    Returns
    -------
    extra : int
        Number of attempts made again.
    waiting : int
        Number of attempts that wait as the window ends.
    """
    when, finish, row_of = arrivals.when, arrivals.finish, arrivals.row
    ends, of_did, of_group, who = occupancy.ends, occupancy.of_did, occupancy.of_group, occupancy.did
    counts_for, ends_early, charges = occupancy.counts_for, served.ends_early, served.charges
    group, state, again = capacity.group, book.state, redials.again
    begin, until, horizon = table.begin, table.end, book.terms[HORIZON]
    opened, calls, extra, count, i = before.end.size, table.first[-1], 0, 0, 0
    records, redialling, charging = redials.number, redials.number, 0
    waiting = take_up(True, everyone.members, row_of[:0], everyone.coupled, group, before, occupancy)
    for call in range(opened):
        if before.arrival[call] >= 0 and before.answer[call] < NEVER:
            price, own_price = book.price_of[before.group[call]], book.own_price_of[who[call]]
            charging = add_charge_to_come(
                begin,
                served.place[call],
                before.tier[call],
                before.answer[call],
                before.end[call],
                price,
                own_price,
                book,
                charges,
                charging,
            )
    while True:
        next_call = when[i] if i < calls else NEVER
        next_redial = redials.waiting.keys[0] if redialling > 0 and redials.waiting.keys[0] < until else NEVER
        is_redial = next_redial < next_call
        if next_redial == next_call and next_call < NEVER:  # at one instant by DID, and those who try again first
            is_redial = redials.waiting.values[0] >> RECORD_BITS <= did_of(row_of[i], table.first)
        last = next_call == NEVER and next_redial == NEVER
        now = until if last else min(next_call, next_redial)
        while True:  # charges up to now, and fees; fees at the window's last instant are left to the next window
            next_due = book.due_at[state[NEXT_DUE]] if state[NEXT_DUE] < book.due_at.size else NEVER
            if charging > 0 and charges.keys[0] <= min(now, next_due):
                at, kind, place = charges.keys[0], charges.values[0] & 1, charges.values[0] >> 1
                charging = pop_in_order(charges, charging)
                call = served.position[place]
                if ends_early[call]:
                    continue
                did = who[call]
                if call < opened:
                    answer, end, where = before.answer[call], before.end[call], before.group[call]
                else:
                    row = row_of[call - opened]
                    answer, end, where = when[call - opened] + table.ring[row], log.end[row], group[did]
                if kind == OWN_CHARGE:
                    charge_own_price(at, end - answer, book.own_price_of[did], book)
                elif at > answer and state[BALANCE] <= 0:
                    ends_early[call] = True
                    if call < opened:
                        before.end[call] = at
                    else:
                        log.end[row_of[call - opened]] = at
                    release(counts_for[call], METERED, did, where, occupancy)
                    if book.own_price_of[did] >= 0:
                        charge_own_price(at, at - answer, book.own_price_of[did], book)
                else:
                    charging = charge_interval(at, place, answer, end, book.price_of[where], book, charges, charging)
            elif next_due < now + (not last):
                draw(next_due, book.due[state[NEXT_DUE]], book)
                state[NEXT_DUE] += 1
            else:
                break
        if last:
            break
        while waiting > 0 and ends.keys[0] <= now:
            call = ends.values[0]
            waiting = pop(ends, waiting)
            if ends_early[call]:
                continue
            if call < opened:
                tier, at = before.tier[call], before.group[call]
            else:
                tier, at = log.outcome[row_of[call - opened]], group[who[call]]
            release(counts_for[call], tier, who[call], at, occupancy)
        if is_redial:
            code = redials.waiting.values[0]
            did, record = code >> RECORD_BITS, code & A_RECORD
            redialling = pop_in_order(redials.waiting, redialling)
            source, attempt, nth = redials.source[record], redials.attempt[record], calls + extra
            redials.made[extra] = record
            extra += 1
            row = nth
            when[nth], row_of[nth] = now, row
            table.ring[row], table.answered[row] = redials.ring[source], redials.answered[source]
            finish[nth] = now + table.ring[row] + redials.holding[source]
        else:
            nth, row, attempt = i, row_of[i], 1
            did, source = did_of(row, table.first), row
            i += 1
        at, call, place = group[did], opened + nth, opened + count
        served.position[place] = call
        count += 1
        what = _admit(
            capacity.included[did] - of_did[did, INCLUDED],
            capacity.dedicated[did] - of_did[did, DEDICATED],
            capacity.shared[at] - of_group[at, ON_SHARED],
            capacity.metered[at] - of_group[at, ON_METERED],
            capacity.did_limit[did] - of_did[did, ALL],
            capacity.group_limit[at] - of_group[at, ALL],
            state[BALANCE] > 0,
        )
        log.outcome[row], log.end[row], who[call] = what, now, did
        if what >= CAPACITY_EXCEEDED:
            if attempt <= again.shape[1] and again[source, attempt - 1] < NEVER:
                redials.source[records], redials.attempt[records] = source, attempt + 1
                code = _redial_code(np.int64(did), records)
                redialling = push_in_order(redials.waiting, redialling, again[source, attempt - 1], code)
                records += 1
            continue
        log.end[row], counts_for[call] = finish[nth], OF_DID + OF_GROUP
        seize(counts_for[call], what, did, at, occupancy)
        waiting = push(ends, waiting, finish[nth], call)
        if now < 0 or not table.answered[row]:
            continue
        answer, own_price = now + table.ring[row], book.own_price_of[did]
        if what == METERED and book.price_of[at] >= 0:
            price = book.price_of[at]
            if answer == now:  # it does not ring: paid before the next call arrives
                charging = charge_interval(now, place, answer, finish[nth], price, book, charges, charging)
            elif answer < horizon:
                charging = push_in_order(charges, charging, answer, charge_code(place, METERED_CHARGE))
        if own_price >= 0 and finish[nth] < horizon:
            if finish[nth] == now:
                charge_own_price(now, 0, own_price, book)
            else:
                charging = push_in_order(charges, charging, finish[nth], charge_code(place, OWN_CHARGE))
    return extra, redialling
