"""What follows from the keys of a scenario: rows of groups, and values by DID."""

from __future__ import annotations

import numpy as np
import pytest

import capsim

SCENARIO = capsim.Scenario(
    start="2026-01-01",
    duration="1 days",
    pools={"standard": {"metered": {"rate": "0.01"}}},
    groups={"day": {"pool": "standard", "metered": 1}, "night": {"pool": "standard", "metered": 1}},
    dids={"a": {"country": "GB", "count": 3}, "b": {"country": "GB"}, "c": {"country": "GB", "mode": "metered"}},
)


def test_groups_have_the_rows_of_their_order_and_no_group_the_one_after():
    assert [SCENARIO.group_row(name) for name in ("day", "night", "pay-per-minute", None)] == [0, 1, 2, 3]
    with pytest.raises(KeyError):
        SCENARIO.group_row("noon")


def test_values_by_entry_become_values_by_did():
    values = SCENARIO.per_did([10, 20, 30])
    assert values.tolist() == [10, 10, 10, 20, 30]
    assert len(values) == len(SCENARIO.all_dids)
    assert SCENARIO.per_did(np.zeros((3, 2))).shape == (5, 2)
