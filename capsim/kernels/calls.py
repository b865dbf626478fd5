"""Drawing calls: arrivals of Poisson streams, and how long each call holds.

The kernel goes DID by DID and local day by local day. A day's stream starts afresh at local midnight, under
a key of its own, so other days do not move when one day changes; within a day, call ``i`` is the ``i``-th
point of a unit-rate process, so that a change of rate keeps the draws and their order. Draws are made some
hundred at a time, in loops that compile to vector instructions.

Arrays (D DIDs, Z time zones, K local dates):

- ``keys`` (D, 2) uint64: key of each DID's streams, from ``name_streams``
- ``rate`` (D,) float64: arrivals per microsecond
- ``zone`` (D,) int64; ``midnight`` (Z, K + 1) int64: start of each local date, microseconds of the clock;
  ``date`` (K,) int64: ordinal of each date
- ``pattern`` (D,), ``date_shape`` (P, K), ``scale`` (P, K), ``piece_first`` (S + 1,), ``piece_start``, ``piece_factor``,
  ``piece_total``: how rates vary, as `capsim.traffic.course` tells; empty where all are constant
- ``day_own``, ``day_shared`` (D,) float64: a date's random factor is the mean of gamma variates, one of the DID's own with
  this shape, one of all DIDs with the same word in ``day_words`` (D,) uint64; empty where there are none. ``day_keys`` (D, 2)
- ``kind`` (D,) int64 and ``shape`` (D, 4) float64: the holding distribution, see ``draw_length``
- ``ring_kind``, ``ring_shape``: the same of the time to the answer; ``share`` (D,) float64: of calls that are answered.
  All three are empty where every call is answered at once
- ``redial`` (D,) float64, probability of another attempt; ``most`` (D,) int64, most attempts after the first;
  ``delay_kind``, ``delay_shape``: the distribution of the time to the next one. All empty where nobody tries again
- ``table``, ``cumulative`` float64: values of empirical distributions, and their cumulative weights
- ``progress`` (D, 2) int64: date index and counter of the DID's next draw; ``unit`` (D,) float64: its
  unit-rate clock. All zero at the beginning.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.chance import absorb, exp, exponential, gamma, nearest, normal, start_key, uniform
from capsim.kernels.jit import inlined, kernel
from capsim.units import NEVER

ARRIVAL, HOLDING, BRANCH = np.uint64(1), np.uint64(2), np.uint64(3)
RING, RING_BRANCH, ANSWER = np.uint64(4), np.uint64(5), np.uint64(6)
DAY, DAYS_TOGETHER = np.uint64(7), np.uint64(8)
REDIAL, DELAY, DELAY_BRANCH = np.uint64(9), np.uint64(10), np.uint64(11)
"""Purposes: the last word of a stream's name."""

EXPONENTIAL, LOGNORMAL, GAMMA, DETERMINISTIC, HYPEREXPONENTIAL, EMPIRICAL = 0, 1, 2, 3, 4, 5

ATTEMPTS = np.uint64(16)
"""So many draws of REDIAL and DELAY belong to each call."""
AT_ONCE = 128
"""Most draws made at a time."""


@kernel
def name_streams(seed, replication, names, keys):
    """Fill the keys with what names a DID's streams in a replication; dates and purposes are still to come.

    ``names`` (D, 3) uint64: two hash words of the entry's name, and the index among its ``count``.
    """
    for did in range(names.shape[0]):
        a, b = start_key()
        a, b = absorb(a, b, seed)
        a, b = absorb(a, b, replication)
        for word in range(3):
            a, b = absorb(a, b, names[did, word])
        keys[did, 0], keys[did, 1] = a, b


@kernel
def name_days(seed, replication, words, keys):
    """Fill the keys with what names the common part of days' random factors in a replication."""
    for did in range(words.size):
        a, b = start_key()
        a, b = absorb(a, b, seed)
        a, b = absorb(a, b, replication)
        a, b = absorb(a, b, DAYS_TOGETHER)
        keys[did, 0], keys[did, 1] = absorb(a, b, words[did])


