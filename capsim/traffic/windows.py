"""Streams -> calls, in windows that follow each other in time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from capsim.kernels.calls import draw_calls, name_streams
from capsim.records import CallTable, Int64, constant
from capsim.traffic.streams import Streams

CALLS_AT_A_TIME = 40_000
"""What the nearest memories hold: the calls of a window are gone through a dozen times."""
CALLS_OF_A_DID = 30
"""Windows are as long as it takes for this many calls of a DID, on average, since each has its price for each DID."""
MOST_CALLS = 2_000_000


def window_size(dids: int, erlangs: float) -> int:
    """About so many calls are drawn at a time: no fewer than go on at once, since each window looks at those too.

    The calls themselves do not depend on it.
    """
    return min(max(CALLS_AT_A_TIME, CALLS_OF_A_DID * dids, int(erlangs)), MOST_CALLS)


def draw(streams: Streams, seed: int, replication: int, calls_per_window: int | None = None) -> Iterator[CallTable]:
    """The calls of one replication, from the start of the warm-up to the end of the horizon.

    Every draw belongs to (seed, replication, DID, local date, purpose) and to nothing else.
    """
    calls_per_window = calls_per_window or window_size(len(streams.rate), streams.erlangs)
    progress = np.zeros((len(streams.rate), 2), np.int64)
    unit = np.zeros(len(streams.rate))
    keys = np.empty((len(streams.rate), 2), np.uint64)
    name_streams(np.uint64(seed), np.uint64(replication), streams.names, keys)
    whole = streams.end - streams.begin
    windows = max(1, int(streams.expected_calls / calls_per_window + 0.5))
    for begin, end in pairwise(streams.begin + whole * edge // windows for edge in range(windows + 1)):
        yield _draw_window(streams, keys, begin, end, progress, unit)


def _draw_window(
    streams: Streams, keys: np.ndarray, begin: int, end: int, progress: Int64, unit: np.ndarray
) -> CallTable:
    dids = len(streams.rate)
    expected = streams.calls_per_microsecond * (end - begin)
    room = int(expected + 6 * np.sqrt(expected)) + 300
    first, arrival, holding = np.zeros(dids + 1, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    did, filled = 0, 0
    while True:
        did, filled = draw_calls(
            keys, streams.rate, streams.zone, streams.midnight,
            streams.date, streams.kind, streams.shape, streams.table, streams.cumulative,
            streams.begin, end, streams.longest, progress, unit, did, filled, first, arrival, holding,
        )  # fmt: skip
        if did == dids:
            break
        more = np.empty(len(arrival), np.int64)
        arrival, holding = np.concatenate([arrival, more]), np.concatenate([holding, more])
    return CallTable(
        begin,
        end,
        first,
        arrival[:filled],
        constant(filled, np.int64),
        holding[:filled],
        constant(filled, np.bool_, True),
    )
