"""Contestants other than capsim and SimPy: Ciw, Cimba, and the floor that no simulation goes below.

Ciw and Cimba run the loss group only; each is imported when it is used, since neither is needed for anything else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.bench.cases import Case
from tests.bench.outcome import Outcome

BUFFER = 100_000


def ciw(case: Case, calls: int) -> Callable[[int], Outcome]:
    """One node with as many servers as channels and no place to wait, and the records of what was turned away."""
    import ciw as library

    def run(seed: int) -> Outcome:
        library.seed(seed)
        network = library.create_network(
            arrival_distributions=[library.dists.Exponential(rate=case.calls_per_minute)],
            service_distributions=[library.dists.Exponential(rate=1 / case.holding)],
            number_of_servers=[case.shared],
            queue_capacities=[0],
        )
        simulation = library.Simulation(network)
        simulation.simulate_until_max_customers(calls, method="Arrive")
        blocked = len(simulation.get_all_records(only=["rejection"]))
        return Outcome(calls, (0, calls - blocked, 0, blocked))

    return run


def cimba(case: Case, calls: int) -> Callable[[int], Outcome]:
    """`tests.bench.loss_in_cimba`, on one core.

    It is compiled here, before anything runs: Cimba (0.9.6) finds no method of its models once numba has compiled
    other code, unless it was there first.
    """
    import cimba as library

    from tests.bench.loss_in_cimba import LossGroup

    library.Experiment(LossGroup()).run(workers=1)
    model = LossGroup()
    model.calls, model.channels = calls, case.shared
    model.gap, model.holding = 1 / case.calls_per_minute, case.holding

    def run(seed: int) -> Outcome:
        results = library.Experiment(model, seed=seed).run(workers=1)
        if results.failed.any():
            raise RuntimeError(f"Cimba failed: {results.failure_reasons}")
        blocked = int(results[model].blocked.values.sum())
        return Outcome(calls, (0, calls - blocked, 0, blocked))

    return run


def floor(_: Case, calls: int) -> Callable[[int], Outcome]:
    """Two exponential draws for each call, by numpy, into an array that is there already: nothing is simulated."""
    buffer = np.empty(BUFFER)

    def run(seed: int) -> Outcome:
        fill = np.random.default_rng(seed).standard_exponential
        rounds = 2 * calls // BUFFER
        for _ in range(rounds):
            fill(out=buffer)
        return Outcome(rounds * BUFFER / 2)

    return run
