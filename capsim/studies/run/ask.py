"""The recipe of a run: scenario -> replications -> result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from capsim.cost import Invoicing
from capsim.engines import get_engine
from capsim.estimates.account import AccountFigures
from capsim.estimates.samples import Samples, cost_figures
from capsim.estimates.usage import Usage
from capsim.scenario import Scenario
from capsim.simulation.progress import Progress, Silence
from capsim.simulation.replication import CompiledScenario, Replication, RunRequest
from capsim.simulation.workers import check_jobs, run_replications
from capsim.studies.run.precision import Precision, PrecisionOf, check_precision, run_until
from capsim.studies.run.result import RunResult
from capsim.traffic import Streams
from capsim.version import VERSION

DEFAULT_ENGINE = "compiled"
"""Engine of a run that names none."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in the middle of a study.

    Attributes
    ----------
    result : RunResult or None
        Result of the replications that were finished; None if there was none.
    """

    def __init__(self, result: RunResult | None) -> None:
        super().__init__("interrupted")
        self.result = result


def simulate(
    scenario: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    n_jobs: int = 1,
    executor: Executor | None = None,
    keep_calls: bool = False,
    watch: bool = False,
    progress: Progress | None = None,
    precision: float | None = None,
    precision_of: PrecisionOf = "blocking",
    announce: Callable[[str], None] | None = None,
) -> RunResult:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario
        Scenario to simulate.
    replications : int, optional
        Number of replications, in place of the scenario's.
    seed : int, optional
        Seed of the calls, in place of the scenario's.
    engine : str, optional
        ``compiled``, the default, or ``simpy``, the reference, which is about a hundred times slower. No figure depends
        on it.
    n_jobs : int
        Replications at the same time. No figure depends on it.
    executor : Executor, optional
        Any `concurrent.futures.Executor` that runs the replications, in place of workers of our own.
    keep_calls : bool
        Whether to keep every call, for ``result.calls``. Memory then grows with the number of calls; otherwise it does
        not.
    watch : bool
        Whether to watch the run as the provider's statistics do, for ``result.spells``, ``exceeded``, ``exhaustion``
        and ``sampled``.
    progress : Progress, optional
        Hears how many calls were served.
    precision : float, optional
        Run until half the width of the interval is this share of the mean, such as 0.05, in place of ``replications``.
        If no call is blocked, there is an upper bound.
    precision_of : str
        Figure that ``precision`` is about: ``blocking``, or ``cost``, the monthly cost.
    announce : callable, optional
        Hears how many replications the precision takes, and about how long.

    Raises
    ------
    CapsimError
        If an argument is out of range, or the engine is unknown.
    Interrupted
        On Ctrl-C; it has the result of the replications that were finished.
    """
    changes = {name: value for name, value in (("replications", replications), ("seed", seed)) if value is not None}
    scenario = scenario.override(changes) if changes else scenario
    check_jobs(n_jobs)
    get_engine(engine or DEFAULT_ENGINE)
    compiled = CompiledScenario.of(scenario)
    if not compiled.traffic.varies:  # recorded calls as they were: one replication is all there is
        scenario = scenario.override({"replications": 1})
    request = RunRequest(scenario, scenario.seed, engine or DEFAULT_ENGINE, keep_calls, watch)
    done: list[Replication] = []

    def run(numbers: Sequence[int]) -> list[Replication]:
        """Run replications; those that end before an interruption stay in ``done``."""
        begun = len(done)
        done.extend(run_replications(request, compiled, numbers, n_jobs, executor, progress or Silence()))
        return sorted(done[begun:], key=lambda replication: replication.number)

    try:
        if precision is None or not compiled.traffic.varies:
            run(range(scenario.replications))
        else:
            check_precision(precision, precision_of)
            until = Precision(precision, precision_of, compiled)
            done = run_until(until, run, announce or (lambda _: None))
            request = replace(request, scenario=scenario.override({"replications": len(done)}))
    except KeyboardInterrupt:
        raise Interrupted(summarize(request, compiled, done) if done else None) from None
    return summarize(request, compiled, done)


def summarize(request: RunRequest, compiled: CompiledScenario, replications: Iterable[Replication]) -> RunResult:
    """Make the result of replications, which come in any order."""
    done = sorted(replications, key=lambda replication: replication.number)
    invoicing = Invoicing(compiled.prices)
    bills = [invoicing.bill(replication.charges) for replication in done]
    totals = tuple(map(invoicing.totals, bills))
    return RunResult(
        scenario=request.scenario,
        engine=request.engine,
        seed=request.seed,
        version=VERSION,
        replications=len(done),
        samples=Samples.of(done, compiled),
        cost_estimates=cost_figures(totals),
        cost_totals=totals,
        prices=compiled.prices,
        invoices=tuple(map(invoicing.invoice, bills)),
        usage_estimate=Usage.of([replication.tally for replication in done], compiled.horizon),
        account_figures=AccountFigures.of(done, compiled),
        streams=compiled.traffic if isinstance(compiled.traffic, Streams) else None,
        notes=compiled.traffic.notes,
        numbers=tuple(replication.number for replication in done),
        watched=tuple(replication.watched for replication in done if replication.watched is not None),
        hours=np.stack([replication.hours for replication in done]),
        logs=tuple(replication.logs for replication in done),
    )
