"""Counting a replication: calls, busy time and peaks, added up log by log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import CapacityPlan
from capsim.kernels.tally import tally_calls
from capsim.kernels.usage import close, follow
from capsim.records import CallLog
from capsim.units import DAY, HOUR, MINUTE, SECOND

Counts = NDArray[np.int64]

_WIDTHS = [
    *(SECOND * n for n in (1, 2, 5, 10, 15, 30)),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 4, 6, 12)),
    *(DAY * n for n in (1, 2, 5, 10, 20, 50, 100)),
]
MOST_BINS = 1_500
MOST_CELLS = 4_000_000


def bin_width(horizon: int, scopes: int) -> int:
    """Length of a usage bin, microseconds: the shortest round one that keeps the bins within bounds."""
    most = max(24, min(MOST_BINS, MOST_CELLS // scopes))
    return next((width for width in _WIDTHS if -(-horizon // width) <= most), -(-horizon // most))


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What happened in one replication (D DIDs, G groups and *no group*, B bins). Times in microseconds.

    outcomes : (D, 8) counted calls by outcome, a code of `capsim.records.OUTCOMES`.
    answers, teardowns : (D,) calls.
    talk : (D, 4) answered time of counted calls, by tier.
    busy : (D, 4) channel time inside the horizon, by tier.
    group_peak : (G + 1, 4) most busy channels at once, by tier.
    tier_peak : (5,) the same over all groups, and last over all tiers.
    area : (G + 1, 4, B) channel time in each bin; bin_peak : most busy channels at once in it.
    """

    outcomes: Counts
    answers: Counts
    teardowns: Counts
    talk: Counts
    busy: Counts
    group_peak: Counts
    tier_peak: Counts
    area: Counts
    bin_peak: Counts


class Meter:
    """Counts the logs of one replication as they come."""

    def __init__(self, plan: CapacityPlan, horizon: int) -> None:
        dids, scopes = len(plan.did_names), 4 * (len(plan.group_names) + 1)
        self.group = plan.group.astype(np.int64)
        self.horizon = horizon
        self.width = bin_width(horizon, scopes)
        bins = -(-horizon // self.width)
        self.outcomes = np.zeros((dids, 8), np.int64)
        self.answers, self.teardowns = np.zeros(dids, np.int64), np.zeros(dids, np.int64)
        self.talk, self.busy = np.zeros((dids, 4), np.int64), np.zeros((dids, 4), np.int64)
        self.level, self.since, self.peak = (np.zeros(scopes, np.int64) for _ in range(3))
        self.tier_level, self.tier_peak = np.zeros(5, np.int64), np.zeros(5, np.int64)
        self.area, self.bin_peak = np.zeros((scopes, bins), np.int64), np.zeros((scopes, bins), np.int64)
        self.open_end, self.open_scope = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.counting = False

    def add(self, log: CallLog) -> None:
        """Count a log; logs come in the order of time, and cover the warm-up and the horizon without a gap."""
        calls = log.calls
        tally_calls(
            calls.did, calls.arrival, calls.ring, calls.answered, log.outcome, log.end, log.torn_down,
            self.horizon, self.outcomes, self.answers, self.teardowns, self.talk, self.busy,
        )  # fmt: skip
        rows = np.flatnonzero(log.carried)
        arrival, end = calls.arrival[rows], log.end[rows]
        scope = self.group[calls.did[rows]] * 4 + log.outcome[rows]
        if not self.counting:
            warm = int(np.searchsorted(arrival, 0))
            self._follow(arrival[:warm], end[:warm], scope[:warm], min(calls.end, 0))
            arrival, end, scope = arrival[warm:], end[warm:], scope[warm:]
            if calls.end <= 0:
                return
            self._start_counting()
        self._follow(arrival, end, scope, min(calls.end, self.horizon))

    def _start_counting(self) -> None:
        """The horizon begins: calls in progress are its first level."""
        self.counting = True
        self.peak[:] = self.level
        self.tier_peak[:] = self.tier_level

    def _follow(self, arrival: Counts, end: Counts, scope: Counts, until: int) -> None:
        all_ends, all_scopes = np.concatenate([self.open_end, end]), np.concatenate([self.open_scope, scope])
        lasting = np.ones(len(all_ends), np.bool_)
        lasting[len(self.open_end) :] = end > arrival
        ending = np.flatnonzero(lasting & (all_ends <= until))
        order = ending[np.argsort(all_ends[ending], kind="stable")]
        follow(
            arrival, all_ends, all_scopes, order, until, self.counting, self.width,
            self.level, self.since, self.tier_level, self.peak, self.tier_peak, self.area, self.bin_peak,
        )  # fmt: skip
        later = all_ends > until
        self.open_end, self.open_scope = all_ends[later], all_scopes[later]

    def result(self) -> Tally:
        """The tally, once all logs are in."""
        if not self.counting:
            self._start_counting()
        close(self.horizon, self.width, self.level, self.since, self.area, self.bin_peak)
        bins = self.area.shape[1]
        return Tally(
            self.outcomes, self.answers, self.teardowns, self.talk, self.busy, self.peak.reshape(-1, 4), self.tier_peak,
            self.area.reshape(-1, 4, bins), self.bin_peak.reshape(-1, 4, bins),
        )  # fmt: skip
