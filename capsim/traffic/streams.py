"""A scenario's traffic as arrays: who calls at what rate, on which local dates, and holds how long."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from capsim.kernels import calls as code
from capsim.records import CallTable, Float64, Int64
from capsim.scenario import Scenario
from capsim.scenario.model.holding import (
    LONGEST_HOLDING,
    Deterministic,
    Empirical,
    Exponential,
    Gamma,
    Holding,
    HyperExponential,
    LogNormal,
)
from capsim.traffic.course import Course, build_course
from capsim.units import HOUR, NEVER, local_midnight, microseconds_between

MOST_INSTANTS = 100_000
"""At which expected calls are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """The arrays that `capsim.kernels.calls` draws from; their meaning and shapes are told there."""

    names: NDArray[np.uint64]
    rate: Float64
    zone: Int64
    midnight: Int64
    date: Int64
    course: Course
    day_own: Float64
    day_shared: Float64
    day_words: NDArray[np.uint64]
    kind: Int64
    shape: Float64
    ring_kind: Int64
    ring_shape: Float64
    share: Float64
    redial: Float64
    most: Int64
    delay_kind: Int64
    delay_shape: Float64
    table: Float64
    cumulative: Float64
    begin: int
    end: int
    erlangs: float
    """Mean busy channels of all DIDs if no call were blocked, ringing included, over all the time."""
    clocks: Int64
    calls: Float64
    """How many calls are to be expected, from ``begin`` to some instants of the clock; in between, as the line goes."""
    peak: Float64
    """By DID, about the highest rate, on a busy day, over the mean rate: 1 where it is constant."""
    there_from: Int64
    there_until: Int64
    """By DID, the span of the clock in which it receives calls; empty where all DIDs always do."""
    longest: float = 4.0 * LONGEST_HOLDING

    varies = True
    notes: ClassVar[tuple[str, ...]] = ()

    @property
    def redials(self) -> bool:
        """Whether callers who are blocked may try again."""
        return bool(self.most.any())

    @property
    def stays(self) -> tuple[Int64, Int64]:
        """(D,) from when and until when each DID is there."""
        if len(self.there_from):
            return self.there_from, self.there_until
        return np.full(len(self.rate), -NEVER), np.full(len(self.rate), NEVER)

    def tables(self, seed: int, replication: int, cuts: Sequence[int] = ()) -> Iterator[CallTable]:
        """The calls of one replication; see `capsim.traffic.windows.draw`."""
        from capsim.traffic.windows import draw

        return draw(self, seed, replication, cuts)

    def expected_calls(self, begin: int, end: int) -> float:
        """Mean number of calls that arrive between two instants of the clock."""
        before, after = np.interp([begin, end], self.clocks, self.calls)
        return float(after - before)

    def expected_of(self, did: int, clocks: Int64) -> Float64:
        """Mean number of calls to a DID from the beginning up to some instants of the clock."""
        at = (clocks - self.begin).astype(np.float64)
        if len(self.course.pattern):
            found, total = self.course.expected(int(self.course.pattern[did]), self.midnight[self.zone[did]])
            at = np.interp(clocks, found, total) - np.interp(self.begin, found, total)
        calls: Float64 = self.rate[did] * at
        return calls

    def edges(self, windows: int) -> Iterator[int]:
        """Instants that cut all the time into windows of about as many calls each."""
        if self.calls[-1] <= 0:
            return iter((self.begin, self.end))
        at = np.interp(np.linspace(0, self.calls[-1], windows + 1), self.calls, self.clocks)
        return iter((self.begin, *at[1:-1].astype(np.int64).tolist(), self.end))


