"""Ordered hunting: every call that overflows to a group takes the idle channel with the lowest number, of as many as asked.

What happens on the channels up to any number does not depend on how many there are beyond it. So one pass tells what
every smaller number would have carried: a call on channel k is carried by a group of k channels or more, and blocked by
fewer; and of n channels the first s can be the shared ones (R1). It holds while the sizes of the group are constant,
no limit (R9) or balance (R10) refuses a call, and no caller tries again.

Which channel is idle is a tournament: ``idle`` (2 W,) int64 has at W + k - 1 the time from which channel k is idle, and
before that, at each place, the lesser of the two below; so the lowest channel that is idle now is found from the top in
as many steps as W has bits. Channels beyond the last are never idle.

Arrays (D DIDs, K channels, H hours, n calls of a log): ``index`` is 0 for a call on its DID's own channels, k on channel
k of the group, K + 1 for a call that finds none of them idle.

- ``members``: DIDs of the group, in the scenario's order; ``first``, ``arrival``, ``ring``, ``holding``, ``answered``,
  ``outcome``: a log without the group's channels, where a call that overflows is blocked for lack of capacity
- ``by_did`` (N, K + 2), ``by_hour`` (H, K + 2): counted calls, those of a DID in row ``member_row[did]``; ``busy`` (K + 2,)
  channel time within the horizon, and ``busy_of`` (N,) the same on all channels of the group
- ``answers``, ``steps``, ``units`` (K + 2,): answered calls, their next intervals, and their price, on metered channels,
  of calls that overflow; ``price`` (9,) is its row (`capsim.kernels.rating`), ``priced`` whether there is one
- ``own_price`` (D,): row of ``own_prices`` and of ``own_units`` (E, K + 2), or -1; index 0 stays empty
- scratch: ``over`` (2, n), ``line`` (3, n), ``start`` (2 n + 12,)
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.division import inverse, quotient
from capsim.kernels.jit import kernel
from capsim.kernels.order import deal, merge, slot_shift
from capsim.kernels.rating import next_intervals, price_so_far
from capsim.records import CAPACITY_EXCEEDED
from capsim.units import HOUR

NOT_YET, NOT_EVER = -(2**62), 2**62
WHEN, ROW = 0, 1
IN_ORDER, DID, STOOD = 0, 1, 2


@kernel
def hunt(
    begin, until, horizon, members, member_row, first, arrival, ring, holding, answered, outcome, idle, priced, price, own_price,
    own_prices, by_did, by_hour, busy, busy_of, answers, steps, units, own_units, over, line, start,
):  # fmt: skip
    """Add the calls of a log that arrive in [begin, until) to what each channel carried."""
    calls, callers = 0, 0
    per_hour, last = inverse(HOUR), by_did.shape[1] - 1
    for did in members:
        before = calls
        for row in range(first[did], first[did + 1]):
            now = arrival[row]
            if outcome[row] == CAPACITY_EXCEEDED:
                over[WHEN, calls], over[ROW, calls] = now, row
                calls += 1
            elif 0 <= now < horizon:
                by_did[member_row[did], 0] += 1
                by_hour[quotient(now, HOUR, per_hour), 0] += 1
        callers += calls > before
        line[DID, before:calls] = did
    if calls == 0:
        return
    when, row_of, did_of, stood = over[WHEN, :calls], over[ROW, :calls], line[DID, :calls], line[STOOD, :calls]
    if callers > 1:
        shift = slot_shift(until - begin, 2 * calls)
        slots = deal(when, begin, shift, start)
        when = line[IN_ORDER, :calls]
        merge(over[WHEN, :calls], begin, shift, start, slots, when, stood)
    width = idle.size >> 1
    for i in range(calls):
        which = stood[i] if callers > 1 else i
        now, row, did = when[i], row_of[which], did_of[which]
        finish = now + ring[row] + holding[row]
        channel = last
        if idle[1] <= now:
            node = np.int64(1)
            while node < width:
                node *= 2
                node += idle[node] > now
            channel = node - width + 1
            idle[node] = finish
            while node > 1:
                node >>= 1
                idle[node] = min(idle[2 * node], idle[2 * node + 1])
        if channel < last:
            held = min(finish, horizon) - max(now, 0)
            if held > 0:
                busy[channel] += held
                busy_of[member_row[did]] += held
        if not 0 <= now < horizon:
            continue
        by_did[member_row[did], channel] += 1
        by_hour[quotient(now, HOUR, per_hour), channel] += 1
        if not answered[row]:
            continue
        if priced:
            of_it = next_intervals(holding[row], price, 0)
            answers[channel] += 1
            steps[channel] += of_it
            units[channel] += price_so_far(price, 0, of_it)
        own = own_price[did]
        if own >= 0:
            own_units[own, channel] += price_so_far(own_prices, own, next_intervals(holding[row], own_prices, own))
