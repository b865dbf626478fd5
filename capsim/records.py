"""The two tables that every room passes on: the calls that arrive, and what became of them.

Times are whole microseconds of the clock (`capsim.units`). Rows stand DID by DID, in the scenario's order, and by
arrival within each DID. Calls are drawn, counted and billed row by row, so whatever concerns a single DID needs no
merging. The order of all arrivals, by time, then DID, then sequence (R13), is a stable sort of the rows by arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.units import NEVER

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int8 = NDArray[np.int8]
Flags = NDArray[np.bool_]

TIERS = ("included", "dedicated", "shared", "metered")
"""Tiers of the ladder, in the order in which a call tries them (R1)."""
INCLUDED, DEDICATED, SHARED, METERED = 0, 1, 2, 3
N_TIERS = len(TIERS)

CAUSES = ("capacity_exceeded", "did_limit", "group_limit", "no_balance", "teardown")
"""Causes of blocking and, last, of a call that ends before its time (R1, R9, R10)."""
CAPACITY_EXCEEDED, DID_LIMIT, GROUP_LIMIT, NO_BALANCE = 4, 5, 6, 7

OUTCOMES = TIERS + CAUSES[:4]
"""Possible outcomes of admission, a tier or a cause of blocking, by the codes in ``CallLog.outcome``."""
N_OUTCOMES = len(OUTCOMES)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CallTable:
    """Calls of D DIDs that arrive in [begin, end): one row each, DID by DID.

    Attributes
    ----------
    begin : int
        Clock at which the table begins, microseconds.
    end : int
        Clock at which the table ends, microseconds.
    first : (D + 1,) int64
        Rows ``first[d]`` to ``first[d + 1]`` are the calls of the DID at position d.
    arrival : (n,) int64
        Clock at which the call seizes a channel or is blocked, microseconds.
    ring : (n,) int64
        Time from arrival to answer, or to the end of an unanswered call (R14), microseconds.
    holding : (n,) int64
        Time from answer to end, microseconds; 0 for an unanswered call.
    answered : (n,) bool
        Whether the call is answered.
    again : (n, A) int64, or None
        Clock of each further attempt, made if all attempts before it were blocked, microseconds; NEVER after the
        last one. None if no caller ever tries again.
    attempt : (n,) int8, or None
        Number of the attempt within its call, from 1. Only in a log's table, and only if callers try again.
    began : (n,) int64, or None
        Clock of the call's first attempt, microseconds. Only where ``attempt`` is.
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


class MovedCalls(NamedTuple):
    """Calls in progress that began in a group which their DID has since left, by that group.

    Attributes
    ----------
    first : (G + 2,) int64
        Entries ``first[g]`` to ``first[g + 1]`` of ``call`` are those of group g; group G is *no group*.
    call : (k,) int64
        Position of the call in the columns of `InProgress`.
    """

    first: Int64
    call: Int64


