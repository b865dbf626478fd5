"""The two tables that everything passes: the calls that arrive, and what became of them.

Times are whole microseconds of the clock (`capsim.units`). Rows stand DID by DID, in the scenario's order, and
each DID's in the order of their arrivals: row by row is how calls are drawn, and how they are counted and
billed, so that what concerns only one DID needs no merging. The order of arrivals of all DIDs, by time, then by DID,
then by sequence (R13), is a stable sort of the rows by arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.units import NEVER

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
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
    """Calls of D DIDs that arrive in [begin, end): one row each, DID by DID.

    first : (D + 1,) int64, rows ``first[d]`` to ``first[d + 1]`` are the calls of the DID at position d.
    arrival : (n,) int64, when it seizes a channel, or is blocked.
    ring : (n,) int64, from arrival to answer, or to the end of an unanswered call (R14).
    holding : (n,) int64, from answer to end; 0 for an unanswered call.
    answered : (n,) bool.
    again : (n, A) int64, when its caller tries again if all attempts before were blocked; NEVER after the last. None
        where nobody does. In a log's table, attempt : (n,) int8, which of its call a row is, and began : (n,) int64,
        when the first one was; None in others.
    """

    begin: int
    end: int
    first: Int64
    arrival: Int64
    ring: Int64
    holding: Int64
    answered: Flags
    again: Int64 | None = None
    attempt: Int8 | None = None
    began: Int64 | None = None

    def __len__(self) -> int:
        return len(self.arrival)

    @property
    def did(self) -> Int32:
        """(n,) int32, position of the DID of each row."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))

    @property
    def order(self) -> Int64:
        """(n,) int64, rows in the order of R13: by arrival, then DID, then sequence."""
        return np.argsort(self.arrival, kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class InProgress:
    """Carried calls that go on at an instant, DID by DID, and each DID's by arrival.

    first : (D + 1,) int64, as in a table. tier : (m,) int8. end : (m,) int64. channel : (m,) int32.
    group : (m,) int32, the group that the DID was in as the call began: the call counts for it to its end (R9, R11).
    arrival : (m,) int64. answer : (m,) int64, when it was answered; NEVER for an unanswered call.
    call : (m,) int64, which call of all tables it is: rows are counted through.
    members : (D,) the group of each DID, where no call is of another one; None where some may be.
    """

    first: Int64
    tier: Int8
    end: Int64
    channel: Int32
    group: Int32
    arrival: Int64
    answer: Int64
    call: Int64
    members: Int32 | None = None

    def __len__(self) -> int:
        return len(self.end)

    def strays(self, group: Int32, no_group: int) -> tuple[Int64, Int64]:
        """Calls in a group that their DID has left: where each group's begin among them (G + 2,), and they by group.

        group : (D,) of each DID now.
        """
        if self.members is group:
            return np.zeros(no_group + 2, np.int64), np.zeros(0, np.int64)
        strays = np.flatnonzero(self.group != np.repeat(group, np.diff(self.first)))
        if not len(strays):
            return np.zeros(no_group + 2, np.int64), strays
        strays = strays[np.argsort(self.group[strays], kind="stable")]
        return np.searchsorted(self.group[strays], np.arange(no_group + 2)).astype(np.int64), strays

    @classmethod
    def none(cls, dids: int) -> InProgress:
        def nothing(dtype: type[np.generic]) -> NDArray[Any]:
            return np.zeros(0, dtype)

        wide, narrow = nothing(np.int64), nothing(np.int32)
        return cls(np.zeros(dids + 1, np.int64), nothing(np.int8), wide, narrow, narrow, wide, wide, wide)


@dataclass(frozen=True, slots=True, eq=False)
class CallLog:
    """What became of the calls of a table, row by row.

    outcome : (n,) int8, a code of ``OUTCOMES``: the tier that took the call, or why none did.
    end : (n,) int64, when the call left its channel; the arrival, for a blocked call.
    channel : (n,) int32, number of its channel within the tier, from 1; 0 for a blocked call, and for every call
        where the engine was not asked for numbers.
    torn_down : (n,) bool, ended because the balance ran out (R10).
    group : (D,) int32, the group of each DID while these calls arrived; the number of groups stands for none.
    before : calls of earlier tables that were still in progress as this one began.
    """

    calls: CallTable
    outcome: Int8
    end: Int64
    channel: Int32
    torn_down: Flags
    group: Int32
    before: InProgress

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def carried(self) -> Flags:
        """(n,) bool, whether the call got a channel."""
        return self.outcome < CAPACITY_EXCEEDED

    @property
    def given_up(self) -> Flags:
        """(n,) bool, blocked, and never to be tried again: the call is lost. At the end some still mean to try."""
        blocked = self.outcome >= CAPACITY_EXCEEDED
        again, attempt = self.calls.again, self.calls.attempt
        if again is None or attempt is None:
            return blocked
        moments = np.column_stack([again, np.full(len(blocked), NEVER)])
        never: Flags = moments[np.arange(len(blocked)), attempt - 1] == NEVER
        return blocked & never


def join_logs(logs: Sequence[CallLog]) -> CallLog:
    """One log of logs whose tables follow each other in time. Its ``group`` is that of the first."""
    tables = [log.calls for log in logs]
    by_did = np.argsort(np.concatenate([table.did for table in tables]), kind="stable")

    def column(parts: Sequence[CallTable] | Sequence[CallLog], name: str) -> NDArray[np.generic]:
        joined: NDArray[np.generic] = np.concatenate([getattr(part, name) for part in parts])[by_did]
        return joined

    table = CallTable(
        tables[0].begin,
        tables[-1].end,
        np.sum([table.first for table in tables], axis=0),
        *(column(tables, name) for name in ("arrival", "ring", "holding", "answered")),  # type: ignore[arg-type]
        *(column(tables, name) if tables[0].again is not None else None for name in ("again", "attempt", "began")),
    )
    outcome, end, channel, torn_down = (column(logs, name) for name in ("outcome", "end", "channel", "torn_down"))
    return CallLog(table, outcome, end, channel, torn_down, logs[0].group, logs[0].before)  # type: ignore[arg-type]


_CONSTANTS: dict[tuple[str, int], NDArray[Any]] = {}


def constant(length: int, dtype: type[np.generic], value: int = 0) -> NDArray[Any]:
    """A column in which every row is the same. Columns of one kind share their memory: not to be written to."""
    key = np.dtype(dtype).str, value
    column = _CONSTANTS.get(key)
    if column is None or len(column) < length:
        column = _CONSTANTS[key] = np.full(length * 9 // 8, value, dtype)
    return column[:length]
