"""Putting calls in the order of arrivals, and finding the place of an end among them, both by slots of time.

Time from ``base`` on is cut into slots of 2^shift microseconds, about two for each call. Calls are dealt into their
slots and sorted within them; where slot ``s`` begins among the calls in order, ``start[s]``, then also tells where
to look for the first arrival at or after any instant. Both take a few steps for each call, however many calls there are.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import inlined

CROWDED = 32
"""A slot with more calls than this is sorted in long strides first, so that thousands at one instant cost little more."""


@inlined
def slot_shift(span, most):
    """The shift that cuts a span into at most so many slots, and more than half as many where it can."""
    shift = 0
    while ((span - 1) >> shift) >= most:
        shift += 1
    return shift


@inlined
def deal(arrival, base, shift, start):
    """Fill ``start``: how many of these arrivals lie before each slot; return the number of slots."""
    slots = 0
    for i in range(arrival.size):
        slots = max(slots, ((arrival[i] - base) >> shift) + 1)
    for slot in range(slots + 1):
        start[slot] = 0
    for i in range(arrival.size):
        start[((arrival[i] - base) >> shift) + 1] += 1
    for slot in range(slots):
        start[slot + 1] += start[slot]
    return slots


@inlined
def sort(moments, names, low, high):
    """Sort moments with their names, from ``low`` up to ``high``: by moment, then by name. Shell's method."""
    stride = 1
    while high - low > CROWDED and stride < (high - low) // 9:
        stride = 3 * stride + 1
    while stride > 0:
        for i in range(low + stride, high):
            moment, name, place = moments[i], names[i], i
            while place - stride >= low and (
                moments[place - stride] > moment or (moments[place - stride] == moment and names[place - stride] > name)
            ):
                moments[place], names[place] = moments[place - stride], names[place - stride]
                place -= stride
            moments[place], names[place] = moment, name
        stride //= 3


@inlined
def merge(arrival, base, shift, start, slots, when, who):
    """Sort calls that stand DID by DID into the order of R13: by arrival, ties in the order in which they stand.

    ``start`` and ``slots`` are from ``deal``. ``when`` and ``who`` are, in order, the arrivals and where they stood.
    """
    for i in range(arrival.size):
        slot = (arrival[i] - base) >> shift
        place = start[slot]
        start[slot] += 1
        when[place], who[place] = arrival[i], i
    for slot in range(slots, 0, -1):
        start[slot] = start[slot - 1]
    start[0] = 0
    for slot in range(slots):
        if start[slot + 1] - start[slot] > 1:
            sort(when, who, start[slot], start[slot + 1])


@inlined
def rank(moment, when, base, shift, start, slots):
    """How many arrivals in order come before ``moment``: the first at or after it.

    Nearly always it is among the first two of the moment's slot, which are looked at without a branch: where the
    slot has fewer, those after it are later than the moment anyway.
    """
    last = when.size - 1
    slot = min((moment - base) >> shift, slots)
    low = np.int64(start[slot])
    next_, after = min(low, last), min(low + 1, last)
    one = (low <= last) & (when[next_] < moment)
    two = (low + 1 <= last) & (when[after] < moment)
    place = low + np.int64(one) + np.int64(two)
    if two:
        high = np.int64(start[slot + 1])
        while high - place > 8:
            middle = (place + high) >> 1
            if when[middle] < moment:
                place = middle + 1
            else:
                high = middle
        while place < high and when[place] < moment:
            place += 1
    return place
