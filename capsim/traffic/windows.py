"""Streams -> calls, in windows that follow each other in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import pairwise

import numpy as np

from capsim.kernels.calls import draw_calls, name_days, name_streams
from capsim.records import CallTable, Int64, constant
from capsim.traffic.streams import Streams
from capsim.units import NEVER

CALLS_AT_A_TIME = 40_000
"""What the nearest memories hold: the calls of a window are gone through a dozen times."""
CALLS_OF_A_DID = 30
"""Windows are as long as it takes for this many calls of a DID, on average, since each has its price for each DID."""
MOST_CALLS = 2_000_000


def window_size(dids: int, erlangs: float, attempts: int = 1) -> int:
    """About so many calls are drawn at a time: no fewer than go on at once, since each window looks at those too.

    Where a call may come in several attempts, there are fewer. The calls themselves do not depend on it.
    """
    most = max(CALLS_AT_A_TIME, min(CALLS_OF_A_DID * dids, MOST_CALLS) // attempts)
    return min(max(most, int(erlangs)), MOST_CALLS)


def draw(
    streams: Streams, seed: int, replication: int, cuts: Sequence[int] = (), calls_per_window: int | None = None
) -> Iterator[CallTable]:
    """The calls of one replication, from the start of the warm-up to the end of the horizon.

    No table reaches over one of the ``cuts``, instants of the clock. Every draw belongs to (seed, replication, DID,
    local date, purpose) and to nothing else.
    """
    attempts = 1 + int(streams.most.max(initial=0))
    calls_per_window = calls_per_window or window_size(len(streams.rate), streams.erlangs, attempts)
    progress = np.zeros((len(streams.rate), 2), np.int64)
    unit = np.zeros(len(streams.rate))
    keys = np.empty((len(streams.rate), 2), np.uint64)
    name_streams(np.uint64(seed), np.uint64(replication), streams.names, keys)
    day_keys = np.empty((len(streams.day_words), 2), np.uint64)
    name_days(np.uint64(seed), np.uint64(replication), streams.day_words, day_keys)
    windows = max(1, int(streams.calls[-1] / calls_per_window + 0.5))
    for begin, end in pairwise(merge(streams.edges(windows), cuts)):
        if begin == end:
            continue
        yield _draw_window(streams, keys, day_keys, begin, end, progress, unit)


def _draw_window(
    streams: Streams, keys: np.ndarray, day_keys: np.ndarray, begin: int, end: int, progress: Int64, unit: np.ndarray
) -> CallTable:
    dids = len(streams.rate)
    expected, course = streams.expected_calls(begin, end), streams.course
    room = int(expected + 6 * np.sqrt(expected)) + 300
    rings = len(streams.share) > 0
    first, arrival, holding = np.zeros(dids + 1, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    ring, answered = np.empty(room if rings else 0, np.int64), np.empty(room if rings else 0, np.bool_)
    again = np.empty((room, int(streams.most.max(initial=0))), np.int64)
    did, filled = 0, 0
    while True:
        did, filled = draw_calls(
            keys, streams.rate, streams.zone, streams.midnight, streams.date,
            course.pattern, course.shape, course.scale, course.first, course.start, course.factor, course.total,
            streams.day_own, streams.day_shared, day_keys,
            streams.kind, streams.shape, streams.ring_kind, streams.ring_shape, streams.share,
            streams.redial, streams.most, streams.delay_kind, streams.delay_shape,
            streams.table, streams.cumulative, streams.begin, end, streams.longest,
            progress, unit, did, filled, first, arrival, ring, holding, answered, again,
        )  # fmt: skip
        if did == dids:
            break
        arrival, ring, holding = (np.append(column, np.empty_like(column)) for column in (arrival, ring, holding))
        answered = np.append(answered, np.empty_like(answered))
        again = np.append(again, np.empty_like(again), axis=0)
    table = CallTable(
        begin,
        end,
        first,
        arrival[:filled],
        ring[:filled] if rings else constant(filled, np.int64),
        holding[:filled],
        answered[:filled] if rings else constant(filled, np.bool_, True),
        again[:filled] if again.shape[1] else None,
    )
    return _of_present(table, streams) if len(streams.there_from) else table


def _of_present(table: CallTable, streams: Streams) -> CallTable:
    """A table without the calls to DIDs that are not there."""
    did = table.did
    there = (table.arrival >= streams.there_from[did]) & (table.arrival < streams.there_until[did])
    before = np.append(0, np.cumsum(there))
    arrival, ring, holding = (column[there] for column in (table.arrival, table.ring, table.holding))
    again = None
    if table.again is not None:
        again = table.again[there]
        again[again >= streams.there_until[did[there], None]] = NEVER
    return CallTable(table.begin, table.end, before[table.first], arrival, ring, holding, table.answered[there], again)
