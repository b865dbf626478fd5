"""Calls by hour: offered and blocked, for what is asked of the busy hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capsim.records import CAPACITY_EXCEEDED, CallLog
from capsim.units import HOUR

Counts = NDArray[np.int64]


class Hours:
    """Counts the logs of one replication by the hours that elapse from the start."""

    def __init__(self, horizon: int) -> None:
        self.horizon = horizon
        self.calls = np.zeros((-(-horizon // HOUR), 2), np.int64)

    def add(self, log: CallLog) -> None:
        arrival = log.calls.arrival
        counted = (arrival >= 0) & (arrival < self.horizon)
        hour = arrival[counted] // HOUR
        blocked = hour[log.outcome[counted] >= CAPACITY_EXCEEDED]
        for column, hours in enumerate((hour, blocked)):
            self.calls[:, column] += np.bincount(hours, minlength=len(self.calls))

    def result(self) -> Counts:
        """(H, 2) calls offered and blocked in each hour."""
        return self.calls
