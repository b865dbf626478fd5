"""Concurrent calls over time, in bins, over replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import Schedule
from capsim.measures import Tally
from capsim.measures.tally import bin_width
from capsim.records import TIERS
from capsim.scenario import Scenario
from capsim.study.estimates import Estimates, of_means

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Usage:
    """Busy channels by group (the last row: DIDs without one), tier and bin, (G + 1, 4, B).

    width : length of a bin, microseconds; start : (B,) start of each bin from the start of the horizon.
    calls : mean busy channels in the bin. peak : most busy channels at any instant of it in any replication.
    """

    width: int
    start: NDArray[np.int64]
    calls: Estimates
    peak: NDArray[np.int64]

    @classmethod
    def of(cls, tallies: Sequence[Tally], horizon: int) -> Usage:
        groups, tiers, bins = tallies[0].area.shape
        width = bin_width(horizon, groups * tiers)
        start = np.arange(bins, dtype=np.int64) * width
        lengths = np.minimum(width, horizon - start)
        calls = of_means(np.stack([tally.area / lengths for tally in tallies]))
        return cls(width, start, calls, np.max([tally.bin_peak for tally in tallies], axis=0))

    def to_frame(self, scenario: Scenario, schedule: Schedule) -> pd.DataFrame:
        """Rows by group, tier and local time; groups and tiers that never have a channel are left out."""
        import pandas as pd

        capacity, used = schedule.first, schedule.most_channels > 0
        groups, tiers = np.nonzero(used)
        names = np.array([*capacity.group_names, None], dtype=object)
        bins = len(self.start)
        start = pd.Timestamp(scenario.horizon.start).tz_convert("UTC") + pd.to_timedelta(self.start, unit="us")
        return pd.DataFrame(
            {
                "time": start[np.tile(np.arange(bins), len(groups))].tz_convert(scenario.timezone),
                "group": pd.array(np.repeat(names[groups], bins), dtype="str"),
                "tier": pd.Categorical(np.repeat(np.array(TIERS)[tiers], bins), categories=TIERS, ordered=True),
                "calls": self.calls.mean[used].ravel(),
                "calls_low": self.calls.low[used].ravel(),
                "calls_high": self.calls.high[used].ravel(),
                "peak": self.peak[used].ravel(),
            }
        )
