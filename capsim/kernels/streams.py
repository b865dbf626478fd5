"""Streams of calls: what is drawn from, and the keys that name the streams of a replication."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.kernels.chance import absorb, start_key
from capsim.kernels.distributions import Lengths
from capsim.kernels.jit import kernel
from capsim.records import Float64, Int64

ARRIVAL, HOLDING, BRANCH = np.uint64(1), np.uint64(2), np.uint64(3)
RING, RING_BRANCH, ANSWER = np.uint64(4), np.uint64(5), np.uint64(6)
DAY, DAYS_TOGETHER = np.uint64(7), np.uint64(8)
REDIAL, DELAY, DELAY_BRANCH = np.uint64(9), np.uint64(10), np.uint64(11)
"""Purposes: the last word of a stream's name."""

DID, FILLED = 0, 1
"""Entries of ``Cursor.place``."""


class Keys(NamedTuple):
    """Keys of the streams of one replication.

    Attributes
    ----------
    did : (D, 2) uint64
        Key of each DID's streams.
    day : (D, 2) or (0, 2) uint64
        Key of the common part of the random factors of each DID's dates; empty if there are none.
    """

    did: NDArray[np.uint64]
    day: NDArray[np.uint64]


class Rates(NamedTuple):
    """Rates of arrivals (D DIDs, Z time zones, K local dates).

    Attributes
    ----------
    begin : int
        Clock before which calls are left out, microseconds.
    rate : (D,) float64
        Arrivals per microsecond.
    zone : (D,) int64
        Time zone of each DID.
    midnight : (Z, K + 1) int64
        Clock at which each local date begins, microseconds.
    date : (K,) int64
        Ordinal of each date.
    day_own : (D,) or (0,) float64
        Shape of the gamma-distributed random factor of a date, the DID's own part; empty if there are no factors.
    day_shared : (D,) or (0,) float64
        Shape of the part that DIDs have in common whose ``Keys.day`` is the same.
    """

    begin: int
    rate: Float64
    zone: Int64
    midnight: Int64
    date: Int64
    day_own: Float64
    day_shared: Float64


class Course(NamedTuple):
    """How rates vary: patterns (P) over local dates (K). Empty if all rates are constant.

    A *pattern* is what DIDs that vary alike have in common. Each of its local dates has a *shape* and a scale. A shape is
    pieces of time with a factor each; there are few, since one Tuesday is like another.

    Attributes
    ----------
    pattern : (D,) int64
        Pattern of each DID.
    shape : (P, K) int64
        Shape of each date.
    scale : (P, K) float64
        Factor of each date, by growth.
    first : (S + 1,) int64
        Rows ``first[s]`` to ``first[s + 1]`` of the pieces are those of shape s; its last row is the end of the date.
    start : (R,) float64
        Time after midnight at which each piece begins, microseconds.
    factor : (R,) float64
        Factor of each piece.
    total : (R,) float64
        Factor times time from midnight to the beginning of each piece, microseconds.
    """

    pattern: Int64
    shape: Int64
    scale: Float64
    first: Int64
    start: Float64
    factor: Float64
    total: Float64


class Answering(NamedTuple):
    """When calls are answered. Empty if every call is answered at once.

    Attributes
    ----------
    share : (D,) or (0,) float64
        Share of calls that are answered.
    ring : Lengths
        Time from arrival to answer, or to the end of an unanswered call.
    """

    share: Float64
    ring: Lengths


class Redialling(NamedTuple):
    """Whether blocked callers try again. Empty if nobody does.

    Attributes
    ----------
    probability : (D,) or (0,) float64
        Probability that the caller tries again after each blocked attempt.
    most : (D,) or (0,) int64
        Most attempts after the first.
    delay : Lengths
        Time from one attempt to the next.
    """

    probability: Float64
    most: Int64
    delay: Lengths


class Cursor(NamedTuple):
    """Where drawing stands. All zero at the beginning of a replication.

    Attributes
    ----------
    place : (2,) int64
        The next DID of the window, and the rows filled; zero at the beginning of each window.
    day : (D,) int64
        Date of each DID's next draw.
    counter : (D,) int64
        Number of the next draw on that date.
    clock : (D,) float64
        Time of the unit-rate process so far on that date.
    """

    place: Int64
    day: Int64
    counter: Int64
    clock: Float64


@kernel
def name_streams(seed, replication, names, keys):
    """Fill the keys with what names a DID's streams in a replication; dates and purposes are added when drawing.

    Parameters
    ----------
    seed : uint64
        Seed of the run.
    replication : uint64
        Number of the replication.
    names : (D, 3) uint64
        Two hash words of the entry's name, and the index among the entry's ``count``.
    keys : (D, 2) uint64
        Output: keys.
    """
    for did in range(names.shape[0]):
        a, b = start_key()
        a, b = absorb(a, b, seed)
        a, b = absorb(a, b, replication)
        for word in range(3):
            a, b = absorb(a, b, names[did, word])
        keys[did, 0], keys[did, 1] = a, b


@kernel
def name_days(seed, replication, words, keys):
    """Fill the keys with what names the common part of the random factors of dates in a replication.

    Parameters
    ----------
    seed : uint64
        Seed of the run.
    replication : uint64
        Number of the replication.
    words : (D,) uint64
        Hash word of what each DID's factor has in common with others.
    keys : (D, 2) uint64
        Output: keys.
    """
    for did in range(words.size):
        a, b = start_key()
        a, b = absorb(a, b, seed)
        a, b = absorb(a, b, replication)
        a, b = absorb(a, b, DAYS_TOGETHER)
        keys[did, 0], keys[did, 1] = absorb(a, b, words[did])
