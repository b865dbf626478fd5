"""Sampling busy channels at regular instants, as the provider's statistics do once a minute."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.jit import kernel
from capsim.records import CAPACITY_EXCEEDED, N_TIERS, Int64


class Samples(NamedTuple):
    """Busy channels at sampled instants (G groups and *no group*, B bins, room for k samples of a window).

    Attributes
    ----------
    total : (G + 1, 4, B) int64
        Sum of the busy channels of each tier of each group at the samples of each bin.
    peak : (G + 1, 4, B) int64
        The most of them.
    level : (G + 1, 4, k + 1) int64
        Scratch: by how much they change at each sample.
    """

    total: Int64
    peak: Int64
    level: Int64


@kernel
def sample_calls(begin, interval, width, table, log, group, before, samples):
    """Count busy channels by group and tier at each whole interval of the clock.

    Parameters
    ----------
    begin : int
        Clock from which samples are taken, not below 0, microseconds; they are taken up to the end of the table.
    interval : int
        Time between samples, microseconds.
    width : int
        Length of a bin, microseconds.
    table : Table
        Calls.
    log : Log
        What became of them.
    group : (D,) int32
        Group of each DID.
    before : InProgress
        Calls in progress as the table begins.
    samples : Samples
        Output: sums and peaks.
    """
    level = samples.level
    first_mark = -(-begin // interval)
    marks = -(-table.end // interval) - first_mark
    if marks <= 0:
        return
    level[:, :, : marks + 1] = 0
    for call in range(before.end.size):
        ends = min(-(-before.end[call] // interval) - first_mark, marks)
        if ends > 0:
            level[before.group[call], before.tier[call], 0] += 1
            level[before.group[call], before.tier[call], ends] -= 1
    for did in range(group.size):
        low, high, of_group = table.first[did], table.first[did + 1], level[group[did]]
        arrival, end, outcome = table.arrival[low:high], log.end[low:high], log.outcome[low:high]
        for i in range(arrival.size):
            what = outcome[i]
            if what >= CAPACITY_EXCEEDED:
                continue
            begins = max(-(-arrival[i] // interval) - first_mark, np.int64(0))
            ends = min(-(-end[i] // interval) - first_mark, marks)
            if begins < ends:
                of_group[what, begins] += 1
                of_group[what, ends] -= 1
    for at in range(level.shape[0]):
        for tier in range(N_TIERS):
            calls = 0
            for mark in range(marks):
                calls += level[at, tier, mark]
                bin_ = (first_mark + mark) * interval // width
                samples.total[at, tier, bin_] += calls
                samples.peak[at, tier, bin_] = max(samples.peak[at, tier, bin_], calls)
