"""The mean busy hour, and the five busiest days (ITU-T E.500, E.520)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.scenario import Scenario
from capsim.units import HOUR

Counts = NDArray[np.int64]
BUSIEST = 5
"""So many days with the most calls in the busy hour (ITU-T E.520)."""


@dataclass(frozen=True, slots=True, eq=False)
class BusyHour:
    """Which hours count, from that of the start on.

    hour : hour of the day, 0 to 23, local time, in which the mean day has the most calls.
    chosen : (R, H) whether an hour is the busy hour of a day; busiest : whether it is one of the five with most calls.
    """

    hour: int
    chosen: NDArray[np.bool_]
    busiest: NDArray[np.bool_]

    @classmethod
    def of(cls, scenario: Scenario, offered: Counts, into_the_hour: int = 0) -> BusyHour:
        """Of the calls (R, H) that are offered in each hour; the start is so far into the first of them, microseconds.

        The hour is the same in all replications, that in which they have the most calls together: the time-consistent
        busy hour. The busiest days are each replication's own; days with the same calls by date.
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
