"""Counting calls: one pass over a log, adding to integer tallies.

Everything is a sum of integers, so that tallies of the parts of a run add up to those of the whole, in any
order and on any machine.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import kernel


@kernel
def tally_calls(  # type: ignore[no-untyped-def]
    did, arrival, ring, answered, outcome, end, torn_down, horizon,
    outcomes, answers, teardowns, talk, busy,
):  # fmt: skip
    """Add a log to the tallies of each DID.

    Calls that arrive in [0, horizon) are counted, and their answered time in full; busy time is counted inside
    the horizon, of calls of the warm-up too (R15).

    ``outcomes`` (D, 8) calls by outcome; ``answers``, ``teardowns`` (D,) calls; ``talk`` (D, 4) answered time by
    tier, microseconds; ``busy`` (D, 4) channel time by tier, microseconds.
    """
    for row in range(did.size):
        who, what = did[row], outcome[row]
        counted = 0 <= arrival[row] < horizon
        if counted:
            outcomes[who, what] += 1
        if what >= 4:
            continue
        begin, finish = max(arrival[row], np.int64(0)), min(end[row], horizon)
        if finish > begin:
            busy[who, what] += finish - begin
        if counted and answered[row]:
            answers[who] += 1
            talk[who, what] += end[row] - arrival[row] - ring[row]
            if torn_down[row]:
                teardowns[who] += 1
