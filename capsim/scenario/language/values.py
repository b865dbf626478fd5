"""The kinds of value in a scenario: durations, money, names, dates, numbers.

Each kind names what is allowed in its own error, takes exactly what YAML 1.2 gives (and the matching Python
types), and describes itself in the JSON Schema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from capsim.money import CURRENCIES
from capsim.shares import LARGEST_BARE_BLOCKING, parse_blocking, parse_share
from capsim.units import DURATION_FORM, Duration

MAX_PRICE = Decimal(1_000_000_000)
"""Largest amount of money."""
MAX_PRICE_PLACES = 8
"""Largest number of decimal places of an amount."""
_MONEY = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_FORBIDDEN_IN_NAMES = re.compile(r"[.*\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NUMBER = re.compile(r"\+?[0-9]{3,15}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years in which dates may lie."""
ELAPSED_FORM = "a number and a unit, such as 90 s, 3 min or 2 h"


def bad(message: str, rule: str | None = None) -> PydanticCustomError:
    """A validation error in our own words; the value that was given is added when the error is shown."""
    return PydanticCustomError("capsim", "{text}", {"text": message, "rule": rule})


# -- time ---------------------------------------------------------------------------------------------


def duration(value: Any) -> Duration:
    """Read a duration, elapsed or by the calendar."""
    if isinstance(value, Duration):
        return value
    if not isinstance(value, str):
        raise bad(f"must be {DURATION_FORM}; a bare number has no unit")
    try:
        return Duration.parse(value)
    except ValueError as error:
        raise bad(str(error)) from None


def elapsed(value: Any) -> Duration:
    """Read a duration of elapsed time."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9.]+ ?[a-z]+", value.strip(), re.ASCII):
        raise bad(f"must be {ELAPSED_FORM}")
    length = duration(value)
    if length.is_calendar:
        raise bad("must be a length of elapsed time; allowed units here: s, min, h")
    return length


def text_schema(**extra: Any) -> WithJsonSchema:
    """The JSON Schema of a kind of text, with a pattern, a format or examples."""
    return WithJsonSchema({"type": "string", **extra})


_as_text = PlainSerializer(str, return_type=str)
AnyDuration = Annotated[
    Duration,
    BeforeValidator(duration),
    _as_text,
    text_schema(pattern=r"^\d+(\.\d+)? ?(s|min|h|day|days|week|weeks|month|months)$", examples=["2 h", "1 month"]),
]
"""Duration, elapsed (s, min, h) or by the calendar (days, weeks, months)."""

ElapsedDuration = Annotated[
    Duration,
    BeforeValidator(elapsed),
    _as_text,
    text_schema(pattern=r"^\d+(\.\d+)? ?(s|min|h)$", examples=["3 min"]),
]
"""Duration of elapsed time: s, min, h."""


def _local_date(value: Any) -> date:
    if isinstance(value, datetime):
        raise bad("must be a date without a time, such as 2026-11-02")
    if isinstance(value, date):
        day = value
    else:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise bad("must be a date, such as 2026-11-02")
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise bad(f"is no date of the calendar: {error}") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise bad(f"must be a date from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def local_moment(value: Any) -> datetime:
    """Read a local date, as its midnight, or a local date-time."""
    form = "must be a local date or date-time, such as 2026-11-02 or 2026-11-02 08:30; the zone is `timezone`"
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise bad(form)
        _local_date(value.date())
        return value
    if isinstance(value, str) and (match := _DATE_TIME.fullmatch(value)):
        day = _local_date(match[1])
        try:
            return datetime.fromisoformat(f"{day.isoformat()}T{match[2]}")
        except ValueError as error:
            raise bad(f"is no time of day: {error}") from None
    if isinstance(value, date) or (isinstance(value, str) and _DATE.fullmatch(value)):
        day = _local_date(value)
        return datetime(day.year, day.month, day.day)
    raise bad(form)


LocalDate = Annotated[
    date,
    BeforeValidator(_local_date),
    PlainSerializer(date.isoformat, return_type=str),
    text_schema(format="date"),
]


def moment_text(moment: datetime) -> str:
    """Text of a local moment: a date at midnight, else a date-time."""
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")


LocalMoment = Annotated[
    datetime,
    BeforeValidator(local_moment),
    PlainSerializer(moment_text, return_type=str),
    text_schema(pattern=r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$", examples=["2026-11-02"]),
]


@cache
def _timezones() -> frozenset[str]:
    """Names of all time zones; looking them up reads hundreds of files."""
    return frozenset(available_timezones())


def _timezone(value: Any) -> str:
    if not isinstance(value, str):
        raise bad("must be an IANA time zone, such as Europe/London or UTC")
    try:
        if value in _timezones():
            ZoneInfo(value)
            return value
    except (OSError, ValueError):
        pass
    raise bad(f"is not a known IANA time zone{nearest(value, _timezones())}")


TimeZone = Annotated[str, BeforeValidator(_timezone), text_schema(examples=["Europe/London", "UTC"])]

# -- numbers and money --------------------------------------------------------------------------------


def _real(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        as_text = " (without quotes)" if isinstance(value, str) else ""
        raise bad(f"must be a number{as_text}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise bad("must be a finite number")
    return number


Real = Annotated[float, BeforeValidator(_real)]


def _checked(parse: Callable[[float | str], float], value: Any) -> float:
    """Read a share with ``parse``; what is no number is an error of its own."""
    try:
        return parse(value if isinstance(value, str) else _real(value))
    except ValueError as error:
        raise bad(str(error)) from None


_SHARE_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": 1},
            {"type": "string", "pattern": r"^\d+(\.\d+)? ?%$"},
        ],
        "examples": [0.85, "85%"],
    }
)

Share = Annotated[float, BeforeValidator(partial(_checked, parse_share)), _SHARE_SCHEMA]
"""Share of a whole: 0.85 or 85%."""

BlockingShare = Annotated[
    float,
    BeforeValidator(partial(_checked, parse_blocking)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": LARGEST_BARE_BLOCKING},
                {"type": "string", "pattern": r"^\d+(\.\d+)? ?%$"},
            ],
            "examples": [0.005, "0.5%"],
        }
    ),
]
"""Accepted blocking: 0.005 or 0.5%; above 0.2 only with a percent sign."""


def money(value: Any) -> Decimal:
    """Read an exact amount of money."""
    if isinstance(value, str):
        if not _MONEY.fullmatch(value) or len(value) > 40:
            raise bad("must be an amount of money, such as 15.00")
        amount = Decimal(value)
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise bad("must be an amount of money, such as 15.00")
    else:
        amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not amount.is_finite():
        raise bad("must be a finite amount of money")
    if amount < 0 or amount > MAX_PRICE:
        raise bad(f"must be an amount from 0 to {MAX_PRICE:,}")
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_PRICE_PLACES:
        raise bad(f"has more than {MAX_PRICE_PLACES} decimal places")
    return Decimal(format(amount, "f"))


Money = Annotated[
    Decimal,
    BeforeValidator(money),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}],
            "examples": [15.00],
        }
    ),
]
"""Exact amount in the scenario's currency, with at most 8 decimal places; may be quoted."""


