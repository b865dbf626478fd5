"""A capacity limit that changes under the calls in progress (R9, R11), by hand."""

from __future__ import annotations

from dataclasses import replace

from tests.reference.admission import Did, Group
from tests.reference.by_hand import call, channels
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import Change
from tests.reference.systems import System


def test_a_did_limit_lowered_under_the_calls_in_progress_admits_none_until_fewer_are_on(model):
    system = channels("included", 9, limit=4)
    system.changes = [Change(5, 0, replace(system.dids[0], limit=2))]
    system.calls = [call(0, 0, 10), call(0, 0, 12), call(0, 0, 20), call(0, 5, 6), call(0, 10, 11), call(0, 12, 13)]
    assert outcome_of(model, system).outcome == ["included"] * 3 + ["did_limit", "did_limit", "included"]


def test_a_group_limit_lowered_under_the_calls_in_progress_counts_those_of_all_dids_and_tiers(model):
    dids = [Did(included=9, group=0), Did(dedicated=1, group=0), Did(included=9)]
    system = System(dids, [Group(shared=9, limit=4)], [])
    system.changes = [Change(5, 0, Group(shared=9, limit=2))]
    system.calls = [
        call(0, 0, 10),
        call(1, 0, 12),
        call(1, 0, 20),
        call(1, 5, 6),  # 3 calls are on, of 2
        call(2, 5, 6),  # in no group
        call(0, 10, 11),  # 2 of 2
        call(0, 12, 13),  # 1 of 2
    ]
    result = outcome_of(model, system)
    assert result.outcome == ["included", "dedicated", "shared", "group_limit", "included", "group_limit", "included"]


def test_a_limit_that_is_new_counts_the_calls_in_progress_and_one_that_is_gone_counts_none(model):
    system = channels("shared", 9)
    system.changes = [Change(5, 0, Did(limit=2, group=0)), Change(9, 0, Did(group=0))]
    system.calls = [call(0, 0, 20), call(0, 0, 7), call(0, 6, 20), call(0, 7, 20), call(0, 8, 20), call(0, 9, 20)]
    assert outcome_of(model, system).outcome == ["shared", "shared", "did_limit", "shared", "did_limit", "shared"]


def test_of_two_limits_lowered_at_once_the_dids_is_named_first(model):
    system = channels("shared", 9)
    system.changes = [Change(5, 0, Did(limit=1, group=0)), Change(5, 0, Group(shared=9, limit=1))]
    system.calls = [call(0, 0, 20), call(0, 5, 20)]
    assert outcome_of(model, system).outcome == ["shared", "did_limit"]
