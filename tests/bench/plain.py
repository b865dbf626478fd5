"""A plain SimPy model of the ladder, as fast as plain SimPy gets: what the engines are measured against.

No call is a process of its own, a tier is a `simpy.Resource` whose request is granted at once or not made, the
end of a call is the callback of a timeout. It knows no rule for ties, keeps no log and counts only what was
blocked. `textbook` is the same system as a textbook writes it: a process for each call.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import simpy

from capsim.capacity import CapacityPlan
from capsim.records import CallTable


def _ladders(env: simpy.Environment, plan: CapacityPlan) -> list[list[simpy.Resource]]:
    def tier(channels: int) -> list[simpy.Resource]:
        return [simpy.Resource(env, int(channels))] if channels else []

    groups = [[*tier(shared), *tier(metered)] for shared, metered in zip(plan.shared, plan.metered, strict=True)]
    return [
        [*tier(included), *tier(dedicated), *groups[group]]
        for included, dedicated, group in zip(plan.included, plan.dedicated, plan.group, strict=True)
    ]


def _calls_of_dids(table: CallTable) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    for did in np.unique(table.did):
        rows = table.did == did
        gaps = np.diff(table.arrival[rows], prepend=table.begin)
        yield did, list(zip(gaps.tolist(), table.holding[rows].tolist(), strict=True))


def fast(table: CallTable, plan: CapacityPlan) -> int:
    """Blocked calls, with a process for each DID and callbacks for ends of calls."""
    env = simpy.Environment(table.begin)
    ladders = _ladders(env, plan)
    blocked = 0

    def hang_up(end: simpy.Event) -> None:
        resource, request = end.value
        resource.release(request)

    def did(ladder: list[simpy.Resource], calls: list[tuple[int, int]]):  # type: ignore[no-untyped-def]
        nonlocal blocked
        for gap, holding in calls:
            yield env.timeout(gap)
            for resource in ladder:
                if len(resource.users) < resource._capacity:
                    env.timeout(holding, (resource, resource.request())).callbacks.append(hang_up)
                    break
            else:
                blocked += 1

    for number, calls in _calls_of_dids(table):
        env.process(did(ladders[number], calls))
    env.run()
    return blocked


def textbook(table: CallTable, plan: CapacityPlan) -> int:
    """Blocked calls, with a process for each call."""
    env = simpy.Environment(table.begin)
    ladders = _ladders(env, plan)
    blocked = 0

    def call(ladder: list[simpy.Resource], holding: int):  # type: ignore[no-untyped-def]
        nonlocal blocked
        for resource in ladder:
            if resource.count < resource.capacity:
                with resource.request() as request:
                    yield request
                    yield env.timeout(holding)
                return
        blocked += 1

    def did(ladder: list[simpy.Resource], calls: list[tuple[int, int]]):  # type: ignore[no-untyped-def]
        for gap, holding in calls:
            yield env.timeout(gap)
            env.process(call(ladder, holding))

    for number, calls in _calls_of_dids(table):
        env.process(did(ladders[number], calls))
    env.run()
    return blocked
