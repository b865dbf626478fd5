"""Rating calls: adding up their prices by the minute, log by log (M3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from capsim.kernels.rating import (
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
from capsim.records import CallLog, Int64
from capsim.tariff.calendar import Period
from capsim.tariff.calls import CallPrice


@dataclass(frozen=True, slots=True)
class CallPrices:
    """Price of one owner's calls.

    An owner is a group, of the calls on its metered channels, or an entry, of all calls of its DIDs.

    Parameters
    ----------
    name
        Name of the group, or of the entry.
    pool
        Pool of the group; None for an entry.
    call
        Price of a call; None for a group without metered channels, and for DIDs without a price of their own.
    rate
        Price per minute, as the scenario has it; None where ``call`` is.
    periods
        Billing periods of the horizon.
    """

    name: str
    pool: str | None
    call: CallPrice | None
    rate: Decimal | None
    periods: tuple[Period, ...]

    def period(self, clock: int) -> int:
        """Tell which period an instant lies in; those before the start are in the first."""
        return max(bisect_right([period.at for period in self.periods], clock) - 1, 0)


@dataclass(frozen=True, slots=True)
class RatedCalls:
    """Calls billed at one price.

    Parameters
    ----------
    calls
        Number of answered calls.
    billed
        Billed time, microseconds.
    units
        Price of all calls, in units of the price.
    """

    calls: int = 0
    billed: int = 0
    units: int = 0


OfPeriod = tuple[int, int]
"""Row of the owner, and which of its periods."""


class Rating:
    """Prices the calls of one replication by owner and period.

    Calls of the warm-up and unanswered calls cost nothing. A call is of the period that it arrives in (R15).

    Parameters
    ----------
    owners
        Prices of the calls of each owner.
    tier
        Tier whose calls are priced, or ``ANY_TIER``.
    horizon
        Length of the horizon, microseconds.
    owner_of
        (D,) owner of each DID's calls; None where it is the group that the DID is in. A number beyond the owners
        stands for none.
    """

    def __init__(self, owners: Sequence[CallPrices], tier: int, horizon: int, owner_of: Int64 | None = None) -> None:
        self.owners = owners
        self.fixed_owner_of = owner_of
        self.first_row: list[int | None] = []
        self.prices: list[CallPrice] = []
        for owner in owners:
            self.first_row.append(len(self.prices) if owner.call is not None else None)
            if owner.call is not None:
                self.prices += [owner.call] * len(owner.periods)
        self.rows = np.array([price.row() for price in self.prices], np.int64).reshape(-1, PRICE_COLUMNS)
        self.totals = np.zeros((len(self.prices), TOTAL_COLUMNS), np.int64)
        self.beyond = [RatedCalls() for _ in self.prices]
        self.tier, self.horizon = tier, horizon
        self.owner_of: np.ndarray | None = None
        self.until = -1

    def listen(self, log: CallLog) -> None:
        """Rate the calls of a log, which are all of one period."""
        if not self.prices:
            return
        calls = log.calls
        owner_of = log.group if self.fixed_owner_of is None else self.fixed_owner_of
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
        """Give each DID's calls the price of its owner's period at an instant."""
        rows = [
            -1 if first is None else first + owner.period(clock)
            for owner, first in zip(self.owners, self.first_row, strict=True)
        ]
        self.price_of = np.array([*rows, -1])[owner_of]
        self.owner_of = owner_of
        later = [period.at for owner in self.owners for period in owner.periods if period.at > clock]
        self.until = min(later, default=self.horizon)

    def _add_beyond(self, log: CallLog, rows: Int64) -> None:
        """Rate calls whose price needs more than 64 bits, one by one."""
        talk = log.end[rows] - log.calls.arrival[rows] - log.calls.ring[rows]
        for row, length in zip(self.price_of[log.calls.did[rows]].tolist(), talk.tolist(), strict=True):
            price, before = self.prices[row], self.beyond[row]
            self.beyond[row] = RatedCalls(
                before.calls + 1, before.billed + price.billed(length), before.units + price.units(length)
            )

    def rated(self) -> dict[OfPeriod, RatedCalls]:
        """Give what each owner's calls came to in each period."""
        found = {}
        totals = self.totals.tolist()
        for position, (owner, first) in enumerate(zip(self.owners, self.first_row, strict=True)):
            for period in range(len(owner.periods) if first is not None else 0):
                row = (first or 0) + period
                price, total, beyond = self.prices[row], totals[row], self.beyond[row]
                calls = total[CALLS]
                found[position, period] = RatedCalls(
                    calls + beyond.calls,
                    calls * price.first_interval + total[STEPS] * price.next_interval + beyond.billed,
                    (total[HIGH] << 32) + total[LOW] + beyond.units,
                )
        return found
