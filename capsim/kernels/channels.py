"""Numbering channels: which channel of its tier a carried call takes, always the idle one with the lowest number."""

from __future__ import annotations

import numpy as np

from capsim.kernels.heap import pop, push
from capsim.kernels.jit import inlined, kernel
from capsim.records import DEDICATED, INCLUDED, METERED, SHARED

ANY_GROUP = -1


@kernel
def number_channels(
    members, system_first, system_group, stray_first, strays, first, arrival, outcome, end,
    open_first, open_tier, open_end, open_channel, open_group, channel,
):  # fmt: skip
    """Fill ``channel`` (n,) int32 for carried calls; the arrays are those of `capsim.kernels.ladder`."""
    systems = system_first.size - 1
    most = outcome.size + open_end.size
    rows = np.empty(outcome.size, np.int64)
    ends, taken, idle = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most + 1, np.int64)
    for system in range(systems + 1):
        last = system_first[system + 1] if system < systems else members.size
        own = members[system_first[system] : last]
        for place in range(own.size):
            for tier in (INCLUDED, DEDICATED):
                count = _rows_on(tier, own[place : place + 1], first, outcome, rows)
                _number(
                    rows[:count], tier, own[place : place + 1], strays[:0], ANY_GROUP, open_group, arrival, end,
                    open_first, open_tier, open_end, open_channel, ends, taken, idle, channel,
                )  # fmt: skip
        if system < systems:
            group = system_group[system]
            gone = strays[stray_first[group] : stray_first[group + 1]]
            for tier in (SHARED, METERED):
                count = _rows_on(tier, own, first, outcome, rows)
                in_order = rows[:count][np.argsort(arrival[rows[:count]], kind="mergesort")]
                _number(
                    in_order, tier, own, gone, group, open_group, arrival, end,
                    open_first, open_tier, open_end, open_channel, ends, taken, idle, channel,
                )  # fmt: skip


@inlined
def _rows_on(tier, dids, first, outcome, rows):
    """Rows of these DIDs' calls on a tier, and how many they are."""
    count = 0
    for did in dids:
        for row in range(first[did], first[did + 1]):
            if outcome[row] == tier:
                rows[count] = row
                count += 1
    return count


@kernel
def _number(
    rows, tier, dids, strays, group, open_group, arrival, end,
    open_first, open_tier, open_end, open_channel, ends, taken, idle, channel,
):  # fmt: skip
    """Go through the calls on one tier of a DID or a group, in order. ``ends`` and ``taken`` are a heap of busy channels."""
    busy, free, highest = 0, 0, 0
    for did in dids:
        for call in range(open_first[did], open_first[did + 1]):
            if open_tier[call] == tier and (group == ANY_GROUP or open_group[call] == group):
                busy = push(ends, taken, busy, open_end[call], np.int64(open_channel[call]))
                highest = max(highest, open_channel[call])
    for call in strays:
        if open_tier[call] == tier:
            busy = push(ends, taken, busy, open_end[call], np.int64(open_channel[call]))
            highest = max(highest, open_channel[call])
    numbers = np.zeros(highest + 1, np.bool_)
    numbers[taken[:busy]] = True
    if idle.size < highest + rows.size + 1:
        idle = np.empty(highest + rows.size + 1, np.int64)
    for number in range(1, highest + 1):
        if not numbers[number]:
            free = push(idle, idle, free, number, number)
    for row in rows:
        while busy > 0 and ends[0] <= arrival[row]:
            free = push(idle, idle, free, taken[0], taken[0])
            busy = pop(ends, taken, busy)
        if free > 0:
            number = idle[0]
            free = pop(idle, idle, free)
        else:
            highest += 1
            number = np.int64(highest)
        channel[row] = number
        busy = push(ends, taken, busy, end[row], number)
