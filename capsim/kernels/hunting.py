"""Ordered hunting: every call that overflows to a group takes the idle channel with the lowest number, up to a most.

What happens on the channels up to any number does not depend on how many there are beyond it. So one pass tells what
every smaller group would have carried: a call on channel k is carried by a group of k channels or more, and blocked by
fewer; and of n channels the first s can be the shared ones (R1). This holds while the sizes of the group are constant, no
limit (R9) or balance (R10) refuses a call, and no caller tries again.

The lowest idle channel is found by a tournament. ``idle`` (2 W,) has at W + k - 1 the clock from which channel k is idle;
before that, each entry is the lesser of the two below it. So the search goes from the top down, in as many steps as W has
bits. Channels beyond the last are never idle.

A call's *channel index* is 0 on its DID's own channels, k on channel k of the group, and K + 1 if no channel is idle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.division import inverse, quotient
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.order import deal, merge
from capsim.kernels.rating import UNKNOWN_ROUNDING, next_intervals, price_so_far
from capsim.records import CAPACITY_EXCEEDED, Int64
from capsim.units import HOUR

IDLE_FROM_THE_START, NEVER_IDLE = -(2**62), 2**62
"""Clock from which a channel is idle if it was never used, and if it does not exist."""


class HuntPrices(NamedTuple):
    """Prices of calls that overflow to a group (D DIDs, E priced entries).

    Attributes
    ----------
    price : (P, 9) int64
        Price row of the group's metered channels (`capsim.kernels.rating`); P is 0 if there is none.
    own_price_of : (D,) int64
        Row of ``own_prices`` for each DID, or -1 for none.
    own_prices : (E, 9) int64
        Price rows of all calls of a DID.
    """

    price: Int64
    own_price_of: Int64
    own_prices: Int64


class HuntCounts(NamedTuple):
    """Calls by channel index (N DIDs that are ever in the group, H hours, K channels, E priced entries).

    Attributes
    ----------
    by_did : (N, K + 2) int64
        Counted calls of each DID.
    by_hour : (H, K + 2) int64
        Counted calls in each hour of the horizon.
    busy : (K + 2,) int64
        Channel time within the horizon, microseconds.
    busy_of : (N,) int64
        Channel time of each DID on the channels of the group, microseconds.
    answers : (K + 2,) int64
        Answered calls.
    steps : (K + 2,) int64
        Next intervals that answered calls would be billed for if the channel were metered.
    units : (K + 2,) int64
        Their price, in units of the group's price.
    own_units : (E, K + 2) int64
        Price of answered calls in units of their DID's own price; index 0 stays empty.
    """

    by_did: Int64
    by_hour: Int64
    busy: Int64
    busy_of: Int64
    answers: Int64
    steps: Int64
    units: Int64
    own_units: Int64


class HuntScratch(NamedTuple):
    """Arrays that ``hunt`` works in, for n calls of a table.

    Attributes
    ----------
    arrival : (n,) int64
        Arrivals of calls that overflow, DID by DID, microseconds.
    row : (n,) int64
        Their rows.
    did : (n,) int64
        Their DIDs.
    when : (n,) int64
        Their arrivals in order, microseconds.
    stood : (n,) int64
        Where each call in order stands DID by DID.
    start : (2 n + 12,) int64
        Number of arrivals before each slot of time.
    """

    arrival: Int64
    row: Int64
    did: Int64
    when: Int64
    stood: Int64
    start: Int64


@kernel
def hunt(table, log, horizon, members, counts_row, idle, prices, counts, scratch):
    """Add the calls of a table to what each channel carried.

    Parameters
    ----------
    table : Table
        Calls.
    log : Log
        What became of them without the group's channels: a call that overflows is blocked for lack of capacity.
    horizon : int
        Clock at which the horizon ends, microseconds.
    members : (k,) int64
        DIDs that are in the group.
    counts_row : (D,) int64
        Row of each DID in ``counts``.
    idle : (2 W,) int64
        Clock from which each channel is idle, as a tournament, microseconds. Output: as the table ends.
    prices : HuntPrices
        Prices.
    counts : HuntCounts
        Output: counts, added to.
    scratch : HuntScratch
        Arrays to work in.

    Returns
    -------
    int
        0, or ``UNKNOWN_ROUNDING`` if no branch knows the rounding of a price.
    """
    calls, callers = 0, 0
    per_hour, last = inverse(HOUR), counts.by_did.shape[1] - 1
    for did in members:
        others, low, high = calls, table.first[did], table.first[did + 1]
        arrival, outcome = table.arrival[low:high], log.outcome[low:high]
        for i in range(arrival.size):
            now = arrival[i]
            if outcome[i] == CAPACITY_EXCEEDED:
                scratch.arrival[calls], scratch.row[calls] = now, low + i
                calls += 1
            elif 0 <= now < horizon:
                counts.by_did[counts_row[did], 0] += 1
                counts.by_hour[quotient(now, HOUR, per_hour), 0] += 1
        scratch.did[others:calls] = did
        callers += calls > others
    if calls == 0:
        return 0
    when = scratch.arrival[:calls]
    if callers > 1:
        slots = deal(when, table.begin, table.end - table.begin, scratch.start)
        when = scratch.when[:calls]
        merge(scratch.arrival[:calls], slots, when, scratch.stood[:calls])
    priced, own_price_of = prices.price.shape[0] > 0, prices.own_price_of
    for i in range(calls):
        place = scratch.stood[i] if callers > 1 else i
        now, row, did = when[i], scratch.row[place], scratch.did[place]
        finish = now + table.ring[row] + table.holding[row]
        channel = _seize(idle, now, finish, last)
        if channel < last:
            held = min(finish, horizon) - max(now, 0)
            if held > 0:
                counts.busy[channel] += held
                counts.busy_of[counts_row[did]] += held
        if not 0 <= now < horizon:
            continue
        counts.by_did[counts_row[did], channel] += 1
        counts.by_hour[quotient(now, HOUR, per_hour), channel] += 1
        if not table.answered[row]:
            continue
        if priced:
            steps = next_intervals(table.holding[row], prices.price, 0)
            units = price_so_far(prices.price, 0, steps)
            if units < 0:
                return UNKNOWN_ROUNDING
            counts.answers[channel] += 1
            counts.steps[channel] += steps
            counts.units[channel] += units
        own = own_price_of[did]
        if own >= 0:
            steps = next_intervals(table.holding[row], prices.own_prices, own)
            units = price_so_far(prices.own_prices, own, steps)
            if units < 0:
                return UNKNOWN_ROUNDING
            counts.own_units[own, channel] += units
    return 0


@inlined
def _seize(idle, now, finish, last):
    """Take the idle channel with the lowest number until ``finish``, and return its index; ``last`` if none is idle."""
    if idle[1] > now:
        return last
    width = idle.size >> 1
    node = np.int64(1)
    while node < width:
        node *= 2
        node += idle[node] > now
    channel = node - width + 1
    idle[node] = finish
    while node > 1:
        node >>= 1
        idle[node] = min(idle[2 * node], idle[2 * node + 1])
    return channel
