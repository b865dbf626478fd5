"""Cost and blocking of every size of a group, from what each channel carried.

All sums are of whole numbers, as in a run: an item of the invoice, a group's metered calls of a billing period, is
rounded once, to the minor unit (M6). Axes of arrays are replications, then shared channels, then metered ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from capsim.money import CURRENCIES, round_money
from capsim.simulation.passes import PassResult
from capsim.tariff import CallPrice, Prices, RatedCalls

Counts = NDArray[np.int64]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Calls of one group's DIDs by the number n of its channels, 0 to K.

    They do not depend on who owns the channels.

    Attributes
    ----------
    offered : ndarray of shape (R,)
        Calls offered.
    blocked : ndarray of shape (R, K + 1)
        Calls blocked with n channels.
    metered : tuple of (CallPrice, ndarray of shape (R, K + 1))
        For each billing period with calls, the price, and its units for calls on the first n channels.
    own : ndarray of shape (R, K + 1)
        Minor units that the numbers' own prices come to with n channels, for the calls of all DIDs on all channels.
    currency : str
        Currency of the prices.
    """

    offered: Counts
    blocked: Counts
    metered: tuple[tuple[CallPrice, Counts], ...]
    own: Counts
    currency: str

    @classmethod
    def of(cls, results: Sequence[PassResult], place: int, prices: Prices, group: int) -> Curve:
        """Gather the replications of a pass.

        Parameters
        ----------
        results : sequence of PassResult
            The replications.
        place : int
            Place of the group in the request.
        prices : Prices
            Prices of the scenario.
        group : int
            Row of the group.
        """
        hunted = [result.hunted[place] for result in results]
        calls = np.stack([of_group.by_did.sum(axis=0) for of_group in hunted])
        carried = np.cumsum(calls[:, :-1], axis=1)
        call = prices.groups[group].call
        metered: list[tuple[CallPrice, Counts]] = []
        if call is not None:
            for period in range(len(prices.groups[group].periods)):
                units = np.stack([of_group.units[period] for of_group in hunted])
                if units.any():
                    metered.append((call, np.cumsum(units[:, :-1], axis=1)))
        own = np.zeros(carried.shape, np.int64)
        billed = {key for result in results for key in result.charges.dids}
        keys = sorted(billed | {key for of_group in hunted for key in of_group.own})
        for entry, period in keys:
            price = prices.dids[entry].call
            assert price is not None
            rated = [result.charges.dids.get((entry, period), RatedCalls()) for result in results]
            before = np.array([calls_.units for calls_ in rated], np.int64)
            nothing = np.zeros(calls.shape[1], np.int64)
            more = np.stack([of_group.own.get((entry, period), nothing)[:-1] for of_group in hunted])
            own += in_minor_units(price, before[:, None] + np.cumsum(more, axis=1), prices.currency)
        offered = calls.sum(axis=1)
        return cls(offered, offered[:, None] - carried, tuple(metered), own, prices.currency)

    def metered_cost(self, shared: Counts, channels: Counts) -> Counts:
        """(R, ...) minor units of calls on the channels from ``shared`` to ``channels``.

        The first ``shared`` channels are not counted.
        """
        cost = np.zeros((len(self.offered), *np.broadcast_shapes(shared.shape, channels.shape)), np.int64)
        for price, units in self.metered:
            cost += in_minor_units(price, units[:, channels] - units[:, shared], self.currency)
        return cost


def in_minor_units(price: CallPrice, units: Counts, currency: str) -> Counts:
    """Return units of a price as minor units of the currency, rounded half up."""
    more = price.decimals - CURRENCIES[currency]
    whole = 10 ** abs(more)
    rounded: Counts = (2 * units + whole) // (2 * whole) if more > 0 else units * whole
    return rounded


def a_month(fees: Sequence[Decimal], by_use: Counts, prices: Prices) -> Float64:
    """Return monthly costs (M8), rounded as a run rounds them.

    They are computed in binary if that is sure to round alike, else in decimal.

    Parameters
    ----------
    fees : sequence of Decimal of length S + 1
        Monthly fees by the number of shared channels.
    by_use : ndarray of shape (R, S + 1, ...)
        Minor units of calls in the horizon.
    prices : Prices
        Prices of the scenario.
    """
    places = CURRENCIES[prices.currency]
    scale, factor = 10**places, float(prices.calls_a_month(Decimal(1)))
    fixed = np.array([float(fee) for fee in fees]).reshape(-1, *[1] * (by_use.ndim - 2))
    exact = fixed * scale + by_use * factor
    near = np.abs(exact - np.floor(exact) - 0.5) < 1e-6 + np.abs(exact) * 1e-12
    costs: Float64 = np.floor(exact + 0.5) / scale
    for at in zip(*np.nonzero(near), strict=True):
        amount = Decimal(int(by_use[at])).scaleb(-places)
        costs[at] = float(round_money(fees[at[1]] + prices.calls_a_month(amount), prices.currency))
    return costs
