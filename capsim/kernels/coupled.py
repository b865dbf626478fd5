"""Serving calls one by one, by the whole rule, where a limit couples them (R9).

The calls of a system are gone through in the order of R13; ends wait in a heap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.admission import NO_LIMIT, admit
from capsim.kernels.heap import pop, push
from capsim.kernels.jit import inlined
from capsim.kernels.occupancy import (
    ALL,
    OF_DID,
    OF_GROUP,
    ON_METERED,
    ON_SHARED,
    did_of,
    pack,
    release,
    seize,
    take_up,
    unpack,
)
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, Int64

_admit = inlined(admit)


class Arrivals(NamedTuple):
    """Calls in an order of their own.

    Attributes
    ----------
    when : (n,) int64
        Clock of each arrival, microseconds.
    finish : (n,) int64
        Clock at which the call ends if it is carried, microseconds.
    row : (n,) int64
        Row of the call in its table.
    """

    when: Int64
    finish: Int64
    row: Int64


@inlined
def serve_coupled(arrivals, own, moved, coupled, first, capacity, before, occupancy, log):
    """Serve the calls of a system that limits couple.

    Parameters
    ----------
    arrivals : Arrivals
        Calls of the system in the order of R13. Calls of an uncoupled DID have found no channel of its own.
    own : (k,) int64
        DIDs of the system.
    moved : (l,) int64
        Calls in progress in the system's group whose DID has left it.
    coupled : (D,) bool
        Whether a limit rules the calls of each DID.
    first : (D + 1,) int64
        First row of each DID in the table.
    capacity : Capacity
        Channels and limits in force.
    before : InProgress
        Calls in progress as the window begins.
    occupancy : Occupancy
        Arrays to work in.
    log : Log
        Output: outcomes and ends.
    """
    ends, of_did, of_group = occupancy.ends, occupancy.of_did, occupancy.of_group
    waiting = take_up(False, own, moved, coupled, capacity.group, before, occupancy)
    for i in range(arrivals.when.size):
        now, row = arrivals.when[i], arrivals.row[i]
        while waiting > 0 and ends.keys[0] <= now:
            counts_for, tier, did, group = unpack(ends.values[0])
            waiting = pop(ends, waiting)
            release(counts_for, tier, did, group, occupancy)
        did = did_of(row, first)
        group = capacity.group[did]
        shared, metered = (
            capacity.shared[group] - of_group[group, ON_SHARED],
            capacity.metered[group] - of_group[group, ON_METERED],
        )
        if coupled[did]:
            what = _admit(
                capacity.included[did] - of_did[did, INCLUDED],
                capacity.dedicated[did] - of_did[did, DEDICATED],
                shared,
                metered,
                capacity.did_limit[did] - of_did[did, ALL],
                capacity.group_limit[group] - of_group[group, ALL],
                True,
            )
        else:
            what = _admit(0, 0, shared, metered, NO_LIMIT, NO_LIMIT, True)
        log.outcome[row] = what
        if what >= CAPACITY_EXCEEDED:
            log.end[row] = now
            continue
        finish = arrivals.finish[i]
        log.end[row] = finish
        counts_for = np.int64(OF_GROUP + OF_DID * coupled[did])
        seize(counts_for, what, did, group, occupancy)
        waiting = push(ends, waiting, finish, pack(counts_for, what, did, group))
