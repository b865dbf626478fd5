"""The itemised invoice of one replication (M6), and its totals.

An item is rounded once, to the currency's minor unit; the total is the sum of the items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from capsim.cost.charges import Charge, Charges
from capsim.tariff import CallPrices, Prices
from capsim.units import MINUTE, round_money

Kind = Literal["setup", "flat_rate", "metered", "dids"]
KINDS: tuple[Kind, ...] = ("setup", "flat_rate", "metered", "dids")
"""One-time fees; recurring fees of channels; calls on metered channels; recurring fees and own calls of DIDs."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what, for whom, how much of it, at what price, for which local dates [start, end).

    ``pool``, ``group`` and ``did`` are None where they do not apply; ``did`` is the name of an entry of the scenario,
    and ``which`` names those of its DIDs that the item is for, where it is not for all of them.
    """

    kind: Kind
    what: str
    pool: str | None
    group: str | None
    did: str | None
    which: str | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    start: date
    end: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CostTotals:
    """Sums over the items of an invoice, and what recurs in a month of 30.4375 days (M8)."""

    setup: Decimal
    flat_rate: Decimal
    metered: Decimal
    dids: Decimal
    total: Decimal
    monthly: Decimal


class Invoicing:
    """Writes invoices of one scenario. What does not depend on calls is written once."""

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self.fixed = tuple(
            Item(
                fee.kind,
                fee.what,
                fee.pool,
                None,
                fee.did,
                fee.which,
                Decimal(fee.quantity),
                fee.unit,
                fee.unit_price,
                fee.start,
                fee.end,
                fee.amount,
            )
            for fee in prices.fees
        )
        self.fees_a_month = prices.fees_a_month()

    def invoice(self, charges: Charges) -> tuple[Item, ...]:
        """All items of a replication, by kind, and in the order of their periods."""
        items = (*self.fixed, *self._usage(charges))
        return tuple(sorted(items, key=lambda item: (KINDS.index(item.kind), item.start)))

    def totals(self, charges: Charges) -> CostTotals:
        usage = tuple(self._usage(charges))
        sums = dict.fromkeys(KINDS, Decimal(0))
        for item in (*self.fixed, *usage):
            sums[item.kind] += item.amount
        by_use = sum((item.amount for item in usage), Decimal(0))
        monthly = self.fees_a_month + self.prices.calls_a_month(by_use)
        return CostTotals(
            **sums, total=sum(sums.values(), Decimal(0)), monthly=round_money(monthly, self.prices.currency)
        )

    def _usage(self, charges: Charges) -> Iterator[Item]:
        prices = self.prices
        for (row, period), charge in charges.groups.items():
            yield from self._calls("metered", "Metered calls", prices.groups[row], period, charge, None)
        for (row, period), charge in charges.dids.items():
            entry = prices.dids[row]
            yield from self._calls("dids", "Per-minute price", entry, period, charge, entry.name)

    def _calls(
        self, kind: Kind, what: str, owner: CallPrices, period: int, charge: Charge, did: str | None
    ) -> Iterator[Item]:
        if owner.call is None or owner.rate is None or not charge.calls:
            return
        days = owner.periods[period]
        yield Item(
            kind,
            f"{what}, {charge.calls:,} answered",
            owner.pool,
            owner.name if did is None else None,
            did,
            None,
            Decimal(charge.billed) / MINUTE,
            "billed minute",
            owner.rate,
            days.start,
            days.end,
            round_money(owner.call.money(charge.units), self.prices.currency),
        )
