"""Planning: look, choose, prove."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import product

import numpy as np

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario
from capsim.simulation.passes import find_obstacle
from capsim.simulation.progress import Progress, Silence
from capsim.simulation.replication import CompiledScenario
from capsim.simulation.workers import check_jobs
from capsim.studies.compare.result import Difference, differences_of
from capsim.studies.frontier.words import why_not_one_pass
from capsim.studies.plan import words
from capsim.studies.plan.choosing import Choice, Chooser, Size
from capsim.studies.plan.mix import mix_of
from capsim.studies.plan.pilot import Combination, Pilot
from capsim.studies.plan.proving import Prover, Trial
from capsim.studies.plan.result import Outlook, Plan
from capsim.studies.plan.targets import Target
from capsim.studies.plan.units import Unit, units_of
from capsim.studies.run.result import RunResult

MOST_COMBINATIONS = 64
"""Largest number of combinations searched exhaustively, for a unit's own channels; larger ones by descent."""
STRICTER = (1.0, 1.01, 1.02, 1.035, 1.05, 1.08, 1.12, 1.17, 1.25, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 6, 10, 20, 50, 1e9)
"""Factors by which the pilot's target is made stricter, in turn, until a mix is proven."""
MORE_CHANNELS = (1, 2, 3, 4, 6, 8, 12)
"""Channels added to the strictest mix, in turn, as a last try."""
BUDGET = 150_000_000
"""Largest number of calls in the proof of one mix, by default."""
RUNNERS_UP = 3
DOUBT = 3.0
"""Standard errors of the pilot within which mixes above the target are tried too."""


