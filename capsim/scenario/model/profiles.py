"""How traffic varies: by hour and weekday, in surges, with growth, and randomly from day to day."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from capsim.scenario.language.part import Part
from capsim.scenario.language.values import AnyDuration, Name, Real, bad, nearest
from capsim.scenario.model.moments import DAYS, Moment
from capsim.units import Duration, at_local_time, microseconds_between

MOST_TIMES = 1000.0
"""Largest factor of a call rate."""
_SPAN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_PERCENT = re.compile(r"([-+]?\d{1,4}(?:\.\d{1,9})?) ?%", re.ASCII)
_OF_A_DAY = "a number for the whole day, 24 numbers, or hours such as {8-12: 1, 12-13: 0.6}"


@dataclass(frozen=True, slots=True)
class Profile:
    """Factors of a call rate by local hour, ``hours[weekday][hour]`` from Monday, and the text they were read from."""

    hours: tuple[tuple[float, ...], ...]
    written: Any

    @property
    def mean(self) -> float:
        """Mean factor of a week of 168 hours."""
        return math.fsum(math.fsum(day) for day in self.hours) / 168


def profile(value: Any) -> Profile:
    """Read a profile: days and their hours.

    The most specific day that fits counts; on days that are not named, no calls arrive.
    """
    if isinstance(value, Profile):
        return value
    if not isinstance(value, Mapping) or not value:
        raise bad(f"must be a mapping of days ({', '.join(DAYS)}), each with {_OF_A_DAY}")
    days: dict[str, tuple[float, ...]] = {}
    for name, hours in value.items():
        known = next((day for day in DAYS if str(name).lower() == day.lower()), None)
        if known is None:
            raise bad(f"has the unknown day '{name}'{nearest(str(name), DAYS) or '; days: ' + ', '.join(DAYS)}")
        if known in days:
            raise bad(f"has the day {known} twice")
        days[known] = _hours(known, hours)
    by_weekday: list[tuple[float, ...]] = []
    for weekday in range(7):
        of_day = [(len(DAYS[name]), hours) for name, hours in days.items() if weekday in DAYS[name]]
        by_weekday.append(min(of_day, key=lambda sized: sized[0])[1] if of_day else (0.0,) * 24)
    if not any(map(any, by_weekday)):
        raise bad("has no hour with a factor above 0")
    return Profile(tuple(by_weekday), value)


def _hours(day: str, value: Any) -> tuple[float, ...]:
    if isinstance(value, Mapping):
        hours = [0.0] * 24
        taken: set[int] = set()
        for span, factor in value.items():
            match = _SPAN.fullmatch(str(span).strip())
            begin, end = (int(match[1]), int(match[2] or int(match[1]) + 1)) if match else (0, 0)
            if not 0 <= begin < end <= 24:
                raise bad(f"{day} has '{span}' for hours; allowed: hours from 0 to 24, such as 8-12 or 8")
            if taken & set(range(begin, end)):
                raise bad(f"{day} has an hour of {begin}-{end} twice")
            taken |= set(range(begin, end))
            hours[begin:end] = [_factor(f"{day}, {span}", factor)] * (end - begin)
        return tuple(hours)
    if isinstance(value, list | tuple):
        if len(value) != 24:
            raise bad(f"{day} has {len(value)} numbers; a day has {_OF_A_DAY}")
        return tuple(_factor(f"{day}, {hour}-{hour + 1}", factor) for hour, factor in enumerate(value))
    return (_factor(day, value),) * 24


def _factor(where: str, value: Any) -> float:
    number = float(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else math.nan
    if not 0 <= number <= MOST_TIMES:
        raise bad(f"{where} must be a factor from 0 to {MOST_TIMES:,.0f} (got {value})")
    return number


def _profile_or_name(value: Any) -> Profile | str:
    return value if isinstance(value, str) else profile(value)


def _growth(value: Any) -> float:
    form = "must be a growth per month, such as 3% or -1.5%, from -90% to 900%; without %, a part of 1, such as 0.03"
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value)):
        share = float(Decimal(match[1]) / 100)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        share = float(value)
        if share >= 1:
            raise bad(f"{form} (got {value}; is it {value}%?)")
    else:
        raise bad(form)
    if not -0.9 <= share <= 9:
        raise bad(form)
    return share


_OF_DAYS: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"enum": list(DAYS)},
    "additionalProperties": {
        "anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 24, "maxItems": 24},
            {
                "type": "object",
                "propertyNames": {"pattern": r"^\d{1,2}(-\d{1,2})?$"},
                "additionalProperties": {"type": "number", "minimum": 0},
            },
        ]
    },
    "examples": [{"weekday": {"8-12": 1, "12-13": 0.6, "13-18": 1}, "Saturday": {"9-13": 0.3}}],
}


def _written(value: Profile | str) -> Any:
    return value if isinstance(value, str) else value.written


NamedProfile = Annotated[Profile, BeforeValidator(profile), PlainSerializer(_written), WithJsonSchema(_OF_DAYS)]
"""A profile under ``profiles``."""
ProfileOrName = Annotated[
    Profile | Name,
    BeforeValidator(_profile_or_name),
    PlainSerializer(_written),
    WithJsonSchema({"anyOf": [{"type": "string"}, _OF_DAYS]}),
]
"""A profile, or the name of a profile under ``profiles``."""
Growth = Annotated[
    float,
    BeforeValidator(_growth),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[-+]?\d+(\.\d+)? ?%$"}]}),
]
"""Monthly growth: 3% or 0.03."""


class Surge(Part):
    """A time with a multiple of the usual calls, such as a campaign or an outage."""

    start: Moment
    """Local date or date-time, or a length of time after the start of the horizon."""
    length: AnyDuration
    """Length of the surge."""
    factor: Real = Field(ge=0, le=MOST_TIMES)
    """Factor of the call rate; factors of overlapping surges multiply."""

    def span(self, origin: datetime) -> tuple[int, int]:
        """Clock at the begin and end of the surge, in microseconds after the start of the horizon.

        Parameters
        ----------
        origin : datetime
            start of the horizon, aware, in the scenario's zone

        Raises
        ------
        OverflowError, ValueError
            beyond the calendar, which ends with the year 9999
        """
        zone = origin.tzinfo
        assert zone is not None
        if isinstance(self.start, Duration):
            begin = self.start.after(origin)
        else:
            begin = at_local_time(self.start.date(), self.start.time(), zone)
        return microseconds_between(origin, begin), microseconds_between(origin, self.length.after(begin))


class DayFactor(Part):
    """Random variation from day to day: each local date's call rate is multiplied by a random factor of mean 1."""

    distribution: Literal["gamma"] = "gamma"
    cv: Real = Field(ge=0.001, le=3)
    """Standard deviation of the factor, whose mean is 1."""
    correlation: Real = Field(default=1.0, ge=0, le=1)
    """Correlation on one date between the factors of DIDs with the same day_factor: 1 gives all DIDs one factor, 0
    gives each DID its own."""
