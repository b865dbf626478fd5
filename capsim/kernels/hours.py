"""Counting calls by hour: one pass over a log, adding to integer counts."""

from __future__ import annotations

from capsim.kernels.jit import kernel
from capsim.records import CAPACITY_EXCEEDED
from capsim.units import HOUR


@kernel
def count_hours(arrival, ring, holding, outcome, horizon, into_the_hour, hours):
    """Add the calls that arrive in [0, horizon) to the counts of their hours.

    Parameters
    ----------
    arrival, ring, holding : ndarray of shape (n,), int64
        Clock at the arrival, and lengths of ringing and holding, microseconds.
    outcome : ndarray of shape (n,), int8
        Tier that carried the call, or the cause that blocked it.
    horizon, into_the_hour : int
        End of the horizon, and how far into its first hour the start is, microseconds.
    hours : ndarray of shape (H, 3), int64
        Changed in place: calls offered, calls blocked, and channel time asked for by the offered ones, microseconds.
    """
    for row in range(arrival.size):
        come = arrival[row]
        if 0 <= come < horizon:
            hour = (come + into_the_hour) // HOUR
            hours[hour, 0] += 1
            hours[hour, 1] += outcome[row] >= CAPACITY_EXCEEDED
            hours[hour, 2] += ring[row] + holding[row]
