"""The proof: a mix is run with fresh seeds, for as long as its distance from the target asks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from capsim.errors import ScenarioError
from capsim.scenario import Scenario
from capsim.study.goals import all_met, goal_outcomes
from capsim.study.planning.asking import Target
from capsim.study.planning.choosing import Choice
from capsim.study.progress import Progress
from capsim.study.result import RunResult
from capsim.study.run import simulate

Status = Literal["proven", "refuted", "not proven", "impossible"]

SURE = 0.998
"""Confidence of the interval whose upper end has to keep the target: a wrong mix passes once in a thousand times."""
FEWEST, MOST = 10, 2_000
"""Replications of a proof."""
FRESH = 0x9E3779B97F4A7C15
"""What is added to the scenario's seed, so that a proof's calls are none of the pilot's."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One mix that was run for a proof: the choice, its values by path, the scenario, what came out."""

    choice: Choice
    mix: dict[str, object]
    scenario: Scenario | None
    status: Status
    result: RunResult | None
    reason: str = ""


class Prover:
    """Runs mixes with fresh seeds, within a budget of calls."""

    def __init__(
        self, scenario: Scenario, target: Target, each: float, budget: float, n_jobs: int, progress: Progress
    ) -> None:
        self.scenario, self.target, self.each = scenario, target, each
        self.budget, self.n_jobs, self.progress = budget, n_jobs, progress
        self.goals = target.to_goals(scenario)
        self.seed = (scenario.seed + FRESH) % 2**63
        self.calls = 0.0

    def try_out(self, choice: Choice, mix: dict[str, object]) -> Trial:
        """Run a mix until its target is proven, refuted, or the budget is spent."""
        try:
            scenario = self.with_goals(mix)
        except ScenarioError as error:
            return Trial(choice, mix, None, "impossible", None, str(error))
        runs = self._needed(choice)
        result, status = self._judge(scenario, runs)
        more = 4 * runs
        while status == "not proven" and more * self.each <= self.budget and more <= MOST:
            if self._hopeless(result):
                break
            result, status = self._judge(scenario, more)
            more *= 4
        return Trial(choice, mix, scenario, status, result)

    def look_at(self, choice: Choice, mix: dict[str, object], replications: int) -> Trial:
        """Run a mix once, with the calls of the others."""
        try:
            scenario = self.with_goals(mix)
        except ScenarioError as error:
            return Trial(choice, mix, None, "impossible", None, str(error))
        result, status = self._judge(scenario, replications)
        return Trial(choice, mix, scenario, status, result)

    def with_goals(self, mix: dict[str, object]) -> Scenario:
        """The mix, with the target as its goals: those of what is still there."""
        changed = self.scenario.override({"goals": None, **mix})
        goals = {**self.goals}
        gone = {name: share for name, share in goals.get("groups", {}).items() if name not in changed.all_groups}
        if gone:  # what a group may block, each of its DIDs may, once it has none
            goals["groups"] = {name: share for name, share in goals["groups"].items() if name not in gone}
            each = {
                did.name: gone[did.entry.group_name]
                for did in self.scenario.all_dids
                if did.entry.group_name in gone and did.entry.traffic is not None
            }
            goals["dids"] = {**each, **goals.get("dids", {})}
        goals = {name: value for name, value in goals.items() if value != {}}
        return changed.override({"goals": goals}) if goals else changed

    def run(self, scenario: Scenario, replications: int) -> RunResult:
        self.calls += replications * self.each
        return simulate(scenario, replications, self.seed, n_jobs=self.n_jobs, progress=self.progress)

    def _judge(self, scenario: Scenario, replications: int) -> tuple[RunResult, Status]:
        result = self.run(scenario, replications)
        outcomes = goal_outcomes(result)
        if all_met(goal_outcomes(result, SURE)):
            return result, "proven"
        return result, "refuted" if any(one.status == "missed" for one in outcomes) else "not proven"

    def _hopeless(self, result: RunResult) -> bool:
        """Whether what was found lies beyond the target."""
        return any(one.found.mean > one.goal for one in goal_outcomes(result))

    def _needed(self, choice: Choice) -> int:
        """Replications that the distance between blocking and target asks for, by how they vary in the pilot."""
        most = min(MOST, max(FEWEST, int(self.budget / self.each)))
        blocked = np.sum([size.curve.blocked[:, size.channels] for size in choice.sizes], axis=0)
        offered = np.sum([size.curve.offered for size in choice.sizes], axis=0)
        ratio, total = choice.blocking, float(offered.mean())
        goal = min([share for share in self._shares() if share is not None], default=0.01)
        least = min(400_000 / self.each, 100)
        if total == 0:
            return FEWEST
        if ratio == 0:
            return int(np.clip(60 / (goal * total), max(FEWEST, least), most))
        deviation = float(np.std(blocked - ratio * offered, ddof=1)) / total
        distance = max(abs(goal - ratio), 0.002 * goal)
        needed = (4.0 * deviation / distance) ** 2 + 20 / (ratio * total)
        return math.ceil(float(np.clip(needed, max(FEWEST, least), max(FEWEST, least, most / 4))))

    def _shares(self) -> list[float | None]:
        target = self.target
        return [
            target.blocking,
            target.busy_hour,
            target.busiest_days,
            *(share for _, share in (*target.groups, *target.dids)),
        ]
