"""A scenario's traffic as arrays: who calls at what rate, on which local dates, and holds how long."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from capsim.kernels import calls as code
from capsim.records import Int64
from capsim.scenario import Scenario
from capsim.scenario.traffic import (
    LONGEST_HOLDING,
    Deterministic,
    Empirical,
    Exponential,
    Gamma,
    Holding,
    HyperExponential,
    LogNormal,
)
from capsim.units import HOUR, NEVER, local_midnight, microseconds_between

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """The arrays that `capsim.kernels.calls` draws from; their meaning and shapes are told there."""

    names: NDArray[np.uint64]
    rate: Float64
    zone: Int64
    midnight: Int64
    date: Int64
    kind: Int64
    shape: Float64
    ring_kind: Int64
    ring_shape: Float64
    share: Float64
    table: Float64
    cumulative: Float64
    begin: int
    end: int
    erlangs: float
    """Mean busy channels of all DIDs if no call were blocked, ringing included."""
    there_from: Int64
    there_until: Int64
    """By DID, the span of the clock in which it receives calls; empty where all DIDs always do."""
    longest: float = 4.0 * LONGEST_HOLDING

    @property
    def calls_per_microsecond(self) -> float:
        """Arrivals of all DIDs together."""
        return float(self.rate.sum())

    @property
    def expected_calls(self) -> float:
        """Mean number of calls of a replication, those of the warm-up included."""
        if not len(self.there_from):
            return self.calls_per_microsecond * (self.end - self.begin)
        spans = np.minimum(self.there_until, self.end) - np.maximum(self.there_from, self.begin)
        return float((self.rate * np.maximum(spans, 0)).sum())


def build_streams(scenario: Scenario) -> Streams:
    """The streams of a scenario, from the start of its warm-up to the end of its horizon."""
    horizon, dids = scenario.horizon, scenario.all_dids
    count = len(dids)
    names = np.zeros((count, 3), np.uint64)
    rate = np.zeros(count)
    kind = np.zeros(count, np.int64)
    shape = np.zeros((count, 4))
    ring_kind, ring_shape, share = np.zeros(count, np.int64), np.zeros((count, 4)), np.ones(count)
    rings = False
    zones = sorted({scenario.timezone, *(entry.timezone for entry in scenario.dids.values() if entry.timezone)})
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
    there_from, there_until = _stays(scenario)
    return Streams(
        names,
        rate,
        zone,
        midnight,
        np.array([day.toordinal() for day in dates], dtype=np.int64),
        kind,
        shape,
        *((ring_kind, ring_shape, share) if rings else (ring_kind[:0], ring_shape[:0], share[:0])),
        np.array(tables),
        np.array(cumulative),
        begin=-horizon.warm_up_microseconds,
        end=horizon.microseconds,
        erlangs=sum(entry.traffic.busy_erlangs * entry.quantity for entry in scenario.dids.values() if entry.traffic),
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
