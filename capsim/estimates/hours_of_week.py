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
"""Least part of an hour that must lie in the horizon for the hour to be named busiest."""
FEW = 100
"""Least number of calls, in all replications, for the blocking of an hour to mean much."""


@dataclass(frozen=True, slots=True, eq=False)
class HoursOfWeek:
    """Figures by weekday, from Monday, and hour of the day.

    Figures are NaN for an hour that the horizon does not have.

    Attributes
    ----------
    hours : ndarray of shape (7, 24)
        Number of such hours in the horizon, with parts of an hour; 0 if it has none.
    offered : ndarray of shape (7, 24)
        Calls offered, an hour on average.
    blocked : ndarray of shape (7, 24)
        Calls blocked, an hour on average.
    erlangs : ndarray of shape (7, 24)
        Offered load: the channel time that these calls ask for.
    blocking : Estimates of shape (7, 24)
        Blocked / offered; NaN if no call was offered.
    replications : int
        Number of replications.
    """

    hours: Grid
    offered: Grid
    blocked: Grid
    erlangs: Grid
    blocking: Estimates
    replications: int

    @classmethod
    def of(cls, scenario: Scenario, by_hour: NDArray[np.int64], cluster: float) -> HoursOfWeek:
        """Add up the hours of a horizon by weekday and hour.

        If clocks change by half an hour, later hours keep the names of before.

        Parameters
        ----------
        scenario : Scenario
            Scenario whose local time counts.
        by_hour : ndarray of shape (R, H, 3)
            Counts of `capsim.measures.Hours`; the first and last hour may be parts.
        cluster : float
            Mean number of calls that are blocked together (`capsim.estimates.estimate.of_probabilities`).
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
            hours=(times / replications).reshape(7, 24),
            offered=offered,
            blocked=blocked,
            erlangs=held / HOUR,
            blocking=chance.apply(lambda values: values.reshape(7, 24)),
            replications=replications,
        )

    @property
    def busiest(self) -> tuple[int, int]:
        """Weekday (0: Monday) and hour with most offered load."""
        whole = np.where(self.hours >= LEAST, self.erlangs, np.nan)
        day, hour = divmod(int(np.nanargmax(whole if (self.hours >= LEAST).any() else self.erlangs)), 24)
        return day, hour

    @property
    def load(self) -> float:
        """Mean offered load of all hours together, Erlangs."""
        return float(np.nansum(self.erlangs * self.hours) / self.hours.sum())

    @property
    def any_blocked(self) -> bool:
        """Whether a call was blocked in any hour."""
        return bool(np.nansum(self.blocked))

    @property
    def few_calls(self) -> NDArray[np.bool_]:
        """(7, 24) whether an hour had so few calls that its blocking means little."""
        few: NDArray[np.bool_] = self.offered * self.hours * self.replications < FEW
        return few

    @property
    def with_calls(self) -> int:
        """Number of hours of the week in which calls were offered."""
        return int((self.offered > 0).sum())

    def concentration(self, share: float = 0.5) -> int:
        """Return how few hours of the week hold a share of the blocked calls.

        0 if no call was blocked.
        """
        lost = np.sort(np.nan_to_num(self.blocked * self.hours).ravel())[::-1]
        total = lost.sum()
        return int(np.searchsorted(np.cumsum(lost), share * total * (1 - 1e-12)) + 1) if total > 0 else 0

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each weekday and hour that the horizon has."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "weekday": pd.Categorical(np.repeat(WEEKDAYS, 24), categories=list(WEEKDAYS), ordered=True),
                "hour": np.tile(np.arange(24), 7),
                "hours": self.hours.ravel(),
                "offered": self.offered.ravel(),
                "erlangs": self.erlangs.ravel(),
                "blocked": self.blocked.ravel(),
                **self.blocking.apply(np.ravel).columns("blocking"),
            }
        )
        return frame[frame["hours"] > 0].reset_index(drop=True)


def varies_by_hour(scenario: Scenario) -> bool:
    """Tell whether some hours of the week are busier by more than chance."""
    if scenario.replay is not None or scenario.changes:
        return True
    traffics = [entry.traffic for entry in scenario.dids.values() if entry.traffic is not None]
    return any(traffic.profile is not None or traffic.surges for traffic in traffics)
