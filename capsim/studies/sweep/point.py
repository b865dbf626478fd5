"""One point of a sweep: a scenario's run, boiled down to figures that travel."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache

from capsim.scenario import Scenario
from capsim.studies.run.ask import simulate
from capsim.studies.sweep.varying import Point, scenario_at


@dataclass(frozen=True, slots=True)
class PointResult:
    """Figures of one point: (scope, name, figure, mean, low, high) each; and by replication, for comparisons.

    goals : (scope, name, goal, status) of each. offered, blocked, monthly : one for each replication.
    """

    number: int
    figures: tuple[tuple[str, str, str, float, float, float], ...]
    goals: tuple[tuple[str, str, float, str], ...]
    offered: tuple[int, ...]
    blocked: tuple[int, ...]
    monthly: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """All that a worker needs to know of a sweep."""

    scenario: Scenario
    paths: tuple[str, ...]
    engine: str | None


def run_point(parcel: bytes, number: int, point: Point) -> PointResult:
    """Run a point, wherever this is; a scenario is unpacked once, however many of its points run there."""
    task = _unpacked(parcel)
    result = simulate(scenario_at(task.scenario, task.paths, point), engine=task.engine)
    offered, blocked = result.samples.offered_and_blocked
    rows = result.figures()
    return PointResult(
        number,
        tuple((scope, name, figure, one.mean, one.low, one.high) for scope, name, figure, one in rows),
        tuple((one.scope, one.name, one.goal, one.status) for one in result.goal_outcomes),
        tuple(offered.tolist()),
        tuple(blocked.tolist()),
        tuple(float(cost["monthly"]) for cost in result.cost_totals),
    )


@lru_cache(maxsize=4)
def _unpacked(parcel: bytes) -> Task:
    task: Task = pickle.loads(parcel)
    return task
