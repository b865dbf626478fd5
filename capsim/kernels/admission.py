"""The admission rule, in its one place (R1, R9, R10): plain Python, which the compiled engine compiles."""

from __future__ import annotations

from capsim.records import (
    CAPACITY_EXCEEDED,
    DEDICATED,
    DID_LIMIT,
    GROUP_LIMIT,
    INCLUDED,
    METERED,
    NO_BALANCE,
    SHARED,
)


def admit(included: int, dedicated: int, shared: int, metered: int, did_room: int, group_room: int, funds: bool) -> int:
    """What becomes of a call that arrives now.

    Parameters
    ----------
    included, dedicated, shared, metered : free channels of each tier that the call's DID can use; below zero
        for a tier that has shrunk under its calls.
    did_room, group_room : how many more simultaneous calls the limits of the DID and of its group allow.
    funds : whether the balance is positive, which metered channels need (R10); true where there is no account.

    Returns
    -------
    A code of `capsim.records.OUTCOMES`: the first tier with a channel free, in the order of R1; or why the
    call is blocked. Limits come first, the DID's before the group's, whether or not a tier is free (R9).
    """
    if did_room <= 0:
        return DID_LIMIT
    if group_room <= 0:
        return GROUP_LIMIT
    if included > 0:
        return INCLUDED
    if dedicated > 0:
        return DEDICATED
    if shared > 0:
        return SHARED
    if metered > 0:
        return METERED if funds else NO_BALANCE
    return CAPACITY_EXCEEDED
