"""Changes, ends and arrivals at one instant (R13), by hand."""

from __future__ import annotations

from tests.reference.admission import Did, Group
from tests.reference.by_hand import FULL, call, channels, resized
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import Change
from tests.reference.systems import System


def test_at_one_instant_a_call_ends_then_the_tier_shrinks_then_a_call_arrives(model):
    system = channels("shared", 2)
    system.changes = [resized(10, "shared", 1)]
    system.calls = [call(0, 0, 10), call(0, 0, 11), call(0, 10, 20), call(0, 11, 20)]
    assert outcome_of(model, system).outcome == ["shared", "shared", FULL, "shared"]  # at 10, 1 of 1 is busy


def test_a_channel_that_is_taken_away_as_its_call_ends_is_gone_for_the_arrival_of_that_instant(model):
    system = channels("included", 1)
    system.changes = [resized(10, "included", 0)]
    system.calls = [call(0, 0, 10), call(0, 10, 20)]
    assert outcome_of(model, system).outcome == ["included", FULL]


def test_a_channel_that_is_new_serves_the_arrival_of_that_instant(model):
    system = channels("dedicated", 0)
    system.changes = [resized(10, "dedicated", 1)]
    system.calls = [call(0, 9, 12), call(0, 10, 10), call(0, 10, 12), call(0, 10, 12)]
    assert outcome_of(model, system).outcome == [FULL, "dedicated", "dedicated", FULL]


def test_a_did_that_moves_at_the_instant_of_an_arrival_has_moved_when_the_call_arrives(model):
    system = System([Did(group=0)], [Group(shared=1), Group(metered=1)], [])
    system.changes = [Change(10, 0, Did(group=1))]
    system.calls = [call(0, 9, 10), call(0, 10, 12)]
    assert outcome_of(model, system).outcome == ["shared", "metered"]


def test_of_two_changes_at_one_instant_the_later_in_the_file_holds(model):
    system = channels("shared", 0)
    system.changes = [resized(10, "shared", 0), resized(10, "shared", 2), resized(10, "shared", 1)]
    system.calls = [call(0, 10, 12), call(0, 10, 12)]
    assert outcome_of(model, system).outcome == ["shared", FULL]


def test_a_change_at_the_very_start_of_the_horizon_finds_the_calls_of_the_warm_up(model):
    system = channels("shared", 2)
    system.begin = -9
    system.changes = [resized(0, "shared", 1)]
    system.calls = [call(0, -9, 5), call(0, -1, 2), call(0, 0, 9), call(0, 2, 9), call(0, 5, 9)]
    assert outcome_of(model, system).outcome == ["shared", "shared", FULL, FULL, "shared"]
