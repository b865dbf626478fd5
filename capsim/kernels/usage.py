"""Busy channels over time, in bins of the horizon: their mean and their peak, without putting calls in order.

A *track* is a set of calls whose busy channels are added up: those of a group on one tier; those of all groups on one
tier; all of them. The time of a track is cut into its bins, and each bin into slots, one to three for each call.

Arrivals and ends are counted in slots. The busy channels as each slot begins follow by addition. They are a lower bound
of the peak in the slot's bin. With the slot's arrivals added, and no more than there are channels, they are an upper
bound for what happens inside the slot. Only in slots whose upper bound exceeds what the bin is known to reach are the
calls put in order (R13) and followed one by one, in `capsim.kernels.follow`.

An end belongs to the slot of the microsecond before it, so that the busy channels at an edge are those after the ends of
that instant. A call of zero length counts for the peak at its instant, and for nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.division import inverse, quotient
from capsim.kernels.follow import Events, follow_slot
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.order import slot_shift
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, METERED, N_TIERS, SHARED, Int64

ARRIVES, ENDS = np.int64(1), np.int64(1) << 32
"""One arrival and one end in a slot's count; a table has fewer than 2^32 calls."""
ARRIVALS = ENDS - 1
"""Mask of the arrivals in a slot's count."""
ALL = N_TIERS
"""Track of all tiers together."""
N_TRACKS = N_TIERS + 1
NOTHING = np.int32(-1)
"""End of a chain of events."""
NOT_FOLLOWED = NOTHING - 1
"""Chain of a slot whose events are not looked for."""
SPARSE = 16
"""Calls in a bin up to which each has three slots, since few calls leave most slots to be settled; others have one."""
COARSE = 3
"""Base-2 logarithm of calls per slot for peaks over all groups, which are few and known early."""


class ChannelBounds(NamedTuple):
    """Most channels that can be busy (G groups and *no group*).

    Attributes
    ----------
    channels : (G + 1, 4) int64
        Most busy channels of each tier of each group, those of its DIDs and its own.
    all_channels : (5,) int64
        The same over all groups, by tier and, last, over all tiers.
    users : (5,) int64
        Groups that have channels of each tier and, last, pairs of group and tier with channels.
    """

    channels: Int64
    all_channels: Int64
    users: Int64


class Usage(NamedTuple):
    """Busy channels over time (G groups and *no group*, B bins).

    Attributes
    ----------
    area : (G + 1, 4, B) int64
        Channel time of each tier of each group in each bin, microseconds.
    peak : (G + 1, 4, B) int64
        Most busy channels at once in each bin.
    all_peak : (5,) int64
        Most busy channels at once of each tier, over all groups, and of all tiers; a tier that only one group has is
        left out.
    """

    area: Int64
    peak: Int64
    all_peak: Int64


class UsageScratch(NamedTuple):
    """Arrays that ``add_usage`` works in; K slots as ``room`` says.

    Attributes
    ----------
    at : (5,) int64
        First slot of each track.
    many : (5,) int64
        Slots of each track in a bin.
    shift : (5,) int64
        Base-2 logarithm of the length of a track's slots in microseconds.
    busy : (5,) int64
        Channels of each track that are busy as the log begins.
    all_busy : (5,) int64
        The same over all groups.
    slots : (K, 2) int64
        Count of each slot, arrivals + 2^32 ends, and the sum of the moments of arrivals less those of ends, from the
        beginning of the slot's part of a bin, microseconds.
    all_counts : (K,) int64
        Counts of the slots of tracks over all groups.
    levels : (K,) int64
        Busy channels as each slot begins.
    events : Events
        Events of each slot.
    """

    at: Int64
    many: Int64
    shift: Int64
    busy: Int64
    all_busy: Int64
    slots: Int64
    all_counts: Int64
    levels: Int64
    events: Events


class Span(NamedTuple):
    """Part of the horizon that a log covers.

    Attributes
    ----------
    base : int
        Clock at which it begins, microseconds.
    until : int
        Clock at which it ends, microseconds.
    width : int
        Length of a bin, microseconds.
    per_width : float
        Inverse of the length, for ``quotient``.
    """

    base: int
    until: int
    width: int
    per_width: float


class AllTracks(NamedTuple):
    """Slots of the tracks over all groups.

    Attributes
    ----------
    several : bool
        Whether there is more than one track to add up.
    many : int
        Slots of a track.
    apart : int
        Slots from the track of one tier to the next: 0 if all tiers share one track, since none needs its own.
    shift : int
        Base-2 logarithm of the length of a slot in microseconds.
    """

    several: bool
    many: int
    apart: int
    shift: int


def room(calls: int, bins: int) -> int:
    """Number of slots that the tracks of one group, or of all, can need."""
    return 5 * calls + 10 * bins + 200


