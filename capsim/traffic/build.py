"""Building the streams of a scenario: who calls at what rate, on which local dates, and how long calls last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from capsim.kernels.distributions import DISTRIBUTIONS, N_PARAMETERS, Lengths
from capsim.kernels.streams import Answering, Course, Rates, Redialling
from capsim.records import Float64, Int64
from capsim.scenario import Scenario
from capsim.scenario.model.holding import LONGEST_HOLDING, Empirical, Holding
from capsim.scenario.model.traffic import Traffic
from capsim.traffic.course import build_course, expected_course
from capsim.traffic.streams import Streams
from capsim.units import HOUR, NEVER, local_midnight, microseconds_between

MOST_INSTANTS = 100_000
"""Largest number of instants at which expected calls are kept."""
LONGEST = 4.0 * LONGEST_HOLDING
"""Length at which drawn ones are cut, microseconds."""


def build_streams(scenario: Scenario) -> Streams:
    """Build the streams of a scenario, from the start of its warm-up to the end of its horizon."""
    horizon, entries = scenario.horizon, list(scenario.dids.values())
    quantities = [entry.quantity for entry in entries]
    traffics = [entry.traffic for entry in entries]
    zone_of = [entry.timezone or scenario.timezone for entry in entries]
    zones = sorted({scenario.timezone, *zone_of})

    def by_did(values: list[float]) -> Float64:
        return np.repeat(np.array(values, np.float64), quantities)

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
    begin, end = -horizon.warm_up_microseconds, horizon.microseconds
    course = build_course(scenario, zones, zone_of, dates, midnight)
    day_own, day_shared, day_words = _days(scenario)
    rates = Rates(
        begin=begin,
        rate=by_did([traffic.rate_per_hour / HOUR if traffic else 0.0 for traffic in traffics]),
        zone=np.repeat(np.array([zones.index(name) for name in zone_of], np.int64), quantities),
        midnight=midnight,
        date=np.array([day.toordinal() for day in dates], dtype=np.int64),
        day_own=day_own,
        day_shared=day_shared,
    )
    values = _Values()
    holding = _lengths(traffics, quantities, lambda traffic: traffic.holding, values)
    ring = _lengths(traffics, quantities, lambda traffic: traffic.ring, values)
    delay = _lengths(traffics, quantities, lambda traffic: traffic.redial.delay if traffic.redial else None, values)
    rings = any(traffic and (traffic.ring.mean_microseconds > 0 or traffic.answered < 1) for traffic in traffics)
    redials = [traffic.redial if traffic else None for traffic in traffics]
    share = by_did([traffic.answered if traffic else 1.0 for traffic in traffics])
    probability = by_did([redial.probability if redial else 0.0 for redial in redials])
    most = np.repeat(np.array([redial.attempts - 1 if redial else 0 for redial in redials], np.int64), quantities)
    ringing, dialling = len(share) if rings else 0, len(most) if most.any() else 0
    there_from, there_until = _stays(scenario)
    busy = by_did([traffic.busy_time if traffic else 0.0 for traffic in traffics])
    clocks, calls, time, peak = _expected(course, rates, busy, there_from, there_until, end)
    return Streams(
        names=_names(scenario),
        day_words=day_words,
        rates=rates,
        course=course,
        holding=values.lengths(*holding),
        answering=Answering(share[:ringing], values.lengths(*ring)),
        redialling=Redialling(probability[:dialling], most[:dialling], values.lengths(*delay)),
        begin=begin,
        end=end,
        erlangs=time / (end - begin),
        clocks=clocks,
        calls=calls,
        peak=peak * _busy_day(scenario),
        there_from=there_from,
        there_until=there_until,
    )


def _names(scenario: Scenario) -> NDArray[np.uint64]:
    """(D, 3) words that name each DID's streams."""
    rows = [(*_name_words(name), index) for name, entry in scenario.dids.items() for index in range(entry.quantity)]
    return np.array(rows, np.uint64).reshape(-1, 3)


