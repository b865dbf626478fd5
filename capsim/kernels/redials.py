"""Callers who try again: what a window needs to know of the calls that may be tried again in it, or after it.

A *source* is a call that may be tried again: a call of the window's table or, after those, one whose next attempt is
still waiting from before. A *record* is an attempt that will be made.
"""

from __future__ import annotations

from typing import NamedTuple

from capsim.kernels.heap import Heap
from capsim.records import Flags, Int64

RECORD_BITS, DID_BITS = 40, 23
"""Widths of the parts of a redial's code, from the lowest bit up: its record and its DID. The sign bit stays free."""
A_RECORD = (1 << RECORD_BITS) - 1
"""Mask of the record in a redial's code."""
assert RECORD_BITS + DID_BITS <= 63, "a redial's code must fit a positive 64-bit integer"


class Redials(NamedTuple):
    """Attempts that may be made again in a window (s sources, at most r records, of which x are made).

    Attributes
    ----------
    ring : (s,) int64
        Time from arrival to answer of each source, microseconds.
    holding : (s,) int64
        Its time from answer to end, microseconds.
    answered : (s,) bool
        Whether it is answered.
    again : (s, A) int64
        Clock of each of its further attempts, microseconds; NEVER after the last.
    source : (r,) int64
        Source of each record.
    attempt : (r,) int64
        Number of the attempt within its call, from 1.
    made : (x,) int64
        Output: record of each attempt that is made, in the order in which they are made.
    waiting : Heap
        Attempts that wait, by time, each with its DID and record as code, so that ties go by DID, then by when the
        attempt before was blocked; room for r.
    number : int
        Records, all of them waiting, as the window begins.
    """

    ring: Int64
    holding: Int64
    answered: Flags
    again: Int64
    source: Int64
    attempt: Int64
    made: Int64
    waiting: Heap
    number: int


def redial_code(did, record):
    """Code of a waiting attempt."""
    return did << RECORD_BITS | record
