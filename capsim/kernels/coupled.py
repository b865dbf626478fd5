"""Serving calls one by one, by the whole rule, where something couples them: a limit (R9), or a prepaid balance (R10).

Calls of some DIDs and groups, a *system*, are gone through in the order of R13; ends wait in a heap. Where there is an
account, or callers try again, all DIDs and groups are one system. A second heap holds what is to be charged: instants
at which metered calls are answered or an interval that they have paid for ends, and at which calls end whose DID has a
price of its own. At one instant charges come in the order of the calls, then fees, then arrivals.

Calls are numbered: those in progress as the window begins from 0 on as they stand, those of the window after them as they
arrive. Arrays, beside those of `capsim.kernels.ladder`:

- ``own``: DIDs of the system; ``on`` (G + 1, 3): busy shared and metered channels, and calls of all tiers, by group
- ``strays``: calls in progress in the system's groups whose DID has left them
- ``who`` (n + m,) int32: DID of each call; ``counts`` (n + m,) int8: whether it counts for its DID, its group, or both
- the account: ``book`` (5,) int64, its state, at last whether it is beyond 64 bits; ``terms`` (5,) int64, its settings;
  ``due_at``, ``due`` (K,), fees in the order of R13; ``prices`` (P, 10) as in `capsim.kernels.rating`, and units of the
  account for one of the price; ``price_of`` (G + 1,) by group, and ``own_price_of`` (D,), a DID's own price, or -1
- ``closing``, ``lowest`` (B,): the balance after the last charge in a bin of time, and at its lowest; NEVER where none was
- ``open_answer`` (m,), ``open_order`` (m,): which in the order of R13 each call in progress is; ``call_at`` (m + n + x,): the
  reverse, of all calls as they are served; ``ends_early`` (m + n + x,) bool: torn down
- ``charge_at``, ``charge_of``: the second heap; its values are twice the call's number in the order of R13, plus the kind
- attempts made again, at most x: ``source_ring``, ``source_holding``, ``source_answered``, ``source_again`` (s, A), of the calls
  of the table and then of those that still wait from before; a *record* is an attempt that will be made,
  ``record_source``, ``record_attempt``; ``record_of`` (x,), records of those that were; ``redial_at``, ``redial_of``: a third heap, by
  time, its values the DID and the record, so that ties go by DID and then as the attempts before them were blocked
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.admission import admit
from capsim.kernels.heap import pop, pop_in_order, push, push_in_order
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.rating import FIRST, NEXT, price_so_far
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, METERED, SHARED
from capsim.units import NEVER

ALL = 2
"""Column of ``busy`` and ``on``: calls on all tiers. INCLUDED and DEDICATED are the others of ``busy``."""
OF_DID, OF_GROUP = 1, 2
BALANCE, TOP_UPS, DRAWN, NEXT_DUE, BEYOND = range(5)
WIDTH, THRESHOLD, AMOUNT, HORIZON, HAS_TOP_UP = range(5)
FACTOR = 9
"""Column of ``prices``: units of the account for one unit of the price."""
METERED_CHARGE, OWN_CHARGE = 0, 1
_NO_LIMIT = 2**31 - 1
_TIER, _DID, _GROUP, _A_DID = 2, 4, 36, 2**32 - 1
"""Where a code has its parts, and the largest DID."""
_RECORD, _A_RECORD = 40, 2**40 - 1
"""Of a redial's code: where the DID stands, and the largest record."""

_admit = inlined(admit)


@kernel
def serve_coupled(
    when, finish, row_of, own, strays, coupled, group, included, dedicated, did_limit, shared, metered, group_limit,
    first, open_first, open_tier, open_end, open_group, keys, values, who, counts, busy, on, outcome, end,
):  # fmt: skip
    """Calls that limits couple. An uncoupled DID's own channels are behind its calls already.

    The heap's values are not calls, but what their ends give back.
    """
    waiting = _take_up(
        False, own, strays, coupled, group, open_first, open_tier, open_end, open_group, keys, values, who, counts, busy, on,
    )  # fmt: skip
    for i in range(when.size):
        now, row = when[i], row_of[i]
        while waiting > 0 and keys[0] <= now:
            code = values[0]
            waiting = pop(keys, values, waiting)
            _release(code & 3, code >> _DID & _A_DID, code >> _GROUP, code >> _TIER & 3, busy, on)
        did = did_of(row, first)
        at = group[did]
        if coupled[did]:
            what = _admit(
                included[did] - busy[did, INCLUDED], dedicated[did] - busy[did, DEDICATED],
                shared[at] - on[at, 0], metered[at] - on[at, 1], did_limit[did] - busy[did, ALL],
                group_limit[at] - on[at, ALL], True,
            )  # fmt: skip
        else:
            what = _admit(0, 0, shared[at] - on[at, 0], metered[at] - on[at, 1], _NO_LIMIT, _NO_LIMIT, True)
        outcome[row] = what
        if what >= CAPACITY_EXCEEDED:
            end[row] = now
            continue
        end[row] = finish[i]
        of_both = np.int64(OF_GROUP + OF_DID * coupled[did])
        _seize(of_both, did, at, what, busy, on)
        waiting = push(keys, values, waiting, finish[i], _code(of_both, what, did, at))


