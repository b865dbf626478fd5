"""Putting calls in the order of arrivals, and finding the place of an end among them, both by slots of time.

Time from a base on is cut into slots of 2^shift microseconds, about two for each call. Calls are dealt into their slots
and sorted within them. The index of the first call of each slot then also tells where to look for the first arrival at
or after any instant. Both take a few steps for each call, however many calls there are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.jit import inlined
from capsim.records import Int64

CROWDED = 32
"""Calls in a slot above which it is sorted in long strides first, so that thousands at one instant cost little more."""


class Slots(NamedTuple):
    """Slots of time with arrivals in them.

    Attributes
    ----------
    base : int
        Clock at which slot 0 begins, microseconds.
    shift : int
        Base-2 logarithm of the length of a slot in microseconds.
    number : int
        Number of slots, up to the one with the last arrival.
    start : (k,) int64
        Number of arrivals before each slot, and at index ``number`` of all; k is more than ``number``.
    """

    base: int
    shift: int
    number: int
    start: Int64


@inlined
def slot_shift(span, most):
    """Shift that cuts a span into at most this many slots, and into more than half as many where it can."""
    shift = 0
    while ((span - 1) >> shift) >= most:
        shift += 1
    return shift


@inlined
def deal(arrival, base, span, start):
    """Count arrivals (n,) of a span of time from ``base`` on by slot, in ``start`` (2 n + 2,), and return the slots."""
    shift = slot_shift(span, 2 * arrival.size)
    number = np.int64(0)
    for i in range(arrival.size):
        number = max(number, ((arrival[i] - base) >> shift) + 1)
    for slot in range(number + 1):
        start[slot] = 0
    for i in range(arrival.size):
        start[((arrival[i] - base) >> shift) + 1] += 1
    for slot in range(number):
        start[slot + 1] += start[slot]
    return Slots(base, shift, number, start)


@inlined
def sort(moments, names, low, high):
    """Sort moments with their names, from ``low`` up to ``high``, by moment and then by name: Shell's method."""
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
def merge(arrival, slots, when, place_of):
    """Sort calls that stand DID by DID into the order of R13: by arrival, ties in the order in which they stand.

    Parameters
    ----------
    arrival : (n,) int64
        Arrivals as they stand, microseconds.
    slots : Slots
        What ``deal`` returned for these arrivals.
    when : (n,) int64
        Output: arrivals in order, microseconds.
    place_of : (n,) int64
        Output: where each arrival in order stood.
    """
    start = slots.start
    for i in range(arrival.size):
        slot = (arrival[i] - slots.base) >> slots.shift
        place = start[slot]
        start[slot] += 1
        when[place], place_of[place] = arrival[i], i
    for slot in range(slots.number, 0, -1):
        start[slot] = start[slot - 1]
    start[0] = 0
    for slot in range(slots.number):
        if start[slot + 1] - start[slot] > 1:
            sort(when, place_of, start[slot], start[slot + 1])


@inlined
def rank(moment, when, slots):
    """Number of arrivals in order, ``when`` (n,), that come before a moment.

    The first arrival at or after the moment is nearly always among the first two of the moment's slot. These two are
    looked at without a branch: where the slot has fewer, those after it are later than the moment anyway.
    """
    start, last = slots.start, when.size - 1
    slot = min((moment - slots.base) >> slots.shift, slots.number)
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
