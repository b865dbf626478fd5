"""A prepaid account in whole numbers: what falls due when, and what calls are charged (R10).

Amounts are integers, in units of 10^-decimals of the currency: the finest of all amounts that can meet on the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from capsim.errors import InputError
from capsim.records import Int64
from capsim.scenario import Scenario
from capsim.scenario.model.holding import LONGEST_HOLDING
from capsim.tariff.calls import CallPrice
from capsim.tariff.prices import CallPrices, Prices
from capsim.units import CURRENCIES

MOST = 2**61
"""So many units, of the balance and of all that may be drawn on it at once. A ledger that comes to more says so."""


@dataclass(frozen=True, slots=True, eq=False)
class CallCharges:
    """Prices of calls by row, and how many units of the account one unit of each price is.

    prices : by row. row_of : (owners,) row of each group (the last: no group), or of each DID; -1 for none.
    """

    prices: tuple[CallPrice, ...]
    factors: tuple[int, ...]
    row_of: Int64

    def rows(self) -> Int64:
        """(P, 10) the prices as kernels take them, and their factors."""
        rows = [(*price.row(), factor) for price, factor in zip(self.prices, self.factors, strict=True)]
        return np.array(rows, np.int64).reshape(-1, 10)


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """A balance, what is added to it, and what is drawn on it.

    balance, threshold, amount : units; the last two are None where nothing is ever added.
    due_at, due : (K,) int64, clock and units of each fee, in the order of R13.
    metered, own : charges of calls on metered channels by group, and of all calls of a DID by position.
    horizon : nothing falls due before 0, nor from here on.
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
        return Decimal(units).scaleb(-self.decimals)


def too_large(currency: str, decimals: int) -> InputError:
    """The error of an account whose amounts are beyond 64 bits."""
    return InputError(
        f"the account's amounts are too large to be counted in steps of 10^-{decimals} {currency}; "
        "lower prices, or fewer decimals of prices and of the account, are needed (R10)"
    )


def build_account(scenario: Scenario, prices: Prices) -> Account | None:
    """The account of a scenario, or None. Raises InputError where its amounts are beyond 64 bits."""
    account = scenario.account
    if account is None:
        return None
    named = [*account.amounts, *(fee.amount for fee in prices.fees)]
    calls = [one.call for one in (*prices.groups, *prices.dids) if one.call is not None]
    decimals = max(
        CURRENCIES[scenario.currency],
        *(max(-int(amount.normalize().as_tuple().exponent), 0) for amount in named),
        *(call.decimals for call in calls),
    )

    def units(amount: Decimal) -> int:
        return int(amount.scaleb(decimals))

    top_up = account.top_up
    threshold, amount = (units(top_up.threshold), units(top_up.amount)) if top_up else (None, None)
    due = [units(fee.amount) for fee in prices.fees]
    longest = 8 * LONGEST_HOLDING
    most_of_a_call = max((call.units(longest) * 10 ** (decimals - call.decimals) for call in calls), default=0)
    if sum(map(abs, due)) + units(account.balance) + (threshold or 0) + (amount or 0) > MOST or most_of_a_call > MOST:
        raise too_large(scenario.currency, decimals)
    return Account(
        scenario.currency,
        decimals,
        units(account.balance),
        threshold,
        amount,
        np.array([fee.at for fee in prices.fees], np.int64),
        np.array(due, np.int64),
        _charges(prices.groups, (1,) * len(prices.groups), decimals, 1),
        _charges(prices.dids, prices.quantities, decimals, 0),
        scenario.horizon.microseconds,
    )


def _charges(owners: tuple[CallPrices, ...], quantities: tuple[int, ...], decimals: int, more: int) -> CallCharges:
    priced = [one.call for one in owners if one.call is not None]
    rows, row = [], 0
    for owner, quantity in zip(owners, quantities, strict=True):
        rows += [row if owner.call is not None else -1] * quantity
        row += owner.call is not None
    factors = tuple(10 ** (decimals - price.decimals) for price in priced)
    return CallCharges(tuple(priced), factors, np.array(rows + [-1] * more, np.int64))
