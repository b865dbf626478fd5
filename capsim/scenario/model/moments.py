"""When something changes: at a moment of the horizon, or at a recurring time of the day or week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from capsim.scenario.language.values import bad, duration, local_moment, moment_text
from capsim.units import Duration

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = {name: frozenset({number}) for number, name in enumerate(WEEKDAYS)} | {
    "day": frozenset(range(7)),
    "weekday": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
}
"""Names of days, and their numbers from Monday (0): a day of the week, ``day``, ``weekday`` or ``weekend``."""
_READING = re.compile(r"([A-Za-z]+) (\d{2}):(\d{2})", re.ASCII)
_FORM = "must be a day and a local time, such as Friday 17:00, weekday 08:00 or day 00:00"


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A local time of day that recurs on one or several days of the week."""

    days: frozenset[int]
    at: time
    text: str

    def on_dates(self, first: date, last: date) -> Iterator[datetime]:
        """Local date-times (naive) at which it recurs, on the dates from ``first`` to ``last``."""
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day.weekday() in self.days:
                yield datetime.combine(day, self.at)

    def __str__(self) -> str:
        return self.text


def _moment(value: Any) -> datetime | Duration:
    if isinstance(value, Duration) or (isinstance(value, str) and re.match(r"[0-9.]+ ?[a-z]", value)):
        return duration(value)
    try:
        return local_moment(value)
    except ValueError:
        form = "must be a local date or date-time, such as 2026-11-20 or 2026-11-20 17:00"
        raise bad(f"{form}, or a length of time after the start, such as 36 h or 2 weeks") from None


def _clock_time(value: Any) -> ClockTime:
    if isinstance(value, ClockTime):
        return value
    match = _READING.fullmatch(value) if isinstance(value, str) else None
    name = next((day for day in DAYS if match and day.lower() == match[1].lower()), None)
    if match is None or name is None:
        raise bad(f"{_FORM}; days: {', '.join(DAYS)}")
    if int(match[2]) > 23 or int(match[3]) > 59:
        raise bad(f"{_FORM}; times run from 00:00 to 23:59")
    return ClockTime(DAYS[name], time(int(match[2]), int(match[3])), f"{name} {match[2]}:{match[3]}")


def _moment_or_clock_time(value: Any) -> datetime | Duration | ClockTime:
    return _clock_time(value) if isinstance(value, ClockTime) or _is_reading(value) else _moment(value)


def _is_reading(value: Any) -> bool:
    return isinstance(value, str) and value[:1].isalpha()


def _text(value: datetime | Duration | ClockTime) -> str:
    return moment_text(value) if isinstance(value, datetime) else str(value)


_as_text = PlainSerializer(_text, return_type=str)


def _schema(*examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": list(examples)})


Moment = Annotated[
    datetime | Duration, BeforeValidator(_moment), _as_text, _schema("2026-11-20", "2026-11-20 17:00", "2 weeks")
]
"""A local date or date-time, or a length of time after the start."""
Recurring = Annotated[ClockTime, BeforeValidator(_clock_time), _as_text, _schema("Friday 17:00", "weekday 08:00")]
"""A local time that recurs each day or week."""
MomentOrRecurring = Annotated[
    datetime | Duration | ClockTime,
    BeforeValidator(_moment_or_clock_time),
    _as_text,
    _schema("2026-11-22 23:00", "Sunday 23:00"),
]
