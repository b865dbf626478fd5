"""The itemised invoice of one replication (M6), and its totals.

An item is rounded once, to the currency's minor unit; the total is the sum of the items.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from capsim.cost.biller import Charges
from capsim.cost.kinds import COST_KINDS
from capsim.money import round_money
from capsim.tariff import Bill, Item, Prices


@dataclass(frozen=True)
class CostTotals:
    """Sums over the items of an invoice, and the monthly cost.

    Each figure is an attribute too: ``totals.setup``, ``totals.total``.

    Parameters
    ----------
    figures
        Amounts by the names of `capsim.cost.cost_names`: each kind of cost, ``total``, and ``monthly``, what recurs in
        a month of 30.4375 days (M8).
    """

    figures: dict[str, Decimal]

    def __getitem__(self, name: str) -> Decimal:
        """Give one figure by its name."""
        return self.figures[name]

    if not TYPE_CHECKING:  # kinds are known from the table alone; our own code looks them up by name

        def __getattr__(self, name):
            """Give one figure as an attribute."""
            figures = self.__dict__.get("figures", {})
            if name in figures:
                return figures[name]
            raise AttributeError(name)


class Invoicing:
    """Writes invoices of one scenario. What does not depend on calls is written once."""

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self.due_sums = {kind: prices.due.total(kind) for kind in COST_KINDS}
        self.fees_a_month = prices.fees_a_month()

    def bill(self, charges: Charges) -> Bill:
        """Bill the usage of a replication, which is known only afterwards."""
        return Bill.of(charge.bill(heard) for charge, heard in charges.of(self.prices.charges))

    def invoice(self, after: Bill) -> tuple[Item, ...]:
        """Write all items of a replication, by kind, and in the order of their periods.

        Parameters
        ----------
        after
            Bill of the replication's usage, from `bill`.
        """
        items = (*self.prices.due.items, *after.items)
        place = {kind: row for row, kind in enumerate(COST_KINDS)}
        return tuple(sorted(items, key=lambda item: (place[item.kind], item.start)))

    def totals(self, after: Bill) -> CostTotals:
        """Add the items of a replication up, by kind and in all.

        Parameters
        ----------
        after
            Bill of the replication's usage, from `bill`.
        """
        sums = dict(self.due_sums)
        for item in after.items:
            sums[item.kind] += item.amount
        monthly = self.fees_a_month + self.prices.calls_a_month(after.by_use)
        if after.covers:
            monthly += self.prices.fees_a_month(after)
        total, currency = sum(sums.values(), Decimal(0)), self.prices.currency
        return CostTotals(sums | {"total": total, "monthly": round_money(monthly, currency)})
