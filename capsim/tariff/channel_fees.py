"""Fees of flat-rate channels (M1, M2), by the quantity owned (M5).

A pool's channels pay their setup when they are bought, and their monthly fee then and at each renewal of the pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from capsim.money import round_money
from capsim.scenario import Scenario
from capsim.scenario.model.pools import FlatRatePrice
from capsim.scenario.time.cycles import Cycle, CycleRule
from capsim.scenario.time.timeline import Purchase
from capsim.tariff.bill import OF_CHANGES, OF_CYCLES, Bill, Cover, Item
from capsim.tariff.calendar import Calendar
from capsim.tariff.fees import Fees, prorate, share_text


@dataclass(frozen=True, slots=True)
class PriceStep:
    """Channels that have one price.

    Parameters
    ----------
    quantity
        Number of channels; below zero where they are removed and paid back.
    setup
        Price of one channel, once.
    monthly
        Price of one channel for each cycle.
    """

    quantity: int
    setup: Decimal
    monthly: Decimal


def price_steps(price: FlatRatePrice, quantity: int, before: int = 0) -> tuple[PriceStep, ...]:
    """Price flat-rate channels by the quantity owned (M5).

    Parameters
    ----------
    price
        Price of the pool, with its breaks.
    quantity
        Channels owned, with those that are priced.
    before
        Channels owned without them.

    Returns
    -------
    tuple of PriceStep
        One step at the price of the highest break that ``quantity`` reaches, for all units; or, graduated, a step for
        each break, for the channels from its quantity on.
    """
    levels = [
        (1, price.setup, price.monthly),
        *((item.from_, item.setup, item.monthly) for item in price.breaks),
    ]
    reached = [level for level in levels if level[0] <= quantity]
    if price.break_mode == "all units":
        reached = [(1, *level[1:]) for level in reached[-1:]]
    ends = [*(start for start, _, _ in reached[1:]), quantity + 1][: len(reached)]
    steps = (
        PriceStep(end - max(start, before + 1), setup, monthly)
        for (start, setup, monthly), end in zip(reached, ends, strict=True)
    )
    return tuple(step for step in steps if step.quantity > 0)


class ChannelFees(Fees):
    """Setup and monthly fees of the flat-rate channels of all pools."""

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Read the fees of the channels that the scenario buys."""
        return cls.of_pools(scenario, {name: scenario.bought_channels(name) for name in scenario.pools})

    @classmethod
    def of_pools(cls, scenario: Scenario, quantities: Mapping[str, int]) -> Self:
        """Read the fees of other numbers of channels, bought by the first day.

        Parameters
        ----------
        quantities
            Channels of each pool; the scenario's changes buy none of them.
        """
        parts = [_PoolFees(scenario, name, quantity).bill() for name, quantity in quantities.items()]
        return cls(Bill.of(parts).by_due_time())


class _PoolFees:
    """Fees of one pool's channels, written down as time passes."""

    def __init__(self, scenario: Scenario, name: str, quantity: int) -> None:
        self.scenario, self.name = scenario, name
        self.calendar = Calendar(scenario)
        self.currency = scenario.currency
        self.items: list[Item] = []
        self.covers: list[Cover] = []
        price = scenario.pools[name].flat_rate
        if price is not None:
            self.price = price
            self.rule = CycleRule(scenario.billing.cycle, scenario.renewal_day(name))
            self._write(quantity)

    def bill(self) -> Bill:
        """The fees, in the order in which they were written."""
        return Bill(tuple(self.items), tuple(self.covers))

    def _write(self, quantity: int) -> None:
        """Follow the pool from the first day's purchase through its renewals and changes."""
        scenario, calendar, price, rule = self.scenario, self.calendar, self.price, self.rule
        first = calendar.first_day
        cycle = rule.cycle_at(first)
        owned = min(scenario.billing.owned.get(self.name, 0), quantity)
        bought = price_steps(price, quantity, owned)
        self._setups(bought, 0, OF_CYCLES, first)
        if cycle.start == first:
            self._monthly(price_steps(price, quantity), 0, OF_CYCLES, cycle, cycle)
        else:
            self._monthly(bought, 0, OF_CYCLES, Cycle(first, cycle.end), cycle)
            for step in price_steps(price, owned):  # paid before the horizon
                self.covers.append(Cover(rule.per_month(step.monthly * step.quantity), first, cycle.end))
        purchases = [
            (step.at, step.day, purchase)
            for step in scenario.timeline.steps
            for purchase in step.purchases
            if purchase.pool == self.name
        ]
        next_renewal = cycle.end
        for at, day, purchase in [*purchases, (calendar.end, calendar.end_day, Purchase(self.name, 0, 0))]:
            while (midnight := calendar.midnight(next_renewal)) <= at and midnight < calendar.end:
                cycle = rule.cycle_at(next_renewal)
                self._monthly(price_steps(price, quantity), midnight, OF_CYCLES, cycle, cycle)
                next_renewal = cycle.end
            if purchase.added:
                self._purchase(purchase, at, day)
            quantity += purchase.added

    def _purchase(self, purchase: Purchase, at: int, day: date) -> None:
        """Write what a purchase costs, or what a removal pays back (M2)."""
        cycle = self.rule.cycle_at(day)
        if purchase.added > 0:
            steps = price_steps(self.price, purchase.before + purchase.added, purchase.before)
            self._setups(steps, at, OF_CHANGES, day)
            self._monthly(steps, at, OF_CHANGES, Cycle(day, cycle.end), cycle)
        elif self.scenario.billing.removal == "prorated":
            steps = price_steps(self.price, purchase.before, purchase.before + purchase.added)
            back = tuple(PriceStep(-step.quantity, step.setup, step.monthly) for step in steps)
            first = day if self.calendar.begins(day, at) else day + timedelta(days=1)  # that is wholly left
            rest = Cycle(min(first, cycle.end), cycle.end)
            self._monthly(back, at, OF_CHANGES, rest, cycle)

    def _setups(self, steps: tuple[PriceStep, ...], at: int, stage: int, day: date) -> None:
        for step in steps:
            if step.setup:
                self.items.append(
                    Item(
                        kind="setup",
                        what="Flat-rate channels, setup",
                        pool=self.name,
                        quantity=Decimal(step.quantity),
                        unit="channel",
                        unit_price=step.setup,
                        start=day,
                        end=day,
                        amount=round_money(step.setup * step.quantity, self.currency),
                        at=at,
                        stage=stage,
                    )
                )

    def _monthly(self, steps: tuple[PriceStep, ...], at: int, stage: int, part: Cycle, whole: Cycle) -> None:
        for step in steps:
            if not step.monthly or not part.days:
                continue
            back = " removed, paid back" if step.quantity < 0 else ""
            self.items.append(
                Item(
                    kind="flat_rate",
                    what=f"Flat-rate channels{back}{share_text(part, whole)}",
                    pool=self.name,
                    quantity=Decimal(step.quantity),
                    unit="channel",
                    unit_price=step.monthly,
                    start=part.start,
                    end=part.end,
                    amount=prorate(step.monthly * step.quantity, part, whole, self.currency),
                    at=at,
                    stage=stage,
                )
            )
            self.covers.append(Cover(self.rule.per_month(step.monthly * step.quantity), part.start, part.end))
