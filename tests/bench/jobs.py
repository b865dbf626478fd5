"""The third table: what a second core gives to a run of several replications."""

from __future__ import annotations

from functools import partial

import capsim
from tests.bench.cases import LADDER, Case
from tests.bench.contestants import our_calls
from tests.bench.measure import cores, quotients, race
from tests.bench.ours import scenario
from tests.bench.outcome import Outcome

REPLICATIONS = 8
ROUNDS = 3


def table(engine: str, quick: bool) -> None:
    """Eight replications by one job and by two, the start of the workers included."""
    calls = our_calls(engine) * (1 if quick else 3)
    print(f"\ncapsim, {REPLICATIONS} replications of {calls:,} calls of '{LADDER.name}' (goal: two jobs >= 1.8)")
    if cores() < 2:
        print("one core only: nothing to compare")
        return
    built = scenario(LADDER, calls)
    jobs = {str(n): partial(_run, built, LADDER, engine, n) for n in (1, 2)}
    timings = race(jobs, ROUNDS)
    print(f"{'jobs':>15s}{'seconds':>10s}{'spread':>8s}{'speed-up':>22s}")
    for name, timing in timings.items():
        middle, low, high = quotients(timings["1"], timing)
        seconds = sorted(timing.seconds)[ROUNDS // 2]
        print(f"{name:>15s}{seconds:10.2f}{timing.spread:8.1%}{f'{middle:.2f} ({low:.2f} to {high:.2f})':>22s}")


def _run(built: capsim.Scenario, case: Case, engine: str, n_jobs: int, seed: int) -> Outcome:
    result = capsim.simulate(built, replications=REPLICATIONS, seed=seed, engine=engine, n_jobs=n_jobs)
    counted = REPLICATIONS * result.totals.loc["offered", "mean"]
    return Outcome(counted + REPLICATIONS * case.warm_up * case.calls_per_minute)