@kernel
def serve_together(
    begin, until, when, finish, row_of, own, no_strays, coupled, group, included, dedicated, did_limit, shared, metered,
    group_limit, first, ring, answered, open_first, open_tier, open_end, open_group, open_arrival, open_answer,
    open_order, call_at, keys, values, who, counts, busy, on, charge_at, charge_of, outcome, end, ends_early,
    book, terms, due_at, due, prices, price_of, own_prices, own_price_of, closing, lowest,
    source_ring, source_holding, source_answered, source_again, record_of, record_source, record_attempt, records,
    redial_at, redial_of, redials,
):  # fmt: skip
    """All calls of a window as one system. ``open_end`` of calls that are torn down is set to when they are.

    The calls of the table are rows 0 to n - 1; attempts made again take the rows after them, in the order in which they
    are made. Returns how many there were, and how many records and waiting redials there are.
    """
    opened, calls, extra, served, i = open_end.size, first[-1], 0, 0, 0
    waiting = _take_up(
        True, own, no_strays, coupled, group, open_first, open_tier, open_end, open_group, keys, values, who, counts, busy, on,
    )  # fmt: skip
    charges = 0
    for call in range(opened):
        if open_arrival[call] >= 0 and open_answer[call] < NEVER:
            charges = _charges_to_come(
                begin, 2 * open_order[call], open_tier[call], open_answer[call], open_end[call],
                price_of[open_group[call]], own_price_of[who[call]], prices, terms,
                charge_at, charge_of, charges,
            )  # fmt: skip
    while True:
        next_call = when[i] if i < calls else NEVER
        next_redial = redial_at[0] if redials > 0 and redial_at[0] < until else NEVER
        is_redial = next_redial < next_call
        if next_redial == next_call and next_call < NEVER:  # at one instant by DID, and those who try again first
            is_redial = redial_of[0] >> _RECORD <= did_of(row_of[i], first)
        last = next_call == NEVER and next_redial == NEVER
        now = until if last else min(next_call, next_redial)
        while True:  # charges up to now, and fees: in a window's last instant, those are left to the next one's first
            next_due = due_at[book[NEXT_DUE]] if book[NEXT_DUE] < due_at.size else NEVER
            if charges > 0 and charge_at[0] <= min(now, next_due):
                at, kind, number = charge_at[0], charge_of[0] & 1, charge_of[0] >> 1
                charges = pop_in_order(charge_at, charge_of, charges)
                call = call_at[number]
                if ends_early[call]:
                    continue
                did = who[call]
                if call < opened:
                    answer, ends, where = open_answer[call], open_end[call], open_group[call]
                else:
                    row = row_of[call - opened]
                    answer, ends, where = when[call - opened] + ring[row], end[row], group[did]
                if kind == OWN_CHARGE:
                    _draw_own(at, ends - answer, own_prices, own_price_of[did], book, terms, closing, lowest)
                elif at > answer and book[BALANCE] <= 0:
                    ends_early[call] = True
                    if call < opened:
                        open_end[call] = at
                    else:
                        end[row_of[call - opened]] = at
                    _release(counts[call], did, where, METERED, busy, on)
                    if own_price_of[did] >= 0:
                        _draw_own(at, at - answer, own_prices, own_price_of[did], book, terms, closing, lowest)
                else:
                    charges = _charge(
                        at, 2 * number, answer, ends, price_of[where], prices,
                        charge_at, charge_of, charges, book, terms, closing, lowest,
                    )  # fmt: skip
            elif next_due < now + (not last):
                _draw(next_due, due[book[NEXT_DUE]], book, terms, closing, lowest)
                book[NEXT_DUE] += 1
            else:
                break
        if last:
            break
        while waiting > 0 and keys[0] <= now:
            call = values[0]
            waiting = pop(keys, values, waiting)
            if not ends_early[call]:
                tier, at = (open_tier[call], open_group[call]) if call < opened else (
                    outcome[row_of[call - opened]], group[who[call]])  # fmt: skip
                _release(counts[call], who[call], at, tier, busy, on)
        if is_redial:
            did, record = redial_of[0] >> _RECORD, redial_of[0] & _A_RECORD
            redials = pop_in_order(redial_at, redial_of, redials)
            source, attempt, place = record_source[record], record_attempt[record], calls + extra
            record_of[extra] = record
            extra += 1
            row = place
            when[place], row_of[place] = now, row
            ring[row], answered[row] = source_ring[source], source_answered[source]
            finish[place] = now + ring[row] + source_holding[source]
        else:
            place, row, attempt = i, row_of[i], 1
            did, source = did_of(row, first), row
            i += 1
        at, call, number = group[did], opened + place, opened + served
        call_at[number] = call
        served += 1
        what = _admit(
            included[did] - busy[did, INCLUDED], dedicated[did] - busy[did, DEDICATED],
            shared[at] - on[at, 0], metered[at] - on[at, 1], did_limit[did] - busy[did, ALL],
            group_limit[at] - on[at, ALL], book[BALANCE] > 0,
        )  # fmt: skip
        outcome[row], end[row], who[call] = what, now, did
        if what >= CAPACITY_EXCEEDED:
            if attempt <= source_again.shape[1] and source_again[source, attempt - 1] < NEVER:
                record_source[records], record_attempt[records] = source, attempt + 1
                code = np.int64(did) << _RECORD | records
                redials = push_in_order(redial_at, redial_of, redials, source_again[source, attempt - 1], code)
                records += 1
            continue
        end[row], counts[call] = finish[place], OF_DID + OF_GROUP
        _seize(counts[call], did, at, what, busy, on)
        waiting = push(keys, values, waiting, finish[place], call)
        if now < 0 or not answered[row]:
            continue
        answer = now + ring[row]
        if (
            what == METERED and price_of[at] >= 0 and answer == now
        ):  # it does not ring: paid before the next call arrives
            charges = _charge(
                now, 2 * number, answer, finish[place], price_of[at], prices,
                charge_at, charge_of, charges, book, terms, closing, lowest,
            )  # fmt: skip
        elif what == METERED and price_of[at] >= 0 and answer < terms[HORIZON]:
            charges = push_in_order(charge_at, charge_of, charges, answer, 2 * number + METERED_CHARGE)
        if own_price_of[did] >= 0 and finish[place] < terms[HORIZON]:
            if finish[place] == now:
                _draw_own(now, 0, own_prices, own_price_of[did], book, terms, closing, lowest)
            else:
                charges = push_in_order(charge_at, charge_of, charges, finish[place], 2 * number + OWN_CHARGE)
    return extra, records, redials


