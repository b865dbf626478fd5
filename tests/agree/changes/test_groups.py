"""A DID that leaves, joins or comes back to a group while it has calls (R11), by hand."""

from __future__ import annotations

from tests.reference.admission import Did, Group
from tests.reference.by_hand import FULL, call
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import Change
from tests.reference.systems import System


def test_a_did_that_leaves_keeps_its_call_on_the_channel_of_the_group(model):
    system = System([Did(group=0), Did(group=0)], [Group(shared=1)], [])
    system.changes = [Change(5, 0, Did(group=None))]
    system.calls = [call(0, 0, 20), call(0, 6, 8), call(1, 7, 9), call(1, 20, 22)]
    result = outcome_of(model, system)
    assert result.outcome == ["shared", FULL, FULL, "shared"]  # the one channel is busy until 20
    assert result.end[0] == 20


def test_a_did_that_moves_takes_the_channels_of_its_new_group_while_its_calls_stay_on_those_of_the_old(model):
    system = System([Did(group=0), Did(group=0)], [Group(metered=1), Group(metered=1)], [])
    system.changes = [Change(5, 0, Did(group=1))]
    system.calls = [call(0, 0, 20), call(0, 6, 30), call(0, 7, 30), call(1, 8, 30), call(1, 21, 30)]
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "metered", FULL, FULL, "metered"]
    assert result.channel == [1, 1, 0, 0, 1]


def test_calls_of_a_did_that_has_moved_count_for_the_limit_of_the_group_they_began_in(model):
    groups = [Group(shared=9, limit=2), Group(shared=9, limit=1)]
    system = System([Did(included=1, group=0), Did(group=0)], groups, [])
    system.changes = [Change(5, 0, Did(included=1, group=1))]
    system.calls = [
        call(0, 0, 20),
        call(0, 0, 10),
        call(1, 6, 30),  # the old group has 2 calls of 2
        call(0, 7, 30),  # the new one none of 1
        call(0, 8, 30),  # now 1 of 1
        call(1, 10, 30),  # 1 of 2
        call(1, 11, 30),  # 2 of 2
    ]
    result = outcome_of(model, system)
    assert result.outcome == ["included", "shared", "group_limit", "shared", "group_limit", "shared", "group_limit"]


def test_the_limit_and_the_own_channels_of_a_did_count_its_calls_of_all_groups(model):
    system = System([Did(2, 1, 4, 0)], [Group(shared=1), Group(shared=5)], [])
    system.changes = [Change(5, 0, Did(2, 1, 4, 1)), Change(12, 0, Did(2, 1, 4, None))]
    system.calls = [
        call(0, 0, 10),
        call(0, 0, 20),
        call(0, 0, 20),  # included, included, dedicated
        call(0, 6, 15),  # in the new group, on shared
        call(0, 7, 8),  # 4 calls of 4
        call(0, 10, 11),  # 3 of 4, and an included channel is free
        call(0, 11, 13),
        call(0, 12, 13),  # in no group: 4 of 4
        call(0, 15, 20),  # 2 of 4
        call(0, 16, 20),  # 3 of 4, but no channel left
    ]
    own = ["included", "included", "dedicated"]
    result = outcome_of(model, system)
    assert result.outcome == [*own, "shared", "did_limit", "included", "included", "did_limit", "included", FULL]


def test_calls_that_began_outside_of_all_groups_count_for_none_when_their_did_joins_one(model):
    system = System([Did(included=3)], [Group(shared=5, limit=1)], [])
    system.changes = [Change(5, 0, Did(included=3, group=0))]
    system.calls = [call(0, 0, 20), call(0, 6, 20), call(0, 7, 20)]
    assert outcome_of(model, system).outcome == ["included", "included", "group_limit"]


def test_a_call_counts_for_the_group_it_began_in_all_along_while_its_did_leaves_and_comes_back(model):
    system = System([Did(group=0)], [Group(shared=1)], [])
    system.changes = [Change(5, 0, Did()), Change(10, 0, Did(group=0))]
    system.calls = [call(0, 0, 20), call(0, 6, 20), call(0, 11, 20), call(0, 20, 21)]
    assert outcome_of(model, system).outcome == ["shared", FULL, FULL, "shared"]


def test_a_group_that_all_dids_have_left_still_has_their_calls_when_another_did_joins(model):
    system = System([Did(group=0), Did()], [Group(shared=2)], [])
    system.changes = [Change(5, 0, Did()), Change(10, 1, Did(group=0))]
    system.calls = [call(0, 0, 20), call(1, 6, 8), call(1, 10, 30), call(1, 11, 30), call(1, 20, 30)]
    assert outcome_of(model, system).outcome == ["shared", FULL, "shared", FULL, "shared"]
