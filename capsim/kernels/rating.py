"""Pricing calls by their billed time (M3): one pass over a log, adding integers.

A price is a row of integers: first interval, next interval (microseconds), base, step, denominator, the code of its
rounding, and the most next intervals for which the arithmetic stays within 64 bits. What they mean is told in
`capsim.tariff.calls`.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.division import inverse, quotient
from capsim.kernels.jit import inlined, kernel
from capsim.records import CAPACITY_EXCEEDED

FIRST, NEXT, BASE, STEP, DENOMINATOR, ROUNDING, MOST_STEPS = range(7)
HALF_UP, HALF_EVEN, UP, DOWN = range(4)
ANY_TIER = -1
CALLS, STEPS, LOW, HIGH = range(4)
"""Columns of a total: calls, next intervals, and units as low 32 bits and the rest, so that sums stay exact."""


@kernel
def rate_calls(first, arrival, ring, answered, outcome, end, horizon, tier, price_of, prices, totals, beyond):
    """Add the answered calls that arrive in [0, horizon), on ``tier`` or on any, to the totals of their DID's price.

    ``price_of`` (D,) int64: row of ``prices`` (P, 7) and of ``totals`` (P, 4), or -1. Calls that are too long for 64 bits
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
            units = _rounded(
                prices[price, BASE] + steps * prices[price, STEP], prices[price, DENOMINATOR], prices[price, ROUNDING]
            )
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


@inlined
def _rounded(numerator, denominator, rounding):
    """numerator / denominator, neither negative, as a whole number."""
    if denominator == 1:
        return numerator
    if rounding == DOWN:
        return numerator // denominator
    if rounding == UP:
        return (numerator + denominator - 1) // denominator
    twice, whole = 2 * numerator + denominator, 2 * denominator
    rounded = twice // whole
    if rounding == HALF_EVEN and twice % whole == 0 and rounded % 2 == 1:
        rounded -= 1
    return rounded
