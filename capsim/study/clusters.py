"""How many calls are lost together, where none was: for an upper bound on blocking that was never seen.

Blocked calls come in clusters: while all channels are busy, every caller is turned away. "No call in N was
blocked" therefore says less than N calls' worth. The mean size of a cluster cannot be observed where there was
none, so theory lends it: for a full group of c channels under its load, the time between two blocked calls has
a squared coefficient of variation that gives the mean cluster (`capsim.analysis.overflow_cluster_size`).

It is computed for every system at whose end a call can be lost: a DID with all that it can reach, the
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


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Mean number of calls lost together, by DID (D,), by group (G + 1,) and overall."""

    dids: Float64
    groups: Float64
    overall: float


MOST_CAPACITIES = 12
"""Largest number of a schedule's capacities, evenly picked, from which the largest clusters are taken."""


def expected_clusters(schedule: Schedule, erlangs: Float64) -> Clusters:
    """The clusters to expect under a load: the largest of any time, where the capacity changes.

    erlangs : (D, 4) mean busy channels by DID and tier; where nothing is blocked, this is the offered load.
    """
    stride = 1 + len(schedule.steps) // MOST_CAPACITIES
    found = [
        _of_capacity(capacity, erlangs) for row, (_, capacity) in enumerate(schedule.in_turn()) if row % stride == 0
    ]
    return Clusters(
        np.max([one.dids for one in found], axis=0),
        np.max([one.groups for one in found], axis=0),
        max(one.overall for one in found),
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
    """Loads are rounded to two digits, so that thousands of like DIDs share one answer."""
    exponent = np.floor(np.log10(np.maximum(load, 1e-300))).astype(np.int64) - 1
    systems = (channels * 1000 + exponent + 400) * 1000 + np.round(load / 10.0**exponent).astype(np.int64)
    _, first, place = np.unique(systems, return_index=True, return_inverse=True)
    loads, counts = load[first].tolist(), channels[first].tolist()
    return np.array([_size(float(f"{a:.2g}"), c) for a, c in zip(loads, counts, strict=True)])[place]


@lru_cache(maxsize=10_000)
def _size(load: float, channels: int) -> float:
    return overflow_cluster_size(load, channels) if load > 0 and channels > 0 else 1.0
