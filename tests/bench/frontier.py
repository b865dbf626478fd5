"""The fourth table: a frontier of 40 x 100 sizes beside one run of the group, and beside the sizes run one by one."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import capsim

SIZES = (40, 100)


def _office(dids: int, included: int, replications: int) -> capsim.Scenario:
    traffic = {"erlangs": 60 / dids, "holding": {"distribution": "exponential", "mean": "3 min"}}
    return capsim.Scenario(
        start="2026-11-02", duration="1 month", warm_up="2 h", replications=replications,
        pools={"p": {"coverage": ["GB"], "flat_rate": {"monthly": "15"}, "metered": {"rate": "0.01"}}},
        groups={"g": {"pool": "p", "shared": SIZES[0], "metered": SIZES[1]}},
        dids={"d": {"country": "GB", "count": dids, "included": included, "group": "g", "traffic": traffic}},
    )  # fmt: skip


def table(quick: bool, rounds: int) -> None:
    """Seconds are not shown: what counts is the ratio."""
    cells = (SIZES[0] + 1) * (SIZES[1] + 1)
    print(
        f"\nA frontier of {cells:,} sizes, over one run of the group (goal: at most 2), and over as many runs as sizes"
    )
    print(f"{'DIDs':>15s}{'calls':>12s}{'over a run':>12s}{'least':>8s}{'most':>8s}{'sizes one by one':>18s}")
    for dids, included in ((1, 0), (20, 2), (500, 2)):
        scenario = _office(dids, included, 2 if quick else 10)
        capsim.frontier(scenario)
        ratios, calls = [], 0
        for _ in range(rounds):
            begun = perf_counter()
            run = capsim.simulate(scenario)
            between = perf_counter()
            calls = capsim.frontier(scenario).calls_simulated
            ratios.append((perf_counter() - between) / (between - begun))
            del run
        ratio = median(ratios)
        print(
            f"{f'{dids} x DID+{included}':>15s}{calls:12,d}{ratio:12.2f}{min(ratios):8.2f}{max(ratios):8.2f}"
            f"{f'{cells / ratio:,.0f} times':>18s}",
            flush=True,
        )
