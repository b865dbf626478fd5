"""Busy channels over time, in bins of the horizon: their mean and their peak, without putting calls in order.

A *track* is a set of calls whose busy channels are added up: those of a group on one tier; those of all groups on one
tier; all. The time of a track is cut into its bins, and each bin into slots, one to three for each call.

Arrivals and ends are counted in slots. The busy channels as each slot begins follow by addition. They are a lower bound
of the peak in the slot's bin; with the slot's arrivals added, and no more than there are channels, they are an upper
bound for what happens inside the slot. Only in slots whose upper bound exceeds what the bin is known to reach
are the calls put in order (R13) and followed one by one, in `capsim.kernels.follow`.

An end belongs to the slot of the microsecond before it, so that the busy channels at an edge are those after the ends
of that instant. A call of zero length counts for the peak at its instant, and for nothing else.

Arrays (D DIDs, G groups and *no group*, B bins, n calls of a log, m calls in progress as it begins): those of
`capsim.kernels.ladder`, and

- ``members`` (D,): DIDs by group, in the scenario's order within each; ``group_first`` (G + 2,); ``open_group``,
  ``stray_first``, ``strays``: calls count for the group that they began in
- ``channels`` (G + 1, 4) int64: most of each tier that can be busy, its DIDs' and its own; ``all_channels`` (5,) the same over all groups
  and, last, all tiers; ``users`` (5,): how many groups have channels of a tier, and how many pairs of both there are
- ``area``, ``peak`` (G + 1, 4, B): channel time in each bin, and most busy channels at once
- ``all_peak`` (5,): most busy channels at once of each tier, over all groups, and of all tiers; a tier that one group
  alone has is left out
- scratch, by track: ``at``, ``many``, ``shift``, ``busy``, ``all_busy`` (5,) int64
- scratch, for K slots as ``room`` says: ``slots`` (K, 2) int64, of each slot its counts, arrivals + 2^32 ends, and the
  sum of the moments of arrivals less those of ends, from the beginning of the slot's part; ``all_counts``, ``levels``
  (K,) int64; ``latest`` (K,) and ``previous`` (2 (n + m),) int32, the events of a slot as a chain
- scratch, for the events of one slot: ``moment`` and ``order`` (2 (n + m),) int64

Where a track lies: ``at``, its first slot, and for each bin ``many`` slots of 2^``shift`` microseconds. Event 2 i is the arrival of the log's call i, 2 i + 1 its end; 2 (n + j) + 1 is the end of the call j in progress.
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.division import inverse, quotient
from capsim.kernels.follow import follow_slot
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.order import slot_shift
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, METERED, SHARED

ARRIVES, ENDS = np.int64(1), np.int64(1) << 32
ARRIVALS = ENDS - 1
ALL = 4
"""The track of all tiers together."""
NOTHING = np.int32(-1)
SPARSE = 16
"""Up to so many calls in a bin have three slots each, since few calls leave most slots to be settled; others have one."""
COARSE = 3
"""Peaks over all groups are few, and known early: slots of some calls will do."""


def room(calls: int, bins: int) -> int:
    """How many slots the tracks of one group, or of all, can need."""
    return 5 * calls + 10 * bins + 200


@kernel
def add_usage(
    begin, until, width, members, group_first, channels, all_channels, users, first, arrival, end, outcome,
    open_first, open_tier, open_end, open_group, stray_first, strays, area, peak, all_peak,
    at, many, shift, busy, all_busy, slots, all_counts, levels, latest, previous, moment, order,
):  # fmt: skip
    """Add a log's part of the horizon to ``area``, and raise the peaks to what they are in it."""
    if until <= 0:
        return
    base = max(np.int64(begin), np.int64(0))
    all_busy[:] = 0
    several = users[ALL] > 1
    all_shift = slot_shift(until - base, 1 + (outcome.size >> COARSE))
    all_many = ((until - base - 1) >> all_shift) + 1
    all_apart = np.int64(0)  # all tiers on one track, unless some of them need their own
    for tier in range(4):
        if users[tier] > 1:
            all_apart = all_many
    for slot in range(5 * all_many):
        all_counts[slot] = 0
    for group in range(channels.shape[0]):
        own = members[group_first[group] : group_first[group + 1]]
        _lay(base, until, width, own, first, outcome, at, many, shift)
        for slot in range(at[ALL]):
            slots[slot, 0], slots[slot, 1], latest[slot] = 0, 0, NOTHING
        busy[:] = 0
        gone = strays[stray_first[group] : stray_first[group + 1]]
        _count(
            base, until, width, group, own, gone, first, arrival, end, outcome, open_first, open_tier, open_end, open_group,
            at, many, shift, slots, latest, previous, busy, area[group], several, all_apart, all_shift, all_counts,
        )  # fmt: skip
        for tier in range(4):
            all_busy[tier] += busy[tier]
            all_busy[ALL] += busy[tier]
        for tier in range(4):
            if channels[group, tier] > 0:
                _sweep(
                    base, until, width, at[tier], many[tier], shift[tier], slots, busy[tier], channels[group, tier],
                    arrival, end, open_end, levels, latest, previous, moment, order, area[group, tier], peak[group, tier],
                )  # fmt: skip
    if several:
        _raise_all(
            base, until, all_channels, users, first, arrival, end, outcome, open_first, open_tier, open_end,
            all_many, all_apart, all_shift, all_busy, all_counts, levels, latest, previous, moment, order, all_peak,
        )  # fmt: skip


