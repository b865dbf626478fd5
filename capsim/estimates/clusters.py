"""How many calls are blocked together, for an upper bound on a blocking that was never seen.

Blocked calls come in clusters: while all channels are busy, every caller is turned away. "No call in N was
blocked" therefore says less than N calls' worth. The mean size of a cluster cannot be observed if no call was
blocked, so theory gives it: for a full group of c channels under its load, the time between two blocked calls has
a squared coefficient of variation that determines the mean cluster (`capsim.analysis.overflow_cluster_size`).

It is computed for every system at whose end a call can be lost: a DID with all channels that it can reach, the
shared and metered channels of a group under what overflows to them, and a group with the channels of its DIDs as
one. The largest stands for all of them, an approximation on the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from capsim.analysis.clusters import overflow_cluster_size
from capsim.capacity import CapacitySizes, Schedule
from capsim.records import METERED, SHARED

Float64 = NDArray[np.float64]


MOST_CAPACITIES = 12
"""Largest number of a schedule's plans, evenly picked, whose clusters are computed."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Mean number of calls that are blocked together.

    Attributes
    ----------
    dids : ndarray of shape (D,)
        Calls of a DID.
    groups : ndarray of shape (G + 1,)
        Calls of a group; the last row is that of no group.
    overall : float
        All calls.
    """

    dids: Float64
    groups: Float64
    overall: float


def expected_clusters(schedule: Schedule, erlangs: Float64) -> Clusters:
    """Compute the clusters to expect under a load.

    If the capacity changes, the largest at any time count.

    Parameters
    ----------
    schedule : Schedule
        Channels of DIDs and groups over time.
    erlangs : ndarray of shape (D, 4)
        Mean busy channels by DID and tier; if no call is blocked, this is the offered load.
    """
    stride = 1 + len(schedule.steps) // MOST_CAPACITIES
    clusters = [
        _of_capacity(capacity, erlangs) for row, (_, capacity) in enumerate(schedule.in_turn()) if row % stride == 0
    ]
    return Clusters(
        dids=np.max([one.dids for one in clusters], axis=0),
        groups=np.max([one.groups for one in clusters], axis=0),
        overall=max(one.overall for one in clusters),
    )


def _of_capacity(capacity: CapacitySizes, erlangs: Float64) -> Clusters:
    own = capacity.included.astype(np.int64) + capacity.dedicated
    group_channels = capacity.shared.astype(np.int64) + capacity.metered
    load = erlangs.sum(axis=1)
    dids = _sizes(load, np.minimum(own + group_channels[capacity.group], capacity.did_limit))
    rows = len(group_channels)
    of_dids = np.ones(rows)
    np.maximum.at(of_dids, capacity.group, dids)
    whole = np.minimum(np.bincount(capacity.group, own, rows).astype(np.int64) + group_channels, capacity.group_limit)
    whole[capacity.no_group] = 0
    pooled = _sizes(np.bincount(capacity.group, load, rows), whole)
    overflow = _sizes(np.bincount(capacity.group, erlangs[:, [SHARED, METERED]].sum(axis=1), rows), group_channels)
    groups = np.maximum(of_dids, np.maximum(pooled, overflow))
    return Clusters(
        np.maximum(dids, groups[capacity.group] * (capacity.group != capacity.no_group)), groups, float(groups.max())
    )


def _sizes(load: NDArray[np.number], channels: NDArray[np.int64]) -> Float64:
    """Compute the cluster of each system (n,) of a load and channels.

    Loads are rounded to two digits, so that thousands of alike DIDs share one answer.
    """
    exponent = np.floor(np.log10(np.maximum(load, 1e-300))).astype(np.int64) - 1
    systems = (channels * 1000 + exponent + 400) * 1000 + np.round(load / 10.0**exponent).astype(np.int64)
    _, first, place = np.unique(systems, return_index=True, return_inverse=True)
    loads, counts = load[first].tolist(), channels[first].tolist()
    return np.array([_size(float(f"{a:.2g}"), c) for a, c in zip(loads, counts, strict=True)])[place]


@lru_cache(maxsize=10_000)
def _size(load: float, channels: int) -> float:
    return overflow_cluster_size(load, channels) if load > 0 and channels > 0 else 1.0
