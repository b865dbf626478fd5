"""Counting a replication: calls, busy time and peaks, added up log by log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import UNLIMITED, Schedule
from capsim.kernels.tally import tally_calls
from capsim.kernels.usage import add_usage, room
from capsim.records import CallLog, Int32
from capsim.units import DAY, HOUR, MINUTE, NEVER, SECOND

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

    A call is the group's that its DID is in as it arrives; a call given up, as its first attempt does.

    outcomes : (D, 8) counted calls by outcome, a code of `capsim.records.OUTCOMES`.
    answers, teardowns : (D,) calls.
    callers : (D, 2) first attempts, and of their calls those given up; 0 where nobody tries again.
    talk : (D, 4) answered time of counted calls, by tier.
    busy : (D, 4) channel time inside the horizon, by tier.
    group_outcomes, group_answers, group_callers, group_talk, group_busy : (G + 1, ...) the same by group.
    group_peak : (G + 1, 4) most busy channels at once, by tier.
    tier_peak : (5,) the same over all groups, and last over all tiers.
    area : (G + 1, 4, B) channel time in each bin; bin_peak : most busy channels at once in it.
    """

    outcomes: Counts
    answers: Counts
    callers: Counts
    teardowns: Counts
    talk: Counts
    busy: Counts
    group_outcomes: Counts
    group_answers: Counts
    group_callers: Counts
    group_talk: Counts
    group_busy: Counts
    group_peak: Counts
    tier_peak: Counts
    area: Counts
    bin_peak: Counts


