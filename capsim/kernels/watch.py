"""What the provider's statistics show: spells of exhaustion, and concurrent calls sampled once a minute.

A group is *exhausted* while it has channels and none of them is free, a DID while it has channels, of its own or of its
group, and none of them is. A *spell* of exhaustion is such a time in which a call was lost to it: from the moment when the
last channel was taken (or taken away, R11) to the moment when one is free again, or none is left to be. Calls lost where there
is no channel at all belong to no spell.

Channels that are all busy have been so since the latest call took one of them, or a change took one away. So a system, a group
with its DIDs or a DID without a group, is looked at only where a call was lost, and there its events, calls that begin, end or
are lost, are dealt into short slots of time. In a slot without a lost call, while no spell is under way, they are only
counted; in others they are put in order and followed one by one. Between windows a spell is its start and its lost calls so far.

Arrays (D DIDs, G groups and *no group*, n calls, m calls in progress), beside those of `capsim.kernels.usage`:

- ``included``, ``dedicated`` (D,), ``shared``, ``metered`` (G + 1,): the plan in force; ``old_*``: the one before it
- ``changed``: the clock at the latest change of plan
- ``since`` (D + G + 1,) int64: since when a DID's own channels, or a group's, had all been busy then; DIDs first
- ``exhausted`` (D + G + 1,) int64: since when a DID, or a group, had been exhausted then
- ``start``, ``lost`` (D + G + 1,) int64: of the spell under way; its start is NEVER where there is none
- ``busy`` (D + G + 1, 2), ``latest`` (D + G + 1,), ``concerned`` (D,): scratch; channels of both own tiers, when the latest
  was taken, and whether the DID loses a call, or is in a spell
- ``spells`` (k, 4) int64: whose (DIDs first), start, end, lost calls; filled from the top
- ``moment``, ``code`` (2 (n + m),): scratch for events; ``slot_first`` (k + 2,), ``slot_lost`` (k + 1,): for k slots
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.jit import inlined, kernel
from capsim.kernels.order import slot_shift, sort
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, METERED, SHARED
from capsim.units import NEVER

WHO, START, END, LOST = range(4)
EVENTS_OF_A_SLOT = 24
BEGINS, ENDS, IS_LOST = 0, 4, 8
"""What an event is, the tier added."""
_KIND, _ROW = 4, 32
"""Bits of an event's code: its kind, the row among those of its DID, and the DID. Those that end come first, below zero."""


@kernel
def watch_spells(
    begin, until, changed, members, group_first, group, included, dedicated, shared, metered,
    first, arrival, end, outcome, open_first, open_tier, open_end, open_group, open_arrival, stray_first, strays,
    since, exhausted, start, lost, busy, latest, concerned, spells, moment, code, slot_first, slot_lost, found,
):  # fmt: skip
    """Follow the spells of a window; ``found`` have ended before. Returns how many have ended, in ``spells``."""
    dids, no_group = group.size, shared.size - 1
    for at in range(no_group + 1):
        low, high = group_first[at], group_first[at + 1]
        if at == no_group:
            for place in range(low, high):
                found = _follow(
                    begin, until, changed, members[place : place + 1], strays[:0], dids + at, False, group,
                    included, dedicated, shared, metered,
                    first, arrival, end, outcome, open_first, open_tier, open_end, open_group, open_arrival,
                    since, exhausted, start, lost, busy, latest, concerned, spells, moment, code, slot_first, slot_lost, found,
                )  # fmt: skip
        else:
            gone = strays[stray_first[at] : stray_first[at + 1]]
            found = _follow(
                begin, until, changed, members[low:high], gone, dids + at, True, group,
                included, dedicated, shared, metered,
                first, arrival, end, outcome, open_first, open_tier, open_end, open_group, open_arrival,
                since, exhausted, start, lost, busy, latest, concerned, spells, moment, code, slot_first, slot_lost, found,
            )  # fmt: skip
    return found


