"""The provider's statistics of a run: exceeded capacity, congestion periods, samples by the minute.

A congestion period is a time in which all channels that a DID or group can reach are busy, and calls are lost. Frames
and JSON call it a spell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from capsim.capacity import CapacitySizes, Schedule
from capsim.estimates.estimate import Estimates, of_means
from capsim.estimates.local_times import local_times
from capsim.measures import Watched
from capsim.scenario import Scenario
from capsim.units import SECOND

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Watching:
    """Provider's statistics of all replications, as frames in local time.

    There are D DIDs and G groups.

    Attributes
    ----------
    scenario : Scenario
        Scenario that was run.
    schedule : Schedule
        Channels of DIDs and groups over time.
    watched : sequence of Watched
        Statistics of each replication.
    """

    scenario: Scenario
    schedule: Schedule
    watched: Sequence[Watched]

    @property
    def capacity(self) -> CapacitySizes:
        """Capacity at the start."""
        return self.schedule.first

    @property
    def cut_short(self) -> bool:
        """Whether a replication has more events or congestion periods than are listed."""
        horizon = self.scenario.horizon.microseconds
        return any(min(watched.exceeded_until, watched.spells_until) < horizon for watched in self.watched)

    @property
    def listed_until(self) -> int:
        """End of the listed congestion periods of the first replication, microseconds."""
        return self.watched[0].spells_until

    @property
    def names(self) -> np.ndarray:
        """(D + G + 1,) names of DIDs, then of groups, then None."""
        return np.array([*self.capacity.did_names, *self.capacity.group_names, None], dtype=object)

    def exceeded(self) -> pd.DataFrame:
        """Return the calls that found no channel: replication, time, did, group.

        The group is missing for a DID without one.
        """
        import pandas as pd

        groups = np.array([*self.capacity.group_names, None], dtype=object)
        names = np.array(self.capacity.did_names, dtype=object)
        frames = [
            pd.DataFrame(
                {
                    "replication": np.full(len(watched.exceeded), number),
                    "time": local_times(self.scenario, watched.exceeded[:, 0]),
                    "did": pd.array(names[watched.exceeded[:, 1]], dtype="str"),
                    "group": pd.array(groups[watched.exceeded_group], dtype="str"),
                }
            )
            for number, watched in enumerate(self.watched)
        ]
        return pd.concat(frames, ignore_index=True)

    def congestion_periods(self) -> pd.DataFrame:
        """Return the congestion periods, a row for each.

        The columns are replication, scope (did or group), name, start, seconds, and lost (calls).
        """
        import pandas as pd

        dids = len(self.capacity.did_names)
        frames = [
            pd.DataFrame(
                {
                    "replication": np.full(len(watched.spells), number),
                    "scope": pd.array(np.where(watched.spells[:, 0] < dids, "did", "group"), dtype="str"),
                    "name": pd.array(self.names[watched.spells[:, 0]], dtype="str"),
                    "start": local_times(self.scenario, watched.spells[:, 1]),
                    "seconds": (watched.spells[:, 2] - watched.spells[:, 1]) / SECOND,
                    "lost": watched.spells[:, 3],
                }
            )
            for number, watched in enumerate(self.watched)
        ]
        return pd.concat(frames, ignore_index=True)

    def exhaustion(self) -> dict[str, Estimates]:
        """(D + G,) number, seconds, longest and calls lost of congestion periods.

        The keys are ``spells``, ``seconds``, ``longest`` and ``lost``, as frames have them.
        """
        counts = np.stack([watched.counts[:-1] for watched in self.watched]).astype(np.float64)
        counts[:, :, 1:3] /= SECOND
        return {
            name: of_means(counts[:, :, column]) for column, name in enumerate(("spells", "seconds", "longest", "lost"))
        }

    @property
    def longest(self) -> np.ndarray:
        """(D + G,) longest congestion period in any replication, seconds."""
        longest: np.ndarray = np.max([watched.counts[:-1, 2] for watched in self.watched], axis=0) / SECOND
        return longest

    def sampled(self, usage: pd.DataFrame) -> pd.DataFrame:
        """Return concurrent calls as sampled once a minute, beside ``usage``.

        ``sampled`` is the mean of the samples in the bin, ``sampled_peak`` the highest of them in any replication.
        Both are missing for a bin that is shorter than a minute and has no sample.
        """
        used = self.schedule.most_channels > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.mean([watched.sampled / watched.samples for watched in self.watched], axis=0)
        peaks = np.max([watched.sampled_peak for watched in self.watched], axis=0)
        peak = np.where(self.watched[0].samples > 0, peaks, np.nan)
        columns = usage[["time", "group", "tier", "calls", "peak"]]
        return columns.assign(sampled=mean[used].ravel(), sampled_peak=peak[used].ravel())