def _currency(value: Any) -> str:
    if isinstance(value, str) and value in CURRENCIES:
        return value
    hint = nearest(value.upper(), CURRENCIES) if isinstance(value, str) else ""
    raise bad(f"is not an ISO 4217 currency code, such as USD or EUR{hint}", "M6")


Currency = Annotated[str, BeforeValidator(_currency), text_schema(pattern="^[A-Z]{3}$", examples=["USD", "EUR"])]

# -- names --------------------------------------------------------------------------------------------


def _name(value: str) -> str:
    if not value or value != value.strip():
        raise bad("a name must be text that is not empty and does not start or end with a blank")
    if len(value) > 100:
        raise bad("a name has at most 100 characters")
    if match := _FORBIDDEN_IN_NAMES.search(value):
        raise bad(f"a name may not hold {match[0]!r}: dots and stars have a meaning in paths such as dids.london.group")
    return value


Name = Annotated[str, AfterValidator(_name)]


def _phone_number(value: Any) -> str:
    if isinstance(value, int):
        raise bad("must be text: write the number in quotes, since YAML reads it as an integer")
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return value
    raise bad('must be a phone number of 3 to 15 digits, in quotes, such as "+442079460000"')


PhoneNumber = Annotated[str, BeforeValidator(_phone_number), text_schema(pattern=r"^\+?\d{3,15}$")]


def nearest(word: str, known: Any) -> str:
    """Hint at a known word that resembles a word: ``"; did you mean 'support'?"``, or ``""``."""
    import difflib

    matches = difflib.get_close_matches(str(word), [str(item) for item in known], n=1, cutoff=0.6)
    return f"; did you mean '{matches[0]}'?" if matches else ""
