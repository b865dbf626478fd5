"""Streams of calls: a scenario's traffic as arrays, and the calls that are drawn from them window by window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from capsim.kernels.calls import AT_ONCE, FULL, UNKNOWN_DISTRIBUTION, DrawScratch, draw_calls
from capsim.kernels.distributions import Lengths, unknown_distribution
from capsim.kernels.streams import (
    DID,
    FILLED,
    Answering,
    Course,
    Cursor,
    Keys,
    Rates,
    Redialling,
    name_days,
    name_streams,
)
from capsim.kernels.tables import Table
from capsim.records import CallTable, Float64, Int64, constant
from capsim.traffic.course import expected_course
from capsim.traffic.windows import cut_into_windows, window_size
from capsim.units import NEVER


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Streams:
    """The traffic of D DIDs, as `capsim.kernels.calls` draws from it.

    Attributes
    ----------
    names : (D, 3) uint64
        Words that name each DID's streams: two hash words of its entry's name, and its index in the entry.
    day_words : (D,) or (0,) uint64
        Word that names the common part of the random factors of its dates; empty if there are none.
    rates : Rates
        Rates of arrivals.
    course : Course
        How they vary.
    holding : Lengths
        Time from answer to end.
    answering : Answering
        When calls are answered.
    redialling : Redialling
        Whether blocked callers try again.
    begin : int
        Clock at which the warm-up begins, microseconds.
    end : int
        Clock at which the horizon ends, microseconds.
    erlangs : float
        Mean busy channels of all DIDs over all the time, ringing included, if no call were blocked.
    clocks : (k,) int64
        Instants of the clock, from ``begin`` to ``end``, microseconds.
    calls : (k,) float64
        Calls that are expected up to each of them; in between, on a straight line.
    peak : (D,) float64
        About the highest rate, on a busy day, over the mean rate; 1 if it is constant.
    there_from : (D,) or (0,) int64
        Clock from which each DID receives calls, microseconds; empty if all DIDs always do.
    there_until : (D,) or (0,) int64
        Clock until which it does, microseconds.
    """

    names: NDArray[np.uint64]
    day_words: NDArray[np.uint64]
    rates: Rates
    course: Course
    holding: Lengths
    answering: Answering
    redialling: Redialling
    begin: int
    end: int
    erlangs: float
    clocks: Int64
    calls: Float64
    peak: Float64
    there_from: Int64
    there_until: Int64

    varies: ClassVar[bool] = True
    notes: ClassVar[tuple[str, ...]] = ()

    @property
    def dids(self) -> int:
        """Number of DIDs."""
        return len(self.rates.rate)

    @property
    def redials(self) -> bool:
        """Whether blocked callers may try again."""
        return self.most_redials > 0

    @property
    def most_redials(self) -> int:
        """Most attempts of a call after its first."""
        return int(self.redialling.most.max(initial=0))

    @property
    def stays(self) -> tuple[Int64, Int64]:
        """(D,) clock from which and until which each DID receives calls, microseconds."""
        if len(self.there_from):
            return self.there_from, self.there_until
        return np.full(self.dids, -NEVER), np.full(self.dids, NEVER)

    def tables(self, seed: int, replication: int, cuts: Sequence[int] = ()) -> Iterator[CallTable]:
        """The calls of one replication, as ``draw`` gives them."""
        return draw(self, seed, replication, cuts)

    def expected_calls(self, begin: int, end: int) -> float:
        """Mean number of calls that arrive between two instants of the clock."""
        before, after = np.interp([begin, end], self.clocks, self.calls)
        return float(after - before)

    def expected_of(self, did: int, clocks: Int64) -> Float64:
        """Mean number of calls to a DID from the beginning up to some instants of the clock."""
        at = (clocks - self.begin).astype(np.float64)
        if len(self.course.pattern):
            midnight = self.rates.midnight[self.rates.zone[did]]
            found, total = expected_course(self.course, int(self.course.pattern[did]), midnight)
            at = np.interp(clocks, found, total) - np.interp(self.begin, found, total)
        calls: Float64 = self.rates.rate[did] * at
        return calls


def draw(
    streams: Streams, seed: int, replication: int, cuts: Sequence[int] = (), calls_per_window: int | None = None
) -> Iterator[CallTable]:
    """Yield the calls of one replication, from the start of the warm-up to the end of the horizon.

    Every draw belongs to (seed, replication, DID, local date, purpose) and to nothing else, so windows do not matter.

    Parameters
    ----------
    streams : Streams
        The traffic.
    seed : int
        Seed of the run.
    replication : int
        Number of the replication, from 0.
    cuts : sequence of int
        Instants of the clock that no table reaches over, microseconds.
    calls_per_window : int, optional
        About how many calls a table has.
    """
    size = calls_per_window or window_size(streams.dids, streams.erlangs, 1 + streams.most_redials)
    keys = Keys(np.empty((streams.dids, 2), np.uint64), np.empty((len(streams.day_words), 2), np.uint64))
    name_streams(np.uint64(seed), np.uint64(replication), streams.names, keys.did)
    name_days(np.uint64(seed), np.uint64(replication), streams.day_words, keys.day)
    day, counter = (np.zeros(streams.dids, np.int64) for _ in range(2))
    cursor = Cursor(np.zeros(2, np.int64), day, counter, np.zeros(streams.dids))
    for begin, end in cut_into_windows(streams.clocks, streams.calls, size, cuts):
        yield _draw_window(streams, keys, begin, end, cursor)


def _draw_window(streams: Streams, keys: Keys, begin: int, end: int, cursor: Cursor) -> CallTable:
    """Draw the calls of a window."""
    expected = streams.expected_calls(begin, end)
    room = int(expected + 6 * np.sqrt(expected)) + 300
    rings = len(streams.answering.share) > 0
    table = Table(
        begin=begin,
        end=end,
        first=np.zeros(streams.dids + 1, np.int64),
        arrival=np.empty(room, np.int64),
        ring=np.empty(room if rings else 0, np.int64),
        holding=np.empty(room, np.int64),
        answered=np.empty(room if rings else 0, np.bool_),
    )
    again = np.empty((room, streams.most_redials), np.int64)
    scratch = DrawScratch(np.empty(AT_ONCE), np.empty(AT_ONCE))
    cursor.place[:] = 0
    while True:
        outcome = draw_calls(
            keys,
            streams.rates,
            streams.course,
            streams.holding,
            streams.answering,
            streams.redialling,
            cursor,
            table,
            again,
            scratch,
        )
        if outcome != FULL:
            break
        table, again = _with_twice_the_room(table), np.append(again, np.empty_like(again), axis=0)
    if outcome == UNKNOWN_DISTRIBUTION:
        lengths = (streams.holding, streams.answering.ring, streams.redialling.delay)
        raise unknown_distribution(int(cursor.place[DID]), *lengths)
    filled = int(cursor.place[FILLED])
    calls = CallTable(
        begin=begin,
        end=end,
        first=table.first,
        arrival=table.arrival[:filled],
        ring=table.ring[:filled] if rings else constant(filled, np.int64),
        holding=table.holding[:filled],
        answered=table.answered[:filled] if rings else constant(filled, np.bool_, True),
        again=again[:filled] if again.shape[1] else None,
    )
    return _of_present(calls, streams) if len(streams.there_from) else calls


def _with_twice_the_room(table: Table) -> Table:
    """The same rows, with as many empty ones after them."""

    def twice(column: NDArray[Any]) -> NDArray[Any]:
        return np.append(column, np.empty_like(column))

    return table._replace(
        arrival=twice(table.arrival),
        ring=twice(table.ring),
        holding=twice(table.holding),
        answered=twice(table.answered),
    )


def _of_present(table: CallTable, streams: Streams) -> CallTable:
    """A table without the calls to DIDs that are not there."""
    did = table.did
    there = (table.arrival >= streams.there_from[did]) & (table.arrival < streams.there_until[did])
    before = np.append(0, np.cumsum(there))
    again = None
    if table.again is not None:
        again = table.again[there]
        again[again >= streams.there_until[did[there], None]] = NEVER
    return CallTable(
        begin=table.begin,
        end=table.end,
        first=before[table.first],
        arrival=table.arrival[there],
        ring=table.ring[there],
        holding=table.holding[there],
        answered=table.answered[there],
        again=again,
    )
