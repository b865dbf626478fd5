"""Watching a replication as the provider's statistics do: exceeded capacity, spells, samples by the minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import Schedule
from capsim.kernels.exhaustion import END, LOST, SPELL_COLUMNS, START, WHO, Exhaustion, note_change
from capsim.kernels.samples import Samples, sample_calls
from capsim.kernels.tables import Groups, Log, Table
from capsim.kernels.watch import EVENTS_OF_A_SLOT, WatchScratch, watch_spells
from capsim.measures.tally import bin_width
from capsim.records import CAPACITY_EXCEEDED, N_TIERS, CallLog, Int32, Int64
from capsim.units import MINUTE, NEVER

MOST_LISTED = 100_000
"""Largest number of events, and of spells, of a replication that are listed; all are counted."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Watched:
    """Exceeded capacity, spells and samples of one replication (D DIDs, G groups and *no group*, B bins).

    Attributes
    ----------
    exceeded : (e, 2) int64
        Arrival (clock, microseconds) and DID of each call that found no channel.
    exceeded_group : (e,) int32
        Group of its DID.
    spells : (s, 4) int64
        Whose each spell is (a DID's position, or D plus the row of a group), its start and end (clock, microseconds),
        and the calls lost in it.
    exceeded_until : int
        Clock up to which all calls that found no channel are listed, microseconds: the end of the horizon, unless there
        are too many.
    spells_until : int
        The same for spells.
    counts : (D + G + 1, 4) int64
        Number of all spells of each DID and group, their length together and the longest (microseconds), calls lost.
    samples : (B,) int64
        Number of samples taken in each bin.
    sampled : (G + 1, 4, B) int64
        Sum of the busy channels at them, by group and tier.
    sampled_peak : (G + 1, 4, B) int64
        The most at any of them.
    """

    exceeded: Int64
    exceeded_group: Int32
    spells: Int64
    exceeded_until: int
    spells_until: int
    counts: Int64
    samples: Int64
    sampled: Int64
    sampled_peak: Int64


