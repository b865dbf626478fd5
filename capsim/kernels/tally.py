"""Counting calls: one pass over a log, adding to integer tallies.

Everything is a sum of integers, so that tallies of the parts of a run add up to those of the whole, in any order and on
any machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.jit import kernel
from capsim.records import CAPACITY_EXCEEDED, Int64


class Tallies(NamedTuple):
    """Counts and times of each DID.

    Attributes
    ----------
    outcomes : (D, 8) int64
        Counted calls by outcome.
    answers : (D,) int64
        Counted calls that were answered.
    teardowns : (D,) int64
        Counted calls that were answered and ended because the balance ran out.
    talk : (D, 4) int64
        Answered time of counted calls by tier, microseconds.
    busy : (D, 4) int64
        Channel time inside the horizon by tier, microseconds.
    """

    outcomes: Int64
    answers: Int64
    teardowns: Int64
    talk: Int64
    busy: Int64


@kernel
def tally_calls(table, log, horizon, tallies):
    """Add a log to the tallies of each DID.

    Calls that arrive in [0, horizon) are counted, and their answered time in full. Busy time is counted inside the
    horizon, of calls of the warm-up too (R15).

    Parameters
    ----------
    table : Table
        Calls.
    log : Log
        What became of them.
    horizon : int
        Clock at which the horizon ends, microseconds.
    tallies : Tallies
        Output: tallies, added to.
    """
    for did in range(table.first.size - 1):
        answer_count, teardown_count = 0, 0
        low, high = table.first[did], table.first[did + 1]
        arrival, ring, answered = table.arrival[low:high], table.ring[low:high], table.answered[low:high]
        outcome, end, torn_down = log.outcome[low:high], log.end[low:high], log.torn_down[low:high]
        for i in range(arrival.size):
            what, come, gone = outcome[i], arrival[i], end[i]
            counted = 0 <= come < horizon
            tallies.outcomes[did, what] += counted
            if what < CAPACITY_EXCEEDED:
                tallies.busy[did, what] += max(min(gone, horizon) - max(come, np.int64(0)), 0)
                answer = counted & answered[i]
                answer_count += answer
                tallies.talk[did, what] += answer * (gone - come - ring[i])
                teardown_count += answer & torn_down[i]
        tallies.answers[did] += answer_count
        tallies.teardowns[did] += teardown_count
