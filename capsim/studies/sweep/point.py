"""One point of a sweep: a run, reduced to figures that travel between processes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache

from capsim.scenario import Scenario
from capsim.studies.run.ask import simulate
from capsim.studies.sweep.varying import Point, scenario_at


@dataclass(frozen=True, slots=True)
class PointResult:
    """Figures of one point.

    Attributes
    ----------
    number : int
        Number of the point, from 0.
    figures : tuple of tuple
        Scope, name, figure, mean, low and high of each figure.
    goals : tuple of tuple
        Scope, name, goal and status of each goal.
    offered : tuple of int
        Calls offered in each replication.
    blocked : tuple of int
        Calls blocked in each replication.
    monthly : tuple of float
        Monthly cost in each replication.
    """

    number: int
    figures: tuple[tuple[str, str, str, float, float, float], ...]
    goals: tuple[tuple[str, str, float, str], ...]
    offered: tuple[int, ...]
    blocked: tuple[int, ...]
    monthly: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """All that a worker needs to know of a sweep.

    Attributes
    ----------
    scenario : Scenario
        Scenario that is varied.
    paths : tuple of str
        Paths that vary.
    engine : str or None
        Engine that runs the points.
    """

    scenario: Scenario
    paths: tuple[str, ...]
    engine: str | None


def run_point(parcel: bytes, number: int, point: Point) -> PointResult:
    """Run a point, wherever this is.

    A scenario is unpacked once, however many of its points run there.

    Parameters
    ----------
    parcel : bytes
        The task, pickled.
    number : int
        Number of the point, from 0.
    point : Point
        Its values.
    """
    task = _unpacked(parcel)
    result = simulate(scenario_at(task.scenario, task.paths, point), engine=task.engine)
    offered, blocked = result.samples.offered_and_blocked
    return PointResult(
        number,
        tuple(
            (scope, name, figure, estimate.mean, estimate.low, estimate.high)
            for scope, name, figure, estimate in result.figures()
        ),
        tuple((outcome.scope, outcome.name, outcome.goal, outcome.status) for outcome in result.goal_outcomes),
        tuple(offered.tolist()),
        tuple(blocked.tolist()),
        tuple(float(cost["monthly"]) for cost in result.cost_totals),
    )


@lru_cache(maxsize=4)
def _unpacked(parcel: bytes) -> Task:
    task: Task = pickle.loads(parcel)
    return task
