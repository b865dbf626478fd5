"""Price of each call of a log, for call records."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from capsim.kernels.rating import PRICE_COLUMNS, price_calls, unknown_rounding
from capsim.records import METERED, CallLog, Int64
from capsim.tariff import CallPrices, Prices


@dataclass(frozen=True, slots=True)
class Rates:
    """Prices of calls.

    Attributes
    ----------
    metered : tuple of CallPrices
        Prices of calls on metered channels, by group.
    own : tuple of CallPrices
        Prices of all calls of a DID, by entry.
    entry_of : (D,) int64
        Entry of each DID.
    """

    metered: tuple[CallPrices, ...]
    own: tuple[CallPrices, ...]
    entry_of: Int64

    @classmethod
    def of(cls, prices: Prices) -> Rates:
        """Take them from the prices of a scenario."""
        return cls(prices.groups, prices.dids, np.repeat(np.arange(len(prices.dids)), prices.quantities))

    def amounts(self, log: CallLog, rows: Int64) -> tuple[list[Decimal], list[Decimal]]:
        """Metered price, and the DID's own price, of some rows of a log; 0 for calls without one."""
        calls = log.calls
        did = calls.did[rows]
        talked = log.carried[rows] & calls.answered[rows]
        talk = np.where(talked, log.end[rows] - calls.arrival[rows] - calls.ring[rows], 0)
        metered = np.where(talked & (log.outcome[rows] == METERED), log.group[did], -1)
        own = np.where(talked, self.entry_of[did], -1)
        return _each(talk, metered, self.metered), _each(talk, own, self.own)


def _each(talk: Int64, owner: np.ndarray, owners: tuple[CallPrices, ...]) -> list[Decimal]:
    priced = [position for position, one in enumerate(owners) if one.call is not None]
    row_of = np.full(len(owners) + 1, -1, np.int64)
    row_of[priced] = np.arange(len(priced))
    calls = [one.call for one in owners if one.call is not None]
    units = np.zeros(len(talk), np.int64)
    rows = row_of[owner]
    prices = np.array([call.row() for call in calls], np.int64).reshape(-1, PRICE_COLUMNS)
    price_calls(talk.astype(np.int64), rows, prices, units)
    if (units < 0).any():
        raise unknown_rounding(prices)
    return [
        calls[row].money(value) if row >= 0 else Decimal(0)
        for row, value in zip(rows.tolist(), units.tolist(), strict=True)
    ]