@inlined
def _lay(base, until, width, dids, first, outcome, at, many, shift):
    """Tracks for the tiers of a group: slots by how many calls each carries."""
    included, dedicated, shared, metered = 0, 0, 0, 0
    for did in dids:
        for row in range(first[did], first[did + 1]):
            included += outcome[row] == INCLUDED
            dedicated += outcome[row] == DEDICATED
            shared += outcome[row] == SHARED
            metered += outcome[row] == METERED
    parts = (until - 1) // width - base // width + 1
    longest = min(np.int64(width), until - base)
    for tier, calls in enumerate((included, dedicated, shared, metered)):
        calls //= parts
        shift[tier] = slot_shift(longest, 1 + calls + 2 * min(calls, SPARSE))
        many[tier] = ((longest - 1) >> shift[tier]) + 1
        at[tier + 1] = at[tier] + parts * many[tier]


@inlined
def _count(
    base, until, width, group, dids, gone, first, arrival, end, outcome, open_first, open_tier, open_end, open_group,
    at, many, shift, slots, latest, previous, busy, area, several, all_apart, all_shift, all_counts,
):  # fmt: skip
    """Count and chain arrivals and ends in slots, and count in ``busy`` the calls in progress at ``base``."""
    per_width, bin0 = inverse(width), base // width
    for call in gone:
        _count_open(
            call, outcome.size, base, until, width, per_width, open_tier[call], open_end[call],
            at, many, shift, slots, latest, previous, busy, all_apart, all_shift, all_counts,
        )  # fmt: skip
    for did in dids:
        for call in range(open_first[did], open_first[did + 1]):
            if open_group[call] == group:
                _count_open(
                    call, outcome.size, base, until, width, per_width, open_tier[call], open_end[call],
                    at, many, shift, slots, latest, previous, busy, all_apart, all_shift, all_counts,
                )  # fmt: skip
        bin_, start, stop = bin0, base, (bin0 + 1) * width
        for row in range(first[did], first[did + 1]):
            tier, come, left = outcome[row], arrival[row], end[row]
            if tier >= CAPACITY_EXCEEDED:
                continue
            if come >= base:
                if come >= stop:
                    bin_ = quotient(come, width, per_width)
                    start, stop = bin_ * width, (bin_ + 1) * width
                offset = come - start
                slot = at[tier] + (bin_ - bin0) * many[tier] + (offset >> shift[tier])
                slots[slot, 0] += ARRIVES
                slots[slot, 1] += offset
                previous[2 * row] = latest[slot]
                latest[slot] = 2 * row
                if several:
                    all_counts[tier * all_apart + ((come - base) >> all_shift)] += ARRIVES
                if come == left:
                    area[tier, bin_] -= 1  # its end is counted a microsecond late, after its arrival
            elif left > base:
                busy[tier] += 1
            else:
                continue
            if left <= until:
                last = max(left - 1, come)
                last_bin, offset = bin_, last - start
                if last >= stop:
                    last_bin = quotient(last, width, per_width)
                    offset = last - last_bin * width
                slot = at[tier] + (last_bin - bin0) * many[tier] + (offset >> shift[tier])
                slots[slot, 0] += ENDS
                slots[slot, 1] -= offset + 1
                previous[2 * row + 1] = latest[slot]
                latest[slot] = 2 * row + 1
                if several:
                    all_counts[tier * all_apart + ((last - base) >> all_shift)] += ENDS


