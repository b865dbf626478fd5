"""Items of an invoice, and what recurs of them (M6, M8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

OF_CYCLES, OF_CHANGES = 0, 1
"""Stages of one instant, in the order of R13: renewals come before purchases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an invoice.

    An item that is paid back has a quantity and an amount below zero.

    Parameters
    ----------
    kind
        Kind of cost, a name in `capsim.cost.COST_KINDS`.
    what
        Name of the item, such as ``Flat-rate channels, 24 of 31 days``.
    pool
        Pool that the item is for; None where it is for none.
    group
        Group that the item is for; None where it is for none.
    did
        Entry of the scenario's ``dids`` that the item is for; None where it is for none.
    which
        Names of the entry's DIDs that pay, where not all of them do.
    quantity
        Number of units.
    unit
        Name of one unit, in the singular.
    unit_price
        Price of one unit, before it is prorated.
    start
        First local date that the item covers.
    end
        Local date after the last one; for what is paid once, that of the start.
    amount
        Quantity x price, rounded once to the currency's minor unit.
    at
        Clock at which the item falls due, microseconds; None where it is known only after use.
    stage
        Order among the items of one instant: ``OF_CYCLES`` or ``OF_CHANGES``.
    """

    kind: str
    what: str
    pool: str | None = None
    group: str | None = None
    did: str | None = None
    which: str | None = None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    start: date
    end: date
    amount: Decimal
    at: int | None = None
    stage: int = OF_CYCLES


@dataclass(frozen=True, slots=True)
class Cover:
    """Days that a recurring fee is paid for.

    Parameters
    ----------
    monthly
        Fee of a month of 30.4375 days (M8).
    start
        First local date that is paid for.
    end
        Local date after the last one.
    """

    monthly: Decimal
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Bill:
    """Items of an invoice, and what they come to a month.

    Parameters
    ----------
    items
        Items, those that fall due at known instants in this order.
    covers
        Days that recurring fees are paid for.
    by_use
        Amount that grows with the length of the horizon, as the price of calls does.
    """

    items: tuple[Item, ...] = ()
    covers: tuple[Cover, ...] = ()
    by_use: Decimal = Decimal(0)

    @classmethod
    def of(cls, parts: Iterable[Bill]) -> Bill:
        """Put the bills of several prices together, in their order."""
        parts = tuple(parts)
        return cls(
            tuple(item for part in parts for item in part.items),
            tuple(cover for part in parts for cover in part.covers),
            sum((part.by_use for part in parts), Decimal(0)),
        )

    def by_due_time(self) -> Bill:
        """Sort items by the instants at which they fall due (R13).

        Items of one instant and stage keep their order.
        """
        items = sorted(self.items, key=lambda item: (item.at or 0, item.stage))
        return Bill(tuple(items), self.covers, self.by_use)

    def total(self, kind: str) -> Decimal:
        """Sum of the items of one kind of cost."""
        return sum((item.amount for item in self.items if item.kind == kind), Decimal(0))

    def fees_a_month(self, first_day: date, end_day: date) -> Decimal:
        """Recurring fees a month, on an average day of [first_day, end_day) (M8)."""
        paid = sum(
            (
                cover.monthly * max((min(cover.end, end_day) - max(cover.start, first_day)).days, 0)
                for cover in self.covers
            ),
            Decimal(0),
        )
        return paid / (end_day - first_day).days
