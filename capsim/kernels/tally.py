"""Counting calls: one pass over a log, adding to integer tallies.

Everything is a sum of integers, so that tallies of the parts of a run add up to those of the whole, in any
order and on any machine.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import kernel
from capsim.records import CAPACITY_EXCEEDED


@kernel
def tally_calls(
    first, arrival, ring, answered, outcome, end, torn_down, horizon,
    outcomes, answers, teardowns, talk, busy,
):  # fmt: skip
    """Add a log to the tallies of each DID.

    Calls that arrive in [0, horizon) are counted, and their answered time in full; busy time is counted inside
    the horizon, of calls of the warm-up too (R15).

    ``outcomes`` (D, 8) calls by outcome; ``answers``, ``teardowns`` (D,) calls; ``talk`` (D, 4) answered time by
    tier, microseconds; ``busy`` (D, 4) channel time by tier, microseconds.
    """
    for did in range(first.size - 1):
        answer_count, teardown_count = 0, 0
        for row in range(first[did], first[did + 1]):
            what, come, gone = outcome[row], arrival[row], end[row]
            counted = 0 <= come < horizon
            outcomes[did, what] += counted
            if what < CAPACITY_EXCEEDED:
                busy[did, what] += max(min(gone, horizon) - max(come, np.int64(0)), 0)
                answer = counted & answered[row]
                answer_count += answer
                talk[did, what] += answer * (gone - come - ring[row])
                teardown_count += answer & torn_down[row]
        answers[did] += answer_count
        teardowns[did] += teardown_count