@kernel
def _follow(
    begin, until, changed, own, gone, who_group, is_group, group, included, dedicated, shared, metered,
    first, arrival, end, outcome, open_first, open_tier, open_end, open_group, open_arrival,
    since, exhausted, start, lost, busy, latest, concerned, spells, moment, code, slot_first, slot_lost, found,
):  # fmt: skip
    """One system: ``who_group`` is its group's place in the arrays."""
    at = who_group - group.size
    needed = start[who_group] < NEVER
    for did in own:
        loses = start[did] < NEVER
        for row in range(first[did], first[did + 1]):
            loses |= outcome[row] == CAPACITY_EXCEEDED
        concerned[did] = loses
        needed |= loses
    if not needed:
        return found

    # what is busy as the window begins, and since when
    busy[who_group], latest[who_group] = 0, since[who_group]
    for did in own:
        busy[did], latest[did] = 0, since[did]
        for call in range(open_first[did], open_first[did + 1]):
            tier = open_tier[call]
            if tier < SHARED:
                busy[did, tier] += 1
                latest[did] = max(latest[did], open_arrival[call])
            elif open_group[call] == at:
                busy[who_group, tier - SHARED] += 1
                latest[who_group] = max(latest[who_group], open_arrival[call])
    for call in gone:
        tier = open_tier[call]
        if tier >= SHARED:
            busy[who_group, tier - SHARED] += 1
            latest[who_group] = max(latest[who_group], open_arrival[call])
    group_full = _all_busy(busy, who_group, shared[at], metered[at])  # always, where there is no group
    if not group_full:
        found = _end_spell(who_group, begin, start, lost, spells, found)
    under_way = 0
    for did in own:
        if not (group_full and _all_busy(busy, did, included[did], dedicated[did])):
            found = _end_spell(did, begin, start, lost, spells, found)
        under_way += start[did] < NEVER

    # what happens in it
    shift = slot_shift(until - begin, slot_lost.size)
    slots = ((until - begin - 1) >> shift) + 1
    slot_first[: slots + 2] = 0
    slot_lost[:slots] = 0
    for dealt in (False, True):
        for did in own:
            least = INCLUDED if concerned[did] else SHARED  # of other DIDs' own channels nobody asks
            for row in range(first[did], first[did + 1]):
                what, slot = outcome[row], (arrival[row] - begin) >> shift
                if what == CAPACITY_EXCEEDED:
                    slot_lost[slot] = 1
                    kind = IS_LOST
                elif least <= what < CAPACITY_EXCEEDED and end[row] > arrival[row]:
                    kind = BEGINS + what
                    if end[row] < until:
                        leaves = (end[row] - begin) >> shift
                        if dealt:
                            place = slot_first[leaves + 1]
                            moment[place], code[place] = end[row], _end_code(did, what)
                        slot_first[leaves + 1 + (not dealt)] += 1
                else:
                    continue
                if dealt:
                    place = slot_first[slot + 1]
                    moment[place] = arrival[row]
                    code[place] = (np.int64(did) << _ROW | (row - first[did])) << _KIND | kind
                slot_first[slot + 1 + (not dealt)] += 1
            for call in range(open_first[did], open_first[did + 1]):
                tier = open_tier[call]
                if open_end[call] < until and tier >= least and (tier < SHARED or open_group[call] == at):
                    _deal_end(dealt, open_end[call], begin, shift, did, tier, slot_first, moment, code)
        for call in gone:
            if open_end[call] < until and open_tier[call] >= SHARED:
                _deal_end(dealt, open_end[call], begin, shift, 0, open_tier[call], slot_first, moment, code)
        if not dealt:  # counted, two places on: now slot_first[s + 1] is where the events of slot s begin
            for slot in range(slots):
                slot_first[slot + 1] += slot_first[slot]
    return _pass_slots(
        slots, who_group, is_group, shared[at], metered[at], own, included, dedicated, changed, exhausted,
        start, lost, busy, latest, spells, moment, code, slot_first, slot_lost, under_way, found,
    )  # fmt: skip


@inlined
def _end_code(did, tier):
    return -1 - (np.int64(did) << _KIND | (ENDS + tier))


@inlined
def _deal_end(dealt, now, begin, shift, did, tier, slot_first, moment, code):
    slot = (now - begin) >> shift
    if dealt:
        place = slot_first[slot + 1]
        moment[place], code[place] = now, _end_code(did, tier)
    slot_first[slot + 1 + (not dealt)] += 1


@kernel
def _pass_slots(
    slots, who_group, is_group, shared, metered, own, included, dedicated, changed, exhausted,
    start, lost, busy, latest, spells, moment, code, slot_first, slot_lost, under_way, found,
):  # fmt: skip
    """Go through the slots of a system: ``slot_first[s]`` is where the events of slot ``s`` begin."""
    for slot in range(slots):
        low, high = slot_first[slot], slot_first[slot + 1]
        plain = slot_lost[slot] == 0 and under_way == 0 and start[who_group] == NEVER
        if not plain and high - low > 1:
            sort(moment, code, low, high)
        for i in range(low, high):
            now = moment[i]
            ends = code[i] < 0
            word = -1 - code[i] if ends else code[i]
            kind = word & ((1 << _KIND) - 1)
            did = word >> _KIND if ends else word >> (_KIND + _ROW)
            if kind == IS_LOST:
                has_channels = included[did] + dedicated[did] > 0
                if shared + metered > 0:
                    has_channels = True
                    if start[who_group] == NEVER:
                        start[who_group] = _since_when(who_group, latest[who_group], changed, exhausted)
                    lost[who_group] += now >= 0
                if has_channels:
                    if start[did] == NEVER:
                        both = max(latest[did], latest[who_group]) if is_group else latest[did]
                        start[did] = _since_when(did, both, changed, exhausted)
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
                if start[did] < NEVER and not _all_busy(busy, did, included[did], dedicated[did]):
                    under_way -= 1
                    found = _end_spell(did, now, start, lost, spells, found)
            elif not _all_busy(busy, who_group, shared, metered):
                found = _end_spell(who_group, now, start, lost, spells, found)
                if under_way > 0:
                    for one in own:
                        found = _end_spell(one, now, start, lost, spells, found)
                    under_way = 0
    return found


