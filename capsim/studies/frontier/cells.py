"""From what each channel carried to what every size of a group costs and blocks.

All sums are of whole numbers, as in a run: an item of the invoice, a group's metered calls of a billing period, is
rounded once, to the minor unit (M6). Arrays have the replications first, then shared channels, then metered ones.
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
    """Calls of one group's DIDs by the number n of its channels, 0 to K: what does not depend on who owns them.

    offered : (R,). blocked : (R, K + 1) with n channels.
    metered : for each billing period with calls, its price and (R, K + 1) units of it for calls on channels up to n.
    own : (R, K + 1) minor units that the numbers' own prices come to with n channels; of calls on DIDs' own
        channels too, and of the DIDs of all groups.
    """

    offered: Counts
    blocked: Counts
    metered: tuple[tuple[CallPrice, Counts], ...]
    own: Counts
    currency: str

    @classmethod
    def of(cls, passed: Sequence[PassResult], place: int, prices: Prices, group: int) -> Curve:
        """Of replications, for the group that was asked about in this place."""
        hunted = [one.hunted[place] for one in passed]
        calls = np.stack([one.by_did.sum(axis=0) for one in hunted])
        carried = np.cumsum(calls[:, :-1], axis=1)
        call = prices.groups[group].call
        metered: list[tuple[CallPrice, Counts]] = []
        if call is not None:
            for period in range(len(prices.groups[group].periods)):
                units = np.stack([one.units[period] for one in hunted])
                if units.any():
                    metered.append((call, np.cumsum(units[:, :-1], axis=1)))
        own = np.zeros(carried.shape, np.int64)
        keys = sorted({key for one in passed for key in one.charges.dids} | {key for one in hunted for key in one.own})
        for entry, period in keys:
            price = prices.dids[entry].call
            assert price is not None
            before = np.array([one.charges.dids.get((entry, period), RatedCalls()).units for one in passed], np.int64)
            nothing = np.zeros(calls.shape[1], np.int64)
            more = np.stack([one.own.get((entry, period), nothing)[:-1] for one in hunted])
            own += in_minor_units(price, before[:, None] + np.cumsum(more, axis=1), prices.currency)
        offered = calls.sum(axis=1)
        return cls(offered, offered[:, None] - carried, tuple(metered), own, prices.currency)

    def metered_cost(self, shared: Counts, channels: Counts) -> Counts:
        """Minor units of calls on the channels after the first ``shared`` up to ``channels``: (R, ...)."""
        cost = np.zeros((len(self.offered), *np.broadcast_shapes(shared.shape, channels.shape)), np.int64)
        for price, units in self.metered:
            cost += in_minor_units(price, units[:, channels] - units[:, shared], self.currency)
        return cost


def in_minor_units(price: CallPrice, units: Counts, currency: str) -> Counts:
    """Units of a price as minor units of the currency, half up."""
    more = price.decimals - CURRENCIES[currency]
    whole = 10 ** abs(more)
    rounded: Counts = (2 * units + whole) // (2 * whole) if more > 0 else units * whole
    return rounded


def a_month(fees: Sequence[Decimal], by_use: Counts, prices: Prices) -> Float64:
    """Monthly equivalents (M8), rounded as a run rounds them: of fees a month (S + 1,), minor units (R, S + 1, ...).

    Computed in binary where that is sure to round alike, else in decimal.
    """
    places = CURRENCIES[prices.currency]
    scale, factor = 10**places, float(prices.calls_a_month(Decimal(1)))
    fixed = np.array([float(fee) for fee in fees]).reshape(-1, *[1] * (by_use.ndim - 2))
    exact = fixed * scale + by_use * factor
    near = np.abs(exact - np.floor(exact) - 0.5) < 1e-6 + np.abs(exact) * 1e-12
    found: Float64 = np.floor(exact + 0.5) / scale
    for at in zip(*np.nonzero(near), strict=True):
        amount = Decimal(int(by_use[at])).scaleb(-places)
        found[at] = float(round_money(fees[at[1]] + prices.calls_a_month(amount), prices.currency))
    return found
