"""Calls in progress: what is left of a window and of those before it when the next one begins."""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import kernel
from capsim.records import CAPACITY_EXCEEDED
from capsim.units import NEVER


@kernel
def go_on(
    until, group, first, arrival, ring, answered, outcome, end, channel, calls_before,
    open_first, open_tier, open_end, open_channel, open_group, open_arrival, open_answer, open_call,
):  # fmt: skip
    """Calls that end after ``until``, of those in progress before and of a log's, DID by DID.

    ``group`` (D,): of each DID, as the log's calls arrived. ``calls_before``: rows of all tables before this one.
    Returns their columns, as `capsim.records.InProgress` holds them.
    """
    dids = first.size - 1
    next_first = np.zeros(dids + 1, np.int64)
    count = 0
    for call in range(open_end.size):
        count += open_end[call] > until
    for row in range(outcome.size):
        count += end[row] > until
    tier, finish, number = np.empty(count, np.int8), np.empty(count, np.int64), np.empty(count, np.int32)
    of_group, came, answer, call_number = (
        np.empty(count, np.int32), np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    )  # fmt: skip
    filled = 0
    for did in range(dids):
        for call in range(open_first[did], open_first[did + 1]):
            if open_end[call] > until:
                tier[filled], finish[filled], number[filled] = open_tier[call], open_end[call], open_channel[call]
                of_group[filled], came[filled] = open_group[call], open_arrival[call]
                answer[filled], call_number[filled] = open_answer[call], open_call[call]
                filled += 1
        for row in range(first[did], first[did + 1]):
            if end[row] > until and outcome[row] < CAPACITY_EXCEEDED:
                tier[filled], finish[filled], number[filled] = outcome[row], end[row], channel[row]
                of_group[filled], came[filled] = group[did], arrival[row]
                answer[filled] = arrival[row] + ring[row] if answered[row] else NEVER
                call_number[filled] = calls_before + row
                filled += 1
        next_first[did + 1] = filled
    return next_first, tier, finish, number, of_group, came, answer, call_number
