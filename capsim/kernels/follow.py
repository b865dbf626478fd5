"""Following the calls of one slot of time one by one, in the order of R13: ends, then arrivals, of each instant."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.jit import inlined
from capsim.kernels.order import sort
from capsim.records import Int32, Int64


class Events(NamedTuple):
    """Arrivals and ends, chained by slot of time (n calls of a log, m in progress before it, K slots).

    Event 2 i is the arrival of the log's call i, and 2 i + 1 its end; 2 (n + j) + 1 is the end of call j in progress.

    Attributes
    ----------
    latest : (K,) int32
        Latest event of each slot; below zero for none.
    previous : (k,) int32
        Event before each one in its slot; below zero for none; k is at least 2 (n + m), which must be below 2^31.
    moment : (k,) int64
        Scratch for the events of one slot: when each is, microseconds.
    order : (k,) int64
        Scratch: -1 for an end, the event's number for an arrival.
    """

    latest: Int32
    previous: Int32
    moment: Int64
    order: Int64


@inlined
def follow_slot(slot, level, arrival, end, open_end, events):
    """Most busy channels at once just after an arrival of a slot.

    Parameters
    ----------
    slot : int
        The slot.
    level : int
        Busy channels as the slot begins.
    arrival : (n,) int64
        Arrivals of the log's calls, microseconds.
    end : (n,) int64
        Their ends, microseconds.
    open_end : (m,) int64
        Ends of the calls in progress before it, microseconds.
    events : Events
        Events of each slot.
    """
    moment, order = events.moment, events.order
    event, number, calls = events.latest[slot], 0, arrival.size
    while event >= 0:
        call, arrives = event >> 1, event & 1 == 0
        if arrives or call >= calls or end[call] > arrival[call]:  # a call of zero length has no end to wait for
            moment[number] = open_end[call - calls] if call >= calls else (arrival[call] if arrives else end[call])
            order[number] = event if arrives else -1
            number += 1
        event = events.previous[event]
    sort(moment, order, 0, number)
    most = np.int64(0)
    for i in range(number):
        if order[i] < 0:
            level -= 1
        else:
            most = max(most, level + 1)
            level += end[order[i] >> 1] > moment[i]
    return most
