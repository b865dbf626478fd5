"""Small random planning problems, and their true optimum by exact chains."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import product

import capsim
from capsim.analysis import ChainDid, ChainGroup, solve_ladder

FEES = {"DID+2": 4.80, "DID+0": 0.80}
MONTH = 30.4375 * 24  # hours
MOST = 14


@dataclass(frozen=True)
class Problem:
    """One group of DIDs with Poisson calls, prices, and a target."""

    loads: tuple[float, ...]
    means: tuple[float, ...]  # minutes
    flat: float
    rate: float
    target: float
    seed: int

    def scenario(self) -> capsim.Scenario:
        holdings = ({"distribution": "exponential", "mean": f"{mean} min"} for mean in self.means)
        dids = {
            f"n{row}": {
                "country": "GB", "mode": "DID+0", "group": "g", "fees": {"monthly": dict(FEES)},
                "traffic": {"erlangs": load, "holding": holding},
            }
            for row, (load, holding) in enumerate(zip(self.loads, holdings, strict=True))
        }  # fmt: skip
        return capsim.Scenario(
            start="2026-11-02", duration="4 weeks", warm_up="3 h", seed=self.seed, dids=dids,
            pools={"p": {
                "coverage": ["GB"], "flat_rate": {"monthly": f"{self.flat:.2f}"},
                "metered": {"rate": f"{self.rate:.4f}", "first_interval": "1 s", "next_interval": "1 s", "decimals": 6},
            }},
            groups={"g": {"pool": "p", "shared": 1, "metered": 1}},
        )  # fmt: skip

    def exact(self, modes: tuple[str, ...], shared: int, metered: int) -> tuple[float, float]:
        """Blocking and monthly cost in the long run. Calls are billed by the second, rounded up."""
        dids = [
            ChainDid(rate=load / mean, mean_holding=mean, included=2 if mode == "DID+2" else 0, group=0)
            for load, mean, mode in zip(self.loads, self.means, modes, strict=True)
        ]
        found = solve_ladder(dids, [ChainGroup(shared=shared, metered=metered)])
        cost = shared * self.flat + sum(FEES[mode] for mode in modes)
        for row, mean in enumerate(self.means):
            billed = 1 / (1 - math.exp(-1 / (60 * mean))) / 60  # minutes of a call
            cost += found.carried[row][3] * 60 * MONTH * billed * self.rate
        return found.overall_blocking, cost

    def optimum(self) -> tuple[float, tuple[object, ...]]:
        """The least cost of a mix that keeps the target, and the mix."""
        best: tuple[float, tuple[object, ...]] = (math.inf, ())
        for modes in product(FEES, repeat=len(self.loads)):
            for shared in range(MOST + 1):
                if shared * self.flat > best[0]:
                    break
                for metered in range(MOST + 1 - shared):
                    blocking, cost = self.exact(modes, shared, metered)
                    if blocking <= self.target:
                        best = min(best, (cost, (modes, shared, metered)))
                        break  # more metered channels carry more, and cost more
        return best


def random_problem(seed: int) -> Problem:
    chance = random.Random(seed)
    count = chance.choice([1, 2])
    loads = tuple(round(chance.uniform(0.1, 2.2 / count), 2) for _ in range(count))
    means = tuple(chance.choice([1, 2, 3, 4]) for _ in range(count))
    return Problem(
        loads, means, round(chance.uniform(4, 25), 2), round(chance.uniform(0.004, 0.05), 4),
        chance.choice([0.05, 0.01, 0.003, 0.001]), seed,
    )  # fmt: skip