def build_streams(scenario: Scenario) -> Streams:
    """The streams of a scenario, from the start of its warm-up to the end of its horizon."""
    horizon, dids = scenario.horizon, scenario.all_dids
    count = len(dids)
    names = np.zeros((count, 3), np.uint64)
    rate = np.zeros(count)
    kind = np.zeros(count, np.int64)
    shape = np.zeros((count, 4))
    ring_kind, ring_shape, share = np.zeros(count, np.int64), np.zeros((count, 4)), np.ones(count)
    redial, most = np.zeros(count), np.zeros(count, np.int64)
    delay_kind, delay_shape = np.zeros(count, np.int64), np.zeros((count, 4))
    rings = False
    zone_of = [entry.timezone or scenario.timezone for entry in scenario.dids.values()]
    zones = sorted({scenario.timezone, *zone_of})
    zone = np.zeros(count, np.int64)
    tables: list[float] = []
    cumulative: list[float] = []
    position = 0
    for entry_name, entry in scenario.dids.items():
        rows = slice(position, position + entry.quantity)
        position += entry.quantity
        names[rows, :2] = _name_words(entry_name)
        names[rows, 2] = np.arange(entry.quantity, dtype=np.uint64)
        zone[rows] = zones.index(entry.timezone or scenario.timezone)
        if entry.traffic is not None:
            rate[rows] = entry.traffic.rate_per_hour / HOUR
            kind[rows], shape[rows] = _lengths(entry.traffic.holding, tables, cumulative)
            ring_kind[rows], ring_shape[rows] = _lengths(entry.traffic.ring, tables, cumulative)
            share[rows] = entry.traffic.answered
            if entry.traffic.redial is not None:
                redial[rows], most[rows] = entry.traffic.redial.probability, entry.traffic.redial.attempts - 1
                delay_kind[rows], delay_shape[rows] = _lengths(entry.traffic.redial.delay, tables, cumulative)
            rings |= entry.traffic.ring.mean_microseconds > 0 or entry.traffic.answered < 1
    first = horizon.warm_up_start.astimezone(UTC).date() - timedelta(days=2)
    last = horizon.end.astimezone(UTC).date() + timedelta(days=2)
    dates = [first + timedelta(days=day) for day in range((last - first).days)]
    midnight = np.array(
        [
            [microseconds_between(horizon.start, local_midnight(day, ZoneInfo(name))) for day in (*dates, last)]
            for name in zones
        ],
        dtype=np.int64,
    )
    ringing, dialling = count if rings else 0, count if most.any() else 0
    there_from, there_until = _stays(scenario)
    begin, end = -horizon.warm_up_microseconds, horizon.microseconds
    course = build_course(scenario, zones, zone_of, dates, midnight)
    busy = np.repeat(
        [entry.traffic.busy_time if entry.traffic else 0.0 for entry in scenario.dids.values()],
        [entry.quantity for entry in scenario.dids.values()],
    )
    clocks, calls, time, peak = _expected(course, midnight, zone, rate, busy, there_from, there_until, begin, end)
    return Streams(
        names,
        rate,
        zone,
        midnight,
        np.array([day.toordinal() for day in dates], dtype=np.int64),
        course,
        *_days(scenario),
        kind,
        shape,
        ring_kind[:ringing],
        ring_shape[:ringing],
        share[:ringing],
        redial[:dialling],
        most[:dialling],
        delay_kind[:dialling],
        delay_shape[:dialling],
        np.array(tables),
        np.array(cumulative),
        begin=begin,
        end=end,
        erlangs=time / (end - begin),
        clocks=clocks,
        calls=calls,
        peak=peak * _busy_day(scenario),
        there_from=there_from,
        there_until=there_until,
    )


def _stays(scenario: Scenario) -> tuple[Int64, Int64]:
    """From when to when each DID is there: a number that does not exist receives no call."""
    stays = scenario.timeline.stays
    if not stays:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    count = len(scenario.all_dids)
    there_from, there_until = np.full(count, -NEVER), np.full(count, NEVER)
    for position, (begin, end) in stays.items():
        there_from[position] = -NEVER if begin is None else begin
        there_until[position] = NEVER if end is None else end
    return there_from, there_until


def _days(scenario: Scenario) -> tuple[Float64, Float64, NDArray[np.uint64]]:
    """Shapes of the random factor of a date, the DID's own part and the common one; and what names the latter."""
    factors = [entry.traffic.day_factor if entry.traffic is not None else None for entry in scenario.dids.values()]
    if not any(factors):
        return np.zeros(0), np.zeros(0), np.zeros(0, np.uint64)
    own, shared, words = [], [], []
    for factor in factors:
        whole = 1 / (factor.cv * factor.cv) if factor is not None else 0.0
        common = whole * factor.correlation if factor is not None else 0.0
        own.append(whole - common)
        shared.append(common)
        words.append(_name_words(repr(factor))[0])
    quantities = [entry.quantity for entry in scenario.dids.values()]
    return np.repeat(own, quantities), np.repeat(shared, quantities), np.repeat(np.array(words, np.uint64), quantities)


