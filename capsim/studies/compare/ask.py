"""The recipe of a comparison: the same calls through several mixes.

Every mix faces the calls of the first mix's seed, so differences are taken replication by replication: what the calls
have in common drops out, and the interval of a difference is far narrower than the intervals of the two figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from datetime import datetime
from typing import Any

from capsim.errors import InputError, Problem
from capsim.scenario import Scenario
from capsim.simulation.progress import Progress
from capsim.simulation.workers import check_jobs
from capsim.studies.compare.result import Comparison, differences_of
from capsim.studies.run.ask import simulate


def compare(
    scenarios: Mapping[str, Scenario],
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    n_jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Simulate several mixes with the same calls, and take their differences.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        Two or more mixes by name, with the same horizon and traffic.
    replications : int, optional
        Number of replications, in place of the first mix's.
    seed : int, optional
        Seed of the calls, in place of the first mix's.
    engine : str, optional
        ``compiled``, the default, or ``simpy``, the slower reference. No figure depends on it.
    n_jobs : int
        Replications at the same time. No figure depends on it.
    executor : Executor, optional
        Any `concurrent.futures.Executor` that runs the replications, in place of workers of our own.
    progress : Progress, optional
        Hears how many calls were served.

    Raises
    ------
    InputError
        For fewer than two scenarios, or if their horizons, calls or currencies differ.
    """
    if len(scenarios) < 2:
        raise InputError(Problem(f"compare needs two scenarios or more (got {len(scenarios)})"))
    first = next(iter(scenarios.values()))
    problems = [
        problem for name, scenario in list(scenarios.items())[1:] for problem in _differs(first, scenario, name)
    ]
    if problems:
        raise InputError(problems)
    check_jobs(n_jobs)
    replications = first.replications if replications is None else replications
    seed = first.seed if seed is None else seed
    results = {
        name: simulate(scenario, replications, seed, engine, n_jobs, executor, progress=progress)
        for name, scenario in scenarios.items()
    }
    return Comparison(results, differences_of(results))


def _differs(first: Scenario, other: Scenario, name: str) -> list[Problem]:
    """List what differs between two scenarios although the same calls need it to be the same."""
    problems = []

    def check(path: str, ours: Any, theirs: Any, text: str) -> None:
        if ours != theirs:
            problems.append(Problem(f"{name}: {text}", path=path))

    same = "compared mixes have the same"

    def by_the_clock(scenario: Scenario) -> list[datetime]:
        """Return the start of the warm-up, the start and the end by the wall clock; time zones are compared apart."""
        horizon = scenario.horizon
        return [instant.replace(tzinfo=None) for instant in (horizon.warm_up_start, horizon.start, horizon.end)]

    (warm_up, start, end), (other_warm_up, other_start, other_end) = by_the_clock(first), by_the_clock(other)
    check("start", start, other_start, f"{same} start (got {first.start} and {other.start})")
    check("duration", end, other_end, f"{same} end (got {first.duration} and {other.duration})")
    check("warm_up", start - warm_up, other_start - other_warm_up, f"{same} warm-up")
    check("timezone", first.timezone, other.timezone, f"{same} time zone (got {first.timezone} and {other.timezone})")
    check("currency", first.currency, other.currency, f"{same} currency (got {first.currency} and {other.currency})")
    our_calls, their_calls = (
        mix.replay and mix.replay.model_copy(update={"calls": str((mix.folder / mix.replay.calls).resolve())})
        for mix in (first, other)
    )
    check("replay", our_calls, their_calls, f"{same} calls, and the call records differ")
    missing = [did for did in first.dids if did not in other.dids]
    extra = [did for did in other.dids if did not in first.dids]
    if missing or extra:
        lacks = f"lacks {', '.join(missing)}" if missing else ""
        has = f"has {', '.join(extra)} besides" if extra else ""
        problems.append(Problem(f"{name}: {same} DIDs; it {' and '.join(filter(None, (lacks, has)))}", path="dids"))
    for did, entry in first.dids.items():
        twin = other.dids.get(did)
        if twin is None:
            continue
        check(f"dids.{did}.count", entry.count, twin.count, f"{same} numbers (got {entry.count} and {twin.count})")
        check(f"dids.{did}.traffic", entry.traffic, twin.traffic, f"{same} traffic; a sweep varies it")
        profiles = first.profile_of(entry), other.profile_of(twin)
        check(f"dids.{did}.traffic.profile", *profiles, f"{same} traffic, and the profiles differ")
        zones = entry.timezone or first.timezone, twin.timezone or other.timezone
        check(f"dids.{did}.timezone", *zones, f"{same} time zone of a DID's days")
    stays = first.timeline.stays, other.timeline.stays
    check("changes", *stays, f"{same} calls, and DIDs come or go at other times")
    return problems
