"""Fees: what falls due, when, for whom, and for which days (M1, M2, M4, M5, R12).

A pool's channels pay their setup when they are bought, and their monthly fee then and at each renewal of the pool; a
DID pays when it is activated, and on its own cycle. At one instant, fees of cycles come before those of changes (R13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Literal

from capsim.scenario import Scenario
from capsim.scenario.time.cycles import Cycle, CycleRule
from capsim.scenario.time.timeline import LifeEvent, Purchase
from capsim.tariff.channels import PriceStep, price_steps
from capsim.units import local_midnight, microseconds_between, round_money

OF_CYCLES, OF_CHANGES = 0, 1
"""Stages of one instant, in the order of R13."""


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee: due at an instant of the clock, for whom and for how many, for the local dates [start, end).

    ``did`` is the name of an entry of the scenario; ``which`` names those of its DIDs that pay, where not
    all of them do. A fee that is paid back has a quantity and an amount below zero.
    """

    at: int
    stage: int
    kind: Literal["setup", "flat_rate", "dids"]
    what: str
    pool: str | None
    did: str | None
    which: str | None
    quantity: int
    unit: str
    unit_price: Decimal
    start: date
    end: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cover:
    """Days that a recurring fee is paid for, and what it is a month (M8)."""

    monthly: Decimal
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Fees:
    """Fees of a scenario's horizon, by the time they fall due, and the days that they cover."""

    fees: tuple[Fee, ...]
    covers: tuple[Cover, ...]

    def total(self, kind: str) -> Decimal:
        """All fees of a kind."""
        return sum((fee.amount for fee in self.fees if fee.kind == kind), Decimal(0))

    def a_month(self, first_day: date, end_day: date) -> Decimal:
        """Recurring fees a month (M8): what is paid for on an average day of [first_day, end_day)."""
        paid = sum(
            (
                cover.monthly * max((min(cover.end, end_day) - max(cover.start, first_day)).days, 0)
                for cover in self.covers
            ),
            Decimal(0),
        )
        return paid / (end_day - first_day).days


def prorate(fee: Decimal, part: Cycle, whole: Cycle, currency: str) -> Decimal:
    """A cycle's fee for the days of it that remain, rounded once, half up to the minor unit (M2, M6).

    25.00 from 28 December in a cycle of 31 days that renews on 21 January: 25.00 x 24 / 31 = 19.35.
    """
    return round_money(fee * part.days / whole.days, currency)


class Calendar:
    """A scenario's dates on its clock."""

    def __init__(self, scenario: Scenario) -> None:
        horizon = scenario.horizon
        self.start, self.end = horizon.start, horizon.microseconds
        self.first_day = horizon.start.date()
        last = horizon.local(horizon.microseconds - 1).date()
        self.end_day = last + timedelta(days=1)

    def midnight(self, day: date) -> int:
        """The clock as a local date begins, and 0 for the first day: nothing falls due before the start."""
        return max(self._beginning(day), 0)

    def begins(self, day: date, at: int) -> bool:
        """Whether a local date begins at an instant."""
        return self._beginning(day) == at

    def _beginning(self, day: date) -> int:
        zone = self.start.tzinfo
        assert zone is not None
        return microseconds_between(self.start, local_midnight(day, zone))

    def renewals(self, rule: CycleRule, number: int, until: int) -> Iterator[tuple[int, Cycle]]:
        """From renewal ``number`` on, each at its clock, those before ``until`` and before the horizon's end."""
        for n in count(number):
            start = rule.renewal(n)
            at = self.midnight(start)
            if at >= min(until, self.end):
                return
            yield at, Cycle(start, rule.renewal(n + 1))


def all_fees(scenario: Scenario) -> Fees:
    """The fees of a scenario, in the order in which they fall due."""
    maker = _Maker(scenario)
    for name in scenario.pools:
        maker.pool(name, scenario.bought_channels(name))
    maker.dids()
    return maker.result()


def fees_of_pool(scenario: Scenario, name: str, quantity: int) -> Fees:
    """The fees of a pool's channels, if so many are bought by the first day; ``changes`` buy none of them."""
    maker = _Maker(scenario)
    maker.pool(name, quantity)
    return maker.result()


def fees_of_dids(scenario: Scenario) -> Fees:
    """The fees of all DIDs."""
    maker = _Maker(scenario)
    maker.dids()
    return maker.result()


