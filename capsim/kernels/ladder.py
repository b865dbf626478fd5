"""Serving calls, by structure: each DID through its own channels alone, then its group what overflows to it.

A DID's included and dedicated channels do not feel its group, and groups do not feel each other. So only calls that find
no channel of their DID's own have to be put in order among several DIDs. A limit (R9) couples: the calls of a DID with a
limit, and of every DID of a group with one, are put in order and served call by call, in `capsim.kernels.coupled`.
Channels and limits are constant within a window; changes (R11) lie between windows.

A call in progress is known by its end alone. Where calls are in order, the end is turned into a rank: the first arrival
of the window before which its channel is free again. The busy channels are then the sum of what was seized less what has
left up to now, and nothing is searched or queued.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.admission import NO_LIMIT, admit
from capsim.kernels.coupled import Arrivals, serve_coupled
from capsim.kernels.jit import always_inlined, inlined, kernel
from capsim.kernels.occupancy import Occupancy
from capsim.kernels.order import deal, merge, rank
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, SHARED, Flags, Int64

FEW = 8
"""Channels of a tier up to which they are looked through one by one; more are counted by rank."""
_NEVER_USED = -(2**62)
_ANY_GROUP = -1

COUNT_BITS = 32
"""Width of the lower of two counts of busy channels in one integer, of a tier and of the next."""
_LOWER = (1 << COUNT_BITS) - 1
assert NO_LIMIT <= _LOWER >> 1, "a count of busy channels must fit its half of the integer, signed"

_admit = inlined(admit)


class Systems(NamedTuple):
    """DIDs whose calls can meet on a channel or at a limit, by system.

    A system is a group with its DIDs, or a DID without a group whose calls a limit rules (D DIDs, S systems).

    Attributes
    ----------
    members : (D,) int64
        Positions of the DIDs by system, in the scenario's order within each; DIDs of no system are last.
    first : (S + 1,) int64
        Entries ``first[s]`` to ``first[s + 1]`` of ``members`` are the DIDs of system s.
    group : (S,) int64
        Group of each system; the number of groups stands for none.
    coupled : (D,) bool
        Whether a limit rules the calls of each DID.
    ruled : (S,) bool
        Whether a limit rules the calls of any DID of each system.
    """

    members: Int64
    first: Int64
    group: Int64
    coupled: Flags
    ruled: Flags


class ServeScratch(NamedTuple):
    """Arrays that ``serve`` works in, for up to n calls of a window and k calls with those in progress.

    Attributes
    ----------
    over : Arrivals
        Calls that go on to their group, DID by DID; room for n.
    line : Arrivals
        The same calls in the order of R13; room for n.
    start : (2 n + 12,) int64
        Number of arrivals before each slot of time.
    leaving : (n + 1,) int64
        Channels that are free again before each arrival in order, two counts in one integer.
    included : (FEW,) int64
        Clock from which each included channel of a DID is free, in ascending order, microseconds.
    dedicated : (FEW,) int64
        The same for dedicated channels.
    occupancy : Occupancy
        Calls of systems that a limit rules; room for k.
    """

    over: Arrivals
    line: Arrivals
    start: Int64
    leaving: Int64
    included: Int64
    dedicated: Int64
    occupancy: Occupancy


@kernel
def serve(table, capacity, systems, before, moved, log, scratch):
    """Fill the outcome and the end of each call of a table.

    Parameters
    ----------
    table : Table
        Calls that arrive in the window.
    capacity : Capacity
        Channels and limits in force in the window.
    systems : Systems
        DIDs by system, for this capacity.
    before : InProgress
        Calls in progress as the window begins.
    moved : MovedCalls
        Those whose DID has left the group in which they began.
    log : Log
        Output: outcomes and ends.
    scratch : ServeScratch
        Arrays to work in.
    """
    count = systems.first.size - 1
    for system in range(count + 1):
        reaches = system < count
        last = systems.first[system + 1] if reaches else systems.members.size
        own = systems.members[systems.first[system] : last]
        calls, callers = 0, 0
        for did in own:
            low, high = table.first[did], table.first[did + 1]
            if low == high:
                continue
            others = calls
            included, dedicated = capacity.included[did], capacity.dedicated[did]
            if systems.coupled[did] or (reaches and included + dedicated == 0):
                _let_all_go_on(low, high, table, scratch.over, calls)
                calls += high - low
            elif included <= FEW and dedicated <= FEW:
                calls = _serve_few(did, included, dedicated, table, before, log, scratch, calls, reaches)
            else:
                _serve_many(did, included, dedicated, table, before, log, scratch)
                for row in range(low, high if reaches else low):
                    if log.outcome[row] == CAPACITY_EXCEEDED:
                        _let_go_on(row, table, scratch.over, calls)
                        calls += 1
            callers += calls > others
        if calls == 0:
            continue
        over = Arrivals(scratch.over.when[:calls], scratch.over.finish[:calls], scratch.over.row[:calls])
        slots = deal(over.when, table.begin, table.end - table.begin, scratch.start)
        arrivals = over
        if callers > 1:
            arrivals = Arrivals(scratch.line.when[:calls], scratch.line.finish[:calls], scratch.line.row[:calls])
            merge(over.when, slots, arrivals.when, arrivals.row)
            for i in range(calls):
                place = arrivals.row[i]
                arrivals.finish[i], arrivals.row[i] = over.finish[place], over.row[place]
        group = systems.group[system]
        left = moved.call[moved.first[group] : moved.first[group + 1]]
        if systems.ruled[system]:
            serve_coupled(arrivals, own, left, systems.coupled, table.first, capacity, before, scratch.occupancy, log)
        else:
            leaving = scratch.leaving[: calls + 1]
            leaving[:] = 0
            busy = np.int64(0)
            for did in own:
                for call in range(before.first[did], before.first[did + 1]):
                    busy += _leave(call, before, SHARED, group, arrivals.when, slots, leaving)
            for call in left:
                busy += _leave(call, before, SHARED, group, arrivals.when, slots, leaving)
            _serve_ranked(arrivals, slots, busy, capacity.shared[group], capacity.metered[group], False, leaving, log)


@inlined
def _let_all_go_on(low, high, table, over, place):
    """Let the calls of rows [low, high) go on to their group."""
    arrival, ring, holding = table.arrival[low:high], table.ring[low:high], table.holding[low:high]
    when, finish, row = over.when[place:], over.finish[place:], over.row[place:]
    for i in range(arrival.size):
        when[i], finish[i], row[i] = arrival[i], arrival[i] + ring[i] + holding[i], low + i


@inlined
def _let_go_on(row, table, over, place):
    """Let a call go on to its group."""
    now = table.arrival[row]
    over.when[place], over.finish[place], over.row[place] = now, now + table.ring[row] + table.holding[row], row


@always_inlined
def _serve_few(did, included, dedicated, table, before, log, scratch, calls, reaches):
    """Serve a DID with few channels of its own, by the clock from which each is free, the soonest first.

    Calls that find none go on to the group, if the DID ``reaches`` one. Returns how many calls go on so far.
    """
    on_included, on_dedicated, over = scratch.included, scratch.dedicated, scratch.over
    on_included[:] = _NEVER_USED
    on_dedicated[:] = _NEVER_USED
    for call in range(before.first[did], before.first[did + 1]):
        # A tier that has shrunk may carry more calls than it has channels: those that end last are in the way.
        if before.tier[call] == INCLUDED and included > 0:
            _seize(on_included, included, max(before.end[call], on_included[0]))
        elif before.tier[call] == DEDICATED and dedicated > 0:
            _seize(on_dedicated, dedicated, max(before.end[call], on_dedicated[0]))
    low, high = table.first[did], table.first[did + 1]
    arrival, ring, holding = table.arrival[low:high], table.ring[low:high], table.holding[low:high]
    outcome, end = log.outcome[low:high], log.end[low:high]
    for i in range(arrival.size):
        now = arrival[i]
        finish = now + ring[i] + holding[i]
        free_included = np.int64(included > 0 and on_included[0] <= now)
        free_dedicated = np.int64(dedicated > 0 and on_dedicated[0] <= now)
        what = _admit(free_included, free_dedicated, 0, 0, NO_LIMIT, NO_LIMIT, True)
        outcome[i], end[i] = what, finish
        if what == INCLUDED:
            _seize(on_included, included, finish)
        elif what == DEDICATED:
            _seize(on_dedicated, dedicated, finish)
        else:
            end[i] = now
            over.when[calls], over.finish[calls], over.row[calls] = now, finish, low + i
            calls += reaches
    return calls


@inlined
def _seize(free_from, channels, finish):
    """Take the channel that is free soonest, until ``finish``; the order is kept without a branch."""
    for place in range(1, channels):
        free_from[place - 1] = min(free_from[place], finish)
        finish = max(free_from[place], finish)
    free_from[channels - 1] = finish


@inlined
def _serve_many(did, included, dedicated, table, before, log, scratch):
    """Serve a DID with many channels of its own; its calls are in order already."""
    low, high = table.first[did], table.first[did + 1]
    arrival, ring, holding = table.arrival[low:high], table.ring[low:high], table.holding[low:high]
    arrivals = Arrivals(arrival, scratch.line.finish[: high - low], scratch.line.row[: high - low])
    for i in range(arrival.size):
        arrivals.finish[i], arrivals.row[i] = arrival[i] + ring[i] + holding[i], low + i
    slots = deal(arrivals.when, table.begin, table.end - table.begin, scratch.start)
    leaving = scratch.leaving[: high - low + 1]
    leaving[:] = 0
    busy = np.int64(0)
    for call in range(before.first[did], before.first[did + 1]):
        busy += _leave(call, before, INCLUDED, _ANY_GROUP, arrivals.when, slots, leaving)
    _serve_ranked(arrivals, slots, busy, included, dedicated, True, leaving, log)


@inlined
def _leave(call, before, tier, group, when, slots, leaving):
    """Note before which arrival a call in progress leaves, if it is on ``tier`` or the next; return it as a count.

    On a group's channels only the calls that began in the group count.
    """
    which = np.int64(before.tier[call]) - tier
    if (which == 0 or which == 1) and (group == _ANY_GROUP or before.group[call] == group):
        one = np.int64(1) << (COUNT_BITS * which)
        leaving[rank(before.end[call], when, slots)] += one
        return one
    return np.int64(0)


@inlined
def _serve_ranked(arrivals, slots, busy, channels, next_channels, is_own, leaving, log):
    """Serve calls in order by two tiers, a DID's own or its group's; ``busy`` counts both in one integer."""
    when, finish, row_of = arrivals.when, arrivals.finish, arrivals.row
    for i in range(when.size):
        busy -= leaving[i]
        free, next_free = channels - (busy & _LOWER), next_channels - (busy >> COUNT_BITS)
        if is_own:
            what = np.int64(_admit(free, next_free, 0, 0, NO_LIMIT, NO_LIMIT, True))
            tier = what - INCLUDED
        else:
            what = np.int64(_admit(0, 0, free, next_free, NO_LIMIT, NO_LIMIT, True))
            tier = what - SHARED
        row = row_of[i]
        log.outcome[row] = what
        if what < CAPACITY_EXCEEDED:
            log.end[row] = finish[i]
            one = np.int64(1) << (COUNT_BITS * tier)
            busy += one
            leaving[max(rank(finish[i], when, slots), i + 1)] += one
        else:
            log.end[row] = when[i]
