"""Clock, durations and time zones: every conversion, once.

The clock of a simulation counts whole microseconds (``int``) from the start of the horizon; the warm-up
lies before zero. A duration that the calendar measures (days, weeks, months) has no fixed number of
microseconds, so it stays a `Duration` until it meets a date and a time zone.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NEVER = 2**62
"""On the clock, an instant that does not come."""

DAYS_PER_MONTH = Decimal("30.4375")
"""Mean length of a month, 365.25 / 12 days: the month of a *monthly equivalent* (M8)."""

_ELAPSED = {"s": SECOND, "min": MINUTE, "h": HOUR}
_CALENDAR = {
    "day": "days",
    "days": "days",
    "week": "weeks",
    "weeks": "weeks",
    "month": "months",
    "months": "months",
}
_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?) ?([a-z]+)", re.ASCII)

DURATION_FORM = "a number and a unit, such as 90 s, 3 min, 2 h, 7 days, 4 weeks or 1 month"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a user writes it.

    ``s``, ``min`` and ``h`` are elapsed time; ``days``, ``weeks`` and ``months`` are read off the local
    calendar, so a day with a change of clocks has 23 or 25 hours.
    """

    amount: Decimal
    unit: str

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ``"3 min"``. Raises ValueError that says what is allowed."""
        match = _DURATION.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"must be {DURATION_FORM}")
        amount, unit = Decimal(match[1]), match[2]
        if unit in _ELAPSED:
            return cls(amount, unit)
        if unit in _CALENDAR:
            if amount != amount.to_integral_value():
                raise ValueError(f"must be a whole number of {_CALENDAR[unit]}")
            return cls(amount, _CALENDAR[unit])
        raise ValueError(f"has the unknown unit '{unit}'; allowed: s, min, h, days, weeks, months")

    @property
    def is_calendar(self) -> bool:
        return self.unit not in _ELAPSED

    @property
    def microseconds(self) -> int:
        """Length in microseconds, half to even. Raises ValueError for a calendar duration."""
        if self.is_calendar:
            raise ValueError(f"{self} has no fixed length; allowed units here: s, min, h")
        return int((self.amount * _ELAPSED[self.unit]).to_integral_value(ROUND_HALF_EVEN))

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """The instant ``times`` durations after ``moment`` (aware); negative ``times`` go back.

        Elapsed time is counted in UTC. Calendar time keeps the local wall clock; where that reading does
        not exist (clocks go forward), the instant that the old offset gives is taken.
        """
        if not self.is_calendar:
            return (moment.astimezone(UTC) + timedelta(microseconds=self.microseconds * times)).astimezone(
                moment.tzinfo
            )
        count = int(self.amount) * times
        if self.unit == "months":
            day = add_months(moment.date(), count)
        else:
            day = moment.date() + timedelta(days=count * (7 if self.unit == "weeks" else 1))
        return _existing(datetime.combine(day, moment.time(), tzinfo=moment.tzinfo))

    def __str__(self) -> str:
        amount = format(self.amount.normalize(), "f") if self.amount else "0"
        singular = self.is_calendar and self.amount == 1
        return f"{amount} {self.unit.removesuffix('s') if singular else self.unit}"


def add_months(day: date, months: int) -> date:
    """The same day of the month, ``months`` later; a month too short ends on its last day.

    31 January + 1 month is the last day of February; + 2 months is 31 March.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local date (not 00:00 where the clocks go forward at midnight)."""
    return _existing(datetime(day.year, day.month, day.day, tzinfo=zone))


def at_local_time(day: date, clock: time, zone: tzinfo) -> datetime:
    """A local time of a date; where the clocks go forward over it, the instant at which they do."""
    moment = datetime.combine(day, clock, tzinfo=zone)
    if exists(moment):
        return moment
    early, late = (moment.replace(fold=fold).astimezone(UTC) for fold in (1, 0))  # before and after they go forward
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(microseconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.astimezone(zone)


@lru_cache(50_000)
def hour_starts(day: date, zone: ZoneInfo) -> tuple[int, ...]:
    """(25,), when each local hour of a date begins, and when the date ends: microseconds after its midnight.

    Where clocks change, an hour lasts for none, or for two.
    """
    midnight = at_local_time(day, time(), zone)
    starts = [microseconds_between(midnight, at_local_time(day, time(hour), zone)) for hour in range(24)]
    return *starts, microseconds_between(midnight, at_local_time(day + timedelta(days=1), time(), zone))


def exists(moment: datetime) -> bool:
    """Whether a local wall-clock reading occurs at all: clocks that go forward leave some out."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None)


def _existing(moment: datetime) -> datetime:
    return moment if exists(moment) else moment.astimezone(UTC).astimezone(moment.tzinfo)


def microseconds_between(start: datetime, moment: datetime) -> int:
    """Elapsed microseconds from ``start`` to ``moment``, both aware."""
    return (moment.astimezone(UTC) - start.astimezone(UTC)) // timedelta(microseconds=1)


def hours(microseconds: float) -> float:
    return microseconds / HOUR


def minutes(microseconds: float) -> float:
    return microseconds / MINUTE


def seconds(microseconds: float) -> float:
    return microseconds / SECOND
