"""Concurrent calls over time, in bins, over replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import Schedule
from capsim.estimates.estimate import Estimates, of_means
from capsim.estimates.local_times import local_times
from capsim.measures import Tally
from capsim.measures.tally import bin_width
from capsim.records import TIERS
from capsim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Usage:
    """Busy channels by group (the last row: DIDs without one), tier and bin.

    Attributes
    ----------
    width : int
        Length of a bin, microseconds; the last bin may be shorter.
    start : ndarray of shape (B,)
        Start of each bin, microseconds from the start of the horizon.
    calls : Estimates of shape (G + 1, 4, B)
        Mean number of busy channels in the bin.
    peak : ndarray of shape (G + 1, 4, B)
        Most busy channels at any instant of the bin, in any replication.
    """

    width: int
    start: Int64
    calls: Estimates
    peak: Int64

    @classmethod
    def of(cls, tallies: Sequence[Tally], horizon: int) -> Usage:
        """Estimate the usage from the bins of tallies."""
        groups, tiers, bins = tallies[0].area.shape
        width = bin_width(horizon, groups * tiers)
        start = np.arange(bins, dtype=np.int64) * width
        lengths = np.minimum(width, horizon - start)
        calls = of_means(np.stack([tally.area / lengths for tally in tallies]))
        return cls(width, start, calls, np.max([tally.bin_peak for tally in tallies], axis=0))

    def in_steps(self, most: int, horizon: int) -> UsageSteps:
        """Join bins, if there are more than ``most``, to steps of several bins each.

        Parameters
        ----------
        most : int
            Largest number of steps.
        horizon : int
            Length of the horizon, microseconds.
        """
        together = -(-len(self.start) // most)
        edges = np.append(self.start[::together], horizon)
        first = np.searchsorted(self.start, edges[:-1])
        lengths = np.diff(np.append(self.start, horizon))
        return UsageSteps(
            width=together * self.width,
            edges=edges,
            mean=np.add.reduceat(self.calls.mean * lengths, first, axis=2) / np.diff(edges),
            peak=np.maximum.reduceat(self.peak, first, axis=2),
        )

    def to_frame(self, scenario: Scenario, schedule: Schedule) -> pd.DataFrame:
        """Return rows by group, tier and local time.

        Groups and tiers that never have a channel are left out.
        """
        import pandas as pd

        capacity, used = schedule.first, schedule.most_channels > 0
        groups, tiers = np.nonzero(used)
        names = np.array([*capacity.group_names, None], dtype=object)
        bins = len(self.start)
        return pd.DataFrame(
            {
                "time": local_times(scenario, np.tile(self.start, len(groups))),
                "group": pd.array(np.repeat(names[groups], bins), dtype="str"),
                "tier": pd.Categorical(np.repeat(np.array(TIERS)[tiers], bins), categories=TIERS, ordered=True),
                **self.calls.apply(lambda calls: calls[used].ravel()).columns("calls"),
                "peak": self.peak[used].ravel(),
            }
        )


@dataclass(frozen=True, slots=True, eq=False)
class UsageSteps:
    """Usage in steps that a picture can tell apart.

    Attributes
    ----------
    width : int
        Length of a step, microseconds; the last step may be shorter.
    edges : ndarray of shape (S + 1,)
        Start of each step and end of the last one, microseconds from the start of the horizon.
    mean : ndarray of shape (G + 1, 4, S)
        Mean number of busy channels.
    peak : ndarray of shape (G + 1, 4, S)
        Most busy channels at any instant, in any replication.
    """

    width: int
    edges: Int64
    mean: Float64
    peak: Int64

    def channels(self, schedule: Schedule, row: int) -> Int64:
        """(4, S) most channels of a group at any instant of each step.

        ``row`` is that of the group; the last row is that of no group.
        """
        begun = np.clip([0, *(step.at for step in schedule.steps)], 0, None)
        sizes = np.array([channels[row] for channels in schedule.channels]).T
        first = np.searchsorted(begun, self.edges[:-1], side="right") - 1
        last = np.searchsorted(begun, self.edges[1:], side="left") - 1
        most = [sizes[:, begin : max(begin, end) + 1].max(axis=1) for begin, end in zip(first, last, strict=True)]
        return np.array(most, np.int64).T
