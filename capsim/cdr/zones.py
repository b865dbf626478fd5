"""Local wall-clock times to UTC, in SQL.

The rule for changes of the clock, once: a reading that occurs twice is the earlier instant, unless that puts
an answer or an end before its call's start: then it is the later one. A reading that the clocks leave out is
read with the offset that was in force before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from capsim.errors import InputError

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Moments outside are not those of calls."""

_MICROSECONDS = 1_000_000


def find_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises InputError."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise InputError(
            f"the time zone '{name}' is unknown; allowed: IANA names such as UTC, Europe/London or America/New_York"
        ) from None


def offset_sql(local: str, zone: ZoneInfo, low: int, high: int, later: bool = False) -> str:
    """Microseconds to take from the column ``local`` to get UTC, as an expression.

    ``low`` and ``high`` (microseconds) bound the values; ``later`` takes the later of two instants.
    """
    first, changes = _changes(zone.key, *(_day(value) for value in (low, high)))
    text = ""
    for moment, old, new in reversed(changes):
        turn = moment + (min(old, new) if later else max(old, new)) * _MICROSECONDS
        text += f"WHEN {local} >= {turn} THEN {new * _MICROSECONDS} "
    return f"CASE {text}ELSE {first * _MICROSECONDS} END" if text else str(first * _MICROSECONDS)


def _day(microseconds: int) -> int:
    """Days since 1970, within bounds."""
    bounds = (int(EARLIEST.timestamp()), int(LATEST.timestamp()))
    return min(max(microseconds // _MICROSECONDS, bounds[0]), bounds[1]) // 86400


@lru_cache(maxsize=256)
def _changes(name: str, low: int, high: int) -> tuple[int, list[tuple[int, int, int]]]:
    """Seconds of offset at first, and (microseconds UTC, seconds before, seconds after) of each change.

    From 2 days before day ``low`` to 35 days after day ``high``: a call may be 30 days long.
    """
    zone = ZoneInfo(name)

    def offset(second: int) -> int:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
        return round((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())

    changes = []
    second = (low - 2) * 86400
    first = before = offset(second)
    while second < (high + 35) * 86400:
        after = offset(second + 86400)
        if after != before:
            left, right = second, second + 86400
            while right - left > 1:
                middle = (left + right) // 2
                left, right = (middle, right) if offset(middle) == before else (left, middle)
            changes.append((right * _MICROSECONDS, before, after))
        second, before = second + 86400, after
    return first, changes
