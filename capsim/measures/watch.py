"""Watching a replication as the provider's statistics do: capacity exceeded, spells, samples by the minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capsim.capacity import Schedule
from capsim.kernels.watch import EVENTS_OF_A_SLOT, note_change, sample_calls, watch_spells
from capsim.measures.tally import bin_width
from capsim.records import CAPACITY_EXCEEDED, CallLog, Int32, Int64
from capsim.units import MINUTE, NEVER

MOST_LISTED = 100_000
"""So many events, and spells, of a replication are listed; all are counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What was watched in one replication (D DIDs, G groups and *no group*, B bins). Times are those of the clock.

    exceeded : (e, 2) int64, arrival and DID of calls that found no channel; exceeded_group : (e,) int32.
    spells : (s, 4) int64, whose (a DID's position, or D plus the row of a group), start, end, calls lost.
    exceeded_until, spells_until : up to when all of them are listed: the end of the horizon, unless there are too many.
    counts : (D + G + 1, 4) int64, of all spells: how many, their length together, the longest, calls lost.
    samples : (B,) int64, how many samples were taken in each bin; sampled : (G + 1, 4, B), busy channels at them added
        up; sampled_peak : the most at any of them.
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
        plan = schedule.first
        dids, groups = len(plan.did_names), len(plan.shared)
        self.in_force, self.plan, self.horizon = schedule.in_force(), plan, horizon
        self.width = bin_width(horizon, 4 * groups)
        bins = -(-horizon // self.width)
        self.changed = -NEVER
        self.since, self.exhausted = (np.full(dids + groups, -NEVER, np.int64) for _ in range(2))
        self.start, self.lost = np.full(dids + groups, NEVER, np.int64), np.zeros(dids + groups, np.int64)
        self.busy, self.latest = np.zeros((dids + groups, 2), np.int64), np.zeros(dids + groups, np.int64)
        self.exceeded: list[NDArray[np.int64]] = []
        self.exceeded_group: list[NDArray[np.int32]] = []
        self.spells: list[NDArray[np.int64]] = []
        self.listed = 0
        self.exceeded_until = self.spells_until = horizon
        self.counts = np.zeros((dids + groups, 4), np.int64)
        shape = (groups, 4, bins)
        self.sampled, self.sampled_peak = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        marks = np.arange(0, horizon, MINUTE, dtype=np.int64) // self.width
        self.samples = np.bincount(marks, minlength=bins)
        self._meet(plan.group)

    def _meet(self, group: Int32) -> None:
        self.members = np.argsort(group, kind="stable")
        self.group_first = np.searchsorted(group[self.members], np.arange(len(self.plan.shared) + 1))

    def add(self, log: CallLog) -> None:
        """Watch a log; logs come in the order of time."""
        calls, before, old = log.calls, log.before, self.plan
        self.plan = plan = self.in_force.at(calls.begin)
        if plan.group is not old.group:
            self._meet(plan.group)
        self._note_exceeded(log)
        lost = np.bincount(log.outcome, minlength=CAPACITY_EXCEEDED + 1)[CAPACITY_EXCEEDED]
        under_way = np.count_nonzero(self.start < NEVER)
        spells, found = np.empty((2 * int(lost) + int(under_way), 4), np.int64), 0
        if plan is not old:
            found = note_change(
                calls.begin, self.changed, plan.group, plan.included, plan.dedicated, plan.shared, plan.metered,
                old.group, old.included, old.dedicated, old.shared, old.metered,
                before.first, before.tier, before.group, before.arrival,
                self.since, self.exhausted, self.start, self.lost, self.busy, self.latest, spells,
            )  # fmt: skip
            self.changed = calls.begin
        if lost or under_way:
            events = 2 * (len(log) + len(before))
            slots = max(events // EVENTS_OF_A_SLOT, 1)
            found = watch_spells(
                calls.begin, calls.end, self.changed, self.members, self.group_first, plan.group,
                plan.included, plan.dedicated, plan.shared, plan.metered,
                calls.first, calls.arrival, log.end, log.outcome, before.first, before.tier, before.end, before.group,
                before.arrival, *before.strays(log.group, plan.no_group),
                self.since, self.exhausted, self.start, self.lost, self.busy, self.latest,
                np.empty(len(plan.group), np.bool_), spells, np.empty(events, np.int64), np.empty(events, np.int64),
                np.empty(slots + 2, np.int64), np.empty(slots, np.int8), found,
            )  # fmt: skip
        self._note_spells(spells[:found])
        begin = max(calls.begin, 0)
        if calls.end > begin:
            room = -(-calls.end // MINUTE) - begin // MINUTE + 2
            sample_calls(
                begin, calls.end, MINUTE, self.width, plan.group, calls.first, calls.arrival, log.end, log.outcome,
                before.tier, before.end, before.group,
                np.empty((len(plan.shared), 4, room), np.int64), self.sampled, self.sampled_peak,
            )  # fmt: skip

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
        """Count spells, and list those for which there is room: their part in the horizon, and calls lost in it."""
        spells = spells[spells[:, 3] > 0]
        spells[:, 1] = np.maximum(spells[:, 1], 0)
        if not len(spells):
            return
        who, length = spells[:, 0], spells[:, 2] - spells[:, 1]
        np.add.at(self.counts[:, 0], who, 1)
        np.add.at(self.counts[:, 1], who, length)
        np.maximum.at(self.counts[:, 2], who, length)
        np.add.at(self.counts[:, 3], who, spells[:, 3])
        if self.spells_until < self.horizon:
            return
        spells = spells[np.argsort(spells[:, 2], kind="stable")]  # they are found as they end
        room = MOST_LISTED - self.listed
        if len(spells) > room:
            self.spells_until = int(spells[room, 2])
        self.spells.append(spells[:room])
        self.listed += min(len(spells), room)

    def result(self) -> Watched:
        """What was watched, once all logs are in; spells under way end with the horizon."""
        under_way = np.flatnonzero(self.start < NEVER)
        ends = np.full(len(under_way), self.horizon)
        self._note_spells(np.stack([under_way, self.start[under_way], ends, self.lost[under_way]], axis=1))
        nothing, no_pairs, no_spells = np.zeros(0, np.int32), np.zeros((0, 2), np.int64), np.zeros((0, 4), np.int64)
        spells = np.concatenate([no_spells, *self.spells])
        return Watched(
            np.concatenate([no_pairs, *self.exceeded]),
            np.concatenate([nothing, *self.exceeded_group]),
            spells[np.argsort(spells[:, 1], kind="stable")],
            self.exceeded_until,
            self.spells_until,
            self.counts,
            self.samples,
            self.sampled,
            self.sampled_peak,
        )
