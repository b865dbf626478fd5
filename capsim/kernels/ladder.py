"""Serving calls, by structure: each DID through its own channels alone, then its group what overflows to it.

A DID's included and dedicated channels do not feel its group, and groups do not feel each other, so only calls that
find no channel of their DID's own have to be put in order among several DIDs. A limit (R9) couples: the calls of a DID
with a limit, and of every DID of a group with one, are put in order and served call by call, in
`capsim.kernels.coupled`. Channels and limits are constant within a window; changes (R11) lie between windows.

A call in progress is known by its end alone. Where calls are in order, the end is turned into a rank: before which
arrival of the window its channel is free again. Counting busy channels is then adding what has left up to now, and
nothing is searched or queued.

A *system* is a group with its DIDs, or a DID without a group whose calls a limit rules. Arrays (D DIDs, S systems,
G groups and *no group*, n calls of a window, m calls in progress as it begins):

- ``members`` (D,): DIDs by system, in the scenario's order within each, those of no system last; those of system ``s``
  are ``system_first[s]`` to ``system_first[s + 1]``; ``system_group`` (S,)
- ``coupled`` (D,) bool: a limit rules this DID's calls; ``ruled`` (S,) bool: it does so for some of the system's DIDs
- ``included``, ``dedicated``, ``did_limit``, ``group_of`` (D,); ``shared``, ``metered``, ``group_limit`` (G + 1,): the plan
- ``first`` (D + 1,), ``arrival``, ``ring``, ``holding`` (n,): the table; ``outcome``, ``end`` (n,): the log
- ``open_first`` (D + 1,), ``open_tier``, ``open_end``, ``open_group`` (m,): calls in progress, DID by DID; ``strays``: those
  whose DID is in another group now than ``open_group``, by that; of group ``g`` from ``stray_first[g]`` (G + 2,) on
- scratch: ``over`` (3, n) and ``line`` (3, n), arrival, finish and row of calls that go on to their group, DID by DID
  and in order; ``start`` (2 n + 12,), ``leaving`` (n + 1,); ``heap`` (2, n + m), ``who``, ``counts`` (n + m,),
  ``busy`` (D, 3), ``on`` (G + 1, 3)
"""

from __future__ import annotations

import numpy as np

from capsim.kernels.admission import admit
from capsim.kernels.coupled import serve_coupled
from capsim.kernels.jit import inlined, kernel
from capsim.kernels.order import deal, merge, rank, slot_shift
from capsim.records import CAPACITY_EXCEEDED, DEDICATED, INCLUDED, SHARED

FEW = 8
"""So many channels of a tier are looked through; more are counted by rank."""
WHEN, FINISH, ROW = 0, 1, 2
ANY_GROUP = -1
_NO_LIMIT = 2**31 - 1
_NEVER = -(2**62)
_SECOND = 32  # of two counts in one integer, where the second one begins
_FIRST = (1 << _SECOND) - 1

_admit = inlined(admit)


@kernel
def serve(
    begin, until, members, system_first, system_group, coupled, ruled,
    included, dedicated, did_limit, group_of, shared, metered, group_limit,
    first, arrival, ring, holding, open_first, open_tier, open_end, open_group, stray_first, strays, outcome, end,
    over, line, start, leaving, heap, who, counts, busy, on,
):  # fmt: skip
    """Fill ``outcome`` and ``end`` of the calls that arrive in [begin, until)."""
    of_included, of_dedicated = np.empty(FEW, np.int64), np.empty(FEW, np.int64)
    systems = system_first.size - 1
    for system in range(systems + 1):
        calls, callers = 0, 0
        last = system_first[system + 1] if system < systems else members.size
        for place in range(system_first[system], last):
            did = members[place]
            low, high = first[did], first[did + 1]
            if low == high:
                continue
            before, reaches = calls, system < systems
            if coupled[did] or (reaches and included[did] + dedicated[did] == 0):
                for row in range(low, high):
                    finish = arrival[row] + ring[row] + holding[row]
                    over[WHEN, calls], over[FINISH, calls], over[ROW, calls] = arrival[row], finish, row
                    calls += 1
            elif included[did] <= FEW and dedicated[did] <= FEW:
                calls = _serve_few(
                    low, high, arrival, ring, holding, open_first[did], open_first[did + 1], open_tier, open_end,
                    included[did], dedicated[did], of_included, of_dedicated, outcome, end, over, calls, reaches,
                )  # fmt: skip
            else:
                _serve_many(
                    begin, until, low, high, arrival, ring, holding,
                    open_first[did], open_first[did + 1], open_tier, open_end, open_group, included[did], dedicated[did],
                    line, start, leaving, outcome, end,
                )  # fmt: skip
                for row in range(low, high if reaches else low):
                    if outcome[row] == CAPACITY_EXCEEDED:
                        finish = arrival[row] + ring[row] + holding[row]
                        over[WHEN, calls], over[FINISH, calls], over[ROW, calls] = arrival[row], finish, row
                        calls += 1
            callers += calls > before
        if calls == 0:
            continue
        when, finish, row_of = over[WHEN, :calls], over[FINISH, :calls], over[ROW, :calls]
        shift = slot_shift(until - begin, 2 * calls)
        slots = deal(when, begin, shift, start)
        if callers > 1:
            when, finish, row_of = line[WHEN, :calls], line[FINISH, :calls], line[ROW, :calls]
            merge(over[WHEN, :calls], begin, shift, start, slots, when, row_of)
            for i in range(calls):
                finish[i], row_of[i] = over[FINISH, row_of[i]], over[ROW, row_of[i]]
        own = members[system_first[system] : last]
        group = system_group[system]
        gone = strays[stray_first[group] : stray_first[group + 1]]
        if ruled[system]:
            serve_coupled(
                when, finish, row_of, own, gone, coupled, group_of, included, dedicated, did_limit,
                shared, metered, group_limit, first, open_first, open_tier, open_end, open_group,
                heap[0], heap[1], who, counts, busy, on, outcome, end,
            )  # fmt: skip
        else:
            leaving[: calls + 1] = 0
            on_channels = np.int64(0)
            for did in own:
                on_channels += _leave(
                    open_first[did], open_first[did + 1], open_tier, open_end, open_group, SHARED, group,
                    when, begin, shift, start, slots, leaving,
                )  # fmt: skip
            for call in gone:
                on_channels += _leave(
                    call, call + 1, open_tier, open_end, open_group, SHARED, group,
                    when, begin, shift, start, slots, leaving,
                )  # fmt: skip
            _serve_ranked(
                when, finish, row_of, on_channels, shared[group], metered[group], False,
                begin, shift, start, slots, leaving, outcome, end,
            )  # fmt: skip


