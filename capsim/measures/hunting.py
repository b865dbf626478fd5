"""Calls that each channel of a group would carry, hunted in order, from one run without the group's channels.

That run gives the group no channel, so every call that overflows its DID's own channels is blocked there, and
`capsim.kernels.hunting` says which channel of the group each of them would have taken. A DID without a group, and in
that run without any channel, can be followed in the same way: the channels are then its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import Schedule
from capsim.errors import InputError
from capsim.kernels.hunting import (
    IDLE_FROM_THE_START,
    NEVER_IDLE,
    HuntCounts,
    HuntPrices,
    HuntScratch,
    hunt,
)
from capsim.kernels.rating import PRICE_COLUMNS, UNKNOWN_ROUNDING, unknown_rounding
from capsim.kernels.tables import Log, Table
from capsim.records import CallLog
from capsim.tariff import CallPrices, Prices
from capsim.units import HOUR

Counts = NDArray[np.int64]
MOST_CELLS = 200_000_000
"""Largest number of counts kept, (DIDs + hours) times channels."""
_NO_PRICE = (0, 1, 0, 0, 0, 0, 1, 0, 0)
"""Price row of DIDs without a price of their own; no call is priced by it."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Hunted:
    """Calls of a group's DIDs by the channel that each would take (N DIDs, H hours, P billing periods, K channels).

    Index 0 of the last axis is for calls on their DID's own channels, k for calls on channel k of the group, and K + 1
    for calls that found no idle channel.

    Attributes
    ----------
    dids : (N,) int64
        Positions of all DIDs that are ever in the group.
    by_did : (N, K + 2) int64
        Counted calls of each DID.
    by_hour : (H, K + 2) int64
        Counted calls in each hour from the start.
    busy : (K + 2,) int64
        Channel time within the horizon, microseconds.
    busy_of : (N,) int64
        Channel time of each DID, microseconds.
    answers : (P, K + 2) int64
        Answered calls.
    billed : (P, K + 2) int64
        Their billed time on metered channels, microseconds.
    units : (P, K + 2) int64
        Their price on metered channels, in units of that price.
    own : dict
        By (entry, period), (K + 2,) int64, units of the DIDs' own price of calls on the group's channels.
    """

    dids: Counts
    by_did: Counts
    by_hour: Counts
    busy: Counts
    busy_of: Counts
    answers: Counts
    billed: Counts
    units: Counts
    own: dict[tuple[int, int], Counts]

    @property
    def channels(self) -> int:
        """Number of channels, K."""
        return int(self.by_did.shape[1]) - 2


class Hunt:
    """Follows the logs of one replication for one group, or for a DID without a group.

    Parameters
    ----------
    schedule : Schedule
        Channels and limits of the run.
    group : int, or None
        Row of the group; None for a DID without one.
    alone : int
        Position of that DID.
    most : int
        Number of channels hunted.
    prices : Prices
        Prices of the scenario.
    horizon : int
        Length of the horizon, microseconds.
    """

    def __init__(
        self, schedule: Schedule, group: int | None, alone: int, most: int, prices: Prices, horizon: int
    ) -> None:
        width = most + 2
        hours = -(-horizon // HOUR)
        self.dids = np.array([alone]) if group is None else _ever_in(schedule, group)
        dids = len(self.dids)
        self.counts_row = np.full(len(schedule.first.did_names), -1, np.int64)
        self.counts_row[self.dids] = np.arange(dids)
        if (dids + hours) * width > MOST_CELLS:
            raise InputError(
                f"{dids:,} DIDs and {hours:,} hours by {most:,} channels are too many to be kept apart; "
                f"allowed: (DIDs + hours) x channels up to {MOST_CELLS:,}"
            )
        self.group, self.horizon = group, horizon
        self.owner = prices.groups[group] if group is not None else CallPrices("", None, None, None, ())
        self.entries = prices.dids
        self.entry_of = np.repeat(np.arange(len(prices.dids)), prices.quantities)
        self.by_did, self.by_hour = np.zeros((dids, width), np.int64), np.zeros((hours, width), np.int64)
        self.busy, self.busy_of = np.zeros(width, np.int64), np.zeros(dids, np.int64)
        periods = max(len(self.owner.periods), 1)
        self.answers, self.steps, self.units = (np.zeros((periods, width), np.int64) for _ in range(3))
        priced = [self.owner.call.row()] if self.owner.call is not None else []
        self.price = np.array(priced, np.int64).reshape(-1, PRICE_COLUMNS)
        self.own_prices = np.array([one.call.row() if one.call else _NO_PRICE for one in self.entries], np.int64)
        self.own: dict[tuple[int, int], Counts] = {}
        leaves = 1 << max(most - 1, 1).bit_length()
        self.idle = np.full(2 * leaves, NEVER_IDLE, np.int64)
        self.idle[leaves : leaves + most] = IDLE_FROM_THE_START
        for node in range(leaves - 1, 0, -1):
            self.idle[node] = min(self.idle[2 * node], self.idle[2 * node + 1])
        self.members_of: np.ndarray | None = None
        self.members = self.dids

    def add(self, log: CallLog) -> None:
        """Count a log; logs come in the order of time, and none has calls of two billing periods."""
        calls, group = log.calls, log.group
        if group is not self.members_of and self.group is not None:
            self.members_of, self.members = group, np.flatnonzero(group == self.group)
        period = self.owner.period(calls.begin) if self.owner.periods else 0
        own_price = np.full(len(self.entry_of), -1, np.int64)
        rows = [one.period(calls.begin) if one.call is not None else -1 for one in self.entries]
        priced = [entry for entry, row in enumerate(rows) if row >= 0]
        own_units = np.zeros((len(priced), self.by_did.shape[1]), np.int64)
        for place, entry in enumerate(priced):
            own_price[self.entry_of == entry] = place
        prices = HuntPrices(self.price, own_price, self.own_prices[priced].reshape(-1, PRICE_COLUMNS))
        counts = HuntCounts(
            by_did=self.by_did,
            by_hour=self.by_hour,
            busy=self.busy,
            busy_of=self.busy_of,
            answers=self.answers[period],
            steps=self.steps[period],
            units=self.units[period],
            own_units=own_units,
        )
        size = len(log)
        arrival, row, did, when, stood = (np.empty(size, np.int64) for _ in range(5))
        scratch = HuntScratch(arrival, row, did, when, stood, np.empty(2 * size + 12, np.int64))
        table, columns = Table.of(calls), Log.of(log)
        fault = hunt(table, columns, self.horizon, self.members, self.counts_row, self.idle, prices, counts, scratch)
        if fault == UNKNOWN_ROUNDING:
            raise unknown_rounding(prices.price, prices.own_prices)
        for place, entry in enumerate(priced):
            key = entry, rows[entry]
            self.own[key] = self.own[key] + own_units[place] if key in self.own else own_units[place]

    def result(self) -> Hunted:
        """Return what the channels carried, once all logs are in."""
        call = self.owner.call
        billed = self.answers * call.first_interval + self.steps * call.next_interval if call else self.steps
        return Hunted(
            dids=self.dids,
            by_did=self.by_did,
            by_hour=self.by_hour,
            busy=self.busy,
            busy_of=self.busy_of,
            answers=self.answers,
            billed=billed,
            units=self.units,
            own=self.own,
        )


def _ever_in(schedule: Schedule, group: int) -> Counts:
    """Positions of DIDs that are ever in a group."""
    ever = np.zeros(len(schedule.first.did_names), bool)
    for _, capacity in schedule.in_turn():
        ever |= capacity.group == group
    return np.flatnonzero(ever)
