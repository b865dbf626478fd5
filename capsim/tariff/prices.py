"""A scenario's prices: who pays what, and when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from capsim.scenario import Scenario
from capsim.scenario.time.cycles import CycleRule
from capsim.tariff.calls import CallPrice
from capsim.tariff.fees import Calendar, Cover, Fee, Fees, all_fees
from capsim.units import DAY, DAYS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates [start, end) whose calls are one item of the invoice: a billing cycle, or its part in the horizon.

    ``at`` is the clock at which it begins.
    """

    at: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class CallPrices:
    """What calls cost: those on a group's metered channels, or all calls of the DIDs of an entry; by period.

    ``pool`` is None for an entry. ``call`` and ``rate`` are None for a group without metered channels, and for DIDs
    without a price of their own.
    """

    name: str
    pool: str | None
    call: CallPrice | None
    rate: Decimal | None
    periods: tuple[Period, ...]

    def period(self, clock: int) -> int:
        """Which period an instant lies in; those before the start are in the first."""
        return max(bisect_right([period.at for period in self.periods], clock) - 1, 0)


@dataclass(frozen=True, slots=True)
class Prices:
    """All prices of a scenario, by group and by entry of ``dids``, and the fees that fall due in its horizon."""

    currency: str
    first_day: date
    end_day: date
    horizon_days: Decimal
    groups: tuple[CallPrices, ...]
    dids: tuple[CallPrices, ...]
    quantities: tuple[int, ...]
    fees: tuple[Fee, ...]
    covers: tuple[Cover, ...]

    def fees_a_month(self) -> Decimal:
        """Recurring fees a month (M8): what is paid for on an average day of the horizon."""
        return Fees(self.fees, self.covers).a_month(self.first_day, self.end_day)

    def calls_a_month(self, amount: Decimal) -> Decimal:
        """What calls cost a month, by what they cost in the horizon (M8)."""
        return amount * DAYS_PER_MONTH / self.horizon_days

    def cuts(self) -> set[int]:
        """Instants of the clock at which a period of priced calls begins."""
        priced = (one for one in (*self.groups, *self.dids) if one.call is not None)
        return {period.at for one in priced for period in one.periods if period.at > 0}


def build_prices(scenario: Scenario) -> Prices:
    """The prices of a scenario; every amount is its own (M7)."""
    horizon, calendar, fees = scenario.horizon, Calendar(scenario), all_fees(scenario)
    return Prices(
        currency=scenario.currency,
        first_day=calendar.first_day,
        end_day=calendar.end_day,
        horizon_days=Decimal(horizon.microseconds) / DAY,
        groups=tuple(_group(scenario, calendar, name) for name in scenario.all_groups),
        dids=tuple(_entries(scenario, calendar)),
        quantities=scenario.quantities,
        fees=fees.fees,
        covers=fees.covers,
    )


def _group(scenario: Scenario, calendar: Calendar, name: str) -> CallPrices:
    group = scenario.all_groups[name]
    metered = scenario.pools[group.pool].metered
    ever = group.metered or any(name in step.groups and step.groups[name].metered for step in scenario.timeline.steps)
    rule = CycleRule(scenario.billing.cycle, scenario.renewal_day(group.pool))
    periods = tuple(_periods(calendar, rule))
    if metered is None or not ever:
        return CallPrices(name, group.pool, None, None, periods)
    return CallPrices(name, group.pool, CallPrice.of(metered), metered.rate, periods)


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
        yield CallPrices(name, None, CallPrice.of(price), price.rate, tuple(_periods(calendar, rule, begin, end)))


def _stay(
    scenario: Scenario, calendar: Calendar, stays: set[tuple[int | None, int | None]]
) -> tuple[date, date]:  # fmt: skip
    """The days [begin, end) of the horizon on which at least one DID is there; all, if none ever is."""
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


def _periods(
    calendar: Calendar, rule: CycleRule, begin: date | None = None, end: date | None = None
) -> Iterator[Period]:  # fmt: skip
    """Billing cycles, and parts of them, that lie in [begin, end): in the horizon, if not given."""
    begin, end = begin or calendar.first_day, end or calendar.end_day
    for cycle in rule.cycles(begin, end):
        at = calendar.midnight(cycle.start)
        if at < calendar.end:
            yield Period(at, cycle.start, min(cycle.end, end))
