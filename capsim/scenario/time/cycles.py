"""Billing cycles: the local dates on which recurring fees are due (M1, M2, M4)."""

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
        """Length of the cycle, in days."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class CycleRule:
    """Billing cycles of one length that renew on the date ``anchor`` and regularly after (and before) it.

    A monthly cycle keeps the anchor's day of the month: from 31 January, it renews on the last day of
    February and on 31 March.
    """

    length: str
    anchor: date

    def renewal(self, number: int) -> date:
        """The ``number``-th renewal day after the anchor; negative numbers lie before it."""
        if self.length == "month":
            return add_months(self.anchor, number)
        return self.anchor + timedelta(days=number * self._days)

    def cycle_at(self, day: date) -> Cycle:
        """The cycle in which a date lies."""
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
        """The cycles of the dates [start, end); the first begins at ``start``, and may be a part of a cycle."""
        cycle = self.cycle_at(start)
        yield Cycle(start, cycle.end)
        while cycle.end < end:
            cycle = self.cycle_at(cycle.end)
            yield cycle

    def per_month(self, fee: Decimal) -> Decimal:
        """A fee for each cycle as a fee for a month of 30.4375 days (M8); a monthly fee stays what it is."""
        return fee if self.length == "month" else fee * DAYS_PER_MONTH / self._days

    @property
    def _days(self) -> int:
        return int(self.length.split()[0])
