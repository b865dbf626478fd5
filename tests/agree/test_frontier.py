"""One pass over the calls tells what a run with each size of a group gives: every cell, every figure, to the cent."""

from __future__ import annotations

import random

import numpy as np
import pytest

import capsim
from capsim.scenario.what_ifs import sized

pytestmark = pytest.mark.slow

FIGURES = ("metered_cost", "flat_rate_cost", "total_cost", "monthly")
COSTS = ("metered", "flat_rate", "total", "monthly")


def holding(chance):
    mean = f"{chance.choice([20, 45, 90, 200])} s"
    kind = chance.choice(["exponential", "deterministic", "lognormal", "gamma"])
    return {"distribution": kind, "mean": mean} | ({"cv": 1.4} if kind in ("lognormal", "gamma") else {})


def metered_price(chance):
    return {
        "rate": chance.choice(["0.010", "0.0333", "0.1", "0.00007"]),
        "first_interval": chance.choice(["1 s", "6 s", "60 s"]), "next_interval": chance.choice(["1 s", "6 s", "60 s"]),
        "connection_fee": chance.choice(["0", "0.005"]), "decimals": chance.choice([2, 3, 4, 6]),
        "rounding": chance.choice(["half up", "half even", "up", "down"]),
    }  # fmt: skip


def system(seed):
    """A scenario of one to three groups whose first one keeps its sizes, and in which nothing refuses calls."""
    chance = random.Random(seed)
    pool = {
        "coverage": ["GB"],
        "flat_rate": {"setup": "1.10", "monthly": "7.30", "breaks": [{"from": 4, "setup": "0.90", "monthly": "6.10"}]},
        "metered": metered_price(chance),
    }
    other = {"coverage": ["GB"], "flat_rate": {"monthly": "9"}, "metered": metered_price(chance)}
    groups = {"asked": {"pool": "one", "shared": chance.randint(1, 3), "metered": chance.randint(0, 3)}}
    if chance.random() < 0.5:
        groups["other"] = {"pool": chance.choice(["one", "two"]), "shared": 1, "metered": 2}
    dids = {}
    for number in range(chance.randint(1, 4)):
        entry = {
            "country": "GB", "included": chance.choice([0, 0, 1, 2]), "group": chance.choice([*groups, "asked"]),
            "fees": {"setup": "0.50", "monthly": "1.20"},
            "traffic": {"erlangs": chance.choice([0.3, 1.0, 2.5]), "holding": holding(chance)},
        }  # fmt: skip
        if chance.random() < 0.3:
            entry["count"] = chance.randint(2, 4)
        if chance.random() < 0.3:
            entry["dedicated"] = {"pool": "one", "channels": 1}
        if chance.random() < 0.3:
            entry["fees"]["per_minute"] = metered_price(chance)
        if chance.random() < 0.3:
            entry["traffic"] |= {"ring": {"distribution": "exponential", "mean": "8 s"}, "answered": 0.8}
        if chance.random() < 0.3:
            entry["traffic"] |= {"profile": {"day": {"0-12": 0.5, "12-24": 1.5}}, "day_factor": {"cv": 0.3}}
        dids[f"n{number}"] = entry
    dids["n0"]["group"] = "asked"
    if chance.random() < 0.3:  # one channel more than are assigned: larger groups buy
        dedicated = sum(
            entry["dedicated"]["channels"] * entry.get("count", 1) for entry in dids.values() if "dedicated" in entry
        )
        pool["channels"] = dedicated + sum(group["shared"] for group in groups.values() if group["pool"] == "one") + 1
    scenario = {
        "start": chance.choice(["2026-11-02", "2026-03-28 22:30"]), "timezone": "Europe/London",
        "duration": chance.choice(["30 h", "3 days"]), "warm_up": chance.choice(["0 s", "2 h"]),
        "currency": chance.choice(["USD", "JPY", "KWD"]), "seed": seed, "replications": 3,
        "pools": {"one": pool, "two": other}, "groups": groups, "dids": dids,
    }  # fmt: skip
    if chance.random() < 0.4:  # membership and own tiers may change
        change = {"at": chance.choice(["2026-11-03 04:00", "2026-03-29 05:00"]), "leave": {"did": "n0"}}
        if scenario["start"][:7] == change["at"][:7] and "count" not in dids["n0"]:
            scenario["changes"] = [change]
    return capsim.Scenario(**scenario)


@pytest.mark.parametrize("seed", range(30))
def test_every_cell_is_what_a_run_gives(seed):
    scenario = system(seed)
    found = capsim.frontier(scenario, "asked", max_shared=4, max_metered=3)
    assert found.method == "one pass"
    row = list(scenario.all_groups).index("asked")
    for cell in found.cells():
        if (cell.shared, cell.metered) == (0, 0) and scenario.changes:
            continue  # the changes name the group, which a run without it has not
        run = capsim.simulate(sized(scenario, "asked", cell.shared, cell.metered))
        for name, cost in zip(FIGURES, COSTS, strict=True):
            assert getattr(cell, name) == run.cost_estimates[cost], (cell, name)
        if cell.shared + cell.metered:
            assert cell.blocking == run.samples.groups["blocking"][row], cell
        else:
            ours = [place for place, did in enumerate(scenario.all_dids) if did.entry.group_name == "asked"]
            calls = run.samples.tally.outcomes[:, ours].sum(axis=(0, 1))
            assert np.isclose(cell.blocking.mean, calls[4:].sum() / calls.sum(), rtol=1e-12)