@dataclass(frozen=True, slots=True)
class _NumberFee:
    """What one DID of an entry pays at an instant, for the days of a term."""

    at: int
    stage: int
    kind: Literal["setup", "dids"]
    what: str
    name: str
    price: Decimal
    term: Cycle


class _Maker:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.calendar = Calendar(scenario)
        self.length, self.currency = scenario.billing.cycle, scenario.currency
        self.fees: list[Fee] = []
        self.covers: list[Cover] = []
        self.numbers: dict[_NumberFee, list[int]] = defaultdict(list)

    def result(self) -> Fees:
        """The fees, in the order in which they fall due."""
        order = sorted(range(len(self.fees)), key=lambda row: (self.fees[row].at, self.fees[row].stage, row))
        return Fees(tuple(self.fees[row] for row in order), tuple(self.covers))

    # -- channels of a pool -----------------------------------------------------------------------------

    def pool(self, name: str, quantity: int) -> None:
        scenario, calendar = self.scenario, self.calendar
        price = scenario.pools[name].flat_rate
        if price is None:
            return
        rule = CycleRule(self.length, scenario.renewal_day(name))
        first = calendar.first_day
        cycle = rule.cycle_at(first)
        owned = min(scenario.billing.owned.get(name, 0), quantity)
        bought = price_steps(price, quantity, owned)
        self._setups(name, bought, 0, OF_CYCLES, first)
        if cycle.start == first:
            self._monthly(name, price_steps(price, quantity), 0, OF_CYCLES, cycle, cycle, rule)
        else:
            self._monthly(name, bought, 0, OF_CYCLES, Cycle(first, cycle.end), cycle, rule)
            for step in price_steps(price, owned):  # paid before the horizon
                self.covers.append(Cover(rule.per_month(step.monthly * step.quantity), first, cycle.end))
        purchases = [
            (step.at, step.day, purchase)
            for step in scenario.timeline.steps
            for purchase in step.purchases
            if purchase.pool == name
        ]
        next_renewal = cycle.end
        for at, day, purchase in [*purchases, (calendar.end, calendar.end_day, Purchase(name, 0, 0))]:
            while (midnight := calendar.midnight(next_renewal)) <= at and midnight < calendar.end:
                cycle = rule.cycle_at(next_renewal)
                self._monthly(name, price_steps(price, quantity), midnight, OF_CYCLES, cycle, cycle, rule)
                next_renewal = cycle.end
            if purchase.added:
                self._purchase(name, purchase, at, day, rule)
            quantity += purchase.added

    def _purchase(self, pool: str, purchase: Purchase, at: int, day: date, rule: CycleRule) -> None:
        price = self.scenario.pools[pool].flat_rate
        assert price is not None
        cycle = rule.cycle_at(day)
        if purchase.added > 0:
            steps = price_steps(price, purchase.before + purchase.added, purchase.before)
            self._setups(pool, steps, at, OF_CHANGES, day)
            self._monthly(pool, steps, at, OF_CHANGES, Cycle(day, cycle.end), cycle, rule)
        elif self.scenario.billing.removal == "prorated":
            steps = price_steps(price, purchase.before, purchase.before + purchase.added)
            back = tuple(PriceStep(-step.quantity, step.setup, step.monthly) for step in steps)
            first = day if self.calendar.begins(day, at) else day + timedelta(days=1)  # that is wholly left
            rest = Cycle(min(first, cycle.end), cycle.end)
            self._monthly(pool, back, at, OF_CHANGES, rest, cycle, rule)

    def _setups(self, pool: str, steps: tuple[PriceStep, ...], at: int, stage: int, day: date) -> None:
        for step in steps:
            if step.setup:
                amount = round_money(step.setup * step.quantity, self.currency)
                self.fees.append(
                    Fee(at, stage, "setup", "Flat-rate channels, setup", pool, None, None, step.quantity, "channel",
                        step.setup, day, day, amount)
                )  # fmt: skip

    def _monthly(
        self, pool: str, steps: tuple[PriceStep, ...], at: int, stage: int, part: Cycle, whole: Cycle, rule: CycleRule
    ) -> None:
        for step in steps:
            if not step.monthly or not part.days:
                continue
            amount = prorate(step.monthly * step.quantity, part, whole, self.currency)
            back = " removed, paid back" if step.quantity < 0 else ""
            self.fees.append(
                Fee(at, stage, "flat_rate", f"Flat-rate channels{back}{_share(part, whole)}", pool, None, None,
                    step.quantity, "channel", step.monthly, part.start, part.end, amount)
            )  # fmt: skip
            self.covers.append(Cover(rule.per_month(step.monthly * step.quantity), part.start, part.end))

    # -- DIDs -------------------------------------------------------------------------------------------

    def dids(self) -> None:
        """What falls due at one instant for DIDs of one entry, for the same days, is one fee."""
        scenario = self.scenario
        later_dids, _ = scenario.later
        changing, first = scenario.timeline.lives, 0
        for name, entry in scenario.dids.items():
            lives: dict[tuple[bool, tuple[LifeEvent, ...]], list[int]] = defaultdict(list)
            for position in range(first, first + entry.quantity):
                lives[position not in later_dids, changing.get(position, ())].append(position)
            first += entry.quantity
            for (from_start, life), positions in lives.items():
                self._life(name, from_start, life, positions)
        for number, positions in self.numbers.items():
            quantity = len(positions)
            amount = round_money(number.price * quantity, self.currency)
            self.fees.append(
                Fee(number.at, number.stage, number.kind, number.what, None, number.name,
                    self._which(number.name, positions), quantity, "DID",
                    number.price, number.term.start, number.term.end, amount)
            )  # fmt: skip

    def _which(self, name: str, positions: list[int]) -> str | None:
        """Names of some DIDs of an entry; None for all of them."""
        if len(positions) == self.scenario.dids[name].quantity:
            return None
        names = [self.scenario.all_dids[position].name for position in sorted(positions)]
        return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]}, ... {names[-1]}"

    def _life(self, name: str, from_start: bool, life: tuple[LifeEvent, ...], positions: list[int]) -> None:
        """Fees of some DIDs of an entry: at activation, at each renewal of their own cycle, when renewed early."""
        entry, calendar = self.scenario.dids[name], self.calendar
        rule, number, there = CycleRule(self.length, calendar.first_day), 0, from_start
        mode: str | None = entry.mode
        if from_start and entry.activated is not None and entry.activated < calendar.first_day:
            rule = CycleRule(self.length, entry.activated)
            while rule.renewal(number) < calendar.first_day:
                number += 1
            cover = rule.per_month((entry.monthly_fee(mode) or Decimal(0)) * len(positions))
            self.covers.append(Cover(cover, calendar.first_day, rule.renewal(number)))  # paid before the horizon
        elif from_start:
            self._number_setup(name, positions, 0, OF_CYCLES, calendar.first_day)
        for event in (*life, None):
            until = calendar.end if event is None else event.at + (event.what != "mode")
            for at, cycle in calendar.renewals(rule, number, until) if there else ():
                self._number(name, positions, at, OF_CYCLES, cycle, mode, rule, 1)
                number += 1
            if event is None:
                return
            if event.what == "mode":
                mode = event.mode
            elif event.what == "end":
                there = False
            else:
                there, mode, number = True, event.mode, event.cycles
                rule = CycleRule(self.length, event.day)
                if event.what == "add":
                    self._number_setup(name, positions, event.at, OF_CHANGES, event.day)
                term = Cycle(event.day, rule.renewal(event.cycles))
                self._number(name, positions, event.at, OF_CHANGES, term, mode, rule, event.cycles)

    def _number_setup(self, name: str, positions: list[int], at: int, stage: int, day: date) -> None:
        setup = self.scenario.dids[name].fees.setup
        if setup:
            self.numbers[_NumberFee(at, stage, "setup", "Number, setup", name, setup, Cycle(day, day))] += positions

    def _number(
        self, name: str, positions: list[int], at: int, stage: int, term: Cycle, mode: str | None, rule: CycleRule,
        cycles: int,
    ) -> None:  # fmt: skip
        fee = self.scenario.dids[name].monthly_fee(mode) or Decimal(0)
        if not fee:
            return
        what = "Number" if cycles == 1 else f"Number, {cycles} cycles"
        self.numbers[_NumberFee(at, stage, "dids", what, name, fee * cycles, term)] += positions
        self.covers.append(Cover(rule.per_month(fee * len(positions)), term.start, term.end))


def _share(part: Cycle, whole: Cycle) -> str:
    return "" if part == whole else f", {part.days} of {whole.days} days"
