"""Pricing calls by their billed time (M3): one pass over a log, adding integers.

A price is a row of integers: first interval, next interval (microseconds); base and step, each as whole units and parts
of one; how many parts a unit has; the code of its rounding; and the most next intervals for which plain arithmetic stays
within 64 bits. What they mean is told in `capsim.tariff.calls`.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.division import inverse, quotient
from capsim.kernels.jit import inlined, kernel
from capsim.records import CAPACITY_EXCEEDED

FIRST, NEXT, BASE, BASE_PARTS, STEP, STEP_PARTS, PARTS, ROUNDING, MOST_STEPS = range(9)
HALF_UP, HALF_EVEN, UP, DOWN = range(4)
ANY_TIER = -1
CALLS, STEPS, LOW, HIGH = range(4)
"""Columns of a total: calls, next intervals, and units as low 32 bits and the rest, so that sums stay exact."""


@kernel
def rate_calls(first, arrival, ring, answered, outcome, end, horizon, tier, price_of, prices, totals, beyond):
    """Add the answered calls that arrive in [0, horizon), on ``tier`` or on any, to the totals of their DID's price.

    ``price_of`` (D,) int64: row of ``prices`` (P, 9) and of ``totals`` (P, 4), or -1. Calls that are too long for 64 bits
    are left out: their rows are written to ``beyond``, which has room for all, and how many they are is returned.
    """
    left_out = 0
    for did in range(first.size - 1):
        price = price_of[did]
        if price < 0:
            continue
        first_interval, next_interval, most = prices[price, FIRST], prices[price, NEXT], prices[price, MOST_STEPS]
        per_interval = inverse(next_interval)
        calls, all_steps, low, high = 0, 0, 0, 0
        for row in range(first[did], first[did + 1]):
            what = outcome[row]
            if what != tier and (tier != ANY_TIER or what >= CAPACITY_EXCEEDED):
                continue
            if not answered[row] or not 0 <= arrival[row] < horizon:
                continue
            over = end[row] - arrival[row] - ring[row] - first_interval
            steps = np.int64(0)
            if over > 0:
                steps = quotient(over - 1, next_interval, per_interval) + 1
            if steps > most:
                beyond[left_out] = row
                left_out += 1
                continue
            units = _plainly(prices, price, steps)
            calls += 1
            all_steps += steps
            low += units & 0xFFFFFFFF
            high += units >> 32
        totals[price, CALLS] += calls
        totals[price, STEPS] += all_steps
        low += totals[price, LOW]
        totals[price, LOW] = low & 0xFFFFFFFF
        totals[price, HIGH] += high + (low >> 32)
    return left_out


@kernel
def price_calls(talk, price_of, prices, units):
    """Fill ``units`` with the price of each call of answered time ``talk`` (n,); ``price_of`` (n,) is a row, or -1 for none."""
    for call in range(talk.size):
        row = price_of[call]
        units[call] = 0
        if row >= 0:
            units[call] = price_so_far(prices, row, next_intervals(talk[call], prices, row))


@inlined
def next_intervals(talk, prices, row):
    """Next intervals that a call of this answered time has begun."""
    over = talk - prices[row, FIRST]
    return (over - 1) // prices[row, NEXT] + 1 if over > 0 else 0


@inlined
def price_so_far(prices, row, steps):
    """Units of a call's price after its first interval and so many next ones, exactly; they must be fewer than 2^62."""
    if steps <= prices[row, MOST_STEPS]:
        return _plainly(prices, row, steps)
    parts = prices[row, PARTS]
    whole, left = 0, 0  # of steps x STEP_PARTS, bit by bit: the product itself may need 128
    for bit in range(62, -1, -1):
        whole, left = 2 * whole, 2 * left + ((steps >> bit) & 1) * prices[row, STEP_PARTS]
        whole, left = whole + left // parts, left % parts
    left += prices[row, BASE_PARTS]
    whole += left // parts + prices[row, BASE] + steps * prices[row, STEP]
    return whole + _up(whole, left % parts, parts, prices[row, ROUNDING])


@inlined
def _plainly(prices, row, steps):
    parts = prices[row, PARTS]
    left = prices[row, BASE_PARTS] + steps * prices[row, STEP_PARTS]
    whole = prices[row, BASE] + steps * prices[row, STEP] + left // parts
    return whole + _up(whole, left % parts, parts, prices[row, ROUNDING])


@inlined
def _up(whole, left, parts, rounding):
    """1 where so many parts beyond whole units are rounded up, else 0."""
    if rounding == HALF_UP:
        return np.int64(2 * left >= parts)
    if rounding == HALF_EVEN:
        return np.int64(2 * left + (whole & 1) > parts)
    return np.int64(rounding == UP and left > 0)
