"""Whether goals are met: by the interval, not by the mean."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from capsim.records import CAPACITY_EXCEEDED
from capsim.study.busy_hour import BusyHour
from capsim.study.estimates import LEVEL, Estimate, of_means, of_probabilities

if TYPE_CHECKING:
    from capsim.study.result import RunResult

Status = Literal["met", "missed", "not proven"]


@dataclass(frozen=True, slots=True)
class GoalOutcome:
    """One goal: what it is about, how much is accepted, what was found, and whether that is proven.

    scope : overall, group, did, busy hour, busiest days, or cost; name : of the group or DID, else empty.
    """

    scope: str
    name: str
    goal: float
    found: Estimate
    status: Status

    def to_dict(self) -> dict[str, Any]:
        return {
            "scope": self.scope,
            "name": self.name,
            "goal": self.goal,
            "found": self.found.to_dict(),
            "status": self.status,
        }


def judged(found: Estimate, goal: float) -> Status:
    """Met where the whole interval keeps the goal, missed where none of it does; else not proven."""
    if math.isnan(found.low) or math.isnan(found.high):
        return "not proven"
    return "met" if found.high <= goal else "missed" if found.low > goal else "not proven"


def goal_outcomes(result: RunResult, level: float = LEVEL) -> tuple[GoalOutcome, ...]:
    """The scenario's goals, by scope; by intervals of a confidence level."""
    return tuple(
        GoalOutcome(scope, name, goal, found, judged(found, goal)) for scope, name, goal, found in _found(result, level)
    )


def _found(result: RunResult, level: float) -> Iterator[tuple[str, str, float, Estimate]]:
    goals, samples = result.scenario.goals, result.samples
    if goals is None:
        return

    def blocking(outcomes: NDArray[np.int64], cluster: float) -> Estimate:
        offered, blocked = outcomes.sum(axis=1), outcomes[:, CAPACITY_EXCEEDED:].sum(axis=1)
        return of_probabilities(blocked, offered, cluster, level).one()

    clusters = samples.clusters
    if goals.blocking is not None:
        yield "overall", "", goals.blocking, blocking(samples.outcomes.sum(axis=1), clusters.overall)
    for row, group in enumerate(samples.capacity.group_names):
        of_group = goals.groups.get(group, goals.each_group)
        if of_group is not None and (group in goals.groups or samples.group_outcomes[:, row].any()):
            yield "group", group, of_group, blocking(samples.group_outcomes[:, row], float(clusters.groups[row]))
    for row, did in enumerate(result.scenario.all_dids):
        of_did = goals.of_did(did.name, did.entry_name)
        named = did.name in goals.dids or did.entry_name in goals.dids
        if of_did is not None and (named or samples.outcomes[:, row].any()):
            yield "did", did.name, of_did, blocking(samples.outcomes[:, row], float(clusters.dids[row]))
    if result.hours is not None:
        busy = BusyHour.of(result.scenario, result.hours[:, :, 0], result.scenario.horizon.into_the_hour)
        for scope, of_hours, chosen in (
            ("busy hour", goals.busy_hour, busy.chosen),
            ("busiest days", goals.busiest_days, busy.busiest),
        ):
            if of_hours is not None:
                offered, blocked = (np.where(chosen, result.hours[:, :, column], 0).sum(axis=1) for column in (0, 1))
                yield scope, "", of_hours, of_probabilities(blocked, offered, clusters.overall, level).one()
    if goals.monthly_cost is not None:
        costs = [float(one.monthly) for one in result.cost_totals]
        yield "cost", "", float(goals.monthly_cost), of_means(costs, level=level).one()


def all_met(outcomes: tuple[GoalOutcome, ...]) -> bool:
    """Whether every goal is proven to be met."""
    return all(one.status == "met" for one in outcomes)
