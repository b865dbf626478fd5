"""A prepaid scenario, and one whose balance runs out, with their results."""

from __future__ import annotations

import pytest

import capsim


def traffic(rate):
    holding = {"distribution": "exponential", "mean": "3 min"}
    return {"calls_per_hour": rate, "holding": holding, "ring": "10 s", "answered": "90%"}


@pytest.fixture(scope="session")
def prepaid():
    """A group with metered channels, a DID on its own, a purchase on the second day, and top-ups."""
    return capsim.Scenario(
        name="Prepaid",
        start="2026-10-24",
        duration="3 days",
        warm_up="1 h",
        timezone="Europe/London",
        replications=3,
        account={"balance": 30, "top_up": {"threshold": 10, "amount": 15}},
        pools={"standard": {"channels": 4, "flat_rate": {"setup": 1, "monthly": 2}, "metered": {"rate": 0.02}}},
        groups={"g": {"pool": "standard", "shared": 2, "metered": 2}},
        dids={
            "a": {"country": "GB", "group": "g", "mode": "DID+0", "fees": {"monthly": 1}, "traffic": traffic(60)},
            "b": {"count": 2, "country": "GB", "group": "g", "traffic": traffic(50)},
            "alone": {"country": "GB", "fees": {"setup": 1, "monthly": 1}, "traffic": traffic(60)},
        },
        changes=[
            {"at": "2026-10-25 12:00", "buy": {"pool": "standard", "channels": 2}},
            {"at": "2026-10-25 12:00", "assign": {"group": "g", "shared": 2}},
        ],
    )


@pytest.fixture(scope="session")
def found(prepaid):
    return capsim.simulate(prepaid, watch=True)


@pytest.fixture(scope="session")
def poor(prepaid):
    """The same with a balance that runs out in the course of it, and nothing added."""
    return prepaid.override({"account": {"balance": 40}})


@pytest.fixture(scope="session")
def broke(poor):
    return capsim.simulate(poor, keep_calls=True)
