"""Callers who try again: the attempts that blocked calls lead to, within a window and after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from capsim.kernels.coupled import Arrivals
from capsim.kernels.heap import Heap
from capsim.kernels.redials import A_RECORD, RECORD_BITS, Redials, redial_code
from capsim.kernels.tables import Table
from capsim.records import CallTable, Flags, Int32, Int64
from capsim.units import NEVER


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaitingAttempts:
    """Attempts that wait for their moment as a window ends, in the order in which the ones before them were blocked.

    Attributes
    ----------
    did : (m,) int64
        DID of each attempt.
    at : (m,) int64
        Clock of the attempt, microseconds.
    attempt : (m,) int64
        Number of the attempt within its call, from 1.
    began : (m,) int64
        Clock of the call's first attempt, microseconds.
    ring : (m,) int64
        As in a `CallTable`, and so are the columns after it.
    holding : (m,) int64
    answered : (m,) bool
    again : (m, A) int64
    """

    did: Int64
    at: Int64
    attempt: Int64
    began: Int64
    ring: Int64
    holding: Int64
    answered: Flags
    again: Int64

    @classmethod
    def none(cls) -> WaitingAttempts:
        """No attempt."""
        nothing = np.zeros(0, np.int64)
        return cls(
            did=nothing,
            at=nothing,
            attempt=nothing,
            began=nothing,
            ring=nothing,
            holding=nothing,
            answered=np.zeros(0, np.bool_),
            again=np.zeros((0, 0), np.int64),
        )


class Attempts:
    """A window's calls and all attempts that may be made again in it, as `capsim.kernels.together` takes them.

    Attributes
    ----------
    room : int
        Largest number of attempts that may be made again in the window.
    columns : Table
        Columns of the calls, with room for the attempts.
    redials : Redials
        Attempts that may be made again.
    """

    def __init__(self, calls: CallTable, before: WaitingAttempts) -> None:
        self.calls = calls
        again = np.zeros((len(calls), 0), np.int64) if calls.again is None else calls.again
        earlier = before.again if len(before.at) else again[:0]
        again = np.concatenate([again, earlier])
        waiting = len(before.at)
        self.room = int(np.count_nonzero(again < calls.end)) + waiting if again.shape[1] else 0
        self.began = np.append(calls.arrival, before.began)
        more = np.zeros(self.room, np.int64)
        self.columns = Table.of(calls)._replace(
            ring=np.append(calls.ring, more), answered=np.append(calls.answered, more.astype(np.bool_))
        )
        records = self.room + int(np.count_nonzero(again[:, :1] < NEVER)) + waiting
        source, attempt, at, code = (np.empty(records, np.int64) for _ in range(4))
        source[:waiting] = len(calls) + np.arange(waiting)
        attempt[:waiting] = before.attempt
        by_time = np.lexsort((np.arange(waiting), before.did, before.at))  # sorted, it is a heap
        at[:waiting], code[:waiting] = before.at[by_time], redial_code(before.did[by_time], by_time)
        self.redials = Redials(
            ring=np.append(calls.ring, before.ring),
            holding=np.append(calls.holding, before.holding),
            answered=np.append(calls.answered, before.answered),
            again=again,
            source=source,
            attempt=attempt,
            made=np.empty(self.room, np.int64),
            waiting=Heap(at, code),
            number=waiting,
        )

    def arrivals(self) -> Arrivals:
        """The window's calls in the order of R13, with room for the attempts after them."""
        calls, more = self.calls, np.empty(self.room, np.int64)
        order = calls.order
        when, finish = calls.arrival[order], (calls.arrival + calls.ring + calls.holding)[order]
        rows = np.arange(len(calls), len(calls) + self.room)
        return Arrivals(np.append(when, more), np.append(finish, more), np.append(order, rows))

    def table(self, extra: int, when: Int64, who: Int32, rows: Int64) -> tuple[CallTable, Int64]:
        """The window's calls with the attempts that were made again.

        Parameters
        ----------
        extra : int
            Number of attempts made again.
        when : (n + x,) int64
            Arrivals by position, microseconds.
        who : (n + x,) int32
            DIDs by position.
        rows : (n + extra,) int64
            Rows of the kernel's columns, in the order in which they were served.

        Returns
        -------
        table : CallTable
            The calls and attempts, DID by DID.
        place : (n + extra,) int64
            Where each row is in the kernel's columns.
        """
        calls, n = self.calls, len(self.calls)
        if calls.again is None:
            return calls, np.arange(n)
        redials = self.redials
        made = redials.made[:extra]
        source, again = redials.source[made], np.arange(n, n + extra)
        did = np.append(calls.did, who[n : n + extra])
        arrival = np.append(calls.arrival, when[n : n + extra])
        served = np.empty(n + extra, np.int64)
        served[rows] = np.arange(n + extra)
        place = np.lexsort((served, arrival, did))
        attempt = np.append(np.ones(n, np.int8), redials.attempt[made].astype(np.int8))
        table = replace(
            calls,
            first=np.searchsorted(did[place], np.arange(len(calls.first))).astype(np.int64),
            arrival=arrival[place],
            ring=np.append(calls.ring, self.columns.ring[again])[place],
            holding=np.append(calls.holding, redials.holding[source])[place],
            answered=np.append(calls.answered, self.columns.answered[again])[place],
            again=np.concatenate([calls.again, redials.again[source]])[place],
            attempt=attempt[place],
            began=np.append(calls.arrival, self.began[source])[place],
        )
        return table, place

    def left(self, waiting: int) -> WaitingAttempts:
        """Attempts that wait for the next window; ``waiting`` of them."""
        if not waiting:
            return WaitingAttempts.none()
        redials = self.redials
        record = redials.waiting.values[:waiting] & A_RECORD
        in_order = np.argsort(record)
        record = record[in_order]
        source = redials.source[record]
        return WaitingAttempts(
            did=redials.waiting.values[:waiting][in_order] >> RECORD_BITS,
            at=redials.waiting.keys[:waiting][in_order],
            attempt=redials.attempt[record],
            began=self.began[source],
            ring=redials.ring[source],
            holding=redials.holding[source],
            answered=redials.answered[source],
            again=redials.again[source],
        )
