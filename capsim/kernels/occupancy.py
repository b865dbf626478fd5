"""Busy channels of a system whose calls are served one by one, and the ends that wait.

A call counts for its DID, for its group, or for both. Its tier, DID and group are packed into one code, which waits in
the heap of ends and says what the end gives back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from capsim.kernels.heap import Heap, push
from capsim.kernels.jit import inlined
from capsim.records import N_TIERS, SHARED, Int8, Int32, Int64

ON_SHARED, ON_METERED, ALL = 0, 1, 2
"""Columns of ``of_group``; those of ``of_did`` are INCLUDED, DEDICATED and ALL."""
COLUMNS = 3

OF_DID, OF_GROUP = 1, 2
"""Bits of what a call counts for."""

COUNTS_BITS, TIER_BITS, DID_BITS, GROUP_BITS = 2, 2, 32, 27
"""Widths of the parts of a packed call code, from the lowest bit up; the sign bit stays free."""
_TIER_AT = COUNTS_BITS
_DID_AT = _TIER_AT + TIER_BITS
_GROUP_AT = _DID_AT + DID_BITS
_COUNTS, _TIER, _DID = (1 << COUNTS_BITS) - 1, (1 << TIER_BITS) - 1, (1 << DID_BITS) - 1
"""Masks of what a call counts for, its tier and its DID, once shifted down."""

assert OF_DID | OF_GROUP <= _COUNTS, "what a call counts for must fit its bits"
assert N_TIERS - 1 <= _TIER, "a tier must fit its bits"
assert _GROUP_AT + GROUP_BITS <= 63, "a packed call code must fit a positive 64-bit integer"


class Occupancy(NamedTuple):
    """Calls that hold channels of a system (D DIDs, G groups and *no group*, up to k calls).

    Attributes
    ----------
    ends : Heap
        Clock at which each call ends, microseconds, with a code that says what its end gives back; room for k.
    did : (k,) int32
        DID of each call.
    counts_for : (k,) int8
        Bits that say whether the call counts for its DID, its group, or both.
    of_did : (D, 3) int64
        Calls of each DID on included channels, on dedicated channels, and on all tiers.
    of_group : (G + 1, 3) int64
        Calls of each group on shared channels, on metered channels, and on all tiers.
    """

    ends: Heap
    did: Int32
    counts_for: Int8
    of_did: Int64
    of_group: Int64


@inlined
def pack(counts_for, tier, did, group):
    """Code of a call: what it counts for, its tier, its DID and its group in one integer."""
    return np.int64(group) << _GROUP_AT | np.int64(did) << _DID_AT | np.int64(tier) << _TIER_AT | np.int64(counts_for)


@inlined
def unpack(code):
    """Parts of a call's code: what it counts for, its tier, its DID and its group."""
    return code & _COUNTS, code >> _TIER_AT & _TIER, code >> _DID_AT & _DID, code >> _GROUP_AT


@inlined
def seize(counts_for, tier, did, group, occupancy):
    """Count one more call on a tier."""
    of_did, of_group = occupancy.of_did, occupancy.of_group
    if counts_for & OF_DID:
        of_did[did, ALL] += 1
        if tier < SHARED:
            of_did[did, tier] += 1
    if counts_for & OF_GROUP:
        of_group[group, ALL] += 1
        if tier >= SHARED:
            of_group[group, tier - SHARED] += 1


@inlined
def release(counts_for, tier, did, group, occupancy):
    """Count one call less on a tier."""
    of_did, of_group = occupancy.of_did, occupancy.of_group
    if counts_for & OF_DID:
        of_did[did, ALL] -= 1
        if tier < SHARED:
            of_did[did, tier] -= 1
    if counts_for & OF_GROUP:
        of_group[group, ALL] -= 1
        if tier >= SHARED:
            of_group[group, tier - SHARED] -= 1


@inlined
def take_up(one_system, own, moved, coupled, group, before, occupancy):
    """Count the calls in progress, let their ends wait, and return how many do.

    A call counts for its DID if that DID is coupled. It counts for the group in which it began if that is the system's
    group, or if everything is one system.

    Parameters
    ----------
    one_system : bool
        Whether all DIDs and groups are one system. The ends then wait with the position of their call, else with its
        code.
    own : (k,) int64
        DIDs of the system.
    moved : (l,) int64
        Calls in progress in the system's group whose DID has left it.
    coupled : (D,) bool
        Whether a limit rules the calls of each DID.
    group : (D,) int32
        Group of each DID.
    before : InProgress
        Calls in progress.
    occupancy : Occupancy
        Output: the calls counted.
    """
    waiting = 0
    for did in own:
        occupancy.of_did[did, :] = 0
        occupancy.of_group[group[did], :] = 0
    for call in moved:
        occupancy.of_group[before.group[call], :] = 0
    for did in own:
        for call in range(before.first[did], before.first[did + 1]):
            here = one_system or before.group[call] == group[did]
            of_group = OF_GROUP * (here and (coupled[did] or before.tier[call] >= SHARED))
            occupancy.counts_for[call], occupancy.did[call] = OF_DID * coupled[did] + of_group, did
            waiting = _take_up_call(one_system, call, before, occupancy, waiting)
    for call in moved:
        occupancy.counts_for[call], occupancy.did[call] = OF_GROUP, 0
        waiting = _take_up_call(one_system, call, before, occupancy, waiting)
    return waiting


@inlined
def _take_up_call(one_system, call, before, occupancy, waiting):
    counts_for, did = occupancy.counts_for[call], occupancy.did[call]
    tier, group = before.tier[call], before.group[call]
    if counts_for == 0:
        return waiting
    seize(counts_for, tier, did, group, occupancy)
    value = np.int64(call) if one_system else pack(counts_for, tier, did, group)
    return push(occupancy.ends, waiting, before.end[call], value)


@inlined
def did_of(row, first):
    """DID that a row belongs to: the last one whose calls begin at or before it."""
    low, high = 0, first.size - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if first[middle] <= row:
            low = middle
        else:
            high = middle
    return low