# -- channels -----------------------------------------------------------------------------------------


@inlined
def _take_up(
    everywhere, own, strays, coupled, group, open_first, open_tier, open_end, open_group, keys, values, who, counts, busy, on,
):  # fmt: skip
    """Count the calls in progress, and let their ends wait; returns how many do.

    A call counts for its DID, if that is coupled, and for the group that it began in, if that is one of the system's, or
    ``everywhere`` is one system.
    """
    waiting = 0
    for did in own:
        busy[did] = 0
        on[group[did]] = 0
    for call in strays:
        on[open_group[call]] = 0
    for did in own:
        for call in range(open_first[did], open_first[did + 1]):
            here = everywhere or open_group[call] == group[did]
            of_group = OF_GROUP * (here and (coupled[did] or open_tier[call] >= SHARED))
            counts[call], who[call] = OF_DID * coupled[did] + of_group, did
            waiting = _take_one(
                everywhere, call, counts, who, open_group, open_tier, open_end, busy, on, keys, values, waiting
            )
    for call in strays:
        counts[call], who[call] = OF_GROUP, 0
        waiting = _take_one(
            everywhere, call, counts, who, open_group, open_tier, open_end, busy, on, keys, values, waiting
        )
    return waiting


@inlined
def _take_one(everywhere, call, counts, who, open_group, open_tier, open_end, busy, on, keys, values, waiting):
    if counts[call] == 0:
        return waiting
    _seize(counts[call], who[call], open_group[call], open_tier[call], busy, on)
    value = call if everywhere else _code(counts[call], open_tier[call], who[call], open_group[call])
    return push(keys, values, waiting, open_end[call], value)


