"""Calls in progress: what a window and those before it leave to the next one."""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import kernel
from capsim.records import CAPACITY_EXCEEDED
from capsim.units import NEVER


@kernel
def count_carried_over(until, open_end, end):
    """Number of calls that end after a window.

    Parameters
    ----------
    until : int
        Clock at which the window ends, microseconds.
    open_end : (m,) int64
        Ends of the calls in progress as it began, microseconds.
    end : (n,) int64
        Ends of its own calls, microseconds.
    """
    calls = 0
    for call in range(open_end.size):
        calls += open_end[call] > until
    for row in range(end.size):
        calls += end[row] > until
    return calls


@kernel
def carry_over(table, log, group, calls_before, before, after):
    """Write the calls that go on after the table's window, DID by DID.

    Parameters
    ----------
    table : Table
        Calls of the window.
    log : Log
        What became of them.
    group : (D,) int32
        Group of each DID as these calls arrived.
    calls_before : int
        Rows of all tables before this one.
    before : InProgress
        Calls in progress as the window began.
    after : InProgress
        Output: calls in progress as it ends, with room for ``count_carried_over`` of them.
    """
    filled = 0
    after.first[0] = 0
    for did in range(table.first.size - 1):
        for call in range(before.first[did], before.first[did + 1]):
            if before.end[call] > table.end:
                after.tier[filled], after.end[filled] = before.tier[call], before.end[call]
                after.channel[filled], after.group[filled] = before.channel[call], before.group[call]
                after.arrival[filled], after.answer[filled] = before.arrival[call], before.answer[call]
                after.call[filled] = before.call[call]
                filled += 1
        low, high = table.first[did], table.first[did + 1]
        end = log.end[low:high]
        for i in range(end.size):
            row = low + i
            if end[i] > table.end and log.outcome[row] < CAPACITY_EXCEEDED:
                after.tier[filled], after.end[filled] = log.outcome[row], end[i]
                after.channel[filled], after.group[filled] = log.channel[row], group[did]
                after.arrival[filled] = table.arrival[row]
                after.answer[filled] = table.arrival[row] + table.ring[row] if table.answered[row] else np.int64(NEVER)
                after.call[filled] = calls_before + row
                filled += 1
        after.first[did + 1] = filled
