"""The two tables that everything passes: the calls that arrive, and what became of them.

Times are whole microseconds of the clock (`capsim.units`), rows are in the order of arrivals: by time, then
by DID in the scenario's order, then by sequence within the DID (R13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Int8 = NDArray[np.int8]
Flags = NDArray[np.bool_]

TIERS = ("included", "dedicated", "shared", "metered")
"""The ladder, in the order in which a call tries it (R1)."""
INCLUDED, DEDICATED, SHARED, METERED = 0, 1, 2, 3

CAUSES = ("capacity_exceeded", "did_limit", "group_limit", "no_balance", "teardown")
"""Why a call was blocked, or (teardown) ended before its time (R1, R9, R10)."""
CAPACITY_EXCEEDED, DID_LIMIT, GROUP_LIMIT, NO_BALANCE = 4, 5, 6, 7

OUTCOMES = TIERS + CAUSES[:4]
"""What the admission of a call can come to: a tier, or a cause of blocking. The codes of ``CallLog.outcome``."""


@dataclass(frozen=True, slots=True, eq=False)
class CallTable:
    """Calls that arrive in [begin, end): one row each, in the order of arrivals.

    did : (n,) int32, position of the DID in the scenario.
    arrival : (n,) int64, when it seizes a channel, or is blocked.
    ring : (n,) int64, from arrival to answer, or to the end of an unanswered call (R14).
    holding : (n,) int64, from answer to end; 0 for an unanswered call.
    answered : (n,) bool.
    """

    begin: int
    end: int
    did: Int32
    arrival: Int64
    ring: Int64
    holding: Int64
    answered: Flags

    def __len__(self) -> int:
        return len(self.did)


@dataclass(frozen=True, slots=True, eq=False)
class CallLog:
    """What became of the calls of a table, row by row.

    outcome : (n,) int8, a code of ``OUTCOMES``: the tier that took the call, or why none did.
    end : (n,) int64, when the call left its channel; the arrival, for a blocked call.
    channel : (n,) int32, number of its channel within the tier, from 1; 0 for a blocked call.
    torn_down : (n,) bool, ended because the balance ran out (R10).
    """

    calls: CallTable
    outcome: Int8
    end: Int64
    channel: Int32
    torn_down: Flags

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def carried(self) -> Flags:
        """(n,) bool, whether the call got a channel."""
        return self.outcome < CAPACITY_EXCEEDED


def join_logs(logs: Sequence[CallLog]) -> CallLog:
    """One log of logs whose tables follow each other in time."""
    tables = [log.calls for log in logs]
    columns = {
        name: np.concatenate([getattr(table, name) for table in tables])
        for name in (field.name for field in fields(CallTable))
        if name not in ("begin", "end")
    }
    return CallLog(
        CallTable(tables[0].begin, tables[-1].end, **columns),
        *(np.concatenate([getattr(log, name) for log in logs]) for name in ("outcome", "end", "channel", "torn_down")),
    )
