"""Callers who try again: the attempts that a window's blocked calls lead to, in it and after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from capsim.records import CallTable, Flags, Int64
from capsim.units import NEVER

RECORD = 40
"""Of the code of an attempt to come, where the DID stands; below it, the record."""


@dataclass(frozen=True, slots=True, eq=False)
class Redials:
    """Attempts that wait for their moment as a window ends, in the order in which the ones before them were blocked.

    did, at : (m,) whose, and when. attempt : (m,) which of its call; began : when the first one was. ring, holding,
        answered, again : of the call, as in a table.
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
    def none(cls) -> Redials:
        wide = np.zeros(0, np.int64)
        return cls(wide, wide, wide, wide, wide, wide, np.zeros(0, np.bool_), np.zeros((0, 0), np.int64))


class Attempts:
    """A window's calls and all attempts that may be made again in it, in the arrays of `capsim.kernels.coupled`."""

    def __init__(self, calls: CallTable, before: Redials) -> None:
        self.calls = calls
        again = np.zeros((len(calls), 0), np.int64) if calls.again is None else calls.again
        earlier = before.again if len(before.at) else again[:0]
        self.again: Int64 = np.concatenate([again, earlier])
        self.holding = np.append(calls.holding, before.holding)
        self.began = np.append(calls.arrival, before.began)
        waiting = len(before.at)
        self.room = int(np.count_nonzero(self.again < calls.end)) + waiting if again.shape[1] else 0
        """So many attempts may be made again in the window, at most."""
        later = int(np.count_nonzero(self.again[:, :1] < NEVER))
        more = np.zeros(self.room, np.int64)
        self.ring, self.answered = np.append(calls.ring, more), np.append(calls.answered, more.astype(np.bool_))
        ring, answered = np.append(calls.ring, before.ring), np.append(calls.answered, before.answered)
        self.sources: tuple[Any, ...] = (ring, self.holding, answered, self.again)
        self.record_of = np.empty(self.room, np.int64)
        self.source, self.attempt, self.at, self.of = (
            np.empty(self.room + later + waiting, np.int64) for _ in range(4)
        )
        self.source[:waiting] = len(calls) + np.arange(waiting)
        self.attempt[:waiting] = before.attempt
        by_time = np.lexsort((np.arange(waiting), before.did, before.at))  # sorted, it is a heap
        self.at[:waiting], self.of[:waiting] = before.at[by_time], (before.did[by_time] << RECORD) | by_time
        self.records: tuple[Any, ...] = (self.record_of, self.source, self.attempt, waiting, self.at, self.of, waiting)

    def table(self, extra: int, when: Int64, who: np.ndarray, rows: Int64) -> tuple[CallTable, Int64]:
        """The window's calls with the attempts that were made again, and where each row is in the kernel's arrays.

        rows : those of the kernel, in the order in which they were served.
        """
        calls, n = self.calls, len(self.calls)
        if calls.again is None:
            return calls, np.arange(n)
        made = self.record_of[:extra]
        source, again = self.source[made], np.arange(n, n + extra)
        did = np.append(calls.did, who[n : n + extra])
        arrival = np.append(calls.arrival, when[n : n + extra])
        served = np.empty(n + extra, np.int64)
        served[rows] = np.arange(n + extra)
        place = np.lexsort((served, arrival, did))
        attempt = np.append(np.ones(n, np.int8), self.attempt[made].astype(np.int8))
        table = replace(
            calls,
            first=np.searchsorted(did[place], np.arange(len(calls.first))).astype(np.int64),
            arrival=arrival[place],
            ring=np.append(calls.ring, self.ring[again])[place],
            holding=np.append(calls.holding, self.holding[source])[place],
            answered=np.append(calls.answered, self.answered[again])[place],
            again=np.concatenate([calls.again, self.again[source]])[place],
            attempt=attempt[place],
            began=np.append(calls.arrival, self.began[source])[place],
        )
        return table, place

    def left(self, redials: int) -> Redials:
        """The attempts, so many, that wait for the next window."""
        if not redials:
            return Redials.none()
        record = self.of[:redials] & ((1 << RECORD) - 1)
        in_order = np.argsort(record)
        record, source = record[in_order], self.source[record[in_order]]
        ring, holding, answered, again = (column[source] for column in self.sources)
        at, did = self.at[:redials][in_order], self.of[:redials][in_order] >> RECORD
        return Redials(did, at, self.attempt[record], self.began[source], ring, holding, answered, again)
