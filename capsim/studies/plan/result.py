"""The result of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from capsim.estimates.estimate import Estimate, plain
from capsim.scenario import Scenario
from capsim.studies.plan.targets import SEARCHED_BY, Target
from capsim.studies.run.goals import GoalOutcome, goal_outcomes

if TYPE_CHECKING:
    import pandas as pd

    from capsim.studies.compare.result import Difference
    from capsim.studies.plan.plots import PlanPlots
    from capsim.studies.plan.proving import Trial
    from capsim.studies.run.result import RunResult


@dataclass(frozen=True, slots=True)
class Outlook:
    """A mix that only the pilot has seen: its values, and about what it would cost and block."""

    mix: dict[str, Any]
    monthly: float
    blocking: float

    def to_dict(self) -> dict[str, Any]:
        return {"mix": self.mix, "monthly": plain(self.monthly), "blocking": plain(self.blocking)}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Plan:
    """The cheapest mix that was proven to keep a target; frozen, with the scenario that it changes.

    Attributes
    ----------
    scenario : Scenario
        The present scenario.
    target : Target
        The goals that the mix has to keep.
    best : Trial or None
        The proven mix; None where no mix is proven.
    trials : tuple of Trial
        All mixes that were run, in the order of trial: the cheapest first.
    runners_up : tuple of Trial
        The next cheapest mixes, run with the same calls as the best one.
    current : RunResult or None
        The present mix, run with the same calls.
    difference : Difference or None
        The best mix minus the present one.
    all_calls : Outlook or None
        The mix that carries all calls in the pilot.
    one_more_nine : Outlook or None
        The mix with a tenth of the accepted blocking in the pilot.
    idle : dict of str to int
        Flat-rate channels of each pool that are bought and not assigned.
    steps : tuple of str
        The steps taken, in sentences.
    pilot_calls, proof_calls : int
        Calls simulated by the pilot and by the proof.
    """

    scenario: Scenario
    target: Target
    best: Trial | None
    trials: tuple[Trial, ...]
    runners_up: tuple[Trial, ...]
    current: RunResult | None
    difference: Difference | None
    all_calls: Outlook | None
    one_more_nine: Outlook | None
    idle: dict[str, int]
    steps: tuple[str, ...]
    pilot_calls: int
    proof_calls: int

    @property
    def mix(self) -> dict[str, Any]:
        """Values that the plan sets, by path; empty where nothing is proven."""
        return dict(self.best.mix) if self.best is not None else {}

    @property
    def changes(self) -> dict[str, Any]:
        """Values of the mix that differ from the scenario's, by path."""
        return {path: value for path, value in self.mix.items() if self.now(path) != value}

    @property
    def planned(self) -> Scenario | None:
        """The scenario with the mix, ready to be run or saved, with as many replications as its proof took."""
        if self.best is None:
            return None
        goals = self.scenario.goals.groups if self.scenario.goals is not None else {}
        gone = [name for name in goals if self.mix.get(f"groups.{name}", name) is None]
        proof = self.best.result.replications if self.best.result is not None else 0
        runs = max(self.scenario.replications, proof)
        changes = {**self.mix, **{f"goals.groups.{name}": None for name in gone}, "replications": runs}
        return self.scenario.override(changes)

    def now(self, path: str) -> Any:
        """The scenario's value at a path of the mix; None where it has none."""
        here: Any = self.scenario
        for part in path.split("."):
            here = here.get(part) if isinstance(here, dict) else getattr(here, part, None)
        return here

    @property
    def result(self) -> RunResult | None:
        """The run that is the proof."""
        return self.best.result if self.best is not None else None

    @property
    def goal_outcomes(self) -> tuple[GoalOutcome, ...]:
        """The target, goal by goal, and those of the scenario's goals that a plan does not search by.

        Empty where nothing is proven.
        """
        result, goals = self.result, self.scenario.goals
        if result is None:
            return ()
        others = goal_outcomes(result, goals=goals) if goals is not None else ()
        return (*result.goal_outcomes, *(one for one in others if one.scope not in SEARCHED_BY))

    def to_frame(self) -> pd.DataFrame:
        """One row for each mix that was run: status, blocking and monthly cost with intervals, and its values."""
        import pandas as pd

        rows = []
        for trial in dict.fromkeys((*self.trials, *self.runners_up)):
            figures = _figures(trial.result)
            row: dict[str, Any] = {"status": trial.status, "chosen": trial is self.best}
            for name, figure in figures.items():
                row |= figure.columns(name)
            rows.append(row | {path: str(value) for path, value in trial.mix.items()})
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``capsim plan --json``."""
        best = self.result
        return {
            "scenario": self.scenario.name,
            "target": self.target.to_dict(),
            "proven": best is not None,
            "mix": self.mix,
            "changes": self.changes,
            "blocking": best.samples.totals["blocking"].one().to_dict() if best is not None else None,
            "cost": _cost(best) if best is not None else None,
            "goals": [one.to_dict() for one in self.goal_outcomes],
            "replications": best.replications if best is not None else None,
            "seed": best.seed if best is not None else None,
            "runners_up": [_trial(trial) for trial in self.runners_up],
            "tried": [_trial(trial) for trial in self.trials],
            "current": _current(self.current, self.difference),
            "all_calls": self.all_calls.to_dict() if self.all_calls is not None else None,
            "one_more_nine": self.one_more_nine.to_dict() if self.one_more_nine is not None else None,
            "unassigned": self.idle,
            "calls_simulated": {"pilot": self.pilot_calls, "proof": self.proof_calls},
            "steps": list(self.steps),
        }

    @cached_property
    def verdict(self) -> str:
        """The mix, its cost and its blocking, in a sentence."""
        from capsim.studies.plan.words import verdict

        return verdict(self)

    @cached_property
    def plot(self) -> PlanPlots:
        """Pictures: ``plan.plot.mixes(ax=None)`` returns matplotlib Axes."""
        from capsim.studies.plan.plots import PlanPlots

        return PlanPlots(self)

    def __repr__(self) -> str:
        return f"<Plan for '{self.scenario.name}': {self.verdict}>"


def _figures(result: RunResult | None) -> dict[str, Estimate]:
    if result is None:
        return {}
    return {"blocking": result.samples.totals["blocking"].one(), "monthly": result.cost_estimates["monthly"]}


def _cost(result: RunResult) -> dict[str, Any]:
    costs = {name: estimate.to_dict() for name, estimate in result.cost_estimates.items()}
    return {"currency": result.scenario.currency, **costs}


def _trial(trial: Trial) -> dict[str, Any]:
    figures = {name: figure.to_dict() for name, figure in _figures(trial.result).items()}
    return {"mix": trial.mix, "status": trial.status, **figures, **({"reason": trial.reason} if trial.reason else {})}


def _current(result: RunResult | None, difference: Difference | None) -> dict[str, Any] | None:
    if result is None:
        return None
    blocking = result.samples.totals["blocking"].one().to_dict()
    saved = difference.monthly.to_dict() if difference is not None else None
    return {
        "blocking": blocking,
        "cost": _cost(result),
        "goals": [one.to_dict() for one in result.goal_outcomes],
        "difference": saved,
    }
