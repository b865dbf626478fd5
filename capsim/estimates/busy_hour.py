"""The mean busy hour, and the five busiest days (ITU-T E.500, E.520)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.scenario import Scenario
from capsim.units import HOUR

Counts = NDArray[np.int64]
BUSIEST = 5
"""Number of busiest days, those with most calls in the busy hour (ITU-T E.520)."""


@dataclass(frozen=True, slots=True, eq=False)
class BusyHour:
    """Hours of the horizon, from the hour of its start on, that count as busy.

    Attributes
    ----------
    hour : int
        Hour of the day, 0 to 23, local time, in which the average day has most calls.
    chosen : ndarray of shape (R, H)
        Whether an hour is the busy hour of a day.
    busiest : ndarray of shape (R, H)
        Whether an hour is the busy hour of one of the five days with most calls in it.
    """

    hour: int
    chosen: NDArray[np.bool_]
    busiest: NDArray[np.bool_]

    @classmethod
    def of(cls, scenario: Scenario, offered: Counts, into_the_hour: int = 0) -> BusyHour:
        """Find the busy hours of replications.

        The hour is the same in all replications: the hour in which they have most calls together (the time-consistent
        busy hour). The busiest days are each replication's own; days with the same calls come by date.

        Parameters
        ----------
        scenario : Scenario
            Scenario whose local time counts.
        offered : ndarray of shape (R, H)
            Calls offered in each hour.
        into_the_hour : int
            Time from the last full local hour to the start of the horizon, microseconds.
        """
        hours = np.array(
            [scenario.horizon.local(place * HOUR - into_the_hour).hour for place in range(offered.shape[1])]
        )
        by_hour = np.bincount(hours, offered.sum(axis=0), 24) / np.maximum(np.bincount(hours, minlength=24), 1)
        hour = int(np.argmax(by_hour))
        chosen = np.broadcast_to(hours == hour, offered.shape)
        places = np.flatnonzero(hours == hour)
        busiest = np.zeros(offered.shape, bool)
        order = np.argsort(-offered[:, places], axis=1, kind="stable")[:, :BUSIEST]
        np.put_along_axis(busiest, places[order], True, axis=1)
        return cls(hour, chosen, busiest)
