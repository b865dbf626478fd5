"""Calls, load and blocking by weekday and hour of the day, local time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.estimates.estimate import Estimates, of_probabilities
from capsim.scenario import Scenario
from capsim.scenario.model.moments import WEEKDAYS
from capsim.units import HOUR

if TYPE_CHECKING:
    import pandas as pd

Grid = NDArray[np.float64]
LEAST = 0.5
"""Of less than so much of an hour nobody says that it is the busiest."""


@dataclass(frozen=True, slots=True, eq=False)
class HoursOfWeek:
    """Each an array of 7 weekdays, from Monday, by 24 hours; figures are NaN where the horizon has no such hour.

    hours : how many such hours the horizon has; the last may be a part of one. 0 where it has none.
    offered, blocked : calls an hour, in the mean. erlangs : offered load, the channel time that they ask for.
    blocking : blocked / offered, with its interval; NaN where no call was offered.
    """

    hours: Grid
    offered: Grid
    blocked: Grid
    erlangs: Grid
    blocking: Estimates

    @classmethod
    def of(cls, scenario: Scenario, by_hour: NDArray[np.int64], cluster: float) -> HoursOfWeek:
        """Of counts (R, H, 3) by hours, as `capsim.measures.Hours` has them; the first and the last may be parts.

        Where clocks change by half an hour, hours after that are those of before. ``cluster`` : see `of_probabilities`.
        """
        replications, length, _ = by_hour.shape
        horizon, begun = scenario.horizon.microseconds, scenario.horizon.into_the_hour
        moments = [scenario.horizon.local(place * HOUR - begun) for place in range(length)]
        slot = np.array([24 * moment.weekday() + moment.hour for moment in moments])
        sums = np.zeros((168, replications, 3), np.int64)
        np.add.at(sums, slot, by_hour.transpose(1, 0, 2))
        edges = np.clip(np.arange(length + 1) * HOUR - begun, 0, horizon)
        parts = np.diff(edges) / HOUR
        times = np.bincount(slot, parts, 168) * replications
        with np.errstate(divide="ignore", invalid="ignore"):
            means = np.where(times[:, None] > 0, sums.sum(axis=1) / times[:, None], np.nan)
        offered, blocked, held = means.T.reshape(3, 7, 24)
        chance = of_probabilities(sums[:, :, 1].T, sums[:, :, 0].T, cluster)
        return cls(
            (times / replications).reshape(7, 24), offered, blocked, held / HOUR,
            Estimates(*(one.reshape(7, 24) for one in (chance.mean, chance.low, chance.high))),
        )  # fmt: skip

    @property
    def busiest(self) -> tuple[int, int]:
        """Weekday (0: Monday) and hour with the most offered load."""
        whole = np.where(self.hours >= LEAST, self.erlangs, np.nan)
        day, hour = divmod(int(np.nanargmax(whole if (self.hours >= LEAST).any() else self.erlangs)), 24)
        return day, hour

    @property
    def load(self) -> float:
        """Offered load of all hours together, in the mean, Erlangs."""
        return float(np.nansum(self.erlangs * self.hours) / self.hours.sum())

    def concentration(self, share: float = 0.5) -> int:
        """Of so many hours of the week are this share of all blocked calls, at least; 0 where none was blocked."""
        lost = np.sort(np.nan_to_num(self.blocked * self.hours).ravel())[::-1]
        total = lost.sum()
        return int(np.searchsorted(np.cumsum(lost), share * total * (1 - 1e-12)) + 1) if total > 0 else 0

    def to_frame(self) -> pd.DataFrame:
        """One row for each weekday and hour that the horizon has."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "weekday": pd.Categorical(np.repeat(WEEKDAYS, 24), categories=list(WEEKDAYS), ordered=True),
                "hour": np.tile(np.arange(24), 7),
                "hours": self.hours.ravel(),
                "offered": self.offered.ravel(),
                "erlangs": self.erlangs.ravel(),
                "blocked": self.blocked.ravel(),
                "blocking": self.blocking.mean.ravel(),
                "blocking_low": self.blocking.low.ravel(),
                "blocking_high": self.blocking.high.ravel(),
            }
        )
        return frame[frame["hours"] > 0].reset_index(drop=True)
