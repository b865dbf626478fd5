"""Counting a replication: calls, busy time and peaks, added up log by log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import UNLIMITED, Schedule
from capsim.kernels.follow import Events
from capsim.kernels.tables import Groups, Log, Table
from capsim.kernels.tally import Tallies, tally_calls
from capsim.kernels.usage import N_TRACKS, ChannelBounds, Usage, UsageScratch, add_usage, room
from capsim.records import N_OUTCOMES, N_TIERS, CallLog, Int32
from capsim.units import DAY, HOUR, MINUTE, NEVER, SECOND

Counts = NDArray[np.int64]

_WIDTHS = [
    *(SECOND * n for n in (1, 2, 5, 10, 15, 30)),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 4, 6, 12)),
    *(DAY * n for n in (1, 2, 5, 10, 20, 50, 100)),
]
MOST_BINS = 1_500
"""Largest number of bins."""
MOST_CELLS = 4_000_000
"""Largest number of bins of all pairs of group and tier together."""


def bin_width(horizon: int, scopes: int) -> int:
    """Length of a usage bin, microseconds: the shortest round one that keeps the bins within bounds.

    Parameters
    ----------
    horizon : int
        Length of the horizon, microseconds.
    scopes : int
        Number of pairs of group and tier.
    """
    most = max(24, min(MOST_BINS, MOST_CELLS // scopes))
    return next((width for width in _WIDTHS if -(-horizon // width) <= most), -(-horizon // most))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tally:
    """What happened in one replication (D DIDs, G groups and *no group*, B bins).

    A call counts for the group in which its DID is as the call arrives; a call given up, for the group of its first
    attempt.

    Attributes
    ----------
    outcomes : (D, 8) int64
        Counted calls by outcome, a code of `capsim.records.OUTCOMES`.
    answers : (D,) int64
        Counted calls that were answered.
    callers : (D, 2) int64
        First attempts, and calls given up of those; 0 if nobody tries again.
    teardowns : (D,) int64
        Counted calls that ended because the balance ran out.
    talk : (D, 4) int64
        Answered time of counted calls by tier, microseconds.
    busy : (D, 4) int64
        Channel time inside the horizon by tier, microseconds.
    group_outcomes : (G + 1, 8) int64
        The same as ``outcomes`` by group; and so on for the others.
    group_answers : (G + 1,) int64
    group_callers : (G + 1, 2) int64
    group_talk : (G + 1, 4) int64
    group_busy : (G + 1, 4) int64
    group_peak : (G + 1, 4) int64
        Most busy channels at once by tier.
    tier_peak : (5,) int64
        The same over all groups and, last, over all tiers.
    area : (G + 1, 4, B) int64
        Channel time in each bin, microseconds.
    bin_peak : (G + 1, 4, B) int64
        Most busy channels at once in each bin.
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
        capacity = schedule.first
        dids, groups = len(capacity.did_names), len(capacity.group_names) + 1
        self.horizon = horizon
        self.bounds = _channel_bounds(schedule)
        self.width = bin_width(horizon, N_TIERS * groups)
        bins = -(-horizon // self.width)
        self.tallies, self.group_tallies = _no_tallies(dids), _no_tallies(groups)
        self.added_up = _no_tallies(dids)
        self.callers, self.group_callers = np.zeros((dids, 2), np.int64), np.zeros((groups, 2), np.int64)
        self.usage = Usage(
            area=np.zeros((groups, N_TIERS, bins), np.int64),
            peak=np.zeros((groups, N_TIERS, bins), np.int64),
            all_peak=np.zeros(N_TRACKS, np.int64),
        )
        self.most_calls = self.most_events = 0
        self.scratch = _usage_scratch(0, 0, bins)
        self.met: list[Int32] = []
        self.met_at: list[int] = []
        self._meet(capacity.group, -NEVER)

    def _meet(self, group: Int32, now: int) -> None:
        """Note that calls are of these groups from now on."""
        self.group = group
        self.met.append(group)
        self.met_at.append(now)
        members = np.argsort(group, kind="stable")
        self.groups = Groups(members, np.searchsorted(group[members], np.arange(len(self.bounds.channels) + 1)))

    def _add_up(self) -> None:
        """Give the groups what their DIDs have counted since this was last done."""
        for by_group, values, before in zip(self.group_tallies, self.tallies, self.added_up, strict=True):
            np.add.at(by_group, self.group, values - before)
            before[:] = values

    def add(self, log: CallLog) -> None:
        """Count a log; logs come in the order of time, and cover the warm-up and the horizon without a gap."""
        calls, before = log.calls, log.before
        if log.group is not self.group:
            self._add_up()
            self._meet(log.group, calls.begin)
        moved = before.moved(log.group, len(self.bounds.channels) - 1)
        table, columns = Table.of(calls), Log.of(log)
        tally_calls(table, columns, self.horizon, self.tallies)
        self._note_callers(log)
        self._make_room(len(log), len(before.end))
        add_usage(table, columns, before, moved, self.groups, self.bounds, self.width, self.usage, self.scratch)

    def _note_callers(self, log: CallLog) -> None:
        """Count first attempts and calls given up, by DID and by the group of the first attempt."""
        calls = log.calls
        if calls.attempt is None or calls.began is None:
            return
        did, counted = calls.did, calls.began >= 0
        for column, rows in enumerate((counted & (calls.attempt == 1), counted & log.given_up)):
            self.callers[:, column] += np.bincount(did[rows], minlength=len(self.callers))
            epoch = np.searchsorted(self.met_at, calls.began[rows], side="right") - 1
            for one in np.unique(epoch):
                groups = self.met[one][did[rows][epoch == one]]
                self.group_callers[:, column] += np.bincount(groups, minlength=len(self.group_callers))

    def _make_room(self, calls: int, in_progress: int) -> None:
        """Let the kernel's arrays have room for this many calls, and these in progress before; they are kept."""
        events = 2 * (calls + in_progress)
        if calls > self.most_calls or events > self.most_events:
            self.most_calls = max(self.most_calls, calls + calls // 8)
            self.most_events = max(self.most_events, events + events // 8)
            self.scratch = _usage_scratch(self.most_calls, self.most_events, self.usage.area.shape[2])

    def result(self) -> Tally:
        """Return the tally, once all logs are in."""
        self._add_up()
        group_peak = self.usage.peak.max(axis=2, initial=0)
        tier_peak = np.append(group_peak.max(axis=0), group_peak.max())
        tallies, of_groups = self.tallies, self.group_tallies
        return Tally(
            outcomes=tallies.outcomes,
            answers=tallies.answers,
            callers=self.callers,
            teardowns=tallies.teardowns,
            talk=tallies.talk,
            busy=tallies.busy,
            group_outcomes=of_groups.outcomes,
            group_answers=of_groups.answers,
            group_callers=self.group_callers,
            group_talk=of_groups.talk,
            group_busy=of_groups.busy,
            group_peak=group_peak,
            tier_peak=np.maximum(tier_peak, self.usage.all_peak),
            area=self.usage.area,
            bin_peak=self.usage.peak,
        )


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


def _channel_bounds(schedule: Schedule) -> ChannelBounds:
    """Most channels that can be busy at any time."""
    channels = schedule.most_channels
    if schedule.steps:  # calls of a DID that has left a group, or of a tier that has shrunk, come on top
        channels = np.where(channels > 0, UNLIMITED, 0)
    users = (channels > 0).sum(axis=0)
    return ChannelBounds(
        channels=channels,
        all_channels=np.append(channels.sum(axis=0), channels.sum()),
        users=np.append(users, users.sum()),
    )


def _no_tallies(rows: int) -> Tallies:
    return Tallies(
        outcomes=np.zeros((rows, N_OUTCOMES), np.int64),
        answers=np.zeros(rows, np.int64),
        teardowns=np.zeros(rows, np.int64),
        talk=np.zeros((rows, N_TIERS), np.int64),
        busy=np.zeros((rows, N_TIERS), np.int64),
    )


def _usage_scratch(calls: int, events: int, bins: int) -> UsageScratch:
    """Arrays for this many calls of a log and events."""
    slots = room(calls, bins)
    at, many, shift, busy, all_busy = (np.zeros(N_TRACKS, np.int64) for _ in range(5))
    return UsageScratch(
        at=at,
        many=many,
        shift=shift,
        busy=busy,
        all_busy=all_busy,
        slots=np.empty((slots, 2), np.int64),
        all_counts=np.empty(slots, np.int64),
        levels=np.empty(slots, np.int64),
        events=Events(
            latest=np.empty(slots, np.int32),
            previous=np.empty(events, np.int32),
            moment=np.empty(events, np.int64),
            order=np.empty(events, np.int64),
        ),
    )
