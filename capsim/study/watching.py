"""What the provider's statistics show of a run, as frames: exceeded capacity, spells, samples by the minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capsim.capacity import CapacitySizes, Schedule
from capsim.measures import Watched
from capsim.scenario import Scenario
from capsim.study.estimates import Estimates, of_means
from capsim.units import SECOND

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Watching:
    """What was watched in each replication, as frames in local time."""

    scenario: Scenario
    schedule: Schedule
    watched: Sequence[Watched]

    @property
    def capacity(self) -> CapacitySizes:
        return self.schedule.first

    @property
    def cut_short(self) -> bool:
        """Whether there are more events or spells in a replication than are listed."""
        horizon = self.scenario.horizon.microseconds
        return any(min(one.exceeded_until, one.spells_until) < horizon for one in self.watched)

    @property
    def names(self) -> np.ndarray:
        """Whose a spell can be: DIDs, then groups."""
        return np.array([*self.capacity.did_names, *self.capacity.group_names, None], dtype=object)

    def exceeded(self) -> pd.DataFrame:
        """Calls that found no channel: replication, time, did, group (missing for a DID without one)."""
        import pandas as pd

        groups = np.array([*self.capacity.group_names, None], dtype=object)
        names = np.array(self.capacity.did_names, dtype=object)
        frames = [
            pd.DataFrame(
                {
                    "replication": np.full(len(one.exceeded), number),
                    "time": self._moments(one.exceeded[:, 0]),
                    "did": pd.array(names[one.exceeded[:, 1]], dtype="str"),
                    "group": pd.array(groups[one.exceeded_group], dtype="str"),
                }
            )
            for number, one in enumerate(self.watched)
        ]
        return pd.concat(frames, ignore_index=True)

    def spells(self) -> pd.DataFrame:
        """Spells of exhaustion: replication, scope (did or group), name, start, seconds, lost (calls)."""
        import pandas as pd

        dids = len(self.capacity.did_names)
        frames = [
            pd.DataFrame(
                {
                    "replication": np.full(len(one.spells), number),
                    "scope": pd.array(np.where(one.spells[:, 0] < dids, "did", "group"), dtype="str"),
                    "name": pd.array(self.names[one.spells[:, 0]], dtype="str"),
                    "start": self._moments(one.spells[:, 1]),
                    "seconds": (one.spells[:, 2] - one.spells[:, 1]) / SECOND,
                    "lost": one.spells[:, 3],
                }
            )
            for number, one in enumerate(self.watched)
        ]
        return pd.concat(frames, ignore_index=True)

    def exhaustion(self) -> dict[str, Estimates]:
        """Of each DID, then each group: spells, seconds, longest (seconds) and lost (calls), in a replication."""
        counts = np.stack([one.counts[:-1] for one in self.watched]).astype(np.float64)
        counts[:, :, 1:3] /= SECOND
        return {
            name: of_means(counts[:, :, column]) for column, name in enumerate(("spells", "seconds", "longest", "lost"))
        }

    @property
    def longest(self) -> np.ndarray:
        """(D + G,) the longest spell in any replication, seconds."""
        longest: np.ndarray = np.max([one.counts[:-1, 2] for one in self.watched], axis=0) / SECOND
        return longest

    def sampled(self, usage: pd.DataFrame) -> pd.DataFrame:
        """Concurrent calls as sampled once a minute, beside what they were: the rows of ``usage``.

        ``sampled`` is the mean of the samples in the bin, ``sampled_peak`` the highest of them in any replication;
        missing for a bin that is shorter than a minute and has none.
        """
        used = self.schedule.most_channels > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.mean([one.sampled / one.samples for one in self.watched], axis=0)
        peak = np.where(self.watched[0].samples > 0, np.max([one.sampled_peak for one in self.watched], axis=0), np.nan)
        columns = usage[["time", "group", "tier", "calls", "peak"]]
        return columns.assign(sampled=mean[used].ravel(), sampled_peak=peak[used].ravel())

    def _moments(self, clock: np.ndarray) -> pd.Series:
        import pandas as pd

        start = pd.Timestamp(self.scenario.horizon.start).tz_convert("UTC")
        moments = pd.Series(start + pd.to_timedelta(clock, unit="us"))
        return moments.dt.tz_convert(self.scenario.timezone).dt.as_unit("us")
