"""How often 95% intervals cover the truth: many experiments on systems with exact answers.

Run as ``python -m tests.theory.coverage [EXPERIMENTS]``; a table on standard output. It takes some minutes.
"""

from __future__ import annotations

import math
import sys

import numpy as np

import capsim
from capsim.analysis import ChainDid, ChainGroup, erlang_b, solve_ladder

MONTH = 30.4375 * 24
RATE = 0.05


def desk(shared: int, metered: int, erlangs: float) -> capsim.Scenario:
    """One number without channels of its own, on a group; calls are billed by the second."""
    traffic = {"erlangs": erlangs, "holding": {"distribution": "exponential", "mean": "3 min"}}
    price = {"rate": str(RATE), "first_interval": "1 s", "next_interval": "1 s", "decimals": 6}
    return capsim.Scenario(
        start="2026-11-02", duration="1 day", warm_up="3 h",
        pools={"p": {"coverage": ["GB"], "flat_rate": {"monthly": "15"}, "metered": price}},
        groups={"g": {"pool": "p", "shared": shared, "metered": metered}},
        dids={"a": {"country": "GB", "mode": "DID+0", "group": "g", "traffic": traffic}},
    )  # fmt: skip


def exact(shared: int, metered: int, erlangs: float) -> tuple[float, float]:
    """Blocking (Erlang B) and monthly cost: calls that overflow the shared channels, and are carried, by the second."""
    blocking = erlang_b(erlangs, shared + metered)
    calls = erlangs / 3 * 60 * MONTH * (erlang_b(erlangs, shared) - blocking)
    minutes = 1 / (1 - math.exp(-1 / 180)) / 60
    return blocking, 15 * shared + calls * minutes * RATE


def two_numbers(replications: int, seed: int) -> tuple[capsim.RunResult, float]:
    """Two numbers with two channels each before their group; the blocking of its exact chain."""
    traffic = {"erlangs": 2.5, "holding": {"distribution": "exponential", "mean": "3 min"}}
    did = {"country": "GB", "mode": "DID+2", "group": "g", "traffic": traffic}
    scenario = capsim.Scenario(
        start="2026-11-02", duration="1 day", warm_up="3 h", dids={"a": did, "b": did},
        pools={"p": {"coverage": ["GB"], "flat_rate": {"monthly": "15"}}}, groups={"g": {"pool": "p", "shared": 3}},
    )  # fmt: skip
    chain = [ChainDid(rate=2.5 / 3, mean_holding=3, included=2, group=0)] * 2
    return capsim.simulate(scenario, replications, seed), solve_ladder(chain, [ChainGroup(3)]).overall_blocking


def covers(estimate, truth: float) -> bool:
    return bool(estimate.low <= truth <= estimate.high)


def experiments(count: int) -> dict[str, list[bool]]:
    """For each kind of figure, whether its interval covered the truth, experiment by experiment."""
    found: dict[str, list[bool]] = {}

    def note(what: str, covered: bool) -> None:
        found.setdefault(what, []).append(covered)

    one, other = desk(3, 2, 4), desk(4, 1, 4)
    (blocking, cost), (_, cost_of_other) = exact(3, 2, 4), exact(4, 1, 4)
    fewer = desk(3, 1, 4)
    blocking_of_fewer, _ = exact(3, 1, 4)
    rare = desk(8, 2, 4)
    blocking_of_rare, _ = exact(8, 2, 4)
    for seed in range(1, count + 1):
        compared = capsim.compare({"one": one, "other": other, "fewer": fewer}, replications=10, seed=seed)
        result = compared.results["one"]
        note("blocking, 20% (10 days)", covers(result.samples.totals["blocking"].one(), blocking))
        note("monthly cost", covers(result.cost_estimates["monthly"], cost))
        note("paired difference of cost", covers(compared.difference("one", "other").monthly, cost_of_other - cost))
        difference = compared.difference("one", "fewer").blocking
        note("paired difference of blocking", covers(difference, blocking_of_fewer - blocking))
        ladder, truth = two_numbers(10, seed)
        note("blocking behind included channels, 22%", covers(ladder.samples.totals["blocking"].one(), truth))
        few = capsim.simulate(rare, 10, seed)
        note("blocking, 0.5%", covers(few.samples.totals["blocking"].one(), blocking_of_rare))
        until = capsim.simulate(one, seed=seed, precision=0.05)
        note("blocking, run to 5% precision", covers(until.samples.totals["blocking"].one(), blocking))
        by_cost = capsim.simulate(one, seed=seed, precision=0.02, precision_of="cost")
        note("monthly cost, run to 2% precision", covers(by_cost.cost_estimates["monthly"], cost))
        rarely = capsim.simulate(rare, seed=seed, precision=0.2)
        note("blocking, 0.5%, run to 20% precision", covers(rarely.samples.totals["blocking"].one(), blocking_of_rare))
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{'95% interval of':<42}{'covers':>8}{'  +- 2 standard errors':>24}{'experiments':>13}")
    for what, covered in experiments(count).items():
        share = float(np.mean(covered))
        error = math.sqrt(share * (1 - share) / len(covered))
        print(f"{what:<42}{share:>8.1%}{f'{share - 2 * error:.1%} to {share + 2 * error:.1%}':>24}{len(covered):>13,}")


if __name__ == "__main__":
    main()
