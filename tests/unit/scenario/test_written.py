"""What follows from the keys of a scenario: rows of groups, values by DID, rules behind keys; and copies of it."""

from __future__ import annotations

import pickle
import typing

import numpy as np
import pytest

import capsim
from capsim.scenario.language.document import read_document
from capsim.scenario.model.holding import Holding

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


def test_a_scenario_can_be_copied_and_sent_to_another_process():
    for copy in (pickle.loads(pickle.dumps(SCENARIO)), SCENARIO.model_copy(), SCENARIO.override({"seed": 1})):
        assert repr(copy) == repr(SCENARIO)
        assert copy.timeline == SCENARIO.timeline
        assert copy.bought_channels("standard") == 0
        assert capsim.Scenario(**copy.keys) == copy


def test_the_rule_behind_a_key_stands_at_the_key():
    """Rules go down the file: a key without one of its own stands under that of the mapping around it."""
    raw = b"start: 2026-01-01\nduration: 1 h\ndids: {a: {fees: {setup: x}, traffic: {ring: x}, group: 1}}\n"
    with pytest.raises(capsim.ScenarioError) as caught:
        capsim.Scenario(read_document(raw, "s.yaml"))
    assert {problem.path: problem.rule for problem in caught.value.problems} == {
        "dids.a.fees.setup": "M4",
        "dids.a.traffic.ring": "R14",
        "dids.a.traffic.holding": None,
        "dids.a.group": "R3",
    }


def test_a_distribution_that_is_not_named_can_be_any_that_there_is():
    with pytest.raises(capsim.ScenarioError) as caught:
        capsim.Scenario(start="2026-01-01", duration="1 h", dids={"a": {"traffic": {"erlangs": 1, "holding": {}}}})
    names = [typing.get_args(one.model_fields["distribution"].annotation)[0] for one in alternatives(Holding)]
    assert len(names) == 6
    assert f"needs a distribution: {', '.join(names[:-1])} or {names[-1]}" in str(caught.value)


def alternatives(union):
    return typing.get_args(typing.get_args(union)[0])
