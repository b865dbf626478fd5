"""Whether goals are met: by the interval, not by the mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from capsim.estimates.busy_hour import BusyHour
from capsim.estimates.estimate import LEVEL, Estimate, of_means, of_probabilities
from capsim.records import CAPACITY_EXCEEDED

if TYPE_CHECKING:
    from capsim.scenario.model.goals import Goals
    from capsim.studies.run.figures import RunFigures

Status = Literal["met", "missed", "not proven"]
Finding = tuple[str, float, Estimate]
"""Name of the group or DID (empty for all calls), what is accepted, and what the run found."""


@dataclass(frozen=True, slots=True)
class GoalKind:
    """One kind of goal: all that a run, its text and its pages know of it.

    Attributes
    ----------
    scope : str
        Name of the kind in frames and JSON.
    label : str
        Name in tables; ``{}`` stands for the group or DID.
    money : bool
        Whether the figure is an amount of money; else it is a share of calls.
    at_least : bool
        Whether the goal is the least figure accepted; else it is the largest.
    find : callable
        ``find(result, goals, level)`` gives what a run found for each goal of this kind, at a confidence level.
    """

    scope: str
    label: str
    money: bool
    find: Callable[[RunFigures, Goals, float], Iterator[Finding]]
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class GoalOutcome:
    """One goal of a run.

    Attributes
    ----------
    kind : GoalKind
        What the goal is about.
    name : str
        The group or DID; empty for all calls.
    goal : float
        What is accepted: a share of calls from 0 to 1, or an amount of money.
    found : Estimate
        What the run found, with its interval.
    status : str
        ``met`` if the whole interval keeps the goal, ``missed`` if none of it does, else ``not proven``.
    """

    kind: GoalKind
    name: str
    goal: float
    found: Estimate
    status: Status

    @property
    def scope(self) -> str:
        """Name of the kind of goal."""
        return self.kind.scope

    @property
    def beyond(self) -> bool:
        """Whether the mean itself breaks the goal."""
        return self.found.mean < self.goal if self.kind.at_least else self.found.mean > self.goal

    def to_dict(self) -> dict[str, Any]:
        """As the JSON of a run has it."""
        return {
            "scope": self.scope,
            "name": self.name,
            "goal": self.goal,
            "found": self.found.to_dict(),
            "status": self.status,
        }


def judged(found: Estimate, goal: float, at_least: bool = False) -> Status:
    """Return whether a goal is met, missed, or neither is proven.

    It is met if the whole interval keeps it, and missed if none of the interval does. The goal is the largest figure
    accepted, or with ``at_least`` the least one.
    """
    if math.isnan(found.low) or math.isnan(found.high):
        return "not proven"
    if at_least:
        return "met" if found.low >= goal else "missed" if found.high < goal else "not proven"
    return "met" if found.high <= goal else "missed" if found.low > goal else "not proven"


def goal_outcomes(result: RunFigures, level: float = LEVEL, goals: Goals | None = None) -> tuple[GoalOutcome, ...]:
    """Judge the goals of the scenario, or others, by intervals of some confidence."""
    goals = goals or result.scenario.goals
    if goals is None:
        return ()
    return tuple(
        GoalOutcome(kind, name, goal, found, judged(found, goal, kind.at_least))
        for kind in GOAL_KINDS
        for name, goal, found in kind.find(result, goals, level)
    )


def _blocking(outcomes: NDArray[np.int64], cluster: float, level: float) -> Estimate:
    offered, blocked = outcomes.sum(axis=1), outcomes[:, CAPACITY_EXCEEDED:].sum(axis=1)
    return of_probabilities(blocked, offered, cluster, level).one()


def _overall(result: RunFigures, goals: Goals, level: float) -> Iterator[Finding]:
    samples = result.samples
    if goals.blocking is not None:
        yield "", goals.blocking, _blocking(samples.tally.outcomes.sum(axis=1), samples.clusters.overall, level)


def _groups(result: RunFigures, goals: Goals, level: float) -> Iterator[Finding]:
    """Each group that a goal names, and with a goal for every group those that had calls."""
    samples = result.samples
    for row, group in enumerate(samples.capacity.group_names):
        goal, outcomes = goals.of_group(group), samples.tally.group_outcomes[:, row]
        if goal is not None and (group in goals.groups or outcomes.any()):
            yield group, goal, _blocking(outcomes, float(samples.clusters.groups[row]), level)


def _dids(result: RunFigures, goals: Goals, level: float) -> Iterator[Finding]:
    """Each DID that a goal names, and with a goal for every DID those that had calls."""
    samples = result.samples
    for row, did in enumerate(result.scenario.all_dids):
        goal, outcomes = goals.of_did(did.name, did.entry_name), samples.tally.outcomes[:, row]
        named = did.name in goals.dids or did.entry_name in goals.dids
        if goal is not None and (named or outcomes.any()):
            yield did.name, goal, _blocking(outcomes, float(samples.clusters.dids[row]), level)


def _busy_hour(result: RunFigures, goals: Goals, level: float) -> Iterator[Finding]:
    if goals.busy_hour is not None:
        yield "", goals.busy_hour, _in_hours(result, "chosen", level)


def _busiest_days(result: RunFigures, goals: Goals, level: float) -> Iterator[Finding]:
    if goals.busiest_days is not None:
        yield "", goals.busiest_days, _in_hours(result, "busiest", level)


def _in_hours(result: RunFigures, which: str, level: float) -> Estimate:
    """Blocking in the busy hour of all days (``chosen``), or of the five busiest (``busiest``)."""
    busy = BusyHour.of(result.scenario, result.hours[:, :, 0], result.scenario.horizon.into_the_hour)
    chosen = getattr(busy, which)
    offered, blocked = (np.where(chosen, result.hours[:, :, column], 0).sum(axis=1) for column in (0, 1))
    return of_probabilities(blocked, offered, result.samples.clusters.overall, level).one()


def _monthly_cost(result: RunFigures, goals: Goals, level: float) -> Iterator[Finding]:
    if goals.monthly_cost is not None:
        costs = result.costs("monthly")
        yield "", float(goals.monthly_cost), of_means(costs, level=level).one()


GOAL_KINDS = (
    GoalKind("overall", "Blocking", False, _overall),
    GoalKind("group", "Blocking, group {}", False, _groups),
    GoalKind("did", "Blocking, DID {}", False, _dids),
    GoalKind("busy hour", "Blocking, busy hour", False, _busy_hour),
    GoalKind("busiest days", "Blocking, five busiest days", False, _busiest_days),
    GoalKind("cost", "Monthly cost", True, _monthly_cost),
)
"""All kinds of goal, in the order in which reports show them.

A new kind is a key of `capsim.scenario.model.goals.Goals`, and a line here with its function.
"""


def all_met(outcomes: tuple[GoalOutcome, ...]) -> bool:
    """Tell whether every goal is proven to be met."""
    return all(outcome.status == "met" for outcome in outcomes)
