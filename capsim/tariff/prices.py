"""A scenario's prices: who pays what, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from capsim.scenario import Scenario
from capsim.tariff.calls import CallPrice
from capsim.tariff.channels import Step, price_steps
from capsim.tariff.cycles import CycleRule
from capsim.units import DAY


@dataclass(frozen=True, slots=True)
class PoolPrices:
    """A pool's flat-rate channels, as bought on the first day, and its billing cycle."""

    name: str
    steps: tuple[Step, ...]
    cycle: CycleRule


@dataclass(frozen=True, slots=True)
class DidPrices:
    """DIDs of one entry: positions ``first`` to ``first + quantity - 1`` in the scenario."""

    name: str
    first: int
    quantity: int
    setup: Decimal
    monthly: Decimal
    cycle: CycleRule
    per_minute: CallPrice | None
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class GroupPrices:
    """What calls on a group's metered channels cost; ``call`` is None for a group without any."""

    name: str
    pool: str
    call: CallPrice | None
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Prices:
    """All prices of a scenario, and the local dates [first_day, end_day) in which fees fall due."""

    currency: str
    first_day: date
    end_day: date
    horizon_days: Decimal
    pools: tuple[PoolPrices, ...]
    groups: tuple[GroupPrices, ...]
    dids: tuple[DidPrices, ...]


def build_prices(scenario: Scenario) -> Prices:
    """The prices of a scenario; every amount is its own (M7)."""
    horizon, length = scenario.horizon, scenario.billing.cycle
    first_day = horizon.start.date()
    ends_at_midnight = horizon.end.time() == time.min
    return Prices(
        currency=scenario.currency,
        first_day=first_day,
        end_day=horizon.end.date() + timedelta(days=0 if ends_at_midnight else 1),
        horizon_days=Decimal(horizon.microseconds) / DAY,
        pools=tuple(_pool(scenario, name, length, first_day) for name in scenario.pools),
        groups=tuple(_group(scenario, name) for name in scenario.all_groups),
        dids=tuple(_dids(scenario, length, first_day)),
    )


def _pool(scenario: Scenario, name: str, length: str, first_day: date) -> PoolPrices:
    pool = scenario.pools[name]
    quantity = scenario.bought_channels(name)
    steps = price_steps(pool.flat_rate, quantity) if pool.flat_rate is not None and quantity else ()
    return PoolPrices(name, steps, CycleRule(length, pool.renews or first_day))


def _group(scenario: Scenario, name: str) -> GroupPrices:
    group = scenario.all_groups[name]
    metered = scenario.pools[group.pool].metered
    if metered is None or group.metered == 0:
        return GroupPrices(name, group.pool, None, None)
    return GroupPrices(name, group.pool, CallPrice.of(metered), metered.rate)


def _dids(scenario: Scenario, length: str, first_day: date) -> Iterator[DidPrices]:
    first = 0
    for name, entry in scenario.dids.items():
        per_minute = entry.fees.per_minute
        yield DidPrices(
            name,
            first,
            entry.quantity,
            entry.fees.setup,
            entry.monthly_fee,
            CycleRule(length, first_day),
            CallPrice.of(per_minute) if per_minute is not None else None,
            per_minute.rate if per_minute is not None else None,
        )
        first += entry.quantity
