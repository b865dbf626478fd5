"""Rating a replication's calls: what was billed to each group and to each DID, added up log by log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capsim.capacity import CapacityPlan
from capsim.records import METERED, CallLog, Int64
from capsim.tariff import CallPrice, Prices


@dataclass(slots=True)
class Charge:
    """Calls billed at one price: how many, their billed time (microseconds), their price (units of the price)."""

    calls: int = 0
    billed: int = 0
    units: int = 0

    def add(self, price: CallPrice, talk: Int64) -> None:
        """Bill answered calls of these lengths."""
        self.calls += len(talk)
        self.billed += int(price.billed(talk).sum())
        self.units += _sum(price.units(talk))


@dataclass(frozen=True, slots=True)
class Charges:
    """One replication: charges by position of the group, and by position of the DID entry, in `Prices`."""

    groups: dict[int, Charge]
    dids: dict[int, Charge]


class Biller:
    """Bills the logs of one replication as they come. Calls of the warm-up and unanswered calls are not billed."""

    def __init__(self, plan: CapacityPlan, prices: Prices, horizon: int) -> None:
        self.horizon = horizon
        self.group_of = plan.group
        self.group_prices = {row: group.call for row, group in enumerate(prices.groups) if group.call is not None}
        self.did_prices = {
            row: entry.per_minute for row, entry in enumerate(prices.dids) if entry.per_minute is not None
        }
        self.entry_of = np.repeat(np.arange(len(prices.dids)), [entry.quantity for entry in prices.dids])
        self.charges = Charges({row: Charge() for row in self.group_prices}, {row: Charge() for row in self.did_prices})

    def add(self, log: CallLog) -> None:
        calls = log.calls
        billable = log.carried & calls.answered & (calls.arrival >= 0) & (calls.arrival < self.horizon)
        if self.group_prices:
            metered = np.flatnonzero(billable & (log.outcome == METERED))
            self._add(self.charges.groups, self.group_prices, self.group_of[calls.did[metered]], _talk(log, metered))
        if self.did_prices:
            rows = np.flatnonzero(billable)
            self._add(self.charges.dids, self.did_prices, self.entry_of[calls.did[rows]], _talk(log, rows))

    @staticmethod
    def _add(charges: dict[int, Charge], prices: dict[int, CallPrice], owner: np.ndarray, talk: Int64) -> None:
        for row, price in prices.items():
            charges[row].add(price, talk[owner == row])


def _talk(log: CallLog, rows: np.ndarray) -> Int64:
    """Answered time of these calls, microseconds: from answer to end."""
    calls = log.calls
    talk: Int64 = log.end[rows] - calls.arrival[rows] - calls.ring[rows]
    return talk


def _sum(values: Int64) -> int:
    """The exact sum, however large."""
    low = int((values & 0xFFFFFFFF).sum())
    return (int((values >> 32).sum()) << 32) + low
