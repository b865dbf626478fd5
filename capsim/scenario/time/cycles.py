"""Billing cycles: the local dates on which recurring fees fall due (M1, M2, M4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from capsim.units import DAYS_PER_MONTH, add_months


@dataclass(frozen=True, slots=True)
class Cycle:
    """One billing cycle: local dates [start, end)."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class CycleRule:
    """Cycles of one length that renew at ``anchor`` and ever after.

    A monthly cycle keeps the anchor's day of the month: from 31 January, it renews on the last day of
    February and on 31 March.
    """

    length: str
    anchor: date

    def renewal(self, number: int) -> date:
        """The ``number``-th renewal day from the anchor; negative ones lie before it."""
        if self.length == "month":
            return add_months(self.anchor, number)
        return self.anchor + timedelta(days=number * self._days)

    def cycle_at(self, day: date) -> Cycle:
        """The cycle that a date lies in."""
        if self.length == "month":
            number = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        else:
            number = (day - self.anchor).days // self._days
        while self.renewal(number) > day:
            number -= 1
        while self.renewal(number + 1) <= day:
            number += 1
        return Cycle(self.renewal(number), self.renewal(number + 1))

    def cycles(self, start: date, end: date) -> Iterator[Cycle]:
        """The cycles of [start, end), the first from ``start`` on, which may be a part of one."""
        cycle = self.cycle_at(start)
        yield Cycle(start, cycle.end)
        while cycle.end < end:
            cycle = self.cycle_at(cycle.end)
            yield cycle

    def per_month(self, fee: Decimal) -> Decimal:
        """A fee for each cycle as a fee for a month of 30.4375 days (M8); a monthly one is what it is."""
        return fee if self.length == "month" else fee * DAYS_PER_MONTH / self._days

    @property
    def _days(self) -> int:
        return int(self.length.split()[0])