@inlined
def _factor_of_day(own, shared, day_a, day_b, key_a, key_b, date):
    """Gamma with mean 1 and shape ``own + shared``: the two parts are independent, the second one of several DIDs."""
    total = 0.0
    if own > 0.0:
        a, b = absorb(day_a, day_b, DAY)
        total += gamma(own, a, b, np.uint64(0))
    if shared > 0.0:
        a, b = absorb(key_a, key_b, date)
        total += gamma(shared, a, b, np.uint64(0))
    return total / (own + shared)


@inlined
def _total_at(offset, low, high, piece_start, piece_factor, piece_total):
    """Factor times time, from midnight to an offset, of a shape in rows [low, high)."""
    piece = low
    while piece + 1 < high and piece_start[piece + 1] <= offset:
        piece += 1
    return piece_total[piece] + piece_factor[piece] * (offset - piece_start[piece])


@inlined
def draw_length(kind, shape, table, cumulative, a, b, branch_a, branch_b, counter):
    """Holding time, or time to the answer, in microseconds, not yet rounded.

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


@inlined
def first_at_least(limit, values, count):
    """Place of the first of ``count`` sorted values that is not below the limit."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < limit:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def draw_calls(
    keys, rate, zone, midnight, date, pattern, date_shape, scale, piece_first, piece_start, piece_factor, piece_total,
    day_own, day_shared, day_keys, kind, shape, ring_kind, ring_shape, share, redial, most, delay_kind, delay_shape,
    table, cumulative, begin, until, longest, progress, unit, did, filled,
    first, arrival, ring, holding, answered, again,
):  # fmt: skip
    """Write calls that arrive in [begin, until) into ``arrival`` and the columns after it, from row ``filled`` and ``did`` on.

    ``first[d + 1]`` becomes the row after the calls of DID ``d``. Returns the DID that it came to, and the rows filled:
    a DID before the last means that the output is full, and that a call with a larger one, the same rows in it, goes on.
    ``again`` (n, A): when the call's caller would try again; NEVER after the last time. A length of time above ``longest`` microseconds is cut there. An unanswered call has a holding time of 0.
    """
    rings, varies, random_days = share.size > 0, pattern.size > 0, day_own.size > 0
    dates = date.size
    at = np.empty(AT_ONCE)
    offset = np.empty(AT_ONCE)
    while did < rate.size:
        if rate[did] > 0.0:
            starts = midnight[zone[did]]
            day, counter, clock = progress[did, 0], np.uint64(progress[did, 1]), unit[did]
            while day < dates and starts[day + 1] <= begin:
                day += 1
            while day < dates and starts[day] < until:
                day_a, day_b = absorb(keys[did, 0], keys[did, 1], np.uint64(date[day]))
                a, b = absorb(day_a, day_b, ARRIVAL)
                hold_a, hold_b = absorb(day_a, day_b, HOLDING)
                branch_a, branch_b = absorb(day_a, day_b, BRANCH)
                speed = rate[did]
                if random_days and day_own[did] + day_shared[did] > 0.0:
                    speed *= _factor_of_day(
                        day_own[did],
                        day_shared[did],
                        day_a,
                        day_b,
                        day_keys[did, 0],
                        day_keys[did, 1],
                        np.uint64(date[day]),
                    )
                pieces, low, high = False, 0, 0
                if varies:
                    of_date = date_shape[pattern[did], day]
                    low, high = piece_first[of_date], piece_first[of_date + 1]
                    speed *= scale[pattern[did], day]
                    pieces = high - low > 2
                    if not pieces:
                        speed *= piece_factor[low]
                start = starts[day]
                length = starts[day + 1] - start - 0.5  # what would round to the next midnight belongs to no date
                left = until - start
                limit = min(length, left - 0.5)
                reach = limit * speed
                if pieces:
                    reach = _total_at(limit, low, high, piece_start, piece_factor, piece_total) * speed
                day_over, window_over = False, False
                if speed <= 0.0:
                    day_over = start + length < until
                    window_over = not day_over
                while not (day_over or window_over):
                    ahead = max(reach - clock, 0.0)
                    many = min(AT_ONCE, np.int64(ahead + np.sqrt(ahead)) + 2)
                    if filled + many > arrival.size:
                        progress[did, 0], progress[did, 1], unit[did] = day, np.int64(counter), clock
                        return did, filled
                    for i in range(many):
                        at[i] = exponential(uniform(a, b, counter + np.uint64(i)))
                    total = clock
                    for i in range(many):
                        total += at[i]
                        at[i] = total
                    if pieces:
                        piece = low
                        for i in range(many):
                            along = at[i] / speed
                            while piece + 1 < high and piece_total[piece + 1] <= along:
                                piece += 1
                            offset[i] = 1e300  # later than the date
                            if piece < high - 1:
                                offset[i] = piece_start[piece] + (along - piece_total[piece]) / piece_factor[piece]
                    else:
                        for i in range(many):
                            offset[i] = at[i] / speed
                    taken, early = many, 0
                    if offset[many - 1] >= limit:
                        taken = first_at_least(limit, offset, many)
                        while taken < many and offset[taken] < length and nearest(offset[taken]) < left:
                            taken += 1  # half a microsecond before the window's end may round to either side
                        day_over = taken < many and offset[taken] >= length
                        window_over = taken < many and not day_over
                    for i in range(taken):
                        arrival[filled + i] = start + nearest(offset[i])
                    if start < begin:
                        while early < taken and arrival[filled + early] < begin:
                            early += 1
                        for i in range(early, taken):
                            arrival[filled + i - early] = arrival[filled + i]
                    if kind[did] == EXPONENTIAL:
                        for i in range(taken):
                            offset[i] = exponential(uniform(hold_a, hold_b, counter + np.uint64(i))) * shape[did, 0]
                    else:
                        for i in range(early, taken):
                            offset[i] = draw_length(
                                kind[did], shape[did], table, cumulative,
                                hold_a, hold_b, branch_a, branch_b, counter + np.uint64(i),
                            )  # fmt: skip
                    for i in range(early, taken):
                        holding[filled + i - early] = nearest(min(offset[i], longest))
                    if rings:
                        ring_a, ring_b = absorb(day_a, day_b, RING)
                        of_a, of_b = absorb(day_a, day_b, RING_BRANCH)
                        answer_a, answer_b = absorb(day_a, day_b, ANSWER)
                        for i in range(early, taken):
                            number, row = counter + np.uint64(i), filled + i - early
                            until_answer = draw_length(
                                ring_kind[did], ring_shape[did], table, cumulative, ring_a, ring_b, of_a, of_b, number
                            )
                            ring[row] = nearest(min(until_answer, longest))
                            answered[row] = uniform(answer_a, answer_b, number) < share[did]
                            if not answered[row]:
                                holding[row] = 0
                    if redial.size > 0:
                        redial_a, redial_b = absorb(day_a, day_b, REDIAL)
                        delay_a, delay_b = absorb(day_a, day_b, DELAY)
                        of_a, of_b = absorb(day_a, day_b, DELAY_BRANCH)
                        for i in range(early, taken):
                            row = filled + i - early
                            attempts, moment = 0, arrival[row]
                            while attempts < most[did]:
                                number = (counter + np.uint64(i)) * ATTEMPTS + np.uint64(attempts)
                                if uniform(redial_a, redial_b, number) >= redial[did]:
                                    break
                                delay = draw_length(
                                    delay_kind[did],
                                    delay_shape[did],
                                    table,
                                    cumulative,
                                    delay_a,
                                    delay_b,
                                    of_a,
                                    of_b,
                                    number,
                                )
                                moment += nearest(min(delay, longest))
                                again[row, attempts] = moment
                                attempts += 1
                            again[row, attempts:] = NEVER
                    if taken > 0:
                        clock = at[taken - 1]
                    counter += np.uint64(taken)
                    filled += taken - early
                if not day_over:
                    break
                day += 1
                counter = np.uint64(0)
                clock = 0.0
            progress[did, 0], progress[did, 1], unit[did] = day, np.int64(counter), clock
        did += 1
        first[did] = filled
    return did, filled
