"""A prepaid account in whole numbers (R10).

Amounts are integers, in units of 10^-decimals of the currency: the finest of all amounts that can meet on the account.

An account knows three ways of being drawn on: items that charges bill before any call (`Charge.due`), metered calls
interval by interval, and a number's own price when a call ends. What a charge knows only after use is not drawn: it is
outstanding at the end of the horizon. To draw it (a peak, a minimum) where the next period begins, give it a place in
``due_at`` and leave its amount in ``due`` open: no log reaches across a cut, and an engine reads ``due`` only when the
instant has come, so that the amount can be put there between two logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from capsim.errors import InputError
from capsim.money import CURRENCIES
from capsim.records import Int64
from capsim.scenario import Scenario
from capsim.scenario.model.holding import LONGEST_HOLDING
from capsim.tariff.calls import CallPrice
from capsim.tariff.prices import Prices
from capsim.tariff.rating import CallPrices

MOST = 2**61
"""Largest balance, and largest sum that may be drawn at once, units.

A ledger that comes to more raises an error.
"""


@dataclass(frozen=True, slots=True, eq=False)
class CallCharges:
    """Prices of calls by row, in units of the account.

    Parameters
    ----------
    prices
        Prices by row.
    factors
        Units of the account that one unit of each price is.
    row_of
        (owners,) int64, row of each group (the last: no group), or of each DID; -1 for none.
    """

    prices: tuple[CallPrice, ...]
    factors: tuple[int, ...]
    row_of: Int64

    def rows(self) -> Int64:
        """(P, 10) int64, prices as kernels take them, each with its factor."""
        rows = [(*price.row(), factor) for price, factor in zip(self.prices, self.factors, strict=True)]
        return np.array(rows, np.int64).reshape(-1, 10)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Account:
    """A balance, what is added to it, and what is drawn on it.

    Parameters
    ----------
    currency
        Currency of the amounts.
    decimals
        A unit is 10^-decimals of the currency.
    balance
        Balance at the start of the horizon, units.
    threshold
        A charge that takes the balance below this adds the amount, units; None where nothing is ever added.
    amount
        Top-up, units; None where nothing is ever added.
    due_at
        (K,) int64, clock at which each fee falls due, microseconds, in the order of R13.
    due
        (K,) int64, amount of each fee, units.
    metered
        Charges of calls on metered channels, by group.
    own
        Charges of all calls of a DID, by position.
    horizon
        Length of the horizon, microseconds: nothing falls due before 0, nor from here on.
    """

    currency: str
    decimals: int
    balance: int
    threshold: int | None
    amount: int | None
    due_at: Int64
    due: Int64
    metered: CallCharges
    own: CallCharges
    horizon: int

    def money(self, units: int) -> Decimal:
        """Give a number of units as an amount of money."""
        return Decimal(units).scaleb(-self.decimals)


def too_large(currency: str, decimals: int) -> InputError:
    """Make the error of an account whose amounts are beyond 64 bits."""
    return InputError(
        f"the account's amounts are too large to be counted in steps of 10^-{decimals} {currency}; "
        "lower prices, or fewer decimals of prices and of the account, are needed (R10)"
    )


def build_account(scenario: Scenario, prices: Prices) -> Account | None:
    """Read the account of a scenario; None where it has none.

    Raises
    ------
    InputError
        If amounts are beyond 64 bits.
    """
    account = scenario.account
    if account is None:
        return None
    fees = [(item.at or 0, item.amount) for item in prices.fees]
    named = [*account.amounts, *(amount for _, amount in fees)]
    calls = [owner.call for owner in (*prices.groups, *prices.dids) if owner.call is not None]
    decimals = max(
        CURRENCIES[scenario.currency],
        *(max(-int(amount.normalize().as_tuple().exponent), 0) for amount in named),
        *(call.decimals for call in calls),
    )

    def units(amount: Decimal) -> int:
        return int(amount.scaleb(decimals))

    top_up = account.top_up
    threshold, amount = (units(top_up.threshold), units(top_up.amount)) if top_up else (None, None)
    due = [units(amount) for _, amount in fees]
    longest = 8 * LONGEST_HOLDING
    most_of_a_call = max((call.units(longest) * 10 ** (decimals - call.decimals) for call in calls), default=0)
    if sum(map(abs, due)) + units(account.balance) + (threshold or 0) + (amount or 0) > MOST or most_of_a_call > MOST:
        raise too_large(scenario.currency, decimals)
    return Account(
        currency=scenario.currency,
        decimals=decimals,
        balance=units(account.balance),
        threshold=threshold,
        amount=amount,
        due_at=np.array([at for at, _ in fees], np.int64),
        due=np.array(due, np.int64),
        metered=_charges(prices.groups, (1,) * len(prices.groups), decimals, 1),
        own=_charges(prices.dids, prices.quantities, decimals, 0),
        horizon=scenario.horizon.microseconds,
    )


def _charges(owners: tuple[CallPrices, ...], quantities: tuple[int, ...], decimals: int, more: int) -> CallCharges:
    priced = [owner.call for owner in owners if owner.call is not None]
    rows, row = [], 0
    for owner, quantity in zip(owners, quantities, strict=True):
        rows += [row if owner.call is not None else -1] * quantity
        row += owner.call is not None
    factors = tuple(10 ** (decimals - price.decimals) for price in priced)
    return CallCharges(tuple(priced), factors, np.array(rows + [-1] * more, np.int64))
