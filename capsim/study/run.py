"""The recipe of a run: scenario -> replications -> result."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor

from capsim.cost import Invoicing
from capsim.engines import get_engine
from capsim.errors import InputError
from capsim.scenario import Scenario
from capsim.study.figures import Samples, cost_figures
from capsim.study.replication import Order, Progress, Replication, Setting, run_replications
from capsim.study.result import RunResult
from capsim.study.usage import Usage
from capsim.version import VERSION

DEFAULT_ENGINE = "simpy"


def simulate(
    scenario: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    n_jobs: int = 1,
    executor: Executor | None = None,
    keep_calls: bool = False,
    progress: Progress | None = None,
) -> RunResult:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : what to simulate.
    replications, seed : in place of the scenario's own.
    engine : ``simpy``.
    n_jobs : worker processes. The figures do not depend on it.
    executor : any `concurrent.futures.Executor` to run replications in, instead of processes of our own.
    keep_calls : keep every call, for ``result.calls``; memory then grows with their number.
    progress : told of each replication that is done.

    Raises
    ------
    CapsimError
        where an argument is out of range, or the engine is unknown.
    """
    changes = {name: value for name, value in (("replications", replications), ("seed", seed)) if value is not None}
    scenario = scenario.override(changes) if changes else scenario
    if n_jobs < 1:
        raise InputError(f"n_jobs must be at least 1 (got {n_jobs})")
    order = Order(scenario, scenario.seed, engine or DEFAULT_ENGINE, keep_calls)
    get_engine(order.engine)
    return summarize(order, run_replications(order, scenario.replications, n_jobs, executor, progress))


def summarize(order: Order, replications: Iterable[Replication]) -> RunResult:
    """The result of replications, whatever order they come in."""
    done = sorted(replications, key=lambda replication: replication.number)
    setting = Setting.of(order.scenario)
    invoicing = Invoicing(setting.prices)
    totals = tuple(invoicing.totals(replication.charges) for replication in done)
    return RunResult(
        scenario=order.scenario,
        engine=order.engine,
        seed=order.seed,
        version=VERSION,
        replications=len(done),
        samples=Samples.of(done, setting.plan, setting.horizon),
        cost_estimates=cost_figures(totals),
        cost_totals=totals,
        invoices=tuple(invoicing.invoice(replication.charges) for replication in done),
        usage_estimate=Usage.of([replication.tally for replication in done], setting.horizon),
        logs=tuple(replication.logs for replication in done),
    )
