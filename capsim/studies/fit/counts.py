"""Recorded calls as counts: by number, local date and hour; with the lengths of their ringing and talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from capsim import cdr
from capsim.errors import InputError, Problem
from capsim.records import Int64
from capsim.studies.fit.redialling import Redialling, find_redials
from capsim.units import hour_starts, local_midnight, microseconds_between

LEAST_CALLS, LEAST_DATES = 100, 7
"""Fewest calls, and dates with calls, of a number that is fitted."""

MOST_LENGTHS = 1_000_000
"""Largest number of lengths kept for a number: the first ones."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False, kw_only=True)
class Counted:
    """Calls of one number.

    Attributes
    ----------
    name : str
        The number as the records have it.
    dates : tuple of date
        Local dates, without a gap.
    hours : ndarray of shape (K, 24)
        Calls by local date and hour, blocked ones included.
    rings, talks : ndarray
        Ringing and talk of answered calls, microseconds.
    answered, blocked, calls : int
        Number of calls.
    redialling : Redialling or None
        What blocked callers did; None where the records do not show it.
    """

    name: str
    dates: tuple[date, ...]
    hours: Int64
    rings: Int64
    talks: Int64
    answered: int
    blocked: int
    redialling: Redialling | None

    @property
    def calls(self) -> int:
        return int(self.hours.sum())


@dataclass(frozen=True, eq=False)
class Reading:
    """The counts of a file."""

    path: Path
    timezone: str
    rows: int
    unusable: Mapping[str, int]
    numbers: tuple[Counted, ...]


def count_records(
    path: Path, layout: str | None, columns: Mapping[str, str | int] | None, timezone: str
) -> Reading:  # fmt: skip
    """Read a file, and count. Raises InputError where it cannot be read, or has no call."""
    zone = ZoneInfo(timezone)
    with cdr.read(path, layout, dict(columns) if columns else None, timezone) as records:
        if records.first is None or records.last is None:
            raise InputError(Problem("has no call that can be used", str(path)))
        first, last = (moment.astimezone(zone).date() for moment in (records.first, records.last))
        dates = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
        begins = np.array([_hours_of(day, zone) for day in dates]).ravel()
        names = records.names
        hours = np.zeros((len(names), len(dates), 24), np.int64)
        answered, blocked = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
        lengths: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in names]
        kept = np.zeros(len(names), np.int64)
        for batch in records.batches():
            day, hour = np.divmod(np.searchsorted(begins, batch.start, side="right") - 1, 24)
            np.add.at(hours, (batch.number, day, hour), 1)
            answered += np.bincount(batch.number[batch.answered], minlength=len(names))
            blocked += np.bincount(batch.number[batch.blocked], minlength=len(names))
            for number in np.unique(batch.number[batch.answered]):
                if kept[number] < MOST_LENGTHS:
                    of_it = batch.answered & (batch.number == number)
                    lengths[number].append((batch.ring[of_it], batch.talk[of_it]))
                    kept[number] += int(of_it.sum())
        redialling = find_redials(records)
        numbers = tuple(
            Counted(
                name=name,
                dates=dates,
                hours=hours[row],
                rings=np.concatenate([np.zeros(0, np.int64), *(ring for ring, _ in lengths[row])]),
                talks=np.concatenate([np.zeros(0, np.int64), *(talk for _, talk in lengths[row])]),
                answered=int(answered[row]),
                blocked=int(blocked[row]),
                redialling=redialling[row],
            )
            for row, name in enumerate(names)
        )
        return Reading(path, timezone, records.rows, dict(records.unusable), numbers)


def _hours_of(day: date, zone: ZoneInfo) -> Int64:
    """(24,) when the hours of a local date begin, microseconds since 1970; a skipped hour has no length."""
    return microseconds_between(_EPOCH, local_midnight(day, zone)) + np.array(hour_starts(day, zone)[:24])
