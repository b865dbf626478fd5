"""Windows of time in which calls are drawn and served, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import pairwise

import numpy as np

from capsim.records import Float64, Int64

CALLS_AT_A_TIME = 40_000
"""Calls of a window that the nearest memories hold; they are gone through a dozen times."""
CALLS_OF_A_DID = 30
"""Calls of a DID in a window, on average, that make up for what the window costs for each DID."""
MOST_CALLS = 2_000_000
"""Largest number of calls of a window, on average."""


def window_size(dids: int, erlangs: float, attempts: int = 1) -> int:
    """About how many calls a window has.

    There are no fewer than are in progress at once, since each window looks at those too. The calls themselves do not
    depend on it.

    Parameters
    ----------
    dids : int
        Number of DIDs.
    erlangs : float
        Mean number of calls in progress.
    attempts : int
        Largest number of attempts of a call; with several, a window has fewer calls.
    """
    most = max(CALLS_AT_A_TIME, min(CALLS_OF_A_DID * dids, MOST_CALLS) // attempts)
    return min(max(most, int(erlangs)), MOST_CALLS)


def cut_into_windows(clocks: Int64, calls: Float64, size: int, cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut a span of time into windows of about as many calls each.

    Parameters
    ----------
    clocks : (k,) int64
        Instants of the clock, from the beginning of the span to its end, microseconds.
    calls : (k,) float64
        Calls that are expected up to each of them.
    size : int
        Calls of a window.
    cuts : sequence of int
        Instants of the clock that no window reaches over, microseconds.

    Yields
    ------
    tuple of int
        Clock at which a window begins, and at which it ends, microseconds.
    """
    edges = [int(clocks[0]), int(clocks[-1])]
    if calls[-1] > 0:
        windows = max(1, int(calls[-1] / size + 0.5))
        at = np.interp(np.linspace(0, calls[-1], windows + 1), calls, clocks)
        edges[1:1] = at[1:-1].astype(np.int64).tolist()
    for begin, end in pairwise(merge(edges, cuts)):
        if begin < end:
            yield begin, end
