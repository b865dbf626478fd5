"""The horizon: the span of time whose calls count, and the warm-up before it (R15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from capsim.units import hours, microseconds_between

MAX_HORIZON_DAYS = 3660
"""Longest horizon, and longest warm-up, in days."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """The span [start, end) whose calls count, and the warm-up before it (R15)."""

    start: datetime
    end: datetime
    warm_up_start: datetime

    @property
    def microseconds(self) -> int:
        """Length of [start, end), in microseconds."""
        return microseconds_between(self.start, self.end)

    @property
    def warm_up_microseconds(self) -> int:
        """Length of the warm-up, in microseconds."""
        return microseconds_between(self.warm_up_start, self.start)

    def local(self, clock: int) -> datetime:
        """Local time at an instant of the clock, in microseconds after the start."""
        return (self.start.astimezone(UTC) + timedelta(microseconds=clock)).astimezone(self.start.tzinfo)

    @property
    def into_the_hour(self) -> int:
        """Microseconds by which the horizon starts after a full local hour."""
        return microseconds_between(self.start.replace(minute=0, second=0, microsecond=0), self.start)

    @property
    def hours(self) -> float:
        """Length of [start, end), in hours."""
        return hours(self.microseconds)

    @property
    def days(self) -> float:
        """Length of [start, end), in days of 24 hours."""
        return self.hours / 24
