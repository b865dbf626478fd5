"""A number's own price by the minute, as toll-free numbers have it (M4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np

from capsim.kernels.rating import ANY_TIER
from capsim.scenario import Scenario
from capsim.scenario.time.cycles import CycleRule
from capsim.tariff.calendar import Calendar
from capsim.tariff.call_charge import CallCharge
from capsim.tariff.calls import CallPrice
from capsim.tariff.rating import CallPrices, Rating


@dataclass(frozen=True, slots=True)
class DidCalls(CallCharge):
    """Price of all calls of the DIDs of each entry, whatever the tier.

    The owners are the scenario's entries of ``dids``.

    Parameters
    ----------
    quantities
        Number of DIDs of each entry.
    """

    kind = "dids"
    what = "Per-minute price"

    quantities: tuple[int, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Read the price of each entry, and the billing cycles of its DIDs."""
        calendar = Calendar(scenario)
        quantities = tuple(entry.quantity for entry in scenario.dids.values())
        return cls(tuple(_entries(scenario, calendar)), scenario.currency, calendar.end, quantities)

    def listener(self) -> Rating:
        """Hear calls on any tier; each is of its DID's entry."""
        entry_of = np.repeat(np.arange(len(self.owners)), self.quantities)
        return Rating(self.owners, ANY_TIER, self.horizon, entry_of)

    def obstacle(self, group: int, calls: float) -> str | None:
        """Every entry's price matters: the pass adds up the calls of all DIDs."""
        return self.too_high(self.owners, calls)


def _entries(scenario: Scenario, calendar: Calendar) -> Iterator[CallPrices]:
    stays, first = scenario.timeline.stays, 0
    for name, entry in scenario.dids.items():
        positions = range(first, first + entry.quantity)
        first += entry.quantity
        price = entry.fees.per_minute
        if price is None:
            yield CallPrices(name, None, None, None, ())
            continue
        begin, end = _stay(scenario, calendar, {stays.get(position, (None, None)) for position in positions})
        rule = CycleRule(scenario.billing.cycle, entry.activated or begin)
        yield CallPrices(name, None, CallPrice.of(price), price.rate, tuple(calendar.periods(rule, begin, end)))


def _stay(
    scenario: Scenario, calendar: Calendar, stays: set[tuple[int | None, int | None]]
) -> tuple[date, date]:  # fmt: skip
    """Days [begin, end) of the horizon on which at least one DID is there.

    All days, if none ever is.
    """
    local = scenario.horizon.local
    days = []
    for begin, end in stays:
        if begin is None or begin < calendar.end:
            last = (calendar.end if end is None else min(end, calendar.end)) - 1
            first_day = calendar.first_day if begin is None else local(begin).date()
            days.append((first_day, local(max(last, 0)).date() + timedelta(days=1)))
    if not days:
        return calendar.first_day, calendar.end_day
    return min(begin for begin, _ in days), max(end for _, end in days)
