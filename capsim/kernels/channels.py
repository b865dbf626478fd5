"""Numbering channels: which channel of its tier a carried call takes, always the idle one with the lowest number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.heap import Heap, pop, push
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.order import deal, merge
from capsim.records import DEDICATED, INCLUDED, METERED, SHARED, Flags, Int64

_ANY_GROUP = -1


class NumberScratch(NamedTuple):
    """Arrays that ``number_channels`` works in (n calls, m in progress before, channels in use up to number c).

    Attributes
    ----------
    rows : (n,) int64
        Rows of calls on one tier, DID by DID.
    arrival : (n,) int64
        Their arrivals, microseconds.
    in_order : (n,) int64
        Their rows in the order of arrivals.
    when : (n,) int64
        Their arrivals in order, microseconds.
    start : (2 n + 12,) int64
        Number of arrivals before each slot of time.
    busy : Heap
        Clock at which each busy channel is free again, microseconds, with its number; room for n + m.
    idle : (c + n + 1,) int64
        Numbers of idle channels.
    in_use : (c + 1,) bool
        Whether each channel is in use as the window begins.
    """

    rows: Int64
    arrival: Int64
    in_order: Int64
    when: Int64
    start: Int64
    busy: Heap
    idle: Int64
    in_use: Flags


@kernel
def number_channels(table, log, systems, before, moved, scratch):
    """Number the channels of carried calls.

    Parameters
    ----------
    table : Table
        Calls of the window.
    log : Log
        What became of them. Output: its channel numbers.
    systems : Systems
        DIDs by system.
    before : InProgress
        Calls in progress as the window begins.
    moved : MovedCalls
        Those whose DID has left the group in which they began.
    scratch : NumberScratch
        Arrays to work in.
    """
    count = systems.first.size - 1
    for system in range(count + 1):
        last = systems.first[system + 1] if system < count else systems.members.size
        own = systems.members[systems.first[system] : last]
        for place in range(own.size):
            for tier in (INCLUDED, DEDICATED):
                did = own[place : place + 1]
                calls = _find_calls(tier, did, table, log, scratch)
                _number(scratch.rows[:calls], tier, did, moved.call[:0], _ANY_GROUP, table, log, before, scratch)
        if system < count:
            group = systems.group[system]
            left = moved.call[moved.first[group] : moved.first[group + 1]]
            for tier in (SHARED, METERED):
                calls = _find_calls(tier, own, table, log, scratch)
                _put_in_order(calls, table, scratch)
                _number(scratch.in_order[:calls], tier, own, left, group, table, log, before, scratch)


@inlined
def _find_calls(tier, dids, table, log, scratch):
    """Write down the rows and arrivals of these DIDs' calls on a tier; return how many there are."""
    calls = 0
    for did in dids:
        for row in range(table.first[did], table.first[did + 1]):
            if log.outcome[row] == tier:
                scratch.rows[calls], scratch.arrival[calls] = row, table.arrival[row]
                calls += 1
    return calls


@inlined
def _put_in_order(calls, table, scratch):
    """Put the rows that ``_find_calls`` wrote down in the order of R13."""
    if calls == 0:
        return
    arrival, in_order = scratch.arrival[:calls], scratch.in_order[:calls]
    slots = deal(arrival, table.begin, table.end - table.begin, scratch.start)
    merge(arrival, slots, scratch.when[:calls], in_order)
    for i in range(calls):
        in_order[i] = scratch.rows[in_order[i]]


@inlined
def _number(rows, tier, dids, moved, group, table, log, before, scratch):
    """Go through the calls on one tier of a DID or a group, in order."""
    busy, idle = scratch.busy, Heap(scratch.idle, scratch.idle)
    taken, free, highest = 0, 0, np.int64(0)
    for did in dids:
        for call in range(before.first[did], before.first[did + 1]):
            if before.tier[call] == tier and (group == _ANY_GROUP or before.group[call] == group):
                taken = push(busy, taken, before.end[call], np.int64(before.channel[call]))
                highest = max(highest, np.int64(before.channel[call]))
    for call in moved:
        if before.tier[call] == tier:
            taken = push(busy, taken, before.end[call], np.int64(before.channel[call]))
            highest = max(highest, np.int64(before.channel[call]))
    scratch.in_use[: highest + 1] = False
    for place in range(taken):
        scratch.in_use[busy.values[place]] = True
    for number in range(1, highest + 1):
        if not scratch.in_use[number]:
            free = push(idle, free, number, number)
    for row in rows:
        while taken > 0 and busy.keys[0] <= table.arrival[row]:
            free = push(idle, free, busy.values[0], busy.values[0])
            taken = pop(busy, taken)
        if free > 0:
            number = idle.keys[0]
            free = pop(idle, free)
        else:
            highest += 1
            number = highest
        log.channel[row] = number
        taken = push(busy, taken, log.end[row], number)
