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
from capsim.tariff import CallPrice, CycleRule, Prices, prorate
from capsim.units import DAYS_PER_MONTH, MINUTE, round_money

Kind = Literal["setup", "flat_rate", "metered", "dids"]
KINDS: tuple[Kind, ...] = ("setup", "flat_rate", "metered", "dids")
"""One-time fees; recurring fees of channels; calls on metered channels; recurring fees and own calls of DIDs."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what, for whom, how much of it, at what price, for which local dates [start, end).

    ``pool``, ``group`` and ``did`` are None where they do not apply; ``did`` is the name of an entry of the scenario.
    """

    kind: Kind
    what: str
    pool: str | None
    group: str | None
    did: str | None
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
        self.fixed = tuple(_pool_items(prices)) + tuple(_did_items(prices))
        self.fixed_monthly = _recurring_fees(prices)

    def invoice(self, charges: Charges) -> tuple[Item, ...]:
        """All items of a replication, in the order of KINDS."""
        items = (*self.fixed, *self._usage(charges))
        return tuple(sorted(items, key=lambda item: KINDS.index(item.kind)))

    def totals(self, charges: Charges) -> CostTotals:
        usage = tuple(self._usage(charges))
        sums = dict.fromkeys(KINDS, Decimal(0))
        for item in (*self.fixed, *usage):
            sums[item.kind] += item.amount
        by_use = sum((item.amount for item in usage), Decimal(0))
        monthly = self.fixed_monthly + by_use * DAYS_PER_MONTH / self.prices.horizon_days
        return CostTotals(
            **sums, total=sum(sums.values(), Decimal(0)), monthly=round_money(monthly, self.prices.currency)
        )

    def _usage(self, charges: Charges) -> Iterator[Item]:
        prices = self.prices
        for row, charge in charges.groups.items():
            group = prices.groups[row]
            if group.call is not None and group.rate is not None and charge.calls:
                yield self._calls(
                    "metered", "Metered calls", group.call, group.rate, charge, group.pool, group.name, None
                )
        for row, charge in charges.dids.items():
            entry = prices.dids[row]
            if entry.per_minute is not None and entry.rate is not None and charge.calls:
                yield self._calls(
                    "dids", "Per-minute price", entry.per_minute, entry.rate, charge, None, None, entry.name
                )

    def _calls(
        self,
        kind: Kind,
        what: str,
        price: CallPrice,
        rate: Decimal,
        charge: Charge,
        pool: str | None,
        group: str | None,
        did: str | None,
    ) -> Item:
        prices = self.prices
        return Item(
            kind,
            f"{what}, {charge.calls:,} answered",
            pool,
            group,
            did,
            Decimal(charge.billed) / MINUTE,
            "billed minute",
            rate,
            prices.first_day,
            prices.end_day,
            round_money(price.money(charge.units), prices.currency),
        )


def _pool_items(prices: Prices) -> Iterator[Item]:
    for pool in prices.pools:
        for step in pool.steps:
            if step.setup:
                yield Item(
                    "setup",
                    "Flat-rate channels, setup",
                    pool.name,
                    None,
                    None,
                    Decimal(step.quantity),
                    "channel",
                    step.setup,
                    prices.first_day,
                    prices.first_day,
                    round_money(step.setup * step.quantity, prices.currency),
                )
            yield from _recurring(
                "flat_rate",
                "Flat-rate channels",
                pool.name,
                None,
                step.quantity,
                "channel",
                step.monthly,
                pool.cycle,
                prices,
            )


def _did_items(prices: Prices) -> Iterator[Item]:
    for entry in prices.dids:
        quantity = Decimal(entry.quantity)
        if entry.setup:
            yield Item(
                "setup",
                "Number, setup",
                None,
                None,
                entry.name,
                quantity,
                "DID",
                entry.setup,
                prices.first_day,
                prices.first_day,
                round_money(entry.setup * quantity, prices.currency),
            )
        yield from _recurring(
            "dids", "Number", None, entry.name, entry.quantity, "DID", entry.monthly, entry.cycle, prices
        )


def _recurring(
    kind: Kind,
    what: str,
    pool: str | None,
    did: str | None,
    quantity: int,
    unit: str,
    fee: Decimal,
    rule: CycleRule,
    prices: Prices,
) -> Iterator[Item]:
    """An item for each cycle; where the horizon begins within one, for the days of it that remain (M2)."""
    for part in rule.cycles(prices.first_day, prices.end_day) if fee else ():
        whole = rule.cycle_at(part.start)
        share = "" if part == whole else f", {part.days} of {whole.days} days"
        amount = prorate(fee * quantity, part, whole, prices.currency)
        yield Item(kind, what + share, pool, None, did, Decimal(quantity), unit, fee, part.start, part.end, amount)


def _recurring_fees(prices: Prices) -> Decimal:
    pools = sum(
        (pool.cycle.per_month(step.monthly * step.quantity) for pool in prices.pools for step in pool.steps),
        Decimal(0),
    )
    return pools + sum((entry.cycle.per_month(entry.monthly * entry.quantity) for entry in prices.dids), Decimal(0))
