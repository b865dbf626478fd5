"""Drawing calls: arrivals of Poisson streams, and how long each call holds.

The kernel goes DID by DID and local day by local day. A day's stream starts afresh at local midnight, under
a key of its own, so other days do not move when one day changes; within a day, call ``i`` is the ``i``-th
point of a unit-rate process, so that a change of rate keeps the draws and their order. It stops when its
output is full or when every DID has passed ``until``, and goes on from ``progress`` at the next call.

Arrays (D DIDs, Z time zones, K local dates):

- ``names`` (D, 3) uint64: two hash words of the entry's name, and the index among its ``count``
- ``rate`` (D,) float64: arrivals per microsecond
- ``zone`` (D,) int64; ``midnight`` (Z, K + 1) int64: start of each local date, microseconds of the clock;
  ``date`` (K,) int64: ordinal of each date
- ``kind`` (D,) int64 and ``shape`` (D, 4) float64: the holding distribution, see ``draw_holding``
- ``table``, ``cumulative`` float64: values of empirical distributions, and their cumulative weights
- ``progress`` (D, 2) int64: date index and counter of the DID's next draw; ``unit`` (D,) float64: its
  unit-rate clock. All zero at the beginning.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.chance import absorb, exp, exponential, gamma, normal, start_key, uniform
from capsim.kernels.jit import inlined, kernel

ARRIVAL, HOLDING, BRANCH = np.uint64(1), np.uint64(2), np.uint64(3)
"""Purposes: the last word of a stream's name."""

EXPONENTIAL, LOGNORMAL, GAMMA, DETERMINISTIC, HYPEREXPONENTIAL, EMPIRICAL = 0, 1, 2, 3, 4, 5


@inlined
def stream(seed, replication, name, date, purpose):  # type: ignore[no-untyped-def]
    """Key of the stream that these words name."""
    a, b = start_key()
    a, b = absorb(a, b, seed)
    a, b = absorb(a, b, replication)
    a, b = absorb(a, b, name[0])
    a, b = absorb(a, b, name[1])
    a, b = absorb(a, b, name[2])
    a, b = absorb(a, b, date)
    return absorb(a, b, purpose)


@inlined
def draw_holding(kind, shape, table, cumulative, a, b, branch_a, branch_b, counter):  # type: ignore[no-untyped-def]
    """Holding time in microseconds, not yet rounded.

    ``shape`` by kind: exponential (mean); log-normal (mu, sigma) of ln microseconds; gamma (shape, scale);
    deterministic (value); hyperexponential (probability, mean of the first branch, mean of the second);
    empirical (first row of its table, row after the last).
    """
    if kind == DETERMINISTIC:
        return shape[0]
    if kind == GAMMA:
        return gamma(shape[0], a, b, counter) * shape[1]
    u = uniform(a, b, counter)
    if kind == EXPONENTIAL:
        return exponential(u) * shape[0]
    if kind == LOGNORMAL:
        return exp(shape[0] + shape[1] * normal(u))
    if kind == HYPEREXPONENTIAL:
        first = uniform(branch_a, branch_b, counter) < shape[0]
        return exponential(u) * (shape[1] if first else shape[2])
    low, high = np.int64(shape[0]), np.int64(shape[1]) - 1
    while low < high:
        middle = (low + high) // 2
        if u < cumulative[middle]:
            high = middle
        else:
            low = middle + 1
    return table[low]


@kernel
def draw_calls(  # type: ignore[no-untyped-def]
    seed, replication, names, rate, zone, midnight, date, kind, shape, table, cumulative,
    begin, until, longest, progress, unit, out_did, out_arrival, out_holding,
):  # fmt: skip
    """Fill the outputs with calls that arrive in [begin, until), DID by DID; return how many, and whether all.

    A holding time above ``longest`` microseconds is cut there.
    """
    filled = 0
    dates = date.size
    for did in range(names.shape[0]):
        if rate[did] <= 0.0:
            continue
        starts = midnight[zone[did]]
        day, counter, clock = progress[did, 0], np.uint64(progress[did, 1]), unit[did]
        while day < dates and starts[day] < until:
            name = names[did]
            ordinal = np.uint64(date[day])
            a, b = stream(seed, replication, name, ordinal, ARRIVAL)
            hold_a, hold_b = stream(seed, replication, name, ordinal, HOLDING)
            branch_a, branch_b = stream(seed, replication, name, ordinal, BRANCH)
            length = np.float64(starts[day + 1] - starts[day])
            through = False
            while True:
                ahead = clock + exponential(uniform(a, b, counter))
                offset = ahead / rate[did]
                if offset >= length:
                    through = True
                    break
                arrival = starts[day] + np.int64(np.rint(offset))
                if arrival >= until:
                    break
                if arrival >= begin:
                    if filled == out_did.size:
                        progress[did, 0], progress[did, 1], unit[did] = day, np.int64(counter), clock
                        return filled, False
                    held = draw_holding(
                        kind[did], shape[did], table, cumulative, hold_a, hold_b, branch_a, branch_b, counter
                    )
                    out_did[filled] = did
                    out_arrival[filled] = arrival
                    out_holding[filled] = np.int64(np.rint(min(held, longest)))
                    filled += 1
                clock = ahead
                counter += np.uint64(1)
            if not through:
                break
            day += 1
            counter = np.uint64(0)
            clock = 0.0
        progress[did, 0], progress[did, 1], unit[did] = day, np.int64(counter), clock
    return filled, True