@inlined
def _serve_few(
    low, high, arrival, ring, holding, open_low, open_high, open_tier, open_end,
    included, dedicated, of_included, of_dedicated, outcome, end, over, calls, reaches,
):  # fmt: skip
    """A DID with few channels of its own: for each, when it is free again, the soonest first.

    Calls that find none go on to ``over``, if the DID ``reaches`` further; returns how many are there.
    """
    of_included[:] = _NEVER
    of_dedicated[:] = _NEVER
    for call in range(open_low, open_high):
        if open_tier[call] == INCLUDED and included > 0:  # more calls than channels, after the tier has shrunk:
            _seize(of_included, included, max(open_end[call], of_included[0]))  # those that end last are in the way
        elif open_tier[call] == DEDICATED and dedicated > 0:
            _seize(of_dedicated, dedicated, max(open_end[call], of_dedicated[0]))
    for row in range(low, high):
        now = arrival[row]
        finish = now + ring[row] + holding[row]
        of_first = np.int64(included > 0 and of_included[0] <= now)
        of_second = np.int64(dedicated > 0 and of_dedicated[0] <= now)
        what = _admit(of_first, of_second, 0, 0, _NO_LIMIT, _NO_LIMIT, True)
        outcome[row], end[row] = what, finish
        if what == INCLUDED:
            _seize(of_included, included, finish)
        elif what == DEDICATED:
            _seize(of_dedicated, dedicated, finish)
        else:
            end[row] = now
            over[WHEN, calls], over[FINISH, calls], over[ROW, calls] = now, finish, row
            calls += reaches
    return calls


@inlined
def _seize(frees, channels, finish):
    """The channel that is free soonest is taken until ``finish``; the order is kept without a branch."""
    for place in range(1, channels):
        frees[place - 1] = min(frees[place], finish)
        finish = max(frees[place], finish)
    frees[channels - 1] = finish


@inlined
def _serve_many(
    begin, until, low, high, arrival, ring, holding, open_low, open_high, open_tier, open_end, open_group,
    included, dedicated, line, start, leaving, outcome, end,
):  # fmt: skip
    """A DID with many channels of its own: its calls are in order already."""
    when, finish, row_of = arrival[low:high], line[FINISH, : high - low], line[ROW, : high - low]
    for row in range(low, high):
        finish[row - low] = arrival[row] + ring[row] + holding[row]
        row_of[row - low] = row
    shift = slot_shift(until - begin, 2 * when.size)
    slots = deal(when, begin, shift, start)
    leaving[: when.size + 1] = 0
    on_channels = _leave(
        open_low, open_high, open_tier, open_end, open_group, INCLUDED, ANY_GROUP,
        when, begin, shift, start, slots, leaving,
    )  # fmt: skip
    _serve_ranked(
        when, finish, row_of, on_channels, included, dedicated, True,
        begin, shift, start, slots, leaving, outcome, end,
    )  # fmt: skip


@inlined
def _leave(low, high, open_tier, open_end, open_group, tier, group, when, begin, shift, start, slots, leaving):
    """Calls in progress on ``tier`` and the next: how many on each, in one integer; note before whom they leave.

    On a group's channels, those that began in it count.
    """
    on_channels = np.int64(0)
    for call in range(low, high):
        which = np.int64(open_tier[call]) - tier
        if (which == 0 or which == 1) and (group == ANY_GROUP or open_group[call] == group):
            one = np.int64(1) << (_SECOND * which)
            on_channels += one
            leaving[rank(open_end[call], when, begin, shift, start, slots)] += one
    return on_channels


@inlined
def _serve_ranked(
    when, finish, row_of, on_channels, channels, next_channels, is_own,
    begin, shift, start, slots, leaving, outcome, end,
):  # fmt: skip
    """Calls in order through two tiers, a DID's own or its group's; busy channels of both are in one integer."""
    for i in range(when.size):
        on_channels -= leaving[i]
        free, next_free = channels - (on_channels & _FIRST), next_channels - (on_channels >> _SECOND)
        if is_own:
            what = np.int64(_admit(free, next_free, 0, 0, _NO_LIMIT, _NO_LIMIT, True))
            tier = what - INCLUDED
        else:
            what = np.int64(_admit(0, 0, free, next_free, _NO_LIMIT, _NO_LIMIT, True))
            tier = what - SHARED
        row = row_of[i]
        outcome[row] = what
        if what < CAPACITY_EXCEEDED:
            end[row] = finish[i]
            one = np.int64(1) << (_SECOND * tier)
            on_channels += one
            leaving[max(rank(finish[i], when, begin, shift, start, slots), i + 1)] += one
        else:
            end[row] = when[i]
