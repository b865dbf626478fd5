"""Drawing calls: arrivals of Poisson streams, how long each call rings and holds, and when its caller tries again.

The kernel goes DID by DID and local date by local date. A date's stream starts at its local midnight, under a key of its
own, so other dates do not move when one date changes. Within a date, call i is the i-th point of a unit-rate process, so
that a change of rate keeps the draws and their order. Draws are made some hundred at a time, in loops that compile to
vector instructions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.chance import absorb, exponential, gamma, nearest, uniform
from capsim.kernels.distributions import EXPONENTIAL, draw_length
from capsim.kernels.jit import always_inlined, inlined, kernel
from capsim.kernels.streams import (
    ANSWER,
    ARRIVAL,
    BRANCH,
    DAY,
    DELAY,
    DELAY_BRANCH,
    DID,
    FILLED,
    HOLDING,
    REDIAL,
    RING,
    RING_BRANCH,
)
from capsim.records import Float64
from capsim.units import NEVER

ATTEMPTS = np.uint64(16)
"""Draws of REDIAL and DELAY that belong to each call; it is tried again fewer times than this."""
AT_ONCE = 128
"""Largest number of draws made at a time."""
_LATER = 1e300
"""Time after midnight that lies beyond every date, microseconds."""

DRAWN, FULL, UNKNOWN_DISTRIBUTION = range(3)
"""Outcomes of drawing: all calls are drawn; the table is full; no branch knows a distribution."""


class DrawScratch(NamedTuple):
    """Arrays that ``draw_calls`` works in.

    Attributes
    ----------
    at : (128,) float64
        Points of the unit-rate process.
    offset : (128,) float64
        Times after midnight, or lengths, microseconds.
    """

    at: Float64
    offset: Float64


@kernel
def draw_calls(keys, rates, course, holding, answering, redialling, cursor, table, again, scratch):
    """Write the calls that arrive in a window, DID by DID.

    Parameters
    ----------
    keys : Keys
        Keys of the replication's streams.
    rates : Rates
        Rates of arrivals.
    course : Course
        How they vary.
    holding : Lengths
        Time from answer to end.
    answering : Answering
        When calls are answered.
    redialling : Redialling
        Whether blocked callers try again.
    cursor : Cursor
        Where drawing stands. Output: where it stands at the end of the window, or where the table is full.
    table : Table
        Output: the calls that arrive before its end and have not been drawn yet; room for n. Ringing and answers are
        left alone if every call is answered at once.
    again : (n, A) int64
        Output: clock of each further attempt, microseconds; NEVER after the last.
    scratch : DrawScratch
        Arrays to work in.

    Returns
    -------
    int
        ``DRAWN``; or ``FULL``, so that another call with more room, and the same rows in it, is needed; or
        ``UNKNOWN_DISTRIBUTION``, of the DID at ``cursor.place``.
    """
    while cursor.place[DID] < rates.rate.size:
        did = cursor.place[DID]
        if rates.rate[did] > 0.0:
            outcome = _draw_calls_of(
                did, keys, rates, course, holding, answering, redialling, cursor, table, again, scratch
            )
            if outcome != DRAWN:
                return outcome
        cursor.place[DID] = did + 1
        table.first[did + 1] = cursor.place[FILLED]
    return DRAWN


@always_inlined
def _draw_calls_of(did, keys, rates, course, holding, answering, redialling, cursor, table, again, scratch):
    """Write the calls of one DID."""
    begin, until, dates, longest = rates.begin, table.end, rates.date.size, holding.longest
    starts, arrival, at, offset = rates.midnight[rates.zone[did]], table.arrival, scratch.at, scratch.offset
    filled = cursor.place[FILLED]
    day, counter, clock = cursor.day[did], np.uint64(cursor.counter[did]), cursor.clock[did]
    while day < dates and starts[day + 1] <= begin:
        day += 1
    while day < dates and starts[day] < until:
        day_a, day_b = absorb(keys.did[did, 0], keys.did[did, 1], np.uint64(rates.date[day]))
        a, b = absorb(day_a, day_b, ARRIVAL)
        hold_a, hold_b = absorb(day_a, day_b, HOLDING)
        branch_a, branch_b = absorb(day_a, day_b, BRANCH)
        speed = rates.rate[did]
        if rates.day_own.size > 0 and rates.day_own[did] + rates.day_shared[did] > 0.0:
            speed *= _factor_of_day(did, day, day_a, day_b, keys, rates)
        pieces, low, high = False, 0, 0
        if course.pattern.size > 0:
            shape = course.shape[course.pattern[did], day]
            low, high = course.first[shape], course.first[shape + 1]
            speed *= course.scale[course.pattern[did], day]
            pieces = high - low > 2
            if not pieces:
                speed *= course.factor[low]
        start = starts[day]
        length = starts[day + 1] - start - 0.5  # what would round to the next midnight belongs to no date
        left = until - start
        limit = min(length, left - 0.5)
        reach = limit * speed
        if pieces:
            reach = _total_at(limit, low, high, course) * speed
        day_over, window_over = False, False
        if speed <= 0.0:
            day_over = start + length < until
            window_over = not day_over
        while not (day_over or window_over):
            ahead = max(reach - clock, 0.0)
            many = min(AT_ONCE, np.int64(ahead + np.sqrt(ahead)) + 2)
            if filled + many > arrival.size:
                cursor.place[FILLED] = filled
                cursor.day[did], cursor.counter[did], cursor.clock[did] = day, np.int64(counter), clock
                return FULL
            for i in range(many):
                at[i] = exponential(uniform(a, b, counter + np.uint64(i)))
            total = clock
            for i in range(many):
                total += at[i]
                at[i] = total
            if pieces:
                _place_on_pieces(many, speed, low, high, course, scratch)
            else:
                for i in range(many):
                    offset[i] = at[i] / speed
            taken, early = many, 0
            if offset[many - 1] >= limit:
                taken = _first_at_least(limit, offset, many)
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
            if holding.kind[did] == EXPONENTIAL:
                mean = holding.parameters[did, 0]
                for i in range(taken):
                    offset[i] = exponential(uniform(hold_a, hold_b, counter + np.uint64(i))) * mean
                for i in range(early, taken):
                    table.holding[filled + i - early] = nearest(min(offset[i], longest))
            else:
                for i in range(early, taken):
                    held = draw_length(holding, did, hold_a, hold_b, branch_a, branch_b, counter + np.uint64(i))
                    if held < 0:
                        return UNKNOWN_DISTRIBUTION
                    table.holding[filled + i - early] = held
            if answering.share.size > 0 and not _draw_answers(
                did, day_a, day_b, counter, early, taken, filled, answering, table
            ):
                return UNKNOWN_DISTRIBUTION
            if redialling.probability.size > 0 and not _draw_redials(
                did, day_a, day_b, counter, early, taken, filled, redialling, arrival, again
            ):
                return UNKNOWN_DISTRIBUTION
            if taken > 0:
                clock = at[taken - 1]
            counter += np.uint64(taken)
            filled += taken - early
        if not day_over:
            break
        day += 1
        counter = np.uint64(0)
        clock = 0.0
    cursor.place[FILLED] = filled
    cursor.day[did], cursor.counter[did], cursor.clock[did] = day, np.int64(counter), clock
    return DRAWN


@inlined
def _factor_of_day(did, day, day_a, day_b, keys, rates):
    """Random factor of a date, gamma with mean 1: a part of the DID's own, and one that it has in common with others."""
    own, shared = rates.day_own[did], rates.day_shared[did]
    total = 0.0
    if own > 0.0:
        a, b = absorb(day_a, day_b, DAY)
        total += gamma(own, a, b, np.uint64(0))
    if shared > 0.0:
        a, b = absorb(keys.day[did, 0], keys.day[did, 1], np.uint64(rates.date[day]))
        total += gamma(shared, a, b, np.uint64(0))
    return total / (own + shared)


