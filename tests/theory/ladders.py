"""Random small ladders: the simulator's 95% intervals against the exact values of the Markov chain.

``python -m tests.theory [--ladders 1000] [--seed 1]`` runs it at length and prints how often an interval holds
the exact value, and how far estimates lie from it on average.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

import capsim
from capsim.analysis import ChainDid, ChainGroup, solve_ladder

HOURS = 24
REPLICATIONS = 10
COMMON = 100
"""A blocking is not rare where at least so many blocked calls are expected over all replications."""


@dataclass
class Ladder:
    """A ladder twice: as the exact chain takes it, and as a scenario."""

    dids: list[ChainDid]
    groups: list[ChainGroup]

    def scenario(self, seed: int) -> capsim.Scenario:
        dids = {}
        for row, did in enumerate(self.dids):
            dids[f"d{row}"] = {
                "country": "GB",
                "included": did.included,
                "traffic": {
                    "calls_per_hour": did.rate * 60,
                    "holding": {"distribution": "exponential", "mean": f"{did.mean_holding * 60:.6f} s"},
                },
            }
            if did.dedicated:
                dids[f"d{row}"]["dedicated"] = {"pool": "standard", "channels": did.dedicated}
            if did.limit is not None:
                dids[f"d{row}"]["capacity_limit"] = did.limit
            if did.group is not None:
                dids[f"d{row}"]["group"] = f"g{did.group}"
        groups = {
            f"g{row}": {"pool": "standard", "shared": group.shared, "metered": group.metered}
            | ({"capacity_limit": group.limit} if group.limit is not None else {})
            for row, group in enumerate(self.groups)
        }
        return capsim.Scenario(
            start="2026-01-05",
            duration=f"{HOURS} h",
            warm_up="2 h",
            seed=seed,
            replications=REPLICATIONS,
            pools={"standard": {"flat_rate": {"monthly": 15}, "metered": {"rate": "0.01"}}},
            groups=groups,
            dids=dids,
        )


def random_ladder(rng: np.random.Generator) -> Ladder:
    """One to three DIDs of different load and holding time, mostly in one group; now and then limits."""
    groups = []
    if rng.random() < 0.8:
        shared, metered = int(rng.integers(0, 4)), int(rng.integers(0, 3))
        if shared + metered:
            groups = [ChainGroup(shared=shared, metered=metered, limit=_limit(rng, 2, 7))]
    dids = []
    for _ in range(int(rng.integers(1, 4))):
        mean = round(float(rng.uniform(1.0, 4.0)), 3)
        dids.append(
            ChainDid(
                rate=round(float(rng.uniform(0.3, 1.6)) / mean, 4),
                mean_holding=mean,
                included=int(rng.integers(0, 3)),
                dedicated=int(rng.integers(0, 2)),
                limit=_limit(rng, 1, 5),
                group=0 if groups and rng.random() < 0.85 else None,
            )
        )
    return Ladder(dids, groups)


def _limit(rng: np.random.Generator, least: int, most: int) -> int | None:
    return int(rng.integers(least, most + 1)) if rng.random() < 0.2 else None


@dataclass
class Score:
    """How often intervals held the exact value, and the distances from it, in units of about a standard error.

    The unit comes from the expected number of events, not from the sample: a sample with few events has a
    small standard error too, so that distances in its own would lean to one side where there is no bias.
    """

    inside: int = 0
    total: int = 0
    distances: list[float] = field(default_factory=list)

    def add(self, exact: float, estimate, events: float) -> None:
        self.total += 1
        self.inside += estimate.low <= exact <= estimate.high
        self.distances.append((estimate.mean / exact - 1) * np.sqrt(events))

    @property
    def coverage(self) -> float:
        return self.inside / self.total

    @property
    def bias(self) -> float:
        """Mean distance over its own standard error: within -3 and 3 where there is no bias."""
        values = np.array(self.distances)
        return float(values.mean() / (values.std(ddof=1) / np.sqrt(len(values))))


def score_ladder(ladder: Ladder, seed: int, scores: dict[str, Score], engine: str) -> None:
    """Simulate a ladder, and add its figures that are not rare to the scores."""
    exact = solve_ladder(ladder.dids, ladder.groups)
    result = capsim.simulate(ladder.scenario(seed), engine=engine)
    samples = result.samples
    calls = exact.offered * 60 * HOURS * REPLICATIONS
    blocking = samples.dids["blocking"]
    for row in range(len(ladder.dids)):
        if calls[row] * exact.blocking[row] >= COMMON and exact.blocking[row] < 1:
            scores["blocking of a DID"].add(exact.blocking[row], blocking[row], calls[row] * exact.blocking[row])
    if calls.sum() * exact.overall_blocking >= COMMON and exact.overall_blocking < 1:
        events = calls.sum() * exact.overall_blocking
        scores["blocking overall"].add(exact.overall_blocking, samples.totals["blocking"].one(), events)
    for column, tier in enumerate(("included", "dedicated", "shared", "metered")):
        events = exact.carried[:, column].sum() * 60 * HOURS * REPLICATIONS
        if events >= COMMON:
            scores[f"Erlangs, {tier}"].add(exact.erlangs[:, column].sum(), samples.tiers["erlangs"][column], events)
    for cause in ("did_limit", "group_limit", "capacity_exceeded"):
        position = list(exact_causes()).index(cause)
        expected = float(exact.blocked_by_cause[:, position] @ exact.offered) * 60 * HOURS
        if expected * REPLICATIONS >= COMMON:
            scores[f"cause {cause}"].add(expected, samples.causes[cause], expected * REPLICATIONS)


def exact_causes() -> tuple[str, ...]:
    from capsim.analysis import CAUSES

    return tuple(CAUSES)


def score_ladders(count: int, seed: int, progress=None, engine: str = "compiled") -> dict[str, Score]:
    rng = np.random.default_rng(seed)
    scores: dict[str, Score] = defaultdict(Score)
    for number in range(count):
        score_ladder(random_ladder(rng), 1000 * seed + number, scores, engine)
        if progress:
            progress(number + 1)
    return scores


def table(scores: dict[str, Score]) -> str:
    lines = [f"{'figure':28s} {'intervals':>9s} {'hold the exact value':>21s} {'bias, std. errors':>18s}"]
    every = Score()
    for name, score in sorted(scores.items()):
        lines.append(f"{name:28s} {score.total:9d} {score.coverage:21.1%} {score.bias:18.2f}")
        every.inside, every.total = every.inside + score.inside, every.total + score.total
    lines.append(f"{'all':28s} {every.total:9d} {every.coverage:21.1%}")
    return "\n".join(lines)
