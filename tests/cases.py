"""Small random systems full of ties, as plain objects and as the tables and sizes that engines take."""

from __future__ import annotations

import numpy as np

from capsim.capacity import UNLIMITED, CapacitySizes, Schedule
from capsim.records import CallTable
from tests.plainly import PlainCall, PlainDid, PlainGroup


def capacity_of(dids: list[PlainDid], groups: list[PlainGroup]) -> CapacitySizes:
    def ints(values):
        return np.array(list(values), np.int32)

    return CapacitySizes(
        did_names=tuple(f"d{row}" for row in range(len(dids))),
        group_names=tuple(f"g{row}" for row in range(len(groups))),
        included=ints(did.included for did in dids),
        dedicated=ints(did.dedicated for did in dids),
        did_limit=ints(UNLIMITED if did.limit is None else did.limit for did in dids),
        group=ints(len(groups) if did.group is None else did.group for did in dids),
        shared=ints([*(group.shared for group in groups), 0]),
        metered=ints([*(group.metered for group in groups), 0]),
        group_limit=ints([*(UNLIMITED if g.limit is None else g.limit for g in groups), UNLIMITED]),
    )


def schedule_of(dids: list[PlainDid], groups: list[PlainGroup]) -> Schedule:
    """The capacity of a system that does not change."""
    return Schedule(capacity_of(dids, groups))


def table_of(calls: list[PlainCall], dids: int, begin: int, end: int) -> CallTable:
    """Calls DID by DID, each DID's by time."""
    rows = sorted(calls, key=lambda call: (call.did, call.arrival))
    n = len(rows)
    return CallTable(
        begin=begin,
        end=end,
        first=np.searchsorted([call.did for call in rows], np.arange(dids + 1)).astype(np.int64),
        arrival=np.array([call.arrival for call in rows], np.int64),
        ring=np.zeros(n, np.int64),
        holding=np.array([call.length for call in rows], np.int64),
        answered=np.ones(n, np.bool_),
    )


def tables_of(calls: list[PlainCall], dids: int, edges: list[int]) -> list[CallTable]:
    """Tables that follow each other in time."""
    return [
        table_of([call for call in calls if begin <= call.arrival < end], dids, begin, end)
        for begin, end in zip(edges, edges[1:], strict=False)
    ]


def random_case(rng: np.random.Generator):
    """A small system with little room, and calls on few instants."""
    groups = [
        PlainGroup(int(rng.integers(0, 3)), int(rng.integers(0, 3)), _limit(rng, 4)) for _ in range(rng.integers(0, 3))
    ]
    dids = [
        PlainDid(
            int(rng.integers(0, 3)),
            int(rng.integers(0, 2)),
            _limit(rng, 3),
            int(rng.integers(0, len(groups))) if groups and rng.random() < 0.8 else None,
        )
        for _ in range(rng.integers(1, 5))
    ]
    calls = [
        PlainCall(int(rng.integers(0, len(dids))), int(rng.integers(0, 25)), int(rng.integers(0, 8)))
        for _ in range(rng.integers(5, 60))
    ]
    return dids, groups, calls


def _limit(rng: np.random.Generator, most: int) -> int | None:
    return int(rng.integers(1, most + 1)) if rng.random() < 0.3 else None
