"""The course of rates: by what factor a DID's rate varies over time, by profile, surges and growth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from capsim.kernels.streams import Course
from capsim.records import Float64, Int64
from capsim.scenario import Scenario
from capsim.scenario.model.dids import DidEntry
from capsim.scenario.model.profiles import Profile
from capsim.units import DAYS_PER_MONTH, hour_starts

Pieces = tuple[tuple[float, float], ...]
"""Beginning of each piece of a date, microseconds after its midnight, and its factor."""


NO_COURSE = Course(
    pattern=np.zeros(0, np.int64),
    shape=np.zeros((0, 0), np.int64),
    scale=np.zeros((0, 0)),
    first=np.zeros(0, np.int64),
    start=np.zeros(0),
    factor=np.zeros(0),
    total=np.zeros(0),
)
"""The course of rates that are all constant."""


def expected_course(course: Course, pattern: int, midnight: Int64) -> tuple[Float64, Float64]:
    """Factor times time of a pattern, from the first midnight on.

    Parameters
    ----------
    course : Course
        Patterns.
    pattern : int
        One of them.
    midnight : (K + 1,) int64
        Clock at which each local date of its zone begins, microseconds.

    Returns
    -------
    clocks : (k,) float64
        Instants of the clock, microseconds.
    totals : (k,) float64
        Factor times time up to each, microseconds; in between, on a straight line.
    """
    clocks, totals, before = [], [], 0.0
    for day in range(len(midnight) - 1):
        shape = course.shape[pattern, day]
        rows = slice(course.first[shape], course.first[shape + 1])
        clocks.append(midnight[day] + course.start[rows])
        totals.append(before + course.total[rows] * course.scale[pattern, day])
        before = totals[-1][-1]
    return np.concatenate(clocks), np.concatenate(totals)


def build_course(
    scenario: Scenario, zones: Sequence[str], zone_of: Sequence[str], dates: Sequence[date], midnight: Int64
) -> Course:
    """Build the course of all rates.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    zones : sequence of str
        Names of the time zones (Z).
    zone_of : sequence of str
        Time zone of each entry of ``dids``.
    dates : sequence of date
        Local dates (K).
    midnight : (Z, K + 1) int64
        Clock at which each local date begins in each zone, microseconds.
    """
    entries = list(scenario.dids.values())
    if not any(_varies(entry) for entry in entries):
        return NO_COURSE
    shapes = _Shapes()
    patterns: dict[tuple[object, ...], int] = {}
    rows: list[tuple[list[int], list[float]]] = []
    of_entry = []
    for entry, zone in zip(entries, zone_of, strict=True):
        profile = scenario.profile_of(entry)
        surges = entry.traffic.surges if entry.traffic is not None else ()
        growth = entry.traffic.growth if entry.traffic is not None else 0.0
        key = (zone, profile.hours if profile is not None else None, surges, growth)
        if key not in patterns:
            patterns[key] = len(patterns)
            spans = tuple((*surge.span(scenario.horizon.start), surge.factor) for surge in surges)
            midnights = midnight[zones.index(zone)]
            of_dates = [
                shapes.of(profile, spans, day, ZoneInfo(zone), int(begin), int(end))
                for day, (begin, end) in zip(dates, pairwise(midnights), strict=True)
            ]
            rows.append((of_dates, [_grown(growth, scenario, day) for day in dates]))
        of_entry.append(patterns[key])
    quantities = [entry.quantity for entry in entries]
    first, start, factor, total = shapes.arrays()
    return Course(
        pattern=np.repeat(np.array(of_entry, np.int64), quantities),
        shape=np.array([row[0] for row in rows], np.int64),
        scale=np.array([row[1] for row in rows]),
        first=first,
        start=start,
        factor=factor,
        total=total,
    )


def _varies(entry: DidEntry) -> bool:
    traffic = entry.traffic
    return traffic is not None and bool(traffic.profile is not None or traffic.surges or traffic.growth)


def _grown(growth: float, scenario: Scenario, day: date) -> float:
    """Factor of a date by growth: 1 on the first day of the horizon."""
    months = (day - scenario.horizon.start.date()).days / float(DAYS_PER_MONTH)
    return float((1 + growth) ** months) if growth else 1.0


@dataclass
class _Shapes:
    """Shapes, each kept once."""

    known: dict[tuple[Pieces, float], int] = field(default_factory=dict)
    of_hours: dict[tuple[object, ...], Pieces] = field(default_factory=dict)

    def of(
        self,
        profile: Profile | None,
        surges: Sequence[tuple[int, int, float]],
        day: date,
        zone: ZoneInfo,
        begin: int,
        end: int,
    ) -> int:
        """Shape of a local date that lasts from ``begin`` to ``end`` on the clock."""
        pieces: Pieces = ((0.0, 1.0),)
        if profile is not None:
            hours = profile.hours[day.weekday()], hour_starts(day, zone)
            if hours not in self.of_hours:
                self.of_hours[hours] = _of_hours(*hours)
            pieces = self.of_hours[hours]
        length = float(end - begin)
        for surge_begin, surge_end, factor in surges:
            if surge_begin < end and surge_end > begin:
                pieces = _merged(_multiplied(pieces, max(surge_begin - begin, 0), surge_end - begin, length, factor))
        key = pieces, length
        return self.known.setdefault(key, len(self.known))

    def arrays(self) -> tuple[Int64, Float64, Float64, Float64]:
        """First rows of the shapes, and by row the start, the factor, and the total up to there."""
        first, start, factor, total = [0], [], [], []
        for pieces, length in self.known:
            before = 0.0
            for (begin, times), (end, _) in zip(pieces, [*pieces[1:], (length, 0.0)], strict=True):
                start.append(begin)
                factor.append(times)
                total.append(before)
                before += times * (end - begin)
            start.append(length)
            factor.append(0.0)
            total.append(before)
            first.append(len(start))
        return np.array(first, np.int64), np.array(start), np.array(factor), np.array(total)


def _of_hours(factors: Sequence[float], starts: Sequence[int]) -> Pieces:
    """Hours of a local date, which begin at these instants. (A calendar may skip a whole date.)"""
    lasting = zip(pairwise(starts), factors, strict=True)
    return _merged(tuple((float(begin), factor) for (begin, end), factor in lasting if end > begin)) or ((0.0, 0.0),)


def _multiplied(pieces: Pieces, begin: int, end: int, length: float, factor: float) -> Pieces:
    """Pieces, with those in [begin, end) multiplied by a factor."""
    cuts = sorted({start for start, _ in pieces} | {float(cut) for cut in (begin, end) if cut < length})
    found, place = [], 0
    for cut in cuts:
        while place + 1 < len(pieces) and pieces[place + 1][0] <= cut:
            place += 1
        found.append((cut, pieces[place][1] * (factor if begin <= cut < end else 1.0)))
    return tuple(found)


def _merged(pieces: Pieces) -> Pieces:
    """Pieces, without those that begin where the factor stays the same."""
    return tuple(one for place, one in enumerate(pieces) if place == 0 or one[1] != pieces[place - 1][1])