@inlined
def _count_open(
    call, calls, base, until, width, per_width, tier, gone,
    at, many, shift, slots, latest, previous, busy, all_apart, all_shift, all_counts,
):  # fmt: skip
    """A call in progress: it counts as busy, and for the slot of its end."""
    if gone <= base:
        return
    busy[tier] += 1
    if gone > until:
        return
    bin_ = quotient(gone - 1, width, per_width)
    offset = gone - 1 - max(bin_ * width, base)
    slot = at[tier] + (bin_ - base // width) * many[tier] + (offset >> shift[tier])
    slots[slot, 0] += ENDS
    slots[slot, 1] -= offset + 1
    previous[2 * (calls + call) + 1] = latest[slot]
    latest[slot] = 2 * (calls + call) + 1
    all_counts[tier * all_apart + ((gone - 1 - base) >> all_shift)] += ENDS


@inlined
def _sweep(
    base, until, width, at, many, shift, slots, level, channels,
    arrival, end, open_end, levels, latest, previous, moment, order, area, peak,
):  # fmt: skip
    """Go along a track: complete ``area``, and raise ``peak``, by bin."""
    bin0 = base // width
    for bin_ in range(bin0, (until - 1) // width + 1):
        start, stop = max(bin_ * width, base), min((bin_ + 1) * width, until)
        low = at + (bin_ - bin0) * many
        high = low + ((stop - 1 - start) >> shift) + 1
        reached, moments, ends = peak[bin_], np.int64(0), np.int64(0)
        for slot in range(low, high):
            levels[slot] = level
            reached = max(reached, level)
            ends = slots[slot, 0] >> 32
            level += (slots[slot, 0] & ARRIVALS) - ends
            moments += slots[slot, 1]
        if ends == 0:
            reached = max(reached, level)
        area[bin_] += level * (stop - start) - moments
        for slot in range(low, high):
            if min(levels[slot] + (slots[slot, 0] & ARRIVALS), channels) > reached:
                most = follow_slot(latest[slot], previous, levels[slot], arrival, end, open_end, moment, order)
                reached = max(reached, most)
        peak[bin_] = reached


@inlined
def _raise_all(
    base, until, channels, users, first, arrival, end, outcome, open_first, open_tier, open_end,
    many, apart, shift, busy, counts, levels, latest, previous, moment, order, peak,
):  # fmt: skip
    """Peaks over all groups, of each tier and of all tiers together, whose track is the sum of theirs."""
    for slot in range(many):
        for tier in range(4 if apart > 0 else 1):
            counts[ALL * many + slot] += counts[tier * many + slot]
    for slot in range(5 * many):
        latest[slot] = NOTHING - 1  # not to be looked into
    for track in range(5):
        if track != ALL and users[track] < 2:
            continue
        level, unsettled = busy[track], 0
        for slot in range(track * many, (track + 1) * many):
            levels[slot] = level
            peak[track] = max(peak[track], level)
            level += (counts[slot] & ARRIVALS) - (counts[slot] >> 32)
        for slot in range(track * many, (track + 1) * many):
            if min(levels[slot] + (counts[slot] & ARRIVALS), channels[track]) > peak[track]:
                latest[slot] = NOTHING
                unsettled += 1
        if unsettled == 0:
            continue
        for did in range(first.size - 1):
            for call in range(open_first[did], open_first[did + 1]):
                if base < open_end[call] <= until and (track == ALL or track == open_tier[call]):
                    slot = track * many + ((open_end[call] - 1 - base) >> shift)
                    if latest[slot] >= NOTHING:
                        previous[2 * (outcome.size + call) + 1] = latest[slot]
                        latest[slot] = 2 * (outcome.size + call) + 1
        for row in range(outcome.size):
            if outcome[row] >= CAPACITY_EXCEEDED or not (track == ALL or track == outcome[row]):
                continue
            if arrival[row] >= base:
                slot = track * many + ((arrival[row] - base) >> shift)
                if latest[slot] >= NOTHING:
                    previous[2 * row] = latest[slot]
                    latest[slot] = 2 * row
            if base < end[row] <= until:
                slot = track * many + ((max(end[row] - 1, arrival[row]) - base) >> shift)
                if latest[slot] >= NOTHING:
                    previous[2 * row + 1] = latest[slot]
                    latest[slot] = 2 * row + 1
        for slot in range(track * many, (track + 1) * many):
            if latest[slot] > NOTHING:
                most = follow_slot(latest[slot], previous, levels[slot], arrival, end, open_end, moment, order)
                peak[track] = max(peak[track], most)