class Meter:
    """Counts the logs of one replication as they come."""

    def __init__(self, schedule: Schedule, horizon: int) -> None:
        plan = schedule.first
        dids, groups = len(plan.did_names), len(plan.group_names) + 1
        self.channels = schedule.most_channels
        if schedule.steps:  # calls of a DID that has left a group, or of a tier that has shrunk, come on top
            self.channels = np.where(self.channels > 0, UNLIMITED, 0)
        self.all_channels = np.append(self.channels.sum(axis=0), self.channels.sum())
        users = (self.channels > 0).sum(axis=0)
        self.users = np.append(users, users.sum())
        self.tracks = np.zeros((5, 5), np.int64)
        self.horizon = horizon
        self.width = bin_width(horizon, 4 * groups)
        bins = -(-horizon // self.width)
        self.outcomes, self.talk, self.busy = (np.zeros((dids, width), np.int64) for width in (8, 4, 4))
        self.answers, self.teardowns = np.zeros(dids, np.int64), np.zeros(dids, np.int64)
        self.group_outcomes, self.group_talk, self.group_busy = (
            np.zeros((groups, width), np.int64) for width in (8, 4, 4)
        )
        self.callers, self.group_callers = np.zeros((dids, 2), np.int64), np.zeros((groups, 2), np.int64)
        self.group_answers = np.zeros(groups, np.int64)
        self.added_up = [np.zeros_like(values) for values in self._by_did()]
        self.area, self.peak = np.zeros((groups, 4, bins), np.int64), np.zeros((groups, 4, bins), np.int64)
        self.all_peak = np.zeros(5, np.int64)
        self.slots: tuple[np.ndarray, ...] = ()
        self.events: tuple[np.ndarray, ...] = (np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64))
        self.most = -1
        self.met: list[Int32] = []
        self.met_at: list[int] = []
        self._meet(plan.group, -NEVER)

    def _by_did(self) -> tuple[Counts, ...]:
        """What is added up by group too."""
        return self.outcomes, self.answers, self.talk, self.busy

    def _meet(self, group: Int32, now: int) -> None:
        """Calls are of these groups from now on."""
        self.group = group
        self.met.append(group)
        self.met_at.append(now)
        self.members = np.argsort(group, kind="stable")
        self.group_first = np.searchsorted(group[self.members], np.arange(len(self.channels) + 1))

    def _add_up(self) -> None:
        """Give the groups what their DIDs have counted since this was last done."""
        by_groups = (self.group_outcomes, self.group_answers, self.group_talk, self.group_busy)
        for by_group, values, before in zip(by_groups, self._by_did(), self.added_up, strict=True):
            np.add.at(by_group, self.group, values - before)
            before[:] = values

    def add(self, log: CallLog) -> None:
        """Count a log; logs come in the order of time, and cover the warm-up and the horizon without a gap."""
        calls, before = log.calls, log.before
        if log.group is not self.group:
            self._add_up()
            self._meet(log.group, calls.begin)
        stray_first, strays = before.strays(log.group, len(self.channels) - 1)
        tally_calls(
            calls.first, calls.arrival, calls.ring, calls.answered, log.outcome, log.end, log.torn_down,
            self.horizon, self.outcomes, self.answers, self.teardowns, self.talk, self.busy,
        )  # fmt: skip
        self._note_callers(log)
        add_usage(
            calls.begin, calls.end, self.width, self.members, self.group_first, self.channels,
            self.all_channels, self.users, calls.first, calls.arrival, log.end, log.outcome,
            before.first, before.tier, before.end, before.group, stray_first, strays,
            self.area, self.peak, self.all_peak, *self.tracks, *self._scratch(len(log), len(before.end)),
        )  # fmt: skip

    def _note_callers(self, log: CallLog) -> None:
        """Count first attempts, and calls given up, by DID and by the group in which the first attempt was made."""
        calls = log.calls
        if calls.attempt is None or calls.began is None:
            return
        did, counted = calls.did, calls.began >= 0
        for column, rows in enumerate((counted & (calls.attempt == 1), counted & log.given_up)):
            self.callers[:, column] += np.bincount(did[rows], minlength=len(self.answers))
            epoch = np.searchsorted(self.met_at, calls.began[rows], side="right") - 1
            for one in np.unique(epoch):
                groups = self.met[one][did[rows][epoch == one]]
                self.group_callers[:, column] += np.bincount(groups, minlength=len(self.group_callers))

    def _scratch(self, calls: int, going_on: int) -> tuple[np.ndarray, ...]:
        """Arrays that the kernel works in, for so many calls, kept from log to log."""
        if calls > self.most:
            self.most = calls + calls // 8
            slots = room(self.most, self.area.shape[2])
            self.slots = (
                *(np.empty(shape, np.int64) for shape in ((slots, 2), slots, slots)),
                np.empty(slots, np.int32),
            )
        if 2 * (calls + going_on) > len(self.events[0]):
            events = (calls + going_on) * 9 // 4
            self.events = (np.empty(events, np.int32), np.empty(events, np.int64), np.empty(events, np.int64))
        return (*self.slots, *self.events)

    def result(self) -> Tally:
        """The tally, once all logs are in."""
        self._add_up()
        group_peak = self.peak.max(axis=2, initial=0)
        tier_peak = np.append(group_peak.max(axis=0), group_peak.max())
        return Tally(
            self.outcomes, self.answers, self.callers, self.teardowns, self.talk, self.busy,
            self.group_outcomes, self.group_answers, self.group_callers, self.group_talk, self.group_busy,
            group_peak, np.maximum(tier_peak, self.all_peak), self.area, self.peak,
        )  # fmt: skip


BINS = ("area", "bin_peak")
"""Fields of a tally that have an axis of bins."""


def stack(tallies: Sequence[Tally]) -> Tally:
    """Stack the tallies of R replications, so that every array has a leading axis R.

    The bins are left out, as empty arrays of shape (R, 0): they take up to 64 MB a replication, and reports need only
    their means and peaks (`capsim.estimates.usage`).
    """
    names = [field.name for field in fields(Tally) if field.name not in BINS]
    stacked = {name: np.stack([getattr(tally, name) for tally in tallies]) for name in names}
    nothing = np.zeros((len(tallies), 0), np.int64)
    return Tally(**stacked, area=nothing, bin_peak=nothing)