def _stays(scenario: Scenario) -> tuple[Int64, Int64]:
    """(D,) clock from which and until which each DID exists, microseconds; it receives no call before or after."""
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
    """(D,) shapes of the own and the common part of a date's random factor, and the word that names the latter."""
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
    """(D,) random factor of a busy date: two standard deviations above the mean."""
    factors = [entry.traffic.day_factor if entry.traffic is not None else None for entry in scenario.dids.values()]
    quantities = [entry.quantity for entry in scenario.dids.values()]
    return np.repeat([1.0 if factor is None else 1 + 2 * factor.cv for factor in factors], quantities)


def _expected(
    course: Course, rates: Rates, busy: Float64, there_from: Int64, there_until: Int64, end: int
) -> tuple[Int64, Float64, float, Float64]:
    """Calls and channel time that are expected of all traffic.

    Parameters
    ----------
    course : Course
        How rates vary.
    rates : Rates
        Rates of arrivals.
    busy : (D,) float64
        Mean time that a carried call holds its channel, microseconds.
    there_from, there_until : (D,) or (0,) int64
        Span of the clock in which each DID receives calls, microseconds.
    end : int
        Clock at which the horizon ends, microseconds.

    Returns
    -------
    clocks : (k,) int64
        Instants of the clock, microseconds.
    calls : (k,) float64
        Calls expected up to each.
    channel_time : float
        Channel time of all calls, microseconds.
    peak : (D,) float64
        Highest rate over the mean rate.
    """
    begin, rate, varies, stays = rates.begin, rates.rate, len(course.pattern) > 0, len(there_from) > 0
    ones = np.zeros(len(rate), np.int64)
    alike = np.stack(
        [course.pattern if varies else ones, rates.zone, *((there_from, there_until) if stays else (ones, ones))]
    )
    kinds, which = np.unique(alike, axis=1, return_inverse=True)
    curves = []
    for pattern, of_zone, since, until in kinds.T.tolist():
        if varies:
            clocks, totals = expected_course(course, pattern, rates.midnight[of_zone])
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


@dataclass
class _Values:
    """Values of empirical distributions, one after the other."""

    values: list[float] = field(default_factory=list)
    cumulative: list[float] = field(default_factory=list)

    def lengths(self, kind: Int64, parameters: Float64) -> Lengths:
        """Distributions with these codes and parameters."""
        return Lengths(kind, parameters, np.array(self.values), np.array(self.cumulative), LONGEST)

    def add(self, distribution: Empirical) -> tuple[int, int]:
        """Add the values of a distribution; return the first entry and the one after the last."""
        first = len(self.values)
        self.values.extend(float(value.microseconds) for value in distribution.values)
        self.cumulative.extend(np.cumsum(distribution.shares).tolist())
        return first, len(self.values)


def _lengths(
    traffics: list[Traffic | None],
    quantities: list[int],
    pick: Callable[[Traffic], Holding | None],
    values: _Values,
) -> tuple[Int64, Float64]:
    """(D,) code and (D, 4) parameters of a distribution of each DID's traffic; all zero if it has none."""
    kinds, parameters = np.zeros(len(traffics), np.int64), np.zeros((len(traffics), N_PARAMETERS))
    for row, traffic in enumerate(traffics):
        distribution = pick(traffic) if traffic is not None else None
        if distribution is not None:
            kinds[row], found = _coded(distribution, values)
            parameters[row, : len(found)] = found
    return np.repeat(kinds, quantities), np.repeat(parameters, quantities, axis=0)


def _coded(distribution: Holding, values: _Values) -> tuple[int, tuple[float, ...]]:
    """Code and parameters of a distribution."""
    code = DISTRIBUTIONS.index(distribution.distribution)
    return code, values.add(distribution) if isinstance(distribution, Empirical) else distribution.parameters
