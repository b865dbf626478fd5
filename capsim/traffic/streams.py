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
from capsim.units import HOUR, local_midnight, microseconds_between

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
    table: Float64
    cumulative: Float64
    begin: int
    end: int
    erlangs: float
    """Load offered by all DIDs."""
    longest: float = 4.0 * LONGEST_HOLDING

    @property
    def calls_per_microsecond(self) -> float:
        """Arrivals of all DIDs together."""
        return float(self.rate.sum())

    @property
    def expected_calls(self) -> float:
        """Mean number of calls of a replication, those of the warm-up included."""
        return self.calls_per_microsecond * (self.end - self.begin)


def build_streams(scenario: Scenario) -> Streams:
    """The streams of a scenario, from the start of its warm-up to the end of its horizon."""
    horizon, dids = scenario.horizon, scenario.all_dids
    count = len(dids)
    names = np.zeros((count, 3), np.uint64)
    rate = np.zeros(count)
    kind = np.zeros(count, np.int64)
    shape = np.zeros((count, 4))
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
            kind[rows], shape[rows] = _holding(entry.traffic.holding, tables, cumulative)
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
    return Streams(
        names,
        rate,
        zone,
        midnight,
        np.array([day.toordinal() for day in dates], dtype=np.int64),
        kind,
        shape,
        np.array(tables),
        np.array(cumulative),
        begin=-horizon.warm_up_microseconds,
        end=horizon.microseconds,
        erlangs=sum(entry.traffic.load * entry.quantity for entry in scenario.dids.values() if entry.traffic),
    )


def _name_words(name: str) -> tuple[int, int]:
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def _holding(
    holding: Holding, tables: list[float], cumulative: list[float]
) -> tuple[int, tuple[float, float, float, float]]:
    """Code and shape of a distribution; an empirical one adds its values to the tables."""
    mean = holding.mean_microseconds
    match holding:
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
            p = holding.probability
            return code.HYPEREXPONENTIAL, (p, mean / (2 * p), mean / (2 * (1 - p)) if p < 1 else 0.0, 0)
        case Empirical():
            first = len(tables)
            tables.extend(float(value.microseconds) for value in holding.values)
            cumulative.extend(np.cumsum(holding.shares).tolist())
            return code.EMPIRICAL, (first, len(tables), 0, 0)
