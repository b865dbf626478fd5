"""Charges by the minute, of metered calls and of numbers (M3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from capsim.money import round_money
from capsim.tariff.bill import Bill, Item
from capsim.tariff.charge import Charge
from capsim.tariff.rating import CallPrices, OfPeriod, RatedCalls
from capsim.units import HOUR, MINUTE

MOST_UNITS = 2**61
"""Largest sum of prices in one pass, in units of the price; 64 bits hold it."""
LONGEST = 1000 * HOUR
"""Length of a call that sums of prices must have room for, microseconds."""


@dataclass(frozen=True, slots=True)
class CallCharge(Charge[dict[OfPeriod, RatedCalls]]):
    """A price of answered calls by their billed time, for several owners of calls.

    Parameters
    ----------
    owners
        Prices of the calls of each owner, and its billing periods.
    currency
        Currency of the amounts.
    horizon
        Length of the horizon, microseconds.
    """

    kind: ClassVar[str]
    """Kind of cost of the items."""
    what: ClassVar[str]
    """Name of the items."""

    owners: tuple[CallPrices, ...]
    currency: str
    horizon: int

    def cuts(self) -> set[int]:
        """Instants of the clock at which a period of priced calls begins."""
        priced = (owner for owner in self.owners if owner.call is not None)
        return {period.at for owner in priced for period in owner.periods if period.at > 0}

    def units(self, rated: dict[OfPeriod, RatedCalls], decimals: int) -> int:
        """Price the full length of all calls, each rounded as its price says."""
        total = 0
        for (owner, _), calls in rated.items():
            price = self.owners[owner].call
            if price is not None:
                total += calls.units * 10 ** (decimals - price.decimals)
        return total

    def bill(self, rated: dict[OfPeriod, RatedCalls]) -> Bill:
        """Bill the calls of each owner and period as one item, which is rounded once (M6)."""
        items = tuple(
            self._item(self.owners[owner], period, calls) for (owner, period), calls in rated.items() if calls.calls
        )
        return Bill(items, by_use=sum((item.amount for item in items), Decimal(0)))

    def _item(self, owner: CallPrices, period: int, rated: RatedCalls) -> Item:
        assert owner.call is not None
        assert owner.rate is not None
        of_group, days = owner.pool is not None, owner.periods[period]
        return Item(
            kind=self.kind, what=f"{self.what}, {rated.calls:,} answered",
            pool=owner.pool, group=owner.name if of_group else None, did=None if of_group else owner.name,
            quantity=Decimal(rated.billed) / MINUTE, unit="billed minute", unit_price=owner.rate,
            start=days.start, end=days.end, amount=round_money(owner.call.money(rated.units), self.currency),
        )  # fmt: skip

    def too_high(self, owners: Iterable[CallPrices], calls: float) -> str | None:
        """Say so where one pass could not hold the sums of some owners' prices in 64 bits.

        Parameters
        ----------
        owners
            Owners whose calls the pass prices.
        calls
            Expected number of calls of a replication.
        """
        for owner in owners:
            price = owner.call
            if price is None:
                continue
            longest = (price.base + (LONGEST // price.next_interval + 1) * price.step) / price.denominator
            if price.row()[-1] < 0 or longest * (2 * calls + 100) > MOST_UNITS:
                return "prices are so high that their sums do not fit"
        return None
