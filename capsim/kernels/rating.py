"""Pricing calls by their billed time (M3): one pass over a log, adding integers.

A price is a row of integers: first and next interval (microseconds); base and step, each as whole units and parts of a
unit; the number of parts in a unit; the code of its rounding; and the most next intervals for which plain arithmetic
stays within 64 bits. `capsim.tariff.calls` says what they mean.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.division import inverse, quotient
from capsim.kernels.jit import inlined, kernel
from capsim.records import CAPACITY_EXCEEDED, Int64

FIRST, NEXT, BASE, BASE_PARTS, STEP, STEP_PARTS, PARTS, ROUNDING, MOST_STEPS = range(9)
"""Columns of a price row."""
PRICE_COLUMNS = 9
HALF_UP, HALF_EVEN, UP, DOWN = range(4)
"""Codes of roundings, in the order of `capsim.tariff.calls.ROUNDINGS`."""
UNKNOWN = -(2**62)
"""Units of a price whose rounding has no branch here: below zero, whatever is added to it."""
UNKNOWN_ROUNDING = -1
"""Number of calls that ``rate_calls`` returns if it met such a price."""


def unknown_rounding(*prices: Int64) -> NotImplementedError:
    """The error of price rows (P, 9 or more) of which one has a rounding without a branch here."""
    codes = sorted({int(row[ROUNDING]) for rows in prices for row in rows})
    return NotImplementedError(
        f"prices have the rounding codes {', '.join(map(str, codes))}, and capsim.kernels.rating knows only "
        f"{HALF_UP} to {DOWN}; a new rounding needs a branch in its _rounded_up"
    )


ANY_TIER = -1
CALLS, STEPS, LOW, HIGH = range(4)
"""Columns of a total: calls, next intervals, and units as low 32 bits and the rest, so that sums stay exact."""
TOTAL_COLUMNS = 4


@kernel
def rate_calls(table, log, horizon, tier, price_of, prices, totals, beyond):
    """Add the answered calls that arrive in [0, horizon) to the totals of their DID's price.

    Calls too long for 64-bit arithmetic are left out and listed.

    Parameters
    ----------
    table : Table
        Calls.
    log : Log
        What became of them.
    horizon : int
        Clock at which the horizon ends, microseconds.
    tier : int
        Tier whose calls count, or ``ANY_TIER``.
    price_of : (D,) int64
        Row of ``prices`` and ``totals`` for each DID, or -1 for none.
    prices : (P, 9) int64
        Price rows.
    totals : (P, 4) int64
        Output: totals, added to.
    beyond : (n,) int64
        Output: rows of calls that are left out.

    Returns
    -------
    int
        Number of calls left out, or ``UNKNOWN_ROUNDING``.
    """
    left_out = 0
    for did in range(table.first.size - 1):
        price = price_of[did]
        if price < 0:
            continue
        first_interval, next_interval, most = prices[price, FIRST], prices[price, NEXT], prices[price, MOST_STEPS]
        per_interval = inverse(next_interval)
        calls, all_steps, low, high = 0, 0, 0, 0
        begin, until = table.first[did], table.first[did + 1]
        arrival, ring, answered = table.arrival[begin:until], table.ring[begin:until], table.answered[begin:until]
        outcome, end = log.outcome[begin:until], log.end[begin:until]
        for i in range(arrival.size):
            what = outcome[i]
            if what != tier and (tier != ANY_TIER or what >= CAPACITY_EXCEEDED):
                continue
            if not answered[i] or not 0 <= arrival[i] < horizon:
                continue
            over = end[i] - arrival[i] - ring[i] - first_interval
            steps = np.int64(0)
            if over > 0:
                steps = quotient(over - 1, next_interval, per_interval) + 1
            if steps > most:
                beyond[left_out] = begin + i
                left_out += 1
                continue
            units = _plainly(prices, price, steps)
            if units < 0:
                return UNKNOWN_ROUNDING
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
    """Price calls one by one.

    Parameters
    ----------
    talk : (n,) int64
        Answered time of each call, microseconds.
    price_of : (n,) int64
        Row of ``prices`` for each call, or -1 for none.
    prices : (P, 9) int64
        Price rows.
    units : (n,) int64
        Output: price of each call in units of its price; below zero if no branch knows the rounding.
    """
    for call in range(talk.size):
        row = price_of[call]
        units[call] = 0
        if row >= 0:
            units[call] = price_so_far(prices, row, next_intervals(talk[call], prices, row))


@inlined
def next_intervals(talk, prices, row):
    """Next intervals that a call of this answered time (microseconds) has begun."""
    over = talk - prices[row, FIRST]
    return (over - 1) // prices[row, NEXT] + 1 if over > 0 else 0


@inlined
def price_so_far(prices, row, steps):
    """Units of a call's price after its first interval and ``steps`` next ones, exactly; they must be below 2^62.

    Below zero if no branch knows the rounding.
    """
    if steps <= prices[row, MOST_STEPS]:
        return _plainly(prices, row, steps)
    parts = prices[row, PARTS]
    whole, left = 0, 0  # of steps x STEP_PARTS, bit by bit: the product itself may need 128
    for bit in range(62, -1, -1):
        whole, left = 2 * whole, 2 * left + ((steps >> bit) & 1) * prices[row, STEP_PARTS]
        whole, left = whole + left // parts, left % parts
    left += prices[row, BASE_PARTS]
    whole += left // parts + prices[row, BASE] + steps * prices[row, STEP]
    return whole + _rounded_up(whole, left % parts, parts, prices[row, ROUNDING])


@inlined
def _plainly(prices, row, steps):
    parts = prices[row, PARTS]
    left = prices[row, BASE_PARTS] + steps * prices[row, STEP_PARTS]
    whole = prices[row, BASE] + steps * prices[row, STEP] + left // parts
    return whole + _rounded_up(whole, left % parts, parts, prices[row, ROUNDING])


@inlined
def _rounded_up(whole, left, parts, rounding):
    """1 if ``left`` parts beyond ``whole`` units are rounded up, else 0; ``UNKNOWN`` for an unknown rounding."""
    if rounding == HALF_UP:
        return np.int64(2 * left >= parts)
    if rounding == HALF_EVEN:
        return np.int64(2 * left + (whole & 1) > parts)
    if rounding == UP:
        return np.int64(left > 0)
    if rounding == DOWN:
        return np.int64(0)
    return np.int64(UNKNOWN)
