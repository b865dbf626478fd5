"""Exhaustion of DIDs and groups, and the spells of it in which calls were lost.

A group is *exhausted* while it has channels and none of them is free; a DID while it has channels, of its own or of its
group, and none of them is free. A *spell* of exhaustion is such a time in which a call was lost to it. It lasts from the
moment when the last channel was taken (or taken away, R11) to the moment when one is free again, or no channel is left.
Calls lost where there is no channel at all belong to no spell.

DIDs and groups have one numbering here: the D DIDs come first, then the G groups and *no group*.
"""

from __future__ import annotations

from typing import NamedTuple

from capsim.kernels.jit import inlined, kernel
from capsim.records import SHARED, Int64
from capsim.units import NEVER

WHO, START, END, LOST = range(4)
"""Columns of a list of spells: whose, its start and end (clock, microseconds), lost calls."""
SPELL_COLUMNS = 4


class Exhaustion(NamedTuple):
    """Exhaustion as it is known between windows (W DIDs and groups).

    Attributes
    ----------
    since : (W,) int64
        Clock since when the own channels had all been busy as the capacity last changed, microseconds.
    exhausted : (W,) int64
        Clock since when the DID or group had been exhausted then, microseconds.
    start : (W,) int64
        Clock at which the spell under way began, microseconds; NEVER if there is none.
    lost : (W,) int64
        Calls lost in the spell under way.
    changed : int
        Clock at which the capacity last changed, microseconds.
    """

    since: Int64
    exhausted: Int64
    start: Int64
    lost: Int64
    changed: int


@kernel
def note_change(now, capacity, old, before, state, spells, busy, latest):
    """Note that the capacity changes.

    Parameters
    ----------
    now : int
        Clock of the change, microseconds.
    capacity : Capacity
        Channels in force from now on.
    old : Capacity
        Channels in force before.
    before : InProgress
        Calls in progress.
    state : Exhaustion
        Exhaustion before the change. Output: after it.
    spells : (k, 4) int64
        Output: spells that the change ends.
    busy : (W, 2) int64
        Scratch: busy channels of both own tiers of each DID and group.
    latest : (W,) int64
        Scratch: since when all own channels of each are busy.

    Returns
    -------
    int
        Number of spells that the change ends.
    """
    dids, found = capacity.group.size, 0
    busy[:] = 0
    for did in range(dids):
        for call in range(before.first[did], before.first[did + 1]):
            who = did if before.tier[call] < SHARED else dids + before.group[call]
            busy[who, before.tier[call] & 1] += 1
            state.since[who] = max(state.since[who], before.arrival[call])
    for group in range(capacity.shared.size):
        who = dids + group
        was_full = all_busy(busy, who, old.shared[group], old.metered[group])
        latest[who] = state.since[who] if was_full else NEVER
        was = was_full and old.shared[group] + old.metered[group] > 0
        has_channels = capacity.shared[group] + capacity.metered[group] > 0
        becomes = has_channels and all_busy(busy, who, capacity.shared[group], capacity.metered[group])
        found = _change(who, latest[who], was, becomes, now, state, spells, found)
        if not was_full:
            state.since[who] = now
    for did in range(dids):
        old_group, group = old.group[did], capacity.group[did]
        was_full = all_busy(busy, did, old.included[did], old.dedicated[did])
        latest[did] = state.since[did] if was_full else NEVER
        since_both = max(latest[did], latest[dids + old_group])
        had = old.included[did] + old.dedicated[did] + old.shared[old_group] + old.metered[old_group]
        has = capacity.included[did] + capacity.dedicated[did] + capacity.shared[group] + capacity.metered[group]
        was = since_both < NEVER and had > 0
        becomes = (
            has > 0
            and all_busy(busy, did, capacity.included[did], capacity.dedicated[did])
            and all_busy(busy, dids + group, capacity.shared[group], capacity.metered[group])
        )
        found = _change(did, since_both, was, becomes, now, state, spells, found)
        if not was_full:
            state.since[did] = now
    return found


@inlined
def _change(who, full, was, becomes, now, state, spells, found):
    """Note since when a DID or a group is exhausted, which ``was`` so since ``full``, and end its spell if it ends."""
    state.exhausted[who] = since_when(who, full, state) if was else now
    if not (was and becomes):
        found = end_spell(who, now, state, spells, found)
    return found


@inlined
def since_when(who, full, state):
    """Clock since when a DID or a group is exhausted whose channels have all been busy since ``full``."""
    return full if full >= state.changed else state.exhausted[who]


@inlined
def all_busy(busy, who, channels, next_channels):
    """Whether both own tiers of a DID or a group have no free channel."""
    return busy[who, 0] >= channels and busy[who, 1] >= next_channels


@inlined
def end_spell(who, now, state, spells, found):
    """End the spell of a DID or a group, if one is under way; return the number of spells in the list."""
    start, lost = state.start, state.lost
    if start[who] == NEVER:
        return found
    spells[found, WHO], spells[found, START], spells[found, END], spells[found, LOST] = who, start[who], now, lost[who]
    start[who], lost[who] = NEVER, 0
    return found + 1
