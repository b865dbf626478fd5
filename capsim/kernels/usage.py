"""Following the busy channels through time: peaks, and means in bins.

A *scope* is a tier of a group (scope = 4 group + tier). Calls come in the order of arrivals and their ends
sorted, both are walked through together, ends first where times are equal (R13). A call of zero length
counts for the peak at its instant, and for nothing else.

State (S scopes, B bins of ``width`` microseconds from the start of the horizon):

- ``level`` (S,) int64 busy channels, ``since`` (S,) int64 from when on; ``tier_level`` (5,) int64 the same
  for the four tiers and, last, for all calls
- ``peak`` (S,), ``tier_peak`` (5,) int64
- ``area`` (S, B) int64 channel-microseconds, ``bin_peak`` (S, B) int64
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import inlined, kernel


@inlined
def _pass(scope, now, width, level, since, area, bin_peak):  # type: ignore[no-untyped-def]
    """Account for the level that a scope has had until now."""
    busy, before = level[scope], since[scope]
    if now <= before:
        return
    since[scope] = now
    if busy == 0:
        return
    first, last = before // width, (now - 1) // width
    for bin_ in range(first, last + 1):
        start, stop = max(before, bin_ * width), min(now, (bin_ + 1) * width)
        area[scope, bin_] += busy * (stop - start)
        bin_peak[scope, bin_] = max(bin_peak[scope, bin_], busy)


@kernel
def follow(  # type: ignore[no-untyped-def]
    arrival, end, scope, order, until, counting, width,
    level, since, tier_level, peak, tier_peak, area, bin_peak,
):  # fmt: skip
    """Walk through arrivals and through ends up to and including ``until``.

    ``order`` are the rows by end, those of zero length and those that end after ``until`` left out; rows
    with an arrival before the walk begins are calls in progress, whose arrival has been walked through.
    ``arrival`` is that of new calls only: the last ``arrival.size`` rows of ``end`` and ``scope``.
    ``counting`` is false in the warm-up: levels change, and nothing is recorded.
    """
    old = end.size - arrival.size
    finished = 0
    for row in range(arrival.size + 1):
        now = arrival[row] if row < arrival.size else until
        while finished < order.size and end[order[finished]] <= now:
            gone = order[finished]
            place, when = scope[gone], end[gone]
            if counting:
                _pass(place, when, width, level, since, area, bin_peak)
            level[place] -= 1
            tier_level[place % 4] -= 1
            tier_level[4] -= 1
            finished += 1
        if row == arrival.size:
            break
        place = scope[old + row]
        tier = place % 4
        if counting:
            _pass(place, now, width, level, since, area, bin_peak)
            bin_ = now // width
            bin_peak[place, bin_] = max(bin_peak[place, bin_], level[place] + 1)
            peak[place] = max(peak[place], level[place] + 1)
            tier_peak[tier] = max(tier_peak[tier], tier_level[tier] + 1)
            tier_peak[4] = max(tier_peak[4], tier_level[4] + 1)
        if end[old + row] > now:
            level[place] += 1
            tier_level[tier] += 1
            tier_level[4] += 1


@kernel
def close(until, width, level, since, area, bin_peak):  # type: ignore[no-untyped-def]
    """Account for every scope up to ``until``, the end of the horizon."""
    for scope in range(level.size):
        _pass(scope, np.int64(until), width, level, since, area, bin_peak)