@kernel
def note_change(
    now, changed, group, included, dedicated, shared, metered,
    old_group, old_included, old_dedicated, old_shared, old_metered,
    open_first, open_tier, open_group, open_arrival, since, exhausted, start, lost, busy, latest, spells,
):  # fmt: skip
    """The plan changes, now; ``changed`` is when it did before. Returns how many spells end by it, in ``spells``."""
    dids, found = group.size, 0
    busy[:] = 0
    for did in range(dids):
        for call in range(open_first[did], open_first[did + 1]):
            tier, who = open_tier[call], did
            if tier >= SHARED:
                tier, who = tier - SHARED, dids + open_group[call]
            busy[who, tier] += 1
            since[who] = max(since[who], open_arrival[call])
    for at in range(shared.size):
        who = dids + at
        latest[who] = since[who] if _all_busy(busy, who, old_shared[at], old_metered[at]) else NEVER
        was = latest[who] < NEVER and old_shared[at] + old_metered[at] > 0
        becomes = _all_busy(busy, who, shared[at], metered[at]) and shared[at] + metered[at] > 0
        exhausted[who] = _since_when(who, latest[who], changed, exhausted) if was else now
        if not (was and becomes):
            found = _end_spell(who, now, start, lost, spells, found)
        if latest[who] == NEVER:
            since[who] = now
    for did in range(dids):
        old_at, at = old_group[did], group[did]
        latest[did] = since[did] if _all_busy(busy, did, old_included[did], old_dedicated[did]) else NEVER
        since_both = max(latest[did], latest[dids + old_at])
        had = old_included[did] + old_dedicated[did] + old_shared[old_at] + old_metered[old_at]
        has = included[did] + dedicated[did] + shared[at] + metered[at]
        was = since_both < NEVER and had > 0
        becomes = (
            has > 0
            and _all_busy(busy, did, included[did], dedicated[did])
            and _all_busy(busy, dids + at, shared[at], metered[at])
        )
        exhausted[did] = _since_when(did, since_both, changed, exhausted) if was else now
        if not (was and becomes):
            found = _end_spell(did, now, start, lost, spells, found)
        if latest[did] == NEVER:
            since[did] = now
    return found


@inlined
def _since_when(who, full, changed, exhausted):
    """Since when a DID or a group is exhausted, whose channels have all been busy since ``full``."""
    return full if full >= changed else exhausted[who]


@inlined
def _all_busy(busy, who, channels, next_channels):
    """Whether none of two tiers' channels is free."""
    return busy[who, 0] >= channels and busy[who, 1] >= next_channels


@inlined
def _end_spell(who, now, start, lost, spells, found):
    if start[who] == NEVER:
        return found
    spells[found, WHO], spells[found, START], spells[found, END], spells[found, LOST] = who, start[who], now, lost[who]
    start[who], lost[who] = NEVER, 0
    return found + 1


@kernel
def sample_calls(
    begin, until, interval, width, group, first, arrival, end, outcome, open_tier, open_end, open_group,
    level, total, peak,
):  # fmt: skip
    """Count busy channels by group and tier at each whole ``interval`` of the clock in [begin, until), ``begin`` from 0 on.

    Adds the counts to ``total`` (G + 1, 4, B) and raises ``peak`` of the bins of ``width`` in which they are taken.
    ``level`` (G + 1, 4, k + 1) is scratch for k samples.
    """
    first_mark = -(-begin // interval)
    marks = -(-until // interval) - first_mark
    if marks <= 0:
        return
    level[:, :, : marks + 1] = 0
    for call in range(open_end.size):
        ends = min(-(-open_end[call] // interval) - first_mark, marks)
        if ends > 0:
            level[open_group[call], open_tier[call], 0] += 1
            level[open_group[call], open_tier[call], ends] -= 1
    for did in range(group.size):
        at = group[did]
        for row in range(first[did], first[did + 1]):
            what = outcome[row]
            if what >= CAPACITY_EXCEEDED:
                continue
            begins = max(-(-arrival[row] // interval) - first_mark, np.int64(0))
            ends = min(-(-end[row] // interval) - first_mark, marks)
            if begins < ends:
                level[at, what, begins] += 1
                level[at, what, ends] -= 1
    for at in range(level.shape[0]):
        for tier in (INCLUDED, DEDICATED, SHARED, METERED):
            calls = 0
            for mark in range(marks):
                calls += level[at, tier, mark]
                bin_ = (first_mark + mark) * interval // width
                total[at, tier, bin_] += calls
                peak[at, tier, bin_] = max(peak[at, tier, bin_], calls)
