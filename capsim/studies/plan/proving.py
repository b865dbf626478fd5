"""The proof: a mix is run with fresh seeds until its distance from the target decides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from capsim.errors import ScenarioError
from capsim.scenario import Scenario
from capsim.simulation.progress import Progress
from capsim.studies.plan.choosing import Choice
from capsim.studies.plan.targets import Target
from capsim.studies.run.ask import simulate
from capsim.studies.run.goals import all_met, goal_outcomes

if TYPE_CHECKING:
    from capsim.studies.run.result import RunResult

Status = Literal["proven", "refuted", "not proven", "impossible"]

SURE = 0.998
"""Confidence of the interval whose upper end has to keep the target: one wrong mix in a thousand passes."""
FEWEST, MOST = 10, 2_000
"""Fewest and most replications of a proof."""
FRESH = 0x9E3779B97F4A7C15
"""Added to the scenario's seed, so that a proof draws other calls than the pilot."""


@dataclass(frozen=True, eq=False)
class Trial:
    """One mix that was run for a proof: the choice, its values by path, the outcome, and why it is impossible."""

    choice: Choice
    mix: dict[str, object]
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
        self.goals = target.to_keys(scenario)
        self.seed = (scenario.seed + FRESH) % 2**63
        self.calls = 0.0

    def try_out(self, choice: Choice, mix: dict[str, object]) -> Trial:
        """Run a mix until its target is proven, refuted, or the budget is spent."""
        runs = self._needed(choice)
        trial = self.look_at(choice, mix, runs)
        while trial.status == "not proven" and not self._hopeless(trial.result):
            runs *= 4
            if runs * self.each > self.budget or runs > MOST:
                break
            trial = self.look_at(choice, mix, runs)
        return trial

    def look_at(self, choice: Choice, mix: dict[str, object], replications: int) -> Trial:
        """Run a mix once, with the same calls as the others."""
        try:
            scenario = self.with_goals(mix)
        except ScenarioError as error:
            return Trial(choice, mix, "impossible", None, str(error))
        result = self.run(scenario, replications)
        if all_met(goal_outcomes(result, SURE)):
            return Trial(choice, mix, "proven", result)
        missed = any(one.status == "missed" for one in goal_outcomes(result))
        return Trial(choice, mix, "refuted" if missed else "not proven", result)

    def with_goals(self, mix: dict[str, object]) -> Scenario:
        """The scenario with the mix, and with the goals of the groups and DIDs that it still has."""
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

    def _hopeless(self, result: RunResult | None) -> bool:
        """Whether a figure lies beyond its goal."""
        return result is None or any(outcome.beyond for outcome in goal_outcomes(result))

    def _needed(self, choice: Choice) -> int:
        """Replications that the distance from the target needs, by the variance in the pilot."""
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
        goals = self.target.goals
        return [goals.blocking, goals.busy_hour, goals.busiest_days, *goals.groups.values(), *goals.dids.values()]
