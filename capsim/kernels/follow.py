"""Following the calls of one slot of time one by one, in the order of R13: ends, then arrivals, of each instant."""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import inlined
from capsim.kernels.order import sort


@inlined
def follow_slot(event, previous, level, arrival, end, open_end, moment, order):
    """Most busy channels at once just after an arrival of the slot.

    ``event`` is the latest of the slot's chain, ``previous`` leads to the others; -1 ends it. What the numbers of events
    mean is told in `capsim.kernels.usage`. ``level``: channels busy as the slot begins. ``moment`` and ``order`` are
    scratch for as many events as there are; the order of an end is -1, that of an arrival its event's number.
    """
    count, calls = 0, arrival.size
    while event >= 0:
        call, arrives = event >> 1, event & 1 == 0
        if arrives or call >= calls or end[call] > arrival[call]:  # a call of zero length has no end to wait for
            moment[count] = open_end[call - calls] if call >= calls else (arrival[call] if arrives else end[call])
            order[count] = event if arrives else -1
            count += 1
        event = previous[event]
    sort(moment, order, 0, count)
    most = np.int64(0)
    for i in range(count):
        if order[i] < 0:
            level -= 1
        else:
            most = max(most, level + 1)
            level += end[order[i] >> 1] > moment[i]
    return most
