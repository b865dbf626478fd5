"""Rating a replication's calls: what was billed to each group and to each DID entry, added up log by log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from capsim.capacity import CapacityPlan
from capsim.kernels.rating import ANY_TIER, CALLS, HIGH, LOW, STEPS, rate_calls
from capsim.records import METERED, CallLog, Int64
from capsim.tariff import CallPrice, Prices


@dataclass(frozen=True, slots=True)
class Charge:
    """Calls billed at one price: how many, their billed time (microseconds), their price (units of the price)."""

    calls: int = 0
    billed: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Charges:
    """One replication: charges by position of the group, and by position of the DID entry, in `Prices`."""

    groups: dict[int, Charge]
    dids: dict[int, Charge]


class Biller:
    """Bills the logs of one replication as they come. Calls of the warm-up and unanswered calls are not billed."""

    def __init__(self, plan: CapacityPlan, prices: Prices, horizon: int) -> None:
        of_groups = {row: group.call for row, group in enumerate(prices.groups) if group.call is not None}
        of_entries = {row: entry.per_minute for row, entry in enumerate(prices.dids) if entry.per_minute is not None}
        entry_of = np.repeat(np.arange(len(prices.dids)), [entry.quantity for entry in prices.dids])
        self.groups = Rating(of_groups, plan.group, METERED, horizon)
        self.entries = Rating(of_entries, entry_of, ANY_TIER, horizon)

    def add(self, log: CallLog) -> None:
        self.groups.add(log)
        self.entries.add(log)

    def result(self) -> Charges:
        """The charges, once all logs are in."""
        return Charges(self.groups.charges(), self.entries.charges())


class Rating:
    """Calls on one tier, or on any, priced by whose they are."""

    def __init__(self, prices: Mapping[int, CallPrice], owner_of: np.ndarray, tier: int, horizon: int) -> None:
        self.owners, self.prices = list(prices), list(prices.values())
        place = {owner: row for row, owner in enumerate(self.owners)}
        self.price_of = np.array([place.get(owner, -1) for owner in range(max(owner_of) + 1)])[owner_of]
        self.rows = np.array([price.row() for price in self.prices], np.int64).reshape(-1, 7)
        self.totals = np.zeros((len(self.prices), 4), np.int64)
        self.beyond = [Charge() for _ in self.prices]
        self.tier, self.horizon = tier, horizon

    def add(self, log: CallLog) -> None:
        if not self.prices:
            return
        calls = log.calls
        beyond = np.empty(len(log), np.int64)
        left_out = rate_calls(
            calls.first, calls.arrival, calls.ring, calls.answered, log.outcome, log.end, self.horizon,
            self.tier, self.price_of, self.rows, self.totals, beyond,
        )  # fmt: skip
        if left_out:
            self._add_beyond(log, beyond[:left_out])

    def _add_beyond(self, log: CallLog, rows: Int64) -> None:
        """Calls whose price needs more than 64 bits, one by one."""
        talk = log.end[rows] - log.calls.arrival[rows] - log.calls.ring[rows]
        for owner, length in zip(self.price_of[log.calls.did[rows]].tolist(), talk.tolist(), strict=True):
            price, before = self.prices[owner], self.beyond[owner]
            self.beyond[owner] = Charge(
                before.calls + 1, before.billed + price.billed(length), before.units + price.units(length)
            )

    def charges(self) -> dict[int, Charge]:
        """What each owner was billed."""
        found = {}
        for owner, price, total, beyond in zip(
            self.owners, self.prices, self.totals.tolist(), self.beyond, strict=True
        ):
            calls = total[CALLS]
            found[owner] = Charge(
                calls + beyond.calls,
                calls * price.first_interval + total[STEPS] * price.next_interval + beyond.billed,
                (total[HIGH] << 32) + total[LOW] + beyond.units,
            )
        return found
