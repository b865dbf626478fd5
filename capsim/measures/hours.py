"""Calls and load by hour: for the busy hour, and for the hours of a week."""

from __future__ import annotations

import numpy as np

from capsim.kernels.hours import count_hours
from capsim.records import CallLog, Int64
from capsim.units import HOUR


class Hours:
    """Counts the logs of one replication by hours.

    Parameters
    ----------
    horizon : int
        Length of the horizon, microseconds.
    into_the_hour : int
        How far into its hour the start is, microseconds; the first count is of that hour.
    """

    def __init__(self, horizon: int, into_the_hour: int = 0) -> None:
        self.horizon, self.into_the_hour = horizon, into_the_hour
        self.counts = np.zeros((-(-(horizon + into_the_hour) // HOUR), 3), np.int64)

    def add(self, log: CallLog) -> None:
        """Count one more part of the log."""
        calls = log.calls
        count_hours(
            calls.arrival, calls.ring, calls.holding, log.outcome, self.horizon, self.into_the_hour, self.counts
        )

    def result(self) -> Int64:
        """Return (H, 3) calls offered, calls blocked, and channel time asked for by the offered ones, microseconds."""
        return self.counts
