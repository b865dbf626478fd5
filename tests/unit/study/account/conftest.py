"""A prepaid scenario, and one whose balance runs out, with their results."""

from __future__ import annotations

import pytest

import capsim
from tests.reference.scenarios import prepaid_shop


@pytest.fixture(scope="session")
def prepaid():
    return prepaid_shop()


@pytest.fixture(scope="session")
def found(prepaid):
    return capsim.simulate(prepaid, watch=True)


@pytest.fixture(scope="session")
def poor(prepaid):
    """The same with a balance that runs out in the course of it, and nothing added."""
    return prepaid.override({"account": {"balance": 40}})


@pytest.fixture(scope="session")
def broke(poor):
    return capsim.simulate(poor, keep_calls=True, watch=True)