@kernel
def add_usage(table, log, before, moved, groups, bounds, width, usage, scratch):
    """Add a log's part of the horizon to the area of each bin, and raise the peaks to what they are in it.

    Parameters
    ----------
    table : Table
        Calls.
    log : Log
        What became of them.
    before : InProgress
        Calls in progress as the table begins; a call counts for the group in which it began.
    moved : MovedCalls
        Those whose DID has left that group.
    groups : Groups
        DIDs by group.
    bounds : ChannelBounds
        Most channels that can be busy.
    width : int
        Length of a bin, microseconds.
    usage : Usage
        Output: areas and peaks.
    scratch : UsageScratch
        Arrays to work in.
    """
    if table.end <= 0:
        return
    span = Span(max(np.int64(table.begin), np.int64(0)), table.end, width, inverse(width))
    scratch.all_busy[:] = 0
    shift = slot_shift(span.until - span.base, 1 + (log.outcome.size >> COARSE))
    many = ((span.until - span.base - 1) >> shift) + 1
    apart = np.int64(0)
    for tier in range(N_TIERS):
        if bounds.users[tier] > 1:
            apart = many
    together = AllTracks(bounds.users[ALL] > 1, many, apart, shift)
    for slot in range(N_TRACKS * many):
        scratch.all_counts[slot] = 0
    for group in range(bounds.channels.shape[0]):
        own = groups.members[groups.first[group] : groups.first[group + 1]]
        left = moved.call[moved.first[group] : moved.first[group + 1]]
        _lay(span, own, table.first, log, scratch)
        for slot in range(scratch.at[ALL]):
            scratch.slots[slot, 0], scratch.slots[slot, 1], scratch.events.latest[slot] = 0, 0, NOTHING
        scratch.busy[:] = 0
        _count(span, group, own, left, table, log, before, together, usage.area[group], scratch)
        for tier in range(N_TIERS):
            scratch.all_busy[tier] += scratch.busy[tier]
            scratch.all_busy[ALL] += scratch.busy[tier]
        for tier in range(N_TIERS):
            if bounds.channels[group, tier] > 0:
                _sweep(span, group, tier, table, log, before, bounds, usage, scratch)
    if together.several:
        _raise_all(span, together, table, log, before, bounds, usage.all_peak, scratch)


@inlined
def _lay(span, dids, first, log, scratch):
    """Lay out tracks for the tiers of a group, with slots by how many calls each carries."""
    included, dedicated, shared, metered = 0, 0, 0, 0
    for did in dids:
        outcome = log.outcome[first[did] : first[did + 1]]
        for i in range(outcome.size):
            included += outcome[i] == INCLUDED
            dedicated += outcome[i] == DEDICATED
            shared += outcome[i] == SHARED
            metered += outcome[i] == METERED
    parts = (span.until - 1) // span.width - span.base // span.width + 1
    longest = min(np.int64(span.width), span.until - span.base)
    for tier, calls in enumerate((included, dedicated, shared, metered)):
        calls //= parts
        scratch.shift[tier] = slot_shift(longest, 1 + calls + 2 * min(calls, SPARSE))
        scratch.many[tier] = ((longest - 1) >> scratch.shift[tier]) + 1
        scratch.at[tier + 1] = scratch.at[tier] + parts * scratch.many[tier]


@inlined
def _count(span, group, dids, moved, table, log, before, together, area, scratch):
    """Count and chain arrivals and ends in slots, and count the calls in progress as the span begins."""
    base, until, width, per_width = span
    at, many, shift, slots, all_counts = scratch.at, scratch.many, scratch.shift, scratch.slots, scratch.all_counts
    latest, previous = scratch.events.latest, scratch.events.previous
    bin0 = base // width
    for call in moved:
        _count_open(call, span, log, before, together, scratch)
    for did in dids:
        for call in range(before.first[did], before.first[did + 1]):
            if before.group[call] == group:
                _count_open(call, span, log, before, together, scratch)
        bin_, start, stop = bin0, base, (bin0 + 1) * width
        low, high = table.first[did], table.first[did + 1]
        outcome, arrival, end = log.outcome[low:high], table.arrival[low:high], log.end[low:high]
        for i in range(outcome.size):
            tier, come, left, event = outcome[i], arrival[i], end[i], 2 * (low + i)
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
                previous[event] = latest[slot]
                latest[slot] = event
                if together.several:
                    all_counts[tier * together.apart + ((come - base) >> together.shift)] += ARRIVES
                if come == left:
                    area[tier, bin_] -= 1  # its end is counted a microsecond late, after its arrival
            elif left > base:
                scratch.busy[tier] += 1
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
                previous[event + 1] = latest[slot]
                latest[slot] = event + 1
                if together.several:
                    all_counts[tier * together.apart + ((last - base) >> together.shift)] += ENDS


