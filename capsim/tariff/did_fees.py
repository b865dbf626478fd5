"""Fees of DIDs: setup once, and a monthly fee by mode (M4, R12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from capsim.money import round_money
from capsim.scenario import Scenario
from capsim.scenario.time.cycles import Cycle, CycleRule
from capsim.scenario.time.timeline import LifeEvent
from capsim.tariff.bill import OF_CHANGES, OF_CYCLES, Bill, Cover, Item
from capsim.tariff.calendar import Calendar
from capsim.tariff.fees import Fees


class DidFees(Fees):
    """Setup and monthly fees of all DIDs."""

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Read the fees of the DIDs that are there in the horizon."""
        return cls(_FeesOfDids(scenario).bill().by_due_time())


@dataclass(frozen=True, slots=True, kw_only=True)
class _DidFee:
    """Fee of one DID of an entry at an instant, for the days of a term."""

    at: int
    stage: int
    kind: Literal["setup", "dids"]
    what: str
    name: str
    price: Decimal
    term: Cycle


class _FeesOfDids:
    """Fees of all DIDs.

    Fees of one entry that fall due at one instant, for the same days, are one item.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.calendar = Calendar(scenario)
        self.fees: dict[_DidFee, list[int]] = defaultdict(list)
        self.covers: list[Cover] = []
        later_dids, _ = scenario.later
        changing, first = scenario.timeline.lives, 0
        for name, entry in scenario.dids.items():
            lives: dict[tuple[bool, tuple[LifeEvent, ...]], list[int]] = defaultdict(list)
            for position in range(first, first + entry.quantity):
                lives[position not in later_dids, changing.get(position, ())].append(position)
            first += entry.quantity
            for (from_start, life), positions in lives.items():
                self._life(name, from_start, life, positions)

    def bill(self) -> Bill:
        """The fees, in the order of the entries."""
        items = (
            Item(
                kind=fee.kind,
                what=fee.what,
                did=fee.name,
                which=self._which(fee.name, positions),
                quantity=Decimal(len(positions)),
                unit="DID",
                unit_price=fee.price,
                start=fee.term.start,
                end=fee.term.end,
                amount=round_money(fee.price * len(positions), self.scenario.currency),
                at=fee.at,
                stage=fee.stage,
            )
            for fee, positions in self.fees.items()
        )
        return Bill(tuple(items), tuple(self.covers))

    def _which(self, name: str, positions: list[int]) -> str | None:
        """Names of some DIDs of an entry; None for all of them."""
        if len(positions) == self.scenario.dids[name].quantity:
            return None
        names = [self.scenario.all_dids[position].name for position in sorted(positions)]
        return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]}, ... {names[-1]}"

    def _life(self, name: str, from_start: bool, life: tuple[LifeEvent, ...], positions: list[int]) -> None:
        """Write the fees of some DIDs of an entry that have the same life.

        Fees fall due at activation, at each renewal of the DIDs' own cycle, and when they are renewed early.
        """
        entry, calendar = self.scenario.dids[name], self.calendar
        length = self.scenario.billing.cycle
        rule, number, there = CycleRule(length, calendar.first_day), 0, from_start
        mode: str | None = entry.mode
        if from_start and entry.activated is not None and entry.activated < calendar.first_day:
            rule = CycleRule(length, entry.activated)
            while rule.renewal(number) < calendar.first_day:
                number += 1
            cover = rule.per_month((entry.monthly_fee(mode) or Decimal(0)) * len(positions))
            self.covers.append(Cover(cover, calendar.first_day, rule.renewal(number)))  # paid before the horizon
        elif from_start:
            self._setup(name, positions, 0, OF_CYCLES, calendar.first_day)
        for event in (*life, None):
            until = calendar.end if event is None else event.at + (event.what != "mode")
            for at, cycle in calendar.renewals(rule, number, until) if there else ():
                self._monthly(name, positions, at, OF_CYCLES, cycle, mode, rule, 1)
                number += 1
            if event is None:
                return
            if event.what == "mode":
                mode = event.mode
            elif event.what == "end":
                there = False
            else:
                there, mode, number = True, event.mode, event.cycles
                rule = CycleRule(length, event.day)
                if event.what == "add":
                    self._setup(name, positions, event.at, OF_CHANGES, event.day)
                term = Cycle(event.day, rule.renewal(event.cycles))
                self._monthly(name, positions, event.at, OF_CHANGES, term, mode, rule, event.cycles)

    def _setup(self, name: str, positions: list[int], at: int, stage: int, day: date) -> None:
        setup = self.scenario.dids[name].fees.setup
        if setup:
            fee = _DidFee(
                at=at, stage=stage, kind="setup", what="Number, setup", name=name, price=setup, term=Cycle(day, day)
            )
            self.fees[fee] += positions

    def _monthly(
        self, name: str, positions: list[int], at: int, stage: int, term: Cycle, mode: str | None, rule: CycleRule,
        cycles: int,
    ) -> None:  # fmt: skip
        """Write the fee of a mode for some cycles."""
        price = self.scenario.dids[name].monthly_fee(mode) or Decimal(0)
        if not price:
            return
        what = "Number" if cycles == 1 else f"Number, {cycles} cycles"
        fee = _DidFee(at=at, stage=stage, kind="dids", what=what, name=name, price=price * cycles, term=term)
        self.fees[fee] += positions
        self.covers.append(Cover(rule.per_month(price * len(positions)), term.start, term.end))
