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

NO_LIMIT = 2**31 - 1
"""Room under a limit that does not apply: more than any number of simultaneous calls."""


def admit(included: int, dedicated: int, shared: int, metered: int, did_room: int, group_room: int, funds: bool) -> int:
    """Decide what becomes of a call that arrives now.

    Limits come first, the DID's before the group's, whether or not a tier is free (R9). Then comes the first tier with
    a free channel, in the order of R1.

    Parameters
    ----------
    included : int
        Free included channels that the call's DID can use; below zero for a tier that has shrunk under its calls.
    dedicated : int
        Free dedicated channels.
    shared : int
        Free shared channels.
    metered : int
        Free metered channels.
    did_room : int
        Simultaneous calls that the limit of the DID still allows.
    group_room : int
        Simultaneous calls that the limit of the DID's group still allows.
    funds : bool
        Whether the balance is positive, which metered channels need (R10); true if there is no account.

    Returns
    -------
    int
        Code of `capsim.records.OUTCOMES`: the tier that takes the call, or the cause of blocking.
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
