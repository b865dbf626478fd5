"""One replication of one scenario: traffic through capacity, counted and billed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from capsim.capacity import CapacityPlan, build_plan
from capsim.cost import Biller, Charges
from capsim.engines import get_engine
from capsim.errors import InputError
from capsim.measures import Meter, Tally
from capsim.records import CallLog
from capsim.scenario import Scenario
from capsim.tariff import Prices, build_prices
from capsim.traffic import Streams, build_streams, draw
from capsim.units import DAY

MOST_CHANNEL_TIME = 2**61
"""Microseconds of all channels together: sums of them are 64-bit integers, and Poisson traffic stays well within twice
its mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """What one replication gave. ``logs`` is empty unless calls are kept; the warm-up is in them."""

    number: int
    tally: Tally
    charges: Charges
    logs: tuple[CallLog, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A scenario as the rooms below see it: built once, used by every replication."""

    streams: Streams
    plan: CapacityPlan
    prices: Prices
    horizon: int

    @classmethod
    def of(cls, scenario: Scenario) -> Setting:
        """Raises InputError where there is more channel time than whole microseconds can add up to."""
        streams, horizon = build_streams(scenario), scenario.horizon.microseconds
        if streams.erlangs * (streams.end - streams.begin) > MOST_CHANNEL_TIME:
            days = scenario.horizon.days
            raise InputError(
                f"{streams.erlangs:,.0f} Erlangs over {days:,.0f} days are more channel time than can be counted; "
                f"allowed: Erlangs times days up to {MOST_CHANNEL_TIME / DAY:,.0f}"
            )
        return cls(streams, build_plan(scenario), build_prices(scenario), horizon)


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: all that a worker needs to know, and all that the figures depend on."""

    scenario: Scenario
    seed: int
    engine: str
    keep_calls: bool = False


def replicate(order: Order, setting: Setting, number: int, served: Callable[[int], None] | None = None) -> Replication:
    """Run replication ``number`` (from 0): draw its calls, serve them, count and bill what became of them.

    ``served`` is told now and then of so many calls more; what it raises ends the replication.
    """
    meter = Meter(setting.plan, setting.horizon)
    biller = Biller(setting.plan, setting.prices, setting.horizon)
    kept = []
    run = get_engine(order.engine)
    for log in run(draw(setting.streams, order.seed, number), setting.plan, numbered=order.keep_calls):
        meter.add(log)
        biller.add(log)
        if order.keep_calls:
            kept.append(log)
        if served is not None:
            served(len(log))
    return Replication(number, meter.result(), biller.result(), tuple(kept))
