"""What became of a prepaid account, over replications (R10)."""

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


@dataclass(frozen=True, eq=False)
class AccountFigures:
    """An account's balance over time and what was drawn on it, as estimates in its currency.

    figures : ``opening`` balance; ``drawn`` in the horizon; ``top_ups``, their sum, and ``top_up_count``; ``closing``
        balance = opening + top_ups - drawn; ``lowest``; ``outstanding``: what calls in progress at the end are billed
        beyond it, so that drawn + outstanding is the price of all fees and calls, before items are rounded.
    width : length of a bin of time, microseconds. balance : (B,) at the end of each bin. lowest : (B,) the lowest at
        any instant of it in any replication; highest : (B,) the highest. first : (B,) the balance at the end of each
        bin in the first replication.
    """

    figures: dict[str, Estimate]
    width: int
    balance: Estimates
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    first: NDArray[np.float64]

    @classmethod
    def of(cls, replications: Sequence[Replication], compiled: CompiledScenario) -> AccountFigures | None:
        account = compiled.account
        if account is None:
            return None
        balances = [one.balance for one in replications if one.balance is not None]
        count = np.array([one.top_ups for one in balances])
        prices = [_price(compiled.prices, account, one.charges) for one in replications]

        def money(units: list[int]) -> NDArray[np.float64]:
            return np.array([float(account.money(value)) for value in units])

        samples = {
            "opening": money([account.balance] * len(balances)),
            "drawn": money([one.drawn for one in balances]),
            "top_ups": money([one.top_ups * (account.amount or 0) for one in balances]),
            "top_up_count": count,
            "closing": money([_closing(account, one) for one in balances]),
            "lowest": money([int(one.lowest.min(initial=account.balance)) for one in balances]),
            "outstanding": money([price - one.drawn for price, one in zip(prices, balances, strict=True)]),
        }
        least = {"closing": -np.inf, "lowest": -np.inf, "drawn": -np.inf}
        figures = {name: of_means(values, least.get(name, 0.0)).one() for name, values in samples.items()}
        scale = 10.0**account.decimals
        balance = of_means(np.stack([one.closing for one in balances]) / scale, least=-np.inf)
        lowest = np.min([one.lowest for one in balances], axis=0) / scale
        highest = np.max([one.closing for one in balances], axis=0) / scale
        return cls(figures, compiled.width, balance, lowest, highest, balances[0].closing / scale)

    def to_frame(self, scenario: Scenario) -> pd.DataFrame:
        """A row for each bin of time: when it begins, the balance at its end with its interval, the lowest in it."""
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
    return account.balance + balance.top_ups * (account.amount or 0) - balance.drawn


def _price(prices: Prices, account: Account, charges: Charges) -> int:
    """All fees and the full price of all calls, in units of the account."""

    calls = 0
    for owners, found in ((prices.groups, charges.groups), (prices.dids, charges.dids)):
        for (owner, _), charge in found.items():
            call = owners[owner].call
            if call is not None:
                calls += charge.units * 10 ** (account.decimals - call.decimals)
    return int(account.due.sum()) + calls
