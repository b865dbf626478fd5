"""Calls in progress that one log leaves to the next."""

from __future__ import annotations

import numpy as np

from capsim.kernels import carry_over as kernels
from capsim.kernels.tables import Log, Table
from capsim.records import CallLog, InProgress


def carry_over(log: CallLog, calls_before: int) -> InProgress:
    """Calls that are still in progress when the log's table ends.

    Parameters
    ----------
    log : CallLog
        The log.
    calls_before : int
        Number of calls of all tables before it.
    """
    table, columns, before = Table.of(log.calls), Log.of(log), log.before
    calls = kernels.count_carried_over(table.end, before.end, columns.end)
    after = InProgress(
        first=np.empty_like(table.first),
        tier=np.empty(calls, np.int8),
        end=np.empty(calls, np.int64),
        channel=np.empty(calls, np.int32),
        group=np.empty(calls, np.int32),
        arrival=np.empty(calls, np.int64),
        answer=np.empty(calls, np.int64),
        call=np.empty(calls, np.int64),
        home=log.group if not len(before.end) or before.home is log.group else before.home[:0],
    )
    kernels.carry_over(table, columns, log.group, calls_before, before, after)
    return after
