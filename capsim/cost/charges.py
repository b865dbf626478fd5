"""Rating a replication's calls, log by log: what is billed to each group and to each DID entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from capsim.kernels.rating import (
    ANY_TIER,
    CALLS,
    HIGH,
    LOW,
    PRICE_COLUMNS,
    STEPS,
    TOTAL_COLUMNS,
    UNKNOWN_ROUNDING,
    rate_calls,
    unknown_rounding,
)
from capsim.kernels.tables import Log, Table
from capsim.records import METERED, CallLog, Int64
from capsim.tariff import CallPrice, CallPrices, Prices


@dataclass(frozen=True, slots=True)
class Charge:
    """Calls billed at one price.

    Attributes
    ----------
    calls : int
        Number of calls.
    billed : int
        Their billed time, microseconds.
    units : int
        Their price, in units of that price.
    """

    calls: int = 0
    billed: int = 0
    units: int = 0


OfPeriod = tuple[int, int]
"""Position of the group, or of the entry of ``dids``, in `Prices`, and number of its period."""


@dataclass(frozen=True, slots=True)
class Charges:
    """Charges of one replication.

    Attributes
    ----------
    groups : dict
        Charge by group and period.
    dids : dict
        Charge by DID entry and period.
    """

    groups: dict[OfPeriod, Charge]
    dids: dict[OfPeriod, Charge]


class Biller:
    """Bills the logs of one replication as they come. Calls of the warm-up and unanswered calls are not billed.

    A call belongs to the period in which it arrives; no log has calls of two periods.
    """

    def __init__(self, prices: Prices, horizon: int) -> None:
        self.entry_of = np.repeat(np.arange(len(prices.dids)), prices.quantities)
        self.groups = Rating(prices.groups, METERED, horizon)
        self.entries = Rating(prices.dids, ANY_TIER, horizon)

    def add(self, log: CallLog) -> None:
        """Bill a log."""
        self.groups.add(log, log.group)
        self.entries.add(log, self.entry_of)

    def result(self) -> Charges:
        """Return the charges, once all logs are in."""
        return Charges(self.groups.charges(), self.entries.charges())


class Rating:
    """Calls on one tier, or on any, priced by owner and period."""

    def __init__(self, owners: Sequence[CallPrices], tier: int, horizon: int) -> None:
        self.owners = owners
        self.first_row: list[int | None] = []
        self.prices: list[CallPrice] = []
        for owner in owners:
            self.first_row.append(len(self.prices) if owner.call is not None else None)
            if owner.call is not None:
                self.prices += [owner.call] * len(owner.periods)
        self.rows = np.array([price.row() for price in self.prices], np.int64).reshape(-1, PRICE_COLUMNS)
        self.totals = np.zeros((len(self.prices), TOTAL_COLUMNS), np.int64)
        self.beyond = [Charge() for _ in self.prices]
        self.tier, self.horizon = tier, horizon
        self.owner_of: np.ndarray | None = None
        self.until = -1

    def add(self, log: CallLog, owner_of: np.ndarray) -> None:
        """Rate a log; ``owner_of`` (D,) is the owner of each DID's calls, or a number beyond the owners."""
        if not self.prices:
            return
        calls = log.calls
        if owner_of is not self.owner_of or calls.begin >= self.until:
            self._turn_to(calls.begin, owner_of)
        beyond = np.empty(len(log), np.int64)
        left_out = rate_calls(
            Table.of(calls), Log.of(log), self.horizon, self.tier, self.price_of, self.rows, self.totals, beyond
        )
        if left_out == UNKNOWN_ROUNDING:
            raise unknown_rounding(self.rows)
        if left_out:
            self._add_beyond(log, beyond[:left_out])

    def _turn_to(self, clock: int, owner_of: np.ndarray) -> None:
        """Set the price of each DID's calls to that of its owner's period at an instant."""
        rows = [
            -1 if first is None else first + owner.period(clock)
            for owner, first in zip(self.owners, self.first_row, strict=True)
        ]
        self.price_of = np.array([*rows, -1])[owner_of]
        self.owner_of = owner_of
        later = [period.at for owner in self.owners for period in owner.periods if period.at > clock]
        self.until = min(later, default=self.horizon)

    def _add_beyond(self, log: CallLog, rows: Int64) -> None:
        """Add calls whose price needs more than 64 bits, one by one."""
        talk = log.end[rows] - log.calls.arrival[rows] - log.calls.ring[rows]
        for row, length in zip(self.price_of[log.calls.did[rows]].tolist(), talk.tolist(), strict=True):
            price, before = self.prices[row], self.beyond[row]
            self.beyond[row] = Charge(
                before.calls + 1, before.billed + price.billed(length), before.units + price.units(length)
            )

    def charges(self) -> dict[OfPeriod, Charge]:
        """Charges of each owner in each period."""
        found = {}
        totals = self.totals.tolist()
        for position, (owner, first) in enumerate(zip(self.owners, self.first_row, strict=True)):
            for period in range(len(owner.periods) if first is not None else 0):
                row = (first or 0) + period
                price, total, beyond = self.prices[row], totals[row], self.beyond[row]
                calls = total[CALLS]
                found[position, period] = Charge(
                    calls + beyond.calls,
                    calls * price.first_interval + total[STEPS] * price.next_interval + beyond.billed,
                    (total[HIGH] << 32) + total[LOW] + beyond.units,
                )
        return found
