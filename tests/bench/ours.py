"""capsim as its users run it: a scenario, `simulate`, and the frames of the result."""

from __future__ import annotations

from collections.abc import Callable

import capsim
from tests.bench.cases import Case
from tests.bench.outcome import Outcome


def scenario(case: Case, calls: int) -> capsim.Scenario:
    """A case with a horizon for about so many calls."""
    traffic = {
        "erlangs": case.erlangs,
        "holding": {"distribution": "exponential", "mean": f"{round(60 * case.holding)} s"},
    }
    did = {"country": "GB", "mode": f"DID+{case.included}", "count": case.dids // case.groups, "traffic": traffic}
    group = {"pool": "standard", "shared": case.shared, "metered": case.metered}
    return capsim.Scenario(
        start="2026-01-05",
        warm_up=f"{round(60 * case.warm_up)} s",
        duration=f"{round(60 * case.minutes(calls))} s",
        pools={"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}},
        groups={f"g{number}": group for number in range(case.groups)},
        dids={f"d{number}": did | {"group": f"g{number}"} for number in range(case.groups)},
    )


def prepare(case: Case, calls: int, engine: str) -> Callable[[int], Outcome]:
    """A run by seed, with the scenario built; it ends with the figures read from the result's frames."""
    built = scenario(case, calls)

    def run(seed: int) -> Outcome:
        result = capsim.simulate(built, replications=1, seed=seed, engine=engine)
        carried, blocked = result.tiers["carried"], round(result.totals.loc["blocked", "mean"])
        included, shared, metered = (round(carried[tier]) for tier in ("included", "shared", "metered"))
        counted = included + shared + metered + blocked
        return Outcome(counted + case.warm_up * case.calls_per_minute, (included, shared, metered, blocked))

    return run