@inlined
def _code(counts, tier, did, group):
    """A call's counts, tier, DID and group in one integer."""
    return np.int64(group) << _GROUP | np.int64(did) << _DID | np.int64(tier) << _TIER | np.int64(counts)


@inlined
def _seize(counts, did, group, tier, busy, on):
    if counts & OF_DID:
        busy[did, ALL] += 1
        if tier < SHARED:
            busy[did, tier] += 1
    if counts & OF_GROUP:
        on[group, ALL] += 1
        if tier >= SHARED:
            on[group, tier - SHARED] += 1


@inlined
def _release(counts, did, group, tier, busy, on):
    if counts & OF_DID:
        busy[did, ALL] -= 1
        if tier < SHARED:
            busy[did, tier] -= 1
    if counts & OF_GROUP:
        on[group, ALL] -= 1
        if tier >= SHARED:
            on[group, tier - SHARED] -= 1


@inlined
def did_of(row, first):
    """The DID that a row belongs to: the last one that begins at or before it."""
    low, high = 0, first.size - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if first[middle] <= row:
            low = middle
        else:
            high = middle
    return low


# -- money --------------------------------------------------------------------------------------------


@inlined
def _charges_to_come(begin, number, tier, answer, ends, price, own_price, prices, terms, charge_at, charge_of, charges):
    """What a call in progress will be charged next, after ``begin``: its answer or next interval, and its own price."""
    if tier == METERED and price >= 0:
        at = answer
        if at <= begin:
            at += prices[price, FIRST]
            if at <= begin:
                at += ((begin - at) // prices[price, NEXT] + 1) * prices[price, NEXT]
            if at >= ends:
                at = NEVER
        if at < terms[HORIZON]:
            charges = push_in_order(charge_at, charge_of, charges, at, number + METERED_CHARGE)
    if own_price >= 0 and begin < ends < terms[HORIZON]:
        charges = push_in_order(charge_at, charge_of, charges, ends, number + OWN_CHARGE)
    return charges


@inlined
def _charge(at, number, answer, ends, price, prices, charge_at, charge_of, charges, book, terms, closing, lowest):
    """Charge a metered call for the interval that begins now, and let the next one wait (R10)."""
    first, following = prices[price, FIRST], prices[price, NEXT]
    if at == answer:
        amount, then = price_so_far(prices, price, 0), at + first
    else:
        steps = (at - answer - first) // following + 1
        amount = price_so_far(prices, price, steps) - price_so_far(prices, price, steps - 1)
        then = at + following
    _draw(at, amount * prices[price, FACTOR], book, terms, closing, lowest)
    if then < min(ends, terms[HORIZON]):
        charges = push_in_order(charge_at, charge_of, charges, then, number + METERED_CHARGE)
    return charges


@inlined
def _draw_own(at, talk, prices, price, book, terms, closing, lowest):
    """Charge a call that ends for its DID's own price (M4)."""
    over = talk - prices[price, FIRST]
    steps = (over - 1) // prices[price, NEXT] + 1 if over > 0 else 0
    _draw(at, price_so_far(prices, price, steps) * prices[price, FACTOR], book, terms, closing, lowest)


@inlined
def _draw(at, amount, book, terms, closing, lowest):
    """Take an amount from the balance; a charge that takes it below the threshold adds the top-up at once (R10)."""
    if amount == 0 or book[BEYOND] != 0:
        return
    book[BALANCE] -= amount
    book[DRAWN] += amount
    if book[DRAWN] > NEVER or book[BALANCE] < -NEVER:
        book[BEYOND] = 1
        return
    if amount > 0 and terms[HAS_TOP_UP] and book[BALANCE] < terms[THRESHOLD]:
        book[BALANCE] += terms[AMOUNT]
        book[TOP_UPS] += 1
    bin_ = at // terms[WIDTH]
    closing[bin_] = book[BALANCE]
    lowest[bin_] = min(lowest[bin_], book[BALANCE])
