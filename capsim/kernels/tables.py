"""Named tuples of columns that several kernels take: the calls, their log, and the capacity in force.

A tuple that one kernel alone takes is defined beside that kernel. The fields of a tuple always have the dtypes that its
docstring gives, so numba compiles each kernel once.
"""

from __future__ import annotations

from typing import NamedTuple

from capsim.records import CallLog, CallTable, Flags, Int8, Int32, Int64


class Table(NamedTuple):
    """Calls of D DIDs that arrive in a window, one row each: the columns of `capsim.records.CallTable`.

    Attributes
    ----------
    begin : int
        Clock at which the window begins, microseconds.
    end : int
        Clock at which the window ends, microseconds.
    first : (D + 1,) int64
        Rows ``first[d]`` to ``first[d + 1]`` are the calls of DID d.
    arrival : (n,) int64
        Clock of the arrival, microseconds.
    ring : (n,) int64
        Time from arrival to answer, or to the end of an unanswered call, microseconds.
    holding : (n,) int64
        Time from answer to end, microseconds; 0 for an unanswered call.
    answered : (n,) bool
        Whether the call is answered.
    """

    begin: int
    end: int
    first: Int64
    arrival: Int64
    ring: Int64
    holding: Int64
    answered: Flags

    @classmethod
    def of(cls, calls: CallTable) -> Table:
        """The columns of a table of calls."""
        return cls(calls.begin, calls.end, calls.first, calls.arrival, calls.ring, calls.holding, calls.answered)


class Log(NamedTuple):
    """What became of the calls of a table, row by row: the columns of `capsim.records.CallLog`.

    Attributes
    ----------
    outcome : (n,) int8
        Code of `capsim.records.OUTCOMES`.
    end : (n,) int64
        Clock at which the call leaves its channel, microseconds; the arrival, for a blocked call.
    channel : (n,) int32
        Number of the channel within its tier, from 1; 0 for none.
    torn_down : (n,) bool
        Whether the call ended because the balance ran out.
    """

    outcome: Int8
    end: Int64
    channel: Int32
    torn_down: Flags

    @classmethod
    def of(cls, log: CallLog) -> Log:
        """The columns of a log of calls."""
        return cls(log.outcome, log.end, log.channel, log.torn_down)


class Capacity(NamedTuple):
    """Channels and limits of D DIDs and G groups; row G of the groups' columns is *no group*.

    Attributes
    ----------
    included : (D,) int32
        Included channels of each DID.
    dedicated : (D,) int32
        Dedicated channels of each DID.
    did_limit : (D,) int32
        Most simultaneous calls of each DID.
    group : (D,) int32
        Group of each DID.
    shared : (G + 1,) int32
        Shared channels of each group.
    metered : (G + 1,) int32
        Metered channels of each group.
    group_limit : (G + 1,) int32
        Most simultaneous calls of each group.
    """

    included: Int32
    dedicated: Int32
    did_limit: Int32
    group: Int32
    shared: Int32
    metered: Int32
    group_limit: Int32


class Groups(NamedTuple):
    """DIDs by group.

    Attributes
    ----------
    members : (D,) int64
        Positions of the DIDs, by group, and in the scenario's order within each group.
    first : (G + 2,) int64
        Entries ``first[g]`` to ``first[g + 1]`` of ``members`` are the DIDs of group g.
    """

    members: Int64
    first: Int64
