"""The horizon: the span of time that counts, and the warm-up before it (R15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from capsim.units import hours, microseconds_between

MAX_HORIZON_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Horizon:
    """The span [start, end) that counts, and the warm-up before it (R15)."""

    start: datetime
    end: datetime
    warm_up_start: datetime

    @property
    def microseconds(self) -> int:
        """Length of [start, end)."""
        return microseconds_between(self.start, self.end)

    @property
    def warm_up_microseconds(self) -> int:
        return microseconds_between(self.warm_up_start, self.start)

    def local(self, clock: int) -> datetime:
        """The local time at a microsecond of the clock."""
        return (self.start.astimezone(UTC) + timedelta(microseconds=clock)).astimezone(self.start.tzinfo)

    @property
    def into_the_hour(self) -> int:
        """Microseconds from the beginning of the local hour to the start: 0 where it is a whole one."""
        return microseconds_between(self.start.replace(minute=0, second=0, microsecond=0), self.start)

    @property
    def hours(self) -> float:
        return hours(self.microseconds)

    @property
    def days(self) -> float:
        return self.hours / 24
