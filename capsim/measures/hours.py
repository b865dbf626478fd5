"""Calls and load by hour, from which the busy hour and the hours of a week are found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capsim.records import CAPACITY_EXCEEDED, CallLog
from capsim.units import HOUR

Counts = NDArray[np.int64]


class Hours:
    """Counts the logs of one replication by hours, from the hour that contains the start.

    Parameters
    ----------
    horizon : int
        Length of the horizon, microseconds.
    into_the_hour : int
        Time from the full hour to the start, microseconds.
    """

    def __init__(self, horizon: int, into_the_hour: int = 0) -> None:
        self.horizon, self.into_the_hour = horizon, into_the_hour
        self.calls = np.zeros((-(-(horizon + into_the_hour) // HOUR), 3), np.int64)

    def add(self, log: CallLog) -> None:
        """Count a log."""
        arrival = log.calls.arrival
        counted = (arrival >= 0) & (arrival < self.horizon)
        hour = (arrival[counted] + self.into_the_hour) // HOUR
        blocked = hour[log.outcome[counted] >= CAPACITY_EXCEEDED]
        for column, hours in enumerate((hour, blocked)):
            self.calls[:, column] += np.bincount(hours, minlength=len(self.calls))
        held = (log.calls.ring + log.calls.holding)[counted]
        self.calls[:, 2] += np.bincount(hour, held, len(self.calls)).astype(np.int64)  # exact: far below 2**53

    def result(self) -> Counts:
        """(H, 3) int64, calls offered and blocked in each hour, and channel time of the offered calls, microseconds."""
        return self.calls