def _busy_day(scenario: Scenario) -> Float64:
    """By DID, the random factor of a busy date: two standard deviations above the mean."""
    factors = [entry.traffic.day_factor if entry.traffic is not None else None for entry in scenario.dids.values()]
    quantities = [entry.quantity for entry in scenario.dids.values()]
    return np.repeat([1.0 if factor is None else 1 + 2 * factor.cv for factor in factors], quantities)


def _expected(
    course: Course, midnight: Int64, zone: Int64, rate: Float64, busy: Float64, there_from: Int64, there_until: Int64,
    begin: int, end: int,
) -> tuple[Int64, Float64, float, Float64]:  # fmt: skip
    """Calls to be expected up to some instants; channel time of all; and by DID the peak of its rate over its mean.

    busy : (D,) mean time that a carried call holds its channel, microseconds.
    """
    varies, stays = len(course.pattern) > 0, len(there_from) > 0
    ones = np.zeros(len(rate), np.int64)
    alike = np.stack(
        [course.pattern if varies else ones, zone, *((there_from, there_until) if stays else (ones, ones))]
    )
    kinds, which = np.unique(alike, axis=1, return_inverse=True)
    curves = []
    for pattern, of_zone, since, until in kinds.T.tolist():
        if varies:
            clocks, totals = course.expected(pattern, midnight[of_zone])
        else:
            clocks, totals = np.array([begin, end], np.float64), np.array([0.0, end - begin])
        low, high = (max(since, begin), min(until, end)) if stays else (begin, end)
        curves.append((clocks, totals, low, max(low, high)))
    grid = np.unique(
        np.concatenate([[begin, end], *([low, high] for *_, low, high in curves), *(one[0] for one in curves)])
    )
    if len(grid) > MOST_INSTANTS:
        grid = np.unique(np.append(grid[:: -(-len(grid) // MOST_INSTANTS)], [begin, end]))
    grid = grid[(grid >= begin) & (grid <= end)]
    of_kind = np.bincount(which, rate, len(curves))
    times = np.bincount(which, rate * busy, len(curves))
    calls, channel_time, peaks = np.zeros(len(grid)), 0.0, np.ones(len(curves))
    for row, (clocks, totals, low, high) in enumerate(curves):
        along = np.interp(np.clip(grid, low, high), clocks, totals)
        along -= along[0]
        calls += of_kind[row] * along
        channel_time += times[row] * along[-1]
        lengths = np.diff(grid)
        if along[-1] > 0 and varies:
            fastest = float((np.diff(along)[lengths > 0] / lengths[lengths > 0]).max())
            peaks[row] = max(fastest * (high - low) / along[-1], 1.0)
    return grid.astype(np.int64), calls, channel_time, peaks[which]


def _name_words(name: str) -> tuple[int, int]:
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def _lengths(
    lengths: Holding, tables: list[float], cumulative: list[float]
) -> tuple[int, tuple[float, float, float, float]]:
    """Code and shape of a distribution; an empirical one adds its values to the tables."""
    mean = lengths.mean_microseconds
    match lengths:
        case Exponential():
            return code.EXPONENTIAL, (mean, 0, 0, 0)
        case Deterministic():
            return code.DETERMINISTIC, (mean, 0, 0, 0)
        case LogNormal(cv=cv):
            variance = math.log1p(cv * cv)
            return code.LOGNORMAL, (math.log(mean) - variance / 2, math.sqrt(variance), 0, 0)
        case Gamma(cv=cv):
            return code.GAMMA, (1 / (cv * cv), mean * cv * cv, 0, 0)
        case HyperExponential():
            p = lengths.probability
            return code.HYPEREXPONENTIAL, (p, mean / (2 * p), mean / (2 * (1 - p)) if p < 1 else 0.0, 0)
        case Empirical():
            first = len(tables)
            tables.extend(float(value.microseconds) for value in lengths.values)
            cumulative.extend(np.cumsum(lengths.shares).tolist())
            return code.EMPIRICAL, (first, len(tables), 0, 0)