class InProgress(NamedTuple):
    """Carried calls in progress at an instant, DID by DID, and by arrival within each DID.

    Attributes
    ----------
    first : (D + 1,) int64
        Entries ``first[d]`` to ``first[d + 1]`` are the calls of the DID at position d.
    tier : (m,) int8
        Tier of the channel that the call holds.
    end : (m,) int64
        Clock at which the call ends, microseconds.
    channel : (m,) int32
        Number of the channel within its tier, from 1; 0 if channels are not numbered.
    group : (m,) int32
        Group of the DID when the call began; the call counts for it to its end (R9, R11).
    arrival : (m,) int64
        Clock of the arrival, microseconds.
    answer : (m,) int64
        Clock of the answer, microseconds; NEVER for an unanswered call.
    call : (m,) int64
        Position of the call among the rows of all tables so far.
    home : (D,) or (0,) int32
        Group of each DID, if every call in progress began in that group; empty if some may have begun in another.
    """

    first: Int64
    tier: Int8
    end: Int64
    channel: Int32
    group: Int32
    arrival: Int64
    answer: Int64
    call: Int64
    home: Int32

    def moved(self, group: Int32, no_group: int) -> MovedCalls:
        """Calls in progress in a group that their DID has left.

        Parameters
        ----------
        group : (D,) int32
            Group of each DID now.
        no_group : int
            Number that stands for no group.
        """
        if self.home is group:
            return MovedCalls(constant(no_group + 2, np.int64), constant(0, np.int64))
        calls = np.flatnonzero(self.group != np.repeat(group, np.diff(self.first)))
        calls = calls[np.argsort(self.group[calls], kind="stable")]
        first = np.searchsorted(self.group[calls], np.arange(no_group + 2)).astype(np.int64)
        return MovedCalls(first, calls)

    @classmethod
    def none(cls, dids: int) -> InProgress:
        """No call in progress, for this number of DIDs."""
        int64, int32 = np.zeros(0, np.int64), np.zeros(0, np.int32)
        return cls(
            first=np.zeros(dids + 1, np.int64),
            tier=np.zeros(0, np.int8),
            end=int64,
            channel=int32,
            group=int32,
            arrival=int64,
            answer=int64,
            call=int64,
            home=int32,
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CallLog:
    """What became of the calls of a table, row by row.

    Attributes
    ----------
    calls : CallTable
        The calls.
    outcome : (n,) int8
        Code of ``OUTCOMES``: the tier that carried the call, or the cause of blocking.
    end : (n,) int64
        Clock at which the call leaves its channel, microseconds; the arrival, for a blocked call.
    channel : (n,) int32
        Number of the channel within its tier, from 1; 0 for a blocked call, and for every call if the engine was not
        asked for numbers.
    torn_down : (n,) bool
        Whether the call ended because the balance ran out (R10).
    group : (D,) int32
        Group of each DID while these calls arrived; the number of groups stands for none.
    before : InProgress
        Calls of earlier tables that were still in progress when this one began.
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
        """(n,) bool, whether the attempt was blocked and no other follows: the call is lost.

        At the end of the horizon some blocked callers still intend to try again; they have not given up.
        """
        blocked = self.outcome >= CAPACITY_EXCEEDED
        again, attempt = self.calls.again, self.calls.attempt
        if again is None or attempt is None:
            return blocked
        moments = np.column_stack([again, np.full(len(blocked), NEVER)])
        never: Flags = moments[np.arange(len(blocked)), attempt - 1] == NEVER
        return blocked & never


def join_logs(logs: Sequence[CallLog]) -> CallLog:
    """Join logs whose tables follow each other in time. The ``group`` of the result is that of the first log."""
    tables = [log.calls for log in logs]
    by_did = np.argsort(np.concatenate([table.did for table in tables]), kind="stable")

    def column(parts: Sequence[CallTable] | Sequence[CallLog], name: str) -> NDArray[Any]:
        joined: NDArray[Any] = np.concatenate([getattr(part, name) for part in parts])[by_did]
        return joined

    table = CallTable(
        begin=tables[0].begin,
        end=tables[-1].end,
        first=np.sum([table.first for table in tables], axis=0),
        **{name: column(tables, name) for name in ("arrival", "ring", "holding", "answered")},
        **{name: column(tables, name) for name in ("again", "attempt", "began") if tables[0].again is not None},
    )
    columns = {name: column(logs, name) for name in ("outcome", "end", "channel", "torn_down")}
    return CallLog(calls=table, group=logs[0].group, before=logs[0].before, **columns)


_CONSTANTS: dict[tuple[str, int], NDArray[Any]] = {}


def constant(length: int, dtype: type[np.generic], value: int = 0) -> NDArray[Any]:
    """Return a column with the same value in every row.

    Columns of one dtype and value share their memory, so they must not be written to.
    """
    key = np.dtype(dtype).str, value
    column = _CONSTANTS.get(key)
    if column is None or len(column) < length:
        column = _CONSTANTS[key] = np.full(length * 9 // 8, value, dtype)
    return column[:length]