def plan(
    scenario: Scenario,
    max_blocking: float | str | None = None,
    scope: str = "overall",
    busy_hour: float | str | None = None,
    busiest_days: float | str | None = None,
    seed: int | None = None,
    budget: float = BUDGET,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> Plan:
    """Find the cheapest mix that keeps a grade of service, and prove that it does.

    A plan decides the included mode (DID+2 or DID+0, where the scenario has a price for both) and the dedicated
    channels of each entry of ``dids``, the shared and metered channels of each group, and so how many channels are
    bought in each pool, price breaks included (M5). Mixes rank by their monthly cost (M8). A pilot looks at all sizes
    of all groups in a few passes over the calls. The cheapest mixes are then run with fresh seeds, one after the
    other, until the interval of the blocking lies below the target. No formula is used.

    Parameters
    ----------
    scenario : Scenario
        The numbers, their traffic, the present mix and the prices.
    max_blocking : float or str, optional
        Largest share of calls that may be blocked, such as 0.005 or "0.5%". Without it, ``busy_hour`` and
        ``busiest_days``, the goals of the scenario count.
    scope : str, optional
        Calls that ``max_blocking`` is a share of: ``overall``, those of each ``group`` (and of each DID without one),
        or those of each ``did``.
    busy_hour : float or str, optional
        Largest blocking in the busy hour: the hour of the day with the most calls, over all days (ITU-T E.520).
    busiest_days : float or str, optional
        Largest blocking in that hour of the five days on which it has the most calls (ITU-T E.520).
    seed : int, optional
        Seed in place of the scenario's own.
    budget : float, optional
        Largest number of calls in the proof of one mix.
    n_jobs : int, optional
        Replications at the same time; one for each processor by default. No figure depends on it.
    progress : Progress, optional
        Receives how far the work is.
    announce : callable, optional
        Receives each step, as a sentence.

    Returns
    -------
    Plan
        The proven mix, the mixes that were run, and the present one.

    Raises
    ------
    InputError
        If nothing is asked for, a share is out of range, or recorded calls are replayed as they were: they have no
        replications to prove anything with.

    Examples
    --------
    >>> found = capsim.plan(capsim.load("scenarios/first.yaml"), max_blocking="1%")  # doctest: +SKIP
    >>> found.mix["groups.desk.shared"]  # doctest: +SKIP
    8
    """
    scenario = scenario.override({"seed": seed}) if seed is not None else scenario
    n_jobs = (os.cpu_count() or 1) if n_jobs is None else n_jobs
    check_jobs(n_jobs)
    target = Target.of(scenario, max_blocking, scope, busy_hour, busiest_days)
    compiled = CompiledScenario.of(scenario)
    if not compiled.traffic.varies:
        raise InputError(
            Problem(
                "recorded calls as they were prove nothing: let them be drawn anew, `days: drawn anew`",
                path="replay.days",
            )
        )
    if compiled.traffic.expected_calls(compiled.traffic.begin, compiled.traffic.end) < 1:
        raise InputError(Problem("the scenario has no calls to plan for", path="dids"))
    return _Planning(scenario, target, compiled, budget, n_jobs, progress or Silence(), announce).plan()


class _Planning:
    def __init__(
        self, scenario: Scenario, target: Target, compiled: CompiledScenario, budget: float, n_jobs: int,
        progress: Progress, announce: Callable[[str], None] | None,
    ) -> None:  # fmt: skip
        self.scenario, self.target, self.compiled = scenario, target, compiled
        self.budget, self.n_jobs, self.progress = budget, n_jobs, progress
        self.announce = announce or (lambda _: None)
        self.steps: list[str] = []

    def say(self, step: str) -> None:
        self.steps.append(step)
        self.announce(step)

    def plan(self) -> Plan:
        units = units_of(self.scenario, self.target)
        self._say_what_is_decided(units)
        pilot = Pilot(self.scenario, units, self.target, self.n_jobs, self.progress)
        chooser = Chooser(self.scenario, pilot)
        self._look(pilot, chooser, units)
        self.say(words.piloted(pilot.calls, len(pilot.seen)))
        prover = Prover(self.scenario, self.target, pilot.each, self.budget, self.n_jobs, self.progress)
        trials: list[Trial] = []
        best: Trial | None = None
        for choice in self._candidates(chooser):
            trial = prover.try_out(choice, mix_of(self.scenario, choice))
            trials.append(trial)
            self.say(words.tried(trial, self.scenario.currency))
            if trial.status == "proven":
                best = trial
                break
        best = self._below(best, trials, prover, chooser)
        runners_up = self._runners_up(best, trials, prover, chooser, pilot) if best is not None else []
        best, runners_up = self._cheapest_of(best, runners_up, trials, pilot)
        current, difference = self._current(best, prover)
        all_calls, one_more = chooser.cheapest(self.target.divided(1e12)), chooser.cheapest(self.target.divided(10))
        return Plan(
            scenario=self.scenario,
            target=self.target,
            best=best,
            trials=tuple(trials),
            runners_up=tuple(runners_up),
            current=current,
            difference=difference,
            all_calls=self._outlook(all_calls),
            one_more_nine=self._outlook(one_more),
            idle=self._idle(),
            steps=tuple(self.steps),
            pilot_calls=pilot.calls,
            proof_calls=round(prover.calls),
        )

    # -- looking --------------------------------------------------------------------------------------------

    def _say_what_is_decided(self, units: Sequence[Unit]) -> None:
        self.say(words.asked(self.target, units))
        for unit in units:
            if unit.group is not None:
                obstacle = find_obstacle(self.compiled, list(self.scenario.all_groups).index(unit.group))
                if obstacle is not None:
                    self.say(words.guessed(unit.group, why_not_one_pass(obstacle)))

    def _look(self, pilot: Pilot, chooser: Chooser, units: Sequence[Unit]) -> None:
        """Look at all combinations where they are few, else descend from the present one and from two extremes."""
        few = [_size(unit) <= MOST_COMBINATIONS for unit in units]
        pilot.look([_all(unit) if whole else list(_starts(unit)) for unit, whole in zip(units, few, strict=True)])
        here: dict[str, Combination] = {}
        for _ in range(20):
            chosen = chooser.cheapest(self.target) or chooser.cheapest(self.target.divided(1e-3))
            if chosen is None:
                return
            wanted: list[list[Combination]] = []
            moved = False
            for unit, size, whole in zip(units, chosen.sizes, few, strict=True):
                at = next(one for one, curve in pilot.of_unit(unit).items() if curve is size.curve)
                new = not whole and here.get(unit.name) != at
                here[unit.name] = at
                wanted.append(list(_neighbours(unit, at)) if new else [])
                moved |= new
            if not moved:
                return
            pilot.look(wanted)

    # -- candidates -----------------------------------------------------------------------------------------

    def _candidates(self, chooser: Chooser) -> Iterable[Choice]:
        """Mixes by rising cost: first those that may keep the target despite the pilot, then stricter ones."""
        first = chooser.cheapest(self.target)
        doubt = 1 - min(0.3, DOUBT * _relative_error(first)) if first is not None else 0.7
        looser = [doubt + (1 - doubt) * part / 4 for part in range(4)]
        found: dict[tuple[object, ...], Choice] = {}
        for factor in (*looser, *STRICTER):
            choice = chooser.cheapest(self.target.divided(factor))
            if choice is not None:
                found.setdefault(choice.key, choice)
        strictest = list(found.values())[-1:]
        for more in MORE_CHANNELS:  # than the pilot has seen anything blocked by
            for choice in [chooser.of([_larger(size, more) for size in one.sizes]) for one in strictest]:
                found.setdefault(choice.key, choice)
        return sorted(found.values(), key=lambda one: one.monthly)

    def _below(self, best: Trial | None, trials: list[Trial], prover: Prover, chooser: Chooser) -> Trial | None:
        """Where the pilot only guesses, try one channel fewer for as long as that is proven."""
        guessed = [
            place
            for place, size in enumerate(best.choice.sizes if best is not None else ())
            if size.unit.group is not None
            and find_obstacle(self.compiled, list(self.scenario.all_groups).index(size.unit.group)) is not None
        ]
        tried = {trial.choice.key for trial in trials}
        for place in guessed:
            while best is not None:
                size = best.choice.sizes[place]
                if size.channels < 2:
                    break
                flat = min(size.flat, size.channels - 1)
                fewer = Size(size.curve, size.channels - 1, flat)
                choice = chooser.of([*best.choice.sizes[:place], fewer, *best.choice.sizes[place + 1 :]])
                if choice.key in tried:
                    break
                trial = prover.try_out(choice, mix_of(self.scenario, choice))
                tried.add(choice.key)
                trials.append(trial)
                self.say(words.tried(trial, self.scenario.currency))
                if trial.status != "proven":
                    break
                best = trial
        return best

    def _runners_up(
        self, best: Trial, trials: Sequence[Trial], prover: Prover, chooser: Chooser, pilot: Pilot
    ) -> list[Trial]:
        """The next cheapest mixes that the pilot finds good: other own channels, another split, one channel more."""
        found: dict[tuple[object, ...], Choice] = {}
        for place, size in enumerate(best.choice.sizes):
            for combination in pilot.of_unit(size.unit).values():
                for channels in range(size.channels, min(size.channels + 3, combination.channels + 1)):
                    for flat in {max(0, size.flat + step) for step in (-1, 0, 1)}:
                        other = Size(combination, channels, min(flat, channels))
                        if size.unit.group is None and other.flat != channels - combination.own[0].included:
                            continue
                        choice = chooser.of([*best.choice.sizes[:place], other, *best.choice.sizes[place + 1 :]])
                        if choice.blocking <= best.choice.blocking * 1.0001:
                            found.setdefault(choice.key, choice)
        tried = {trial.choice.key for trial in trials}
        ranked = sorted((choice for key, choice in found.items() if key not in tried), key=lambda one: one.monthly)
        runners = []
        for choice in ranked:
            mix = mix_of(self.scenario, choice)
            trial = prover.look_at(choice, mix, best.result.replications if best.result is not None else 10)
            if trial.status != "impossible":
                runners.append(trial)
            if len(runners) == RUNNERS_UP:
                break
        return runners

    def _cheapest_of(
        self, best: Trial | None, runners_up: list[Trial], trials: list[Trial], pilot: Pilot
    ) -> tuple[Trial | None, list[Trial]]:
        """The cheapest proven mix, by the calls of pilot and proof together, and the others."""
        if best is None:
            return best, runners_up
        proven = [best, *(trial for trial in runners_up if trial.status == "proven")]
        cheapest = min(proven, key=lambda trial: _together(trial, pilot.replications))
        if cheapest is best:
            return best, runners_up
        self.say(words.cheaper_together(cheapest))
        trials.append(cheapest)
        return cheapest, [trial for trial in (best, *runners_up) if trial is not cheapest]

    # -- beside the plan ------------------------------------------------------------------------------------

    def _current(self, best: Trial | None, prover: Prover) -> tuple[RunResult | None, Difference | None]:
        """The present mix with the calls of the proof."""
        runs = best.result.replications if best is not None and best.result is not None else 20
        current = prover.run(prover.with_goals({}), runs)
        if best is None or best.result is None:
            return current, None
        (difference,) = differences_of({"current": current, "plan": best.result})
        return current, difference

    def _idle(self) -> dict[str, int]:
        scenario = self.scenario
        left = {pool: scenario.bought_channels(pool) - scenario.assigned_channels(pool) for pool in scenario.pools}
        return {pool: channels for pool, channels in left.items() if channels > 0}

    def _outlook(self, choice: Choice | None) -> Outlook | None:
        return Outlook(mix_of(self.scenario, choice), choice.monthly, choice.blocking) if choice is not None else None


def _larger(size: Size, more: int) -> Size:
    """The size with ``more`` metered channels, where its group has any."""
    if size.unit.group is None or size.channels == size.flat:
        return size
    return Size(size.curve, min(size.channels + more, size.curve.channels), size.flat)


def _together(trial: Trial, of_pilot: int) -> float:
    """Monthly cost, averaged over the replications of the pilot and of the proof."""
    assert trial.result is not None
    runs = trial.result.replications
    return (trial.choice.monthly * of_pilot + trial.result.cost_estimates["monthly"].mean * runs) / (of_pilot + runs)


def _size(unit: Unit) -> int:
    total = 1
    for choices in unit.own:
        total *= len(choices)
    return total


def _all(unit: Unit) -> list[Combination]:
    return list(product(*(range(len(choices)) for choices in unit.own)))


def _starts(unit: Unit) -> Iterable[Combination]:
    """The present combination, that with the fewest own channels, and that with the most."""
    yield (0,) * len(unit.own)
    for best in (min, max):
        yield tuple(
            best(range(len(choices)), key=lambda row: choices[row].included + choices[row].dedicated)
            for choices in unit.own
        )


def _neighbours(unit: Unit, at: Combination) -> Iterable[Combination]:
    """Combinations that differ in one entry's choice."""
    for place, choices in enumerate(unit.own):
        for other in range(len(choices)):
            if other != at[place]:
                yield (*at[:place], other, *at[place + 1 :])


def _relative_error(choice: Choice) -> float:
    """Relative standard error of the pilot's blocking."""
    blocked = np.sum([size.curve.blocked[:, size.channels] for size in choice.sizes], axis=0)
    offered = np.sum([size.curve.offered for size in choice.sizes], axis=0)
    if blocked.sum() == 0:
        return 0.1
    residuals = blocked - choice.blocking * offered
    return float(np.std(residuals, ddof=1) * np.sqrt(len(residuals)) / blocked.sum())
