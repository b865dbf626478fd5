"""All prices of a scenario: the table of charges, and their bill before any call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from capsim.scenario import Scenario
from capsim.tariff.bill import Bill, Item
from capsim.tariff.calendar import Calendar
from capsim.tariff.channel_fees import ChannelFees
from capsim.tariff.charge import Charge
from capsim.tariff.did_calls import DidCalls
from capsim.tariff.did_fees import DidFees
from capsim.tariff.metered_calls import MeteredCalls
from capsim.tariff.rating import CallPrices
from capsim.units import DAY, DAYS_PER_MONTH

CHARGES: dict[str, type[Charge[Any]]] = {
    "channel fees": ChannelFees,
    "DID fees": DidFees,
    "metered calls": MeteredCalls,
    "DID calls": DidCalls,
}
"""Charges of a scenario by name.

Fees of one instant fall due in this order (R13), and items of an invoice have it too.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The charges of a scenario.

    Parameters
    ----------
    currency
        Currency of all amounts (M6).
    first_day
        First local date of the horizon.
    end_day
        Local date after its last one.
    horizon_days
        Length of the horizon, days.
    charges
        Charges by name, in the order of `CHARGES`.
    due
        Bill of all charges before any call, in the order in which items fall due (R13).
    """

    currency: str
    first_day: date
    end_day: date
    horizon_days: Decimal
    charges: dict[str, Charge[Any]]
    due: Bill

    @property
    def fees(self) -> tuple[Item, ...]:
        """Items that fall due at known instants, in the order of R13."""
        return self.due.items

    @property
    def groups(self) -> tuple[CallPrices, ...]:
        """Prices of calls on metered channels, by group."""
        return cast(MeteredCalls, self.charges["metered calls"]).owners

    @property
    def dids(self) -> tuple[CallPrices, ...]:
        """The numbers' own prices of calls, by entry of ``dids``."""
        return cast(DidCalls, self.charges["DID calls"]).owners

    @property
    def quantities(self) -> tuple[int, ...]:
        """Number of DIDs of each entry."""
        return cast(DidCalls, self.charges["DID calls"]).quantities

    def fees_a_month(self, bill: Bill | None = None) -> Decimal:
        """Recurring fees a month, on an average day of the horizon (M8).

        Parameters
        ----------
        bill
            Bill whose fees are meant; default: the one that is due before any call.
        """
        return (self.due if bill is None else bill).fees_a_month(self.first_day, self.end_day)

    def calls_a_month(self, amount: Decimal) -> Decimal:
        """Price of calls a month, from what they cost in the horizon (M8)."""
        return amount * DAYS_PER_MONTH / self.horizon_days

    def cuts(self) -> set[int]:
        """Instants of the clock that no log may reach across."""
        return {cut for charge in self.charges.values() for cut in charge.cuts()}


def build_prices(scenario: Scenario) -> Prices:
    """Read all prices of a scenario; every amount is its own (M7)."""
    calendar = Calendar(scenario)
    charges = {name: charge.of(scenario) for name, charge in CHARGES.items()}
    return Prices(
        currency=scenario.currency,
        first_day=calendar.first_day,
        end_day=calendar.end_day,
        horizon_days=Decimal(scenario.horizon.microseconds) / DAY,
        charges=charges,
        due=Bill.of(charge.due() for charge in charges.values()).by_due_time(),
    )
