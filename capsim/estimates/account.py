"""A prepaid account over replications: its balance over time, and what was drawn (R10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capsim.cost import Charges
from capsim.estimates.estimate import Estimate, Estimates, of_means
from capsim.estimates.local_times import local_times
from capsim.scenario import Scenario
from capsim.simulation.replication import Balance, CompiledScenario, Replication
from capsim.tariff import Account, Prices

if TYPE_CHECKING:
    import pandas as pd

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AccountFigures:
    """Balance of a prepaid account over time, and what was drawn on it.

    Amounts are in the currency of the account.

    Attributes
    ----------
    figures : dict of str to Estimate
        ``opening`` balance; ``drawn`` in the horizon; ``top_ups``, their sum, and ``top_up_count``; ``closing`` balance
        (opening + top_ups - drawn); ``lowest`` balance; and ``outstanding``, what calls in progress at the end are
        billed beyond it. So drawn + outstanding is the price of all fees and calls, before items are rounded.
    width : int
        Length of a bin of time, microseconds.
    balance : Estimates of shape (B,)
        Balance at the end of each bin.
    lowest : ndarray of shape (B,)
        Lowest balance at any instant of the bin, in any replication.
    highest : ndarray of shape (B,)
        Highest balance at the end of the bin, in any replication.
    first : ndarray of shape (B,)
        Balance at the end of each bin in the first replication.
    """

    figures: dict[str, Estimate]
    width: int
    balance: Estimates
    lowest: Float64
    highest: Float64
    first: Float64

    @classmethod
    def of(cls, replications: Sequence[Replication], compiled: CompiledScenario) -> AccountFigures | None:
        """Gather the balances of replications; None for a scenario without an account."""
        account = compiled.account
        if account is None:
            return None
        balances = [replication.balance for replication in replications if replication.balance is not None]
        prices = [_price(compiled.prices, account, replication.charges) for replication in replications]

        def money(units: list[int]) -> Float64:
            return np.array([float(account.money(value)) for value in units])

        samples = {
            "opening": money([account.balance] * len(balances)),
            "drawn": money([balance.drawn for balance in balances]),
            "top_ups": money([balance.top_ups * (account.amount or 0) for balance in balances]),
            "top_up_count": np.array([balance.top_ups for balance in balances]),
            "closing": money([_closing(account, balance) for balance in balances]),
            "lowest": money([int(balance.lowest.min(initial=account.balance)) for balance in balances]),
            "outstanding": money([price - balance.drawn for price, balance in zip(prices, balances, strict=True)]),
        }
        least = {"closing": -np.inf, "lowest": -np.inf, "drawn": -np.inf}
        scale = 10.0**account.decimals
        return cls(
            figures={name: of_means(values, least.get(name, 0.0)).one() for name, values in samples.items()},
            width=compiled.width,
            balance=of_means(np.stack([balance.closing for balance in balances]) / scale, least=-np.inf),
            lowest=np.min([balance.lowest for balance in balances], axis=0) / scale,
            highest=np.max([balance.closing for balance in balances], axis=0) / scale,
            first=balances[0].closing / scale,
        )

    def to_frame(self, scenario: Scenario) -> pd.DataFrame:
        """Return a row for each bin: start, balance at the end, lowest and highest."""
        import pandas as pd

        return pd.DataFrame(
            {
                "time": local_times(scenario, np.arange(len(self.lowest)) * self.width),
                **self.balance.columns("balance"),
                "lowest": self.lowest,
                "highest": self.highest,
            }
        )


def _closing(account: Account, balance: Balance) -> int:
    """Return the balance at the end, in units of the account."""
    return account.balance + balance.top_ups * (account.amount or 0) - balance.drawn


def _price(prices: Prices, account: Account, charges: Charges) -> int:
    """Return all fees and the full price of all calls, in units of the account."""
    heard = charges.of(prices.charges)
    return int(account.due.sum()) + sum(charge.units(rated, account.decimals) for charge, rated in heard)