@inlined
def _count_open(call, span, log, before, together, scratch):
    """Count a call in progress as busy, and its end in a slot."""
    tier, gone = before.tier[call], before.end[call]
    if gone <= span.base:
        return
    scratch.busy[tier] += 1
    if gone > span.until:
        return
    bin_ = quotient(gone - 1, span.width, span.per_width)
    offset = gone - 1 - max(bin_ * span.width, span.base)
    place = (bin_ - span.base // span.width) * scratch.many[tier] + (offset >> scratch.shift[tier])
    slot, event = scratch.at[tier] + place, 2 * (log.outcome.size + call) + 1
    scratch.slots[slot, 0] += ENDS
    scratch.slots[slot, 1] -= offset + 1
    scratch.events.previous[event] = scratch.events.latest[slot]
    scratch.events.latest[slot] = event
    scratch.all_counts[tier * together.apart + ((gone - 1 - span.base) >> together.shift)] += ENDS


@inlined
def _sweep(span, group, tier, table, log, before, bounds, usage, scratch):
    """Go along a track: complete its area, and raise its peak, bin by bin."""
    base, until, width, _ = span
    slots, levels, shift, many = scratch.slots, scratch.levels, scratch.shift[tier], scratch.many[tier]
    level, channels = scratch.busy[tier], bounds.channels[group, tier]
    bin0 = base // width
    for bin_ in range(bin0, (until - 1) // width + 1):
        start, stop = max(bin_ * width, base), min((bin_ + 1) * width, until)
        low = scratch.at[tier] + (bin_ - bin0) * many
        high = low + ((stop - 1 - start) >> shift) + 1
        reached, moments, ends = usage.peak[group, tier, bin_], np.int64(0), np.int64(0)
        for slot in range(low, high):
            levels[slot] = level
            reached = max(reached, level)
            ends = slots[slot, 0] >> 32
            level += (slots[slot, 0] & ARRIVALS) - ends
            moments += slots[slot, 1]
        if ends == 0:
            reached = max(reached, level)
        usage.area[group, tier, bin_] += level * (stop - start) - moments
        for slot in range(low, high):
            if min(levels[slot] + (slots[slot, 0] & ARRIVALS), channels) > reached:
                reached = max(
                    reached, follow_slot(slot, levels[slot], table.arrival, log.end, before.end, scratch.events)
                )
        usage.peak[group, tier, bin_] = reached


@inlined
def _raise_all(span, together, table, log, before, bounds, peak, scratch):
    """Raise the peaks over all groups, of each tier and of all tiers together, whose track is the sum of theirs."""
    base, until, shift, many = span.base, span.until, together.shift, together.many
    counts, levels, latest, previous = (
        scratch.all_counts,
        scratch.levels,
        scratch.events.latest,
        scratch.events.previous,
    )
    for slot in range(many):
        for tier in range(N_TIERS if together.apart > 0 else 1):
            counts[ALL * many + slot] += counts[tier * many + slot]
    for slot in range(N_TRACKS * many):
        latest[slot] = NOT_FOLLOWED
    for track in range(N_TRACKS):
        if track != ALL and bounds.users[track] < 2:
            continue
        level, unsettled = scratch.all_busy[track], 0
        for slot in range(track * many, (track + 1) * many):
            levels[slot] = level
            peak[track] = max(peak[track], level)
            level += (counts[slot] & ARRIVALS) - (counts[slot] >> 32)
        for slot in range(track * many, (track + 1) * many):
            if min(levels[slot] + (counts[slot] & ARRIVALS), bounds.all_channels[track]) > peak[track]:
                latest[slot] = NOTHING
                unsettled += 1
        if unsettled == 0:
            continue
        for call in range(before.end.size):
            if base < before.end[call] <= until and (track == ALL or track == before.tier[call]):
                slot = track * many + ((before.end[call] - 1 - base) >> shift)
                _chain(slot, 2 * (log.outcome.size + call) + 1, latest, previous)
        for row in range(log.outcome.size):
            if log.outcome[row] >= CAPACITY_EXCEEDED or not (track == ALL or track == log.outcome[row]):
                continue
            if table.arrival[row] >= base:
                _chain(track * many + ((table.arrival[row] - base) >> shift), 2 * row, latest, previous)
            if base < log.end[row] <= until:
                slot = track * many + ((max(log.end[row] - 1, table.arrival[row]) - base) >> shift)
                _chain(slot, 2 * row + 1, latest, previous)
        for slot in range(track * many, (track + 1) * many):
            if latest[slot] > NOTHING:
                peak[track] = max(
                    peak[track], follow_slot(slot, levels[slot], table.arrival, log.end, before.end, scratch.events)
                )


@inlined
def _chain(slot, event, latest, previous):
    """Chain an event to its slot, if the slot is one to be followed."""
    if latest[slot] >= NOTHING:
        previous[event] = latest[slot]
        latest[slot] = event