@inlined
def _total_at(offset, low, high, course):
    """Factor times time, from midnight to an offset, of a shape in rows [low, high)."""
    piece = low
    while piece + 1 < high and course.start[piece + 1] <= offset:
        piece += 1
    return course.total[piece] + course.factor[piece] * (offset - course.start[piece])


@inlined
def _place_on_pieces(many, speed, low, high, course, scratch):
    """Turn points of the unit-rate process into times after midnight, on a shape in rows [low, high)."""
    at, offset = scratch.at, scratch.offset
    piece = low
    for i in range(many):
        along = at[i] / speed
        while piece + 1 < high and course.total[piece + 1] <= along:
            piece += 1
        offset[i] = _LATER
        if piece < high - 1:
            offset[i] = course.start[piece] + (along - course.total[piece]) / course.factor[piece]


@inlined
def _first_at_least(limit, values, count):
    """Place of the first of ``count`` sorted values that is not below the limit."""
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < limit:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def _draw_answers(did, day_a, day_b, counter, early, taken, filled, answering, table):
    """Draw how long calls ring and whether they are answered; false if no branch knows the distribution."""
    a, b = absorb(day_a, day_b, RING)
    branch_a, branch_b = absorb(day_a, day_b, RING_BRANCH)
    answer_a, answer_b = absorb(day_a, day_b, ANSWER)
    for i in range(early, taken):
        number, row = counter + np.uint64(i), filled + i - early
        ring = draw_length(answering.ring, did, a, b, branch_a, branch_b, number)
        if ring < 0:
            return False
        table.ring[row] = ring
        table.answered[row] = uniform(answer_a, answer_b, number) < answering.share[did]
        if not table.answered[row]:
            table.holding[row] = 0
    return True


@inlined
def _draw_redials(did, day_a, day_b, counter, early, taken, filled, redialling, arrival, again):
    """Draw when callers would try again; false if no branch knows the distribution."""
    redial_a, redial_b = absorb(day_a, day_b, REDIAL)
    a, b = absorb(day_a, day_b, DELAY)
    branch_a, branch_b = absorb(day_a, day_b, DELAY_BRANCH)
    for i in range(early, taken):
        row = filled + i - early
        attempts, moment = 0, arrival[row]
        while attempts < redialling.most[did]:
            number = (counter + np.uint64(i)) * ATTEMPTS + np.uint64(attempts)
            if uniform(redial_a, redial_b, number) >= redialling.probability[did]:
                break
            delay = draw_length(redialling.delay, did, a, b, branch_a, branch_b, number)
            if delay < 0:
                return False
            moment += delay
            again[row, attempts] = moment
            attempts += 1
        again[row, attempts:] = NEVER
    return True
