"""Following exhaustion through a window: the spells in which calls were lost.

Channels that are all busy have been so since the latest call took one of them, or a change took one away. So a system, a
group with its DIDs or a DID without a group, is looked at only if a call was lost there. Its events, calls that begin,
end or are lost, are then dealt into short slots of time. In a slot without a lost call, while no spell is under way, they
are only counted; in others they are put in order and followed one by one. Between windows a spell is its start and its
lost calls so far. `capsim.kernels.exhaustion` says what a spell is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.exhaustion import all_busy, end_spell, since_when
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.order import slot_shift, sort
from capsim.records import CAPACITY_EXCEEDED, N_TIERS, SHARED, Flags, Int8, Int64
from capsim.units import NEVER

EVENTS_OF_A_SLOT = 24
"""Events that a slot of time has on average."""

BEGINS, ENDS, IS_LOST = 0, N_TIERS, 2 * N_TIERS
"""Kinds of event; the tier is added to the first two."""
KIND_BITS, ROW_BITS, DID_BITS = 4, 32, 27
"""Widths of the parts of an event's code, from the lowest bit up: its kind, its row among those of its DID, and its DID.
The code of an end has no row and is below zero, so that ends come first."""
_KIND = (1 << KIND_BITS) - 1
assert IS_LOST <= _KIND, "a kind of event must fit its bits"
assert KIND_BITS + ROW_BITS + DID_BITS <= 63, "an event's code must fit a positive 64-bit integer"


class WatchScratch(NamedTuple):
    """Arrays that ``watch_spells`` works in (W DIDs and groups, D DIDs, n calls, m in progress before, k slots).

    Attributes
    ----------
    busy : (W, 2) int64
        Busy channels of both own tiers.
    latest : (W,) int64
        Clock at which the latest of them was taken, microseconds.
    concerned : (D,) bool
        Whether the DID loses a call, or is in a spell.
    moment : (2 (n + m),) int64
        Clock of each event, microseconds.
    code : (2 (n + m),) int64
        Code of each event.
    slot_first : (k + 2,) int64
        First event of each slot.
    slot_lost : (k,) int8
        Whether a call is lost in each slot.
    """

    busy: Int64
    latest: Int64
    concerned: Flags
    moment: Int64
    code: Int64
    slot_first: Int64
    slot_lost: Int8


class System(NamedTuple):
    """A group with its DIDs, or a DID without a group.

    Attributes
    ----------
    own : (k,) int64
        Its DIDs.
    moved : (l,) int64
        Calls in progress in the group whose DID has left it.
    group : int
        The group; the number of groups stands for none.
    who : int
        Number of the group among DIDs and groups.
    is_group : bool
        Whether it is a group.
    """

    own: Int64
    moved: Int64
    group: int
    who: int
    is_group: bool


@kernel
def watch_spells(table, log, before, moved, groups, capacity, state, spells, found, scratch):
    """Follow the spells of a window.

    Parameters
    ----------
    table : Table
        Calls of the window.
    log : Log
        What became of them.
    before : InProgress
        Calls in progress as the window begins; a call counts for the group in which it began.
    moved : MovedCalls
        Those whose DID has left that group.
    groups : Groups
        DIDs by group.
    capacity : Capacity
        Channels in force in the window.
    state : Exhaustion
        Exhaustion as the window begins. Output: as it ends.
    spells : (k, 4) int64
        Output: spells that have ended, from row ``found`` on.
    found : int
        Number of spells in the list so far.
    scratch : WatchScratch
        Arrays to work in.

    Returns
    -------
    int
        Number of spells in the list.
    """
    dids, no_group = capacity.group.size, capacity.shared.size - 1
    for group in range(no_group + 1):
        low, high = groups.first[group], groups.first[group + 1]
        if group == no_group:
            for place in range(low, high):
                system = System(groups.members[place : place + 1], moved.call[:0], group, dids + group, False)
                found = _follow(system, table, log, before, capacity, state, spells, found, scratch)
        else:
            left = moved.call[moved.first[group] : moved.first[group + 1]]
            system = System(groups.members[low:high], left, group, dids + group, True)
            found = _follow(system, table, log, before, capacity, state, spells, found, scratch)
    return found


@inlined
def _follow(system, table, log, before, capacity, state, spells, found, scratch):
    """Follow the spells of one system."""
    needed = state.start[system.who] < NEVER
    for did in system.own:
        loses = state.start[did] < NEVER
        for row in range(table.first[did], table.first[did + 1]):
            loses |= log.outcome[row] == CAPACITY_EXCEEDED
        scratch.concerned[did] = loses
        needed |= loses
    if not needed:
        return found

    # what is busy as the window begins, and since when
    busy = scratch.busy
    _begin_with(system.who, state, scratch)
    for did in system.own:
        _begin_with(did, state, scratch)
        for call in range(before.first[did], before.first[did + 1]):
            if before.tier[call] < SHARED:
                _is_busy(did, call, before, scratch)
            elif before.group[call] == system.group:
                _is_busy(system.who, call, before, scratch)
    for call in system.moved:
        if before.tier[call] >= SHARED:
            _is_busy(system.who, call, before, scratch)
    shared, metered = capacity.shared[system.group], capacity.metered[system.group]
    group_full = all_busy(busy, system.who, shared, metered)  # always, where there is no group
    if not group_full:
        found = end_spell(system.who, table.begin, state, spells, found)
    under_way = 0
    for did in system.own:
        if not (group_full and all_busy(busy, did, capacity.included[did], capacity.dedicated[did])):
            found = end_spell(did, table.begin, state, spells, found)
        under_way += state.start[did] < NEVER

    slots = _deal_events(system, table, log, before, scratch)
    return _pass_slots(slots, system, capacity, state, spells, found, under_way, scratch)


@inlined
def _begin_with(who, state, scratch):
    scratch.busy[who, 0], scratch.busy[who, 1], scratch.latest[who] = 0, 0, state.since[who]


@inlined
def _is_busy(who, call, before, scratch):
    """Count a call in progress on a channel of a DID's or a group's own."""
    scratch.busy[who, before.tier[call] & 1] += 1
    scratch.latest[who] = max(scratch.latest[who], before.arrival[call])


@inlined
def _deal_events(system, table, log, before, scratch):
    """Deal the events of a system into slots, and return the number of slots.

    Events are counted first, so that slot s + 2 has its number two places on; added up, ``slot_first[s + 1]`` is where
    the events of slot s begin; and with them dealt, ``slot_first[s]``.
    """
    slot_first, slot_lost, moment, code = scratch.slot_first, scratch.slot_lost, scratch.moment, scratch.code
    begin, until = table.begin, table.end
    shift = slot_shift(until - begin, slot_lost.size)
    slots = ((until - begin - 1) >> shift) + 1
    slot_first[: slots + 2] = 0
    slot_lost[:slots] = 0
    for dealt in (False, True):
        for did in system.own:
            least = 0 if scratch.concerned[did] else SHARED  # the own channels of other DIDs do not matter
            for row in range(table.first[did], table.first[did + 1]):
                what, slot = log.outcome[row], (table.arrival[row] - begin) >> shift
                if what == CAPACITY_EXCEEDED:
                    slot_lost[slot] = 1
                    kind = IS_LOST
                elif least <= what < CAPACITY_EXCEEDED and log.end[row] > table.arrival[row]:
                    kind = BEGINS + what
                    if log.end[row] < until:
                        _deal_end(dealt, (log.end[row] - begin) >> shift, log.end[row], did, what, scratch)
                else:
                    continue
                if dealt:
                    place = slot_first[slot + 1]
                    moment[place] = table.arrival[row]
                    code[place] = (np.int64(did) << ROW_BITS | (row - table.first[did])) << KIND_BITS | kind
                slot_first[slot + 1 + (not dealt)] += 1
            for call in range(before.first[did], before.first[did + 1]):
                tier, now = before.tier[call], before.end[call]
                if now < until and tier >= least and (tier < SHARED or before.group[call] == system.group):
                    _deal_end(dealt, (now - begin) >> shift, now, did, tier, scratch)
        for call in system.moved:
            if before.end[call] < until and before.tier[call] >= SHARED:
                now = before.end[call]
                _deal_end(dealt, (now - begin) >> shift, now, 0, before.tier[call], scratch)
        if not dealt:
            for slot in range(slots):
                slot_first[slot + 1] += slot_first[slot]
    return slots


@inlined
def _deal_end(dealt, slot, now, did, tier, scratch):
    """Count the end of a call in its slot or, once ends are counted, write it down there."""
    if dealt:
        place = scratch.slot_first[slot + 1]
        scratch.moment[place] = now
        scratch.code[place] = -1 - (np.int64(did) << KIND_BITS | (ENDS + tier))
    scratch.slot_first[slot + 1 + (not dealt)] += 1


@inlined
def _pass_slots(slots, system, capacity, state, spells, found, under_way, scratch):
    """Go through the slots of a system; ``under_way`` of its DIDs are in a spell."""
    moment, code, busy, latest = scratch.moment, scratch.code, scratch.busy, scratch.latest
    start, lost = state.start, state.lost
    included, dedicated, who_group = capacity.included, capacity.dedicated, system.who
    shared, metered = capacity.shared[system.group], capacity.metered[system.group]
    for slot in range(slots):
        low, high = scratch.slot_first[slot], scratch.slot_first[slot + 1]
        plain = scratch.slot_lost[slot] == 0 and under_way == 0 and start[who_group] == NEVER
        if not plain and high - low > 1:
            sort(moment, code, low, high)
        for i in range(low, high):
            now = moment[i]
            ends = code[i] < 0
            word = -1 - code[i] if ends else code[i]
            kind = word & _KIND
            did = word >> KIND_BITS if ends else word >> (KIND_BITS + ROW_BITS)
            if kind == IS_LOST:
                has_channels = included[did] + dedicated[did] > 0
                if shared + metered > 0:
                    has_channels = True
                    if start[who_group] == NEVER:
                        start[who_group] = since_when(who_group, latest[who_group], state)
                    lost[who_group] += now >= 0
                if has_channels:
                    if start[did] == NEVER:
                        both = max(latest[did], latest[who_group]) if system.is_group else latest[did]
                        start[did] = since_when(did, both, state)
                        under_way += 1
                    lost[did] += now >= 0
                continue
            tier = kind - ENDS if ends else kind - BEGINS
            who = did if tier < SHARED else who_group
            if not ends:
                busy[who, tier & 1] += 1
                latest[who] = max(latest[who], now)
                continue
            busy[who, tier & 1] -= 1
            if plain:
                continue
            if tier < SHARED:
                if start[did] < NEVER and not all_busy(busy, did, included[did], dedicated[did]):
                    under_way -= 1
                    found = end_spell(did, now, state, spells, found)
            elif not all_busy(busy, who_group, shared, metered):
                found = end_spell(who_group, now, state, spells, found)
                if under_way > 0:
                    for one in system.own:
                        found = end_spell(one, now, state, spells, found)
                    under_way = 0
    return found
