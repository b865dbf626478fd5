"""Random scenarios that use what a scenario can say: pools with breaks, groups, limits, changes, accounts, traffic."""

from __future__ import annotations

from random import Random
from typing import Any

HOLDING = (
    {"distribution": "exponential", "mean": "3 min"},
    {"distribution": "lognormal", "mean": "4 min", "cv": 1.3},
    {"distribution": "gamma", "mean": "150 s", "cv": 0.7},
    {"distribution": "hyperexponential", "mean": "3 min", "cv": 2},
    {"distribution": "deterministic", "mean": "2 min"},
    {"distribution": "empirical", "values": ["5 s", "1 min", "7 min"]},
)
BREAKS = ([], [{"from": 5, "setup": "0.50", "monthly": "9.99"}])
CHANGES = (
    {"at": "2026-11-03 10:00", "until": "2026-11-04", "assign": {"group": "desk", "shared": 2}},
    {"at": "2026-11-04 09:30", "assign": {"group": "desk", "metered": 3}},
    {"at": "2026-11-03", "limit": {"group": "desk", "capacity_limit": 6}},
    {"at": "2026-11-05 12:00", "leave": {"did": "b-2"}},
    {"at": "2026-11-04", "switch": {"did": "a", "mode": "DID+0"}},
    {"every": "day 08:00", "buy": {"pool": "one", "channels": 1}},
)


def random_scenario(seed: int) -> dict[str, Any]:
    """Keys of a scenario of a few days; not every one keeps all rules, and an error counts as an outcome too."""
    chance = Random(seed)
    price = {
        "rate": chance.choice(["0.01", "0.0123"]),
        "first_interval": chance.choice(["60 s", "1 s", "30 s"]),
        "next_interval": chance.choice(["60 s", "6 s"]),
        "connection_fee": chance.choice(["0", "0.005"]),
    }
    pool = {
        "coverage": ["GB", "DE"],
        "flat_rate": {"setup": chance.choice(["0", "2.50"]), "monthly": "12.25", "breaks": chance.choice(BREAKS)},
        "metered": price,
    }
    group = {"pool": "one", "shared": chance.randint(1, 4), "metered": chance.randint(0, 4)}
    if chance.random() < 0.2:
        group["capacity_limit"] = chance.randint(2, 9)
    keys: dict[str, Any] = {
        "name": f"Random system {seed}",
        "currency": chance.choice(["USD", "JPY", "KWD"]),
        "timezone": chance.choice(["UTC", "Europe/London", "America/New_York"]),
        "start": "2026-11-01",
        "duration": "3 days",
        "warm_up": chance.choice(["0 s", "2 h"]),
        "seed": seed,
        "replications": chance.randint(1, 4),
        "pools": {"one": pool},
        "groups": {"desk": group},
        "dids": {
            "a": {
                "country": "GB",
                "mode": "DID+2",
                "group": "desk",
                "fees": {"setup": "1", "monthly": {"DID+2": "4.80", "DID+0": "0.80"}},
                "traffic": _traffic(chance),
            },
            "b": {"country": "DE", "count": 2, "mode": "DID+0", "group": "desk", "traffic": _traffic(chance)},
            "alone": {"country": "GB", "included": chance.randint(0, 3), "traffic": _traffic(chance)},
        },
    }
    if chance.random() < 0.3:
        keys["dids"]["alone"]["per_minute"] = {"rate": "0.02"}
    if chance.random() < 0.3:
        keys["dids"]["a"]["dedicated"] = {"pool": "one", "channels": chance.randint(1, 2)}
    if chance.random() < 0.25:
        keys["account"] = {"balance": chance.choice(["20", "500"]), "top_up": {"threshold": "10", "amount": "25"}}
    if chance.random() < 0.4:
        keys["changes"] = chance.sample(CHANGES, 2)
    if chance.random() < 0.4:
        keys["goals"] = {"blocking": "5%", "each_did": "10%", "busy_hour": "20%", "monthly_cost": "100"}
    return keys


def _traffic(chance: Random) -> dict[str, Any]:
    traffic: dict[str, Any] = {"calls_per_hour": chance.choice([6, 20, 40]), "holding": chance.choice(HOLDING)}
    if chance.random() < 0.3:
        traffic["profile"] = {"weekday": {"8-18": 1}, "weekend": {"10-14": 0.4}}
    if chance.random() < 0.25:
        traffic["day_factor"] = {"cv": 0.3}
    if chance.random() < 0.25:
        traffic["redial"] = {"probability": 0.6, "delay": "90 s", "attempts": 3}
    if chance.random() < 0.3:
        traffic |= {"ring": {"distribution": "exponential", "mean": "12 s"}, "answered": 0.9}
    if chance.random() < 0.2:
        traffic["surges"] = [{"start": "2026-11-03 09:00", "length": "3 h", "factor": 2.5}]
    return traffic
