"""A tier that shrinks or grows under its calls (R11), by hand."""

from __future__ import annotations

import pytest

from tests.reference.admission import TIERS, Did, Group
from tests.reference.by_hand import FULL, call, channels, resized
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import Change, RingingCall
from tests.reference.systems import System


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_shrinks_below_its_busy_count_takes_none_until_fewer_are_busy_than_its_new_size(model, tier):
    system = channels(tier, 3)
    system.changes = [resized(5, tier, 2)]
    system.calls = [
        call(0, 0, 10),
        call(0, 0, 12),
        call(0, 0, 20),
        call(0, 4, 6),  # 3 of 3 are busy
        call(0, 6, 8),  # 3 of 2
        call(0, 10, 11),  # 2 of 2
        call(0, 11, 13),  # 2 of 2
        call(0, 12, 14),  # 1 of 2
        call(0, 13, 14),  # 2 of 2
        call(0, 14, 15),  # 1 of 2
    ]
    result = outcome_of(model, system)
    assert result.outcome == [tier, tier, tier, FULL, FULL, FULL, FULL, tier, FULL, tier]
    assert result.end[:3] == [10, 12, 20]
    assert result.channel == [1, 2, 3, 0, 0, 0, 0, 1, 0, 1]
    assert not any(result.torn_down)


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_becomes_nothing_keeps_its_calls_and_takes_no_other(model, tier):
    system = channels(tier, 2)
    system.changes = [resized(5, tier, 0), resized(15, tier, 1)]
    system.calls = [call(0, 0, 8), call(0, 0, 20), call(0, 5, 6), call(0, 9, 10), call(0, 15, 16), call(0, 20, 22)]
    result = outcome_of(model, system)
    assert result.outcome == [tier, tier, FULL, FULL, FULL, tier]  # at 15, the one channel is still busy
    assert result.end[:2] == [8, 20]


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_grows_takes_more_from_that_instant_on(model, tier):
    system = channels(tier, 1)
    system.changes = [resized(5, tier, 3)]
    system.calls = [call(0, 0, 20), call(0, 4, 20), call(0, 5, 20), call(0, 5, 20), call(0, 5, 20)]
    result = outcome_of(model, system)
    assert result.outcome == [tier, FULL, tier, tier, FULL]
    assert result.channel == [1, 0, 2, 3, 0]


def test_calls_go_on_to_the_next_tier_while_one_has_more_busy_than_its_size(model):
    system = System([Did(included=2, group=0)], [Group(shared=1, metered=9)], [])
    system.changes = [Change(5, 0, Did(included=1, group=0))]
    system.calls = [call(0, 0, 10), call(0, 0, 20), call(0, 6, 30), call(0, 10, 30), call(0, 20, 30)]
    assert outcome_of(model, system).outcome == ["included", "included", "shared", "metered", "included"]


def test_a_call_that_rings_keeps_its_channel_too_and_an_unanswered_one_until_it_stops_ringing(model):
    system = channels("shared", 2)
    system.changes = [resized(5, "shared", 1)]
    system.calls = [
        RingingCall(0, 0, 9, 6),
        RingingCall(0, 0, 7, 0, answered=False),
        call(0, 6, 8),
        call(0, 7, 9),
        call(0, 15, 16),
    ]
    result = outcome_of(model, system)
    assert result.outcome == ["shared", "shared", FULL, FULL, "shared"]
    assert result.end[:2] == [15, 7]


def test_after_a_tier_has_shrunk_its_lowest_idle_channel_is_taken(model):
    system = channels("included", 3)
    system.changes = [resized(3, "included", 2), resized(12, "included", 4)]
    system.calls = [call(0, 0, 5), call(0, 0, 6), call(0, 0, 20), call(0, 6, 30), call(0, 12, 30), call(0, 13, 30)]
    assert outcome_of(model, system).channel == [1, 2, 3, 1, 2, 4]


def test_a_group_whose_channels_are_all_gone_lets_its_calls_end(model):
    system = System([Did(group=0), Did(included=1, group=0)], [Group(shared=1, metered=1)], [])
    system.changes = [Change(5, 0, Group())]
    system.calls = [call(0, 0, 10), call(0, 0, 20), call(0, 6, 8), call(1, 6, 8), call(1, 7, 9), call(0, 20, 21)]
    result = outcome_of(model, system)
    assert result.outcome == ["shared", "metered", FULL, "included", FULL, FULL]
    assert result.end[:2] == [10, 20]
