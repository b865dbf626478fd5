"""Occurrences of changes: the instants at which each change takes place and is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from capsim.scenario.language.document import Path
from capsim.scenario.language.part import Part
from capsim.scenario.language.values import LAST_YEAR, moment_text
from capsim.scenario.model.changes import UNDONE_BY, Change
from capsim.scenario.model.messages import Violation
from capsim.scenario.model.moments import ClockTime
from capsim.scenario.model.written import WrittenScenario
from capsim.units import Duration, at_local_time, exists, local_midnight, microseconds_between

MOST_OCCURRENCES = 20_000
"""Largest number of occurrences of all changes."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One action at one instant of the clock.

    at : clock, in microseconds after the start
    position : of the change in the file, from 0
    action : the change's own, or the action that undoes it
    value : what the change has under its action
    """

    at: int
    position: int
    action: str
    value: Part
    change: Change

    @property
    def path(self) -> Path:
        """Path of the change in the file."""
        return "changes", self.position

    @property
    def is_recurring(self) -> bool:
        """Whether the change takes place repeatedly."""
        return self.change.every is not None


def find_occurrences(written: WrittenScenario) -> tuple[list[Occurrence], list[Violation]]:
    """All occurrences of all changes in the order of R13, and what is wrong with their times.

    A change at or after the horizon's end occurs too, once: it is checked, and never takes effect.
    """
    occurrences: list[Occurrence] = []
    violations: list[Violation] = []
    for position, change in enumerate(written.changes):
        try:
            occurrences_of_change = list(_occurrences_of(written, position, change))
        except _Wrong as error:
            violations.append(Violation(("changes", position, error.key), error.text, "R11"))
            continue
        occurrences += occurrences_of_change
        if len(occurrences) > MOST_OCCURRENCES:
            text = f"the changes take place {len(occurrences):,} times; allowed: at most {MOST_OCCURRENCES:,}"
            return [], [*violations, Violation(("changes", position), text, "R11")]
    return sorted(occurrences, key=lambda occurrence: (occurrence.at, occurrence.position)), violations


class _Wrong(Exception):  # noqa: N818 (never leaves this file)
    """A time of a change that is not allowed: its key, and what is wrong."""

    def __init__(self, key: str, text: str) -> None:
        self.key, self.text = key, text


def _occurrences_of(written: WrittenScenario, position: int, change: Change) -> Iterator[Occurrence]:
    action = change.action
    value = getattr(change, action)
    for begin, end in _recurring(written, change) if change.every is not None else [_once(written, change)]:
        yield Occurrence(begin, position, action, value, change)
        if end is not None:
            yield Occurrence(end, position, UNDONE_BY[action], value, change)


def _once(written: WrittenScenario, change: Change) -> tuple[int, int | None]:
    assert change.at is not None
    begin = _clock(written, "at", change.at)
    if begin < 0:
        text = "lies before the start; what holds at the start is written outside of changes"
        raise _Wrong("at", f"{text} (got {_text(change.at)})")
    if change.until is None:
        return begin, None
    assert not isinstance(change.until, ClockTime)
    end = _clock(written, "until", change.until)
    if end <= begin:
        raise _Wrong("until", f"must be later than at (got {_text(change.until)})")
    return begin, end


def _recurring(written: WrittenScenario, change: Change) -> Iterator[tuple[int, int | None]]:
    """Occurrences that begin inside the horizon; one that is under way at the start begins there."""
    assert change.every is not None
    horizon = written.horizon
    zone = horizon.start.tzinfo
    assert zone is not None

    def clock(reading: datetime) -> int:
        return microseconds_between(horizon.start, at_local_time(reading.date(), reading.time(), zone))

    first, last = horizon.start.date() - timedelta(days=8), horizon.end.date() + timedelta(days=9)
    readings = list(change.every.on_dates(first, last))
    if change.until is None:
        yield from ((begin, None) for begin in map(clock, readings) if 0 <= begin < horizon.microseconds)
        return
    assert isinstance(change.until, ClockTime)
    ends = list(change.until.on_dates(first, last))
    before, place = None, 0
    for reading in readings:
        if (begin := clock(reading)) >= horizon.microseconds:
            break
        while ends[place] <= reading:
            place += 1
        if before is not None and reading < before:
            raise _Wrong("until", f"comes after the next occurrence (got {change.until}, every {change.every})")
        before = ends[place]
        end = clock(before)
        if end > max(begin, 0):  # not over before the horizon, nor in an hour that clocks skip
            yield max(begin, 0), end if end < horizon.microseconds else None


def _text(moment: datetime | Duration) -> str:
    return moment_text(moment) if isinstance(moment, datetime) else str(moment)


def _clock(written: WrittenScenario, key: str, moment: datetime | Duration) -> int:
    start = written.horizon.start
    if isinstance(moment, Duration):
        try:
            later = moment.after(start)
        except (OverflowError, ValueError):
            later = None
        if later is None or later.year > LAST_YEAR:
            raise _Wrong(key, f"lies beyond the calendar, which ends with {LAST_YEAR} (got {moment})")
        return microseconds_between(start, later)
    aware = moment.replace(tzinfo=ZoneInfo(written.timezone))
    if moment.time() == time():  # a date: as it begins
        aware = local_midnight(moment.date(), ZoneInfo(written.timezone))
    elif not exists(aware):
        text = f"does not exist in {written.timezone}: the clocks go forward then"
        raise _Wrong(key, f"{text} (got {moment_text(moment)})")
    return microseconds_between(start, aware)
