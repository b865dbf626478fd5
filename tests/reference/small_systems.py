"""Small random systems full of ties, for the reference model of admission and as tables and plans for the engines."""

from __future__ import annotations

import numpy as np

from capsim.capacity import UNLIMITED, CapacitySizes, Schedule
from capsim.engines import get_engine
from capsim.records import CallTable, join_logs
from tests.reference.admission import Call, Did, Group

COLUMNS = ("outcome", "end", "channel", "torn_down")


def capacity_of(dids: list[Did], groups: list[Group]) -> CapacitySizes:
    """Sizes of DIDs and groups as capsim has them."""

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


def schedule_of(dids: list[Did], groups: list[Group]) -> Schedule:
    """Schedule of a system that never changes."""
    return Schedule(capacity_of(dids, groups))


def table_of(calls: list[Call], dids: int, begin: int, end: int) -> CallTable:
    """Table of calls DID by DID, and those of a DID by time."""
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


def tables_of(calls: list[Call], dids: int, edges: list[int]) -> list[CallTable]:
    """Consecutive tables between ``edges``."""
    return [
        table_of([call for call in calls if begin <= call.arrival < end], dids, begin, end)
        for begin, end in zip(edges, edges[1:], strict=False)
    ]


def random_small_system(rng: np.random.Generator):
    """Draw a small system with few channels, and calls on few instants."""
    groups = [
        Group(int(rng.integers(0, 3)), int(rng.integers(0, 3)), _limit(rng, 4)) for _ in range(rng.integers(0, 3))
    ]
    dids = [
        Did(
            int(rng.integers(0, 3)),
            int(rng.integers(0, 2)),
            _limit(rng, 3),
            int(rng.integers(0, len(groups))) if groups and rng.random() < 0.8 else None,
        )
        for _ in range(rng.integers(1, 5))
    ]
    calls = [
        Call(int(rng.integers(0, len(dids))), int(rng.integers(0, 25)), int(rng.integers(0, 8)))
        for _ in range(rng.integers(5, 60))
    ]
    return dids, groups, calls


def _limit(rng: np.random.Generator, most: int) -> int | None:
    return int(rng.integers(1, most + 1)) if rng.random() < 0.3 else None


def log_of(engine: str, dids, groups, calls, edges):
    """Log of an engine that takes the calls in pieces between ``edges``."""
    tables = tables_of(calls, len(dids), edges)
    return join_logs(list(get_engine(engine)(tables, schedule_of(dids, groups), numbered=True)))


def differing_columns(dids, groups, calls, edges=(0, 30), other_edges=(0, 30)) -> list[str]:
    """Columns in which the two engines' logs differ; each engine may take the calls in its own pieces."""
    simpy, compiled = (
        log_of(name, dids, groups, calls, list(where)) for name, where in (("simpy", edges), ("compiled", other_edges))
    )
    return [name for name in COLUMNS if not (getattr(simpy, name) == getattr(compiled, name)).all()]