class Watch:
    """Watches the logs of one replication as they come."""

    def __init__(self, schedule: Schedule, horizon: int) -> None:
        capacity = schedule.first
        dids, groups = len(capacity.did_names), len(capacity.shared)
        self.in_force, self.capacity, self.horizon = schedule.in_force(), capacity, horizon
        self.width = bin_width(horizon, N_TIERS * groups)
        bins = -(-horizon // self.width)
        self.state = Exhaustion(
            since=np.full(dids + groups, -NEVER, np.int64),
            exhausted=np.full(dids + groups, -NEVER, np.int64),
            start=np.full(dids + groups, NEVER, np.int64),
            lost=np.zeros(dids + groups, np.int64),
            changed=-NEVER,
        )
        self.busy, self.latest = np.zeros((dids + groups, 2), np.int64), np.zeros(dids + groups, np.int64)
        self.exceeded: list[NDArray[np.int64]] = []
        self.exceeded_group: list[NDArray[np.int32]] = []
        self.spells: list[NDArray[np.int64]] = []
        self.listed = 0
        self.exceeded_until = self.spells_until = horizon
        self.counts = np.zeros((dids + groups, 4), np.int64)
        shape = (groups, N_TIERS, bins)
        self.sampled, self.sampled_peak = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        marks = np.arange(0, horizon, MINUTE, dtype=np.int64) // self.width
        self.samples = np.bincount(marks, minlength=bins)
        self._meet(capacity.group)

    def _meet(self, group: Int32) -> None:
        """Note that calls are of these groups from now on."""
        members = np.argsort(group, kind="stable")
        self.groups = Groups(members, np.searchsorted(group[members], np.arange(len(self.capacity.shared) + 1)))

    def add(self, log: CallLog) -> None:
        """Watch a log; logs come in the order of time."""
        calls, before, old = log.calls, log.before, self.capacity
        table, columns = Table.of(calls), Log.of(log)
        self.capacity = capacity = self.in_force.at(calls.begin)
        if capacity.group is not old.group:
            self._meet(capacity.group)
        self._note_exceeded(log)
        lost = np.bincount(log.outcome, minlength=CAPACITY_EXCEEDED + 1)[CAPACITY_EXCEEDED]
        under_way = np.count_nonzero(self.state.start < NEVER)
        spells, found = np.empty((2 * int(lost) + int(under_way), SPELL_COLUMNS), np.int64), 0
        if capacity is not old:
            found = note_change(
                calls.begin, capacity.columns, old.columns, before, self.state, spells, self.busy, self.latest
            )
            self.state = self.state._replace(changed=calls.begin)
        if lost or under_way:
            moved, scratch = before.moved(log.group, capacity.no_group), self._scratch(2 * (len(log) + len(before.end)))
            found = watch_spells(
                table, columns, before, moved, self.groups, capacity.columns, self.state, spells, found, scratch
            )
        self._note_spells(spells[:found])
        begin = max(calls.begin, 0)
        if calls.end > begin:
            room = -(-calls.end // MINUTE) - begin // MINUTE + 2
            level = np.empty((len(capacity.shared), N_TIERS, room), np.int64)
            samples = Samples(self.sampled, self.sampled_peak, level)
            sample_calls(begin, MINUTE, self.width, table, columns, capacity.group, before, samples)

    def _scratch(self, events: int) -> WatchScratch:
        slots = max(events // EVENTS_OF_A_SLOT, 1)
        return WatchScratch(
            busy=self.busy,
            latest=self.latest,
            concerned=np.empty(len(self.capacity.group), np.bool_),
            moment=np.empty(events, np.int64),
            code=np.empty(events, np.int64),
            slot_first=np.empty(slots + 2, np.int64),
            slot_lost=np.empty(slots, np.int8),
        )

    def _note_exceeded(self, log: CallLog) -> None:
        calls, room = log.calls, MOST_LISTED - sum(map(len, self.exceeded))
        if self.exceeded_until < self.horizon:
            return
        rows = np.flatnonzero((log.outcome == CAPACITY_EXCEEDED) & (calls.arrival >= 0))
        if len(rows):
            rows = rows[np.argsort(calls.arrival[rows], kind="stable")]
            if len(rows) > room:
                self.exceeded_until = int(calls.arrival[rows[room]])
            rows = rows[:room]
            did = np.searchsorted(calls.first, rows, side="right") - 1
            self.exceeded.append(np.stack([calls.arrival[rows], did], axis=1))
            self.exceeded_group.append(log.group[did])

    def _note_spells(self, spells: Int64) -> None:
        """Count the part of spells in the horizon and the calls lost in it; list the spells for which there is room."""
        spells = spells[spells[:, LOST] > 0]
        spells[:, START] = np.maximum(spells[:, START], 0)
        if not len(spells):
            return
        who, length = spells[:, WHO], spells[:, END] - spells[:, START]
        np.add.at(self.counts[:, 0], who, 1)
        np.add.at(self.counts[:, 1], who, length)
        np.maximum.at(self.counts[:, 2], who, length)
        np.add.at(self.counts[:, 3], who, spells[:, LOST])
        if self.spells_until < self.horizon:
            return
        spells = spells[np.argsort(spells[:, END], kind="stable")]  # they are found as they end
        room = MOST_LISTED - self.listed
        if len(spells) > room:
            self.spells_until = int(spells[room, END])
        self.spells.append(spells[:room])
        self.listed += min(len(spells), room)

    def result(self) -> Watched:
        """Return what was watched, once all logs are in; spells under way end with the horizon."""
        start, lost = self.state.start, self.state.lost
        under_way = np.flatnonzero(start < NEVER)
        ends = np.full(len(under_way), self.horizon)
        self._note_spells(np.stack([under_way, start[under_way], ends, lost[under_way]], axis=1))
        nothing, no_pairs, no_spells = (
            np.zeros(0, np.int32),
            np.zeros((0, 2), np.int64),
            np.zeros((0, SPELL_COLUMNS), np.int64),
        )
        spells = np.concatenate([no_spells, *self.spells])
        return Watched(
            exceeded=np.concatenate([no_pairs, *self.exceeded]),
            exceeded_group=np.concatenate([nothing, *self.exceeded_group]),
            spells=spells[np.argsort(spells[:, START], kind="stable")],
            exceeded_until=self.exceeded_until,
            spells_until=self.spells_until,
            counts=self.counts,
            samples=self.samples,
            sampled=self.sampled,
            sampled_peak=self.sampled_peak,
        )
