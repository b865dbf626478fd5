"""Streams -> calls, in windows that follow each other in time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from capsim.kernels.calls import draw_calls
from capsim.records import CallTable, Int32, Int64
from capsim.traffic.streams import Streams

CALLS_PER_WINDOW = 200_000
"""About so many calls are drawn at a time; the calls themselves do not depend on it."""


def draw(
    streams: Streams, seed: int, replication: int, calls_per_window: int = CALLS_PER_WINDOW
) -> Iterator[CallTable]:
    """The calls of one replication, from the start of the warm-up to the end of the horizon.

    Every draw belongs to (seed, replication, DID, local date, purpose) and to nothing else.
    """
    progress = np.zeros((len(streams.rate), 2), np.int64)
    unit = np.zeros(len(streams.rate))
    whole = streams.end - streams.begin
    expected = float(streams.rate.sum()) * whole
    windows = max(1, int(expected / calls_per_window + 0.5))
    for begin, end in pairwise(streams.begin + whole * edge // windows for edge in range(windows + 1)):
        did, arrival, holding = _draw_window(streams, seed, replication, begin, end, progress, unit)
        order = np.argsort(arrival, kind="stable")  # drawn DID by DID, so ties stay in DID order (R13)
        yield CallTable(
            begin,
            end,
            did[order],
            arrival[order],
            np.zeros(len(order), np.int64),
            holding[order],
            np.ones(len(order), np.bool_),
        )


def _draw_window(
    streams: Streams, seed: int, replication: int, begin: int, end: int, progress: Int64, unit: np.ndarray
) -> tuple[Int32, Int64, Int64]:
    parts = []
    room = int(float(streams.rate.sum()) * (end - begin) * 1.1) + 256
    while True:
        did, arrival, holding = np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int64)
        filled, complete = draw_calls(
            np.uint64(seed), np.uint64(replication), streams.names, streams.rate, streams.zone, streams.midnight,
            streams.date, streams.kind, streams.shape, streams.table, streams.cumulative,
            streams.begin, end, streams.longest, progress, unit, did, arrival, holding,
        )  # fmt: skip
        parts.append((did[:filled], arrival[:filled], holding[:filled]))
        if complete:
            break
    if len(parts) == 1:
        return parts[0]
    did, arrival, holding = (np.concatenate(column) for column in zip(*parts, strict=True))
    return did, arrival, holding
