"""Drawing on a prepaid account as time passes (R10): fees, metered calls by interval, and DIDs' own prices.

A charge falls due when a metered call is answered, when an interval that it has paid for ends, and when a call ends
whose DID has a price of its own. Charges wait in a heap. At one instant they come in the order of the calls; fees
follow, then arrivals.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.heap import push_in_order
from capsim.kernels.jit import always_inlined, inlined
from capsim.kernels.rating import FIRST, NEXT, PRICE_COLUMNS, next_intervals, price_so_far
from capsim.records import METERED, Int64
from capsim.units import NEVER

BALANCE, TOP_UPS, DRAWN, NEXT_DUE, FAULT = range(5)
"""Entries of ``state``: balance, number of top-ups, sum of what was drawn (units), the next fee, and any fault."""
STATE_ENTRIES = 5
BEYOND_64_BITS, UNKNOWN_ROUNDING = 1, 2
"""Faults, after which nothing more is drawn: amounts went beyond 64 bits; no branch knows the rounding of a price."""
WIDTH, THRESHOLD, AMOUNT, HORIZON, HAS_TOP_UP = range(5)
"""Entries of ``terms``: width of a bin (microseconds), threshold and amount of the top-up (units), horizon
(microseconds), and whether there is a top-up."""
TERMS_ENTRIES = 5
FACTOR = PRICE_COLUMNS
"""Column of account price rows: units of the account in one unit of the price."""

METERED_CHARGE, OWN_CHARGE = 0, 1
"""Kinds of charge, the lowest bit of a charge's code."""


class AccountBook(NamedTuple):
    """A prepaid account as its kernels see it (D DIDs, G groups and *no group*, P prices, K fees, B bins of time).

    Attributes
    ----------
    state : (5,) int64
        Balance and all else that changes.
    terms : (5,) int64
        Settings that stay the same.
    due_at : (K,) int64
        Clock at which each fee falls due, in the order of R13, microseconds.
    due : (K,) int64
        Amount of each fee, units.
    prices : (P, 10) int64
        Prices of metered calls as in `capsim.kernels.rating`, and units of the account in one unit of the price.
    price_of : (G + 1,) int64
        Row of ``prices`` for each group, or -1 for none.
    own_prices : (Q, 10) int64
        Prices of all calls of a DID, in the same form.
    own_price_of : (D,) int64
        Row of ``own_prices`` for each DID, or -1 for none.
    closing : (B,) int64
        Balance after the last charge in each bin, units; NEVER for a bin without a charge.
    lowest : (B,) int64
        Lowest balance after a charge in each bin, units; NEVER for a bin without a charge.
    """

    state: Int64
    terms: Int64
    due_at: Int64
    due: Int64
    prices: Int64
    price_of: Int64
    own_prices: Int64
    own_price_of: Int64
    closing: Int64
    lowest: Int64


@inlined
def charge_code(place, kind):
    """Code of a charge: the call's place in the order of R13 and the kind, so that ties go by place."""
    return 2 * place + kind


@inlined
def add_charge_to_come(begin, place, tier, answer, ends, price, own_price, book, charges, waiting):
    """Let the charges of a call in progress wait that fall due after ``begin``; return how many charges wait.

    Parameters
    ----------
    begin : int
        Clock at which the window begins, microseconds.
    place : int
        Place of the call in the order of R13.
    tier : int
        Tier of its channel.
    answer : int
        Clock of its answer, microseconds.
    ends : int
        Clock at which it ends, microseconds.
    price : int
        Row of its group's price, or -1.
    own_price : int
        Row of its DID's own price, or -1.
    book : AccountBook
        The account.
    charges : Heap
        Charges that wait.
    waiting : int
        How many charges wait already.
    """
    if tier == METERED and price >= 0:
        at = answer
        if at <= begin:
            at += book.prices[price, FIRST]
            if at <= begin:
                at += ((begin - at) // book.prices[price, NEXT] + 1) * book.prices[price, NEXT]
            if at >= ends:
                at = NEVER
        if at < book.terms[HORIZON]:
            waiting = push_in_order(charges, waiting, at, charge_code(place, METERED_CHARGE))
    if own_price >= 0 and begin < ends < book.terms[HORIZON]:
        waiting = push_in_order(charges, waiting, ends, charge_code(place, OWN_CHARGE))
    return waiting


@always_inlined
def charge_interval(at, place, answer, ends, price, book, charges, waiting):
    """Charge a metered call for the interval that begins now, and let its next charge wait (R10)."""
    prices = book.prices
    first, following = prices[price, FIRST], prices[price, NEXT]
    if at == answer:
        paid, total, then = np.int64(0), price_so_far(prices, price, 0), at + first
    else:
        steps = (at - answer - first) // following + 1
        paid, total = price_so_far(prices, price, steps - 1), price_so_far(prices, price, steps)
        then = at + following
    _draw_price(at, paid, total, prices[price, FACTOR], book)
    if then < min(ends, book.terms[HORIZON]):
        waiting = push_in_order(charges, waiting, then, charge_code(place, METERED_CHARGE))
    return waiting


@always_inlined
def charge_own_price(at, talk, price, book):
    """Charge a call that ends for its DID's own price (M4)."""
    prices = book.own_prices
    total = price_so_far(prices, price, next_intervals(talk, prices, price))
    _draw_price(at, np.int64(0), total, prices[price, FACTOR], book)


@always_inlined
def _draw_price(at, paid, total, factor, book):
    """Draw what a call's price has grown by, from ``paid`` to ``total`` units of the price."""
    if total < 0:
        book.state[FAULT] = UNKNOWN_ROUNDING
    else:
        draw(at, (total - paid) * factor, book)


@always_inlined
def draw(at, amount, book):
    """Take an amount from the balance; a charge that takes it below the threshold adds the top-up at once (R10)."""
    state, terms = book.state, book.terms
    if amount == 0 or state[FAULT] != 0:
        return
    state[BALANCE] -= amount
    state[DRAWN] += amount
    if state[DRAWN] > NEVER or state[BALANCE] < -NEVER:
        state[FAULT] = BEYOND_64_BITS
        return
    if amount > 0 and terms[HAS_TOP_UP] and state[BALANCE] < terms[THRESHOLD]:
        state[BALANCE] += terms[AMOUNT]
        state[TOP_UPS] += 1
    bin_ = at // terms[WIDTH]
    book.closing[bin_] = state[BALANCE]
    book.lowest[bin_] = min(book.lowest[bin_], state[BALANCE])
