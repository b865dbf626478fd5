"""Which calls a balance of zero or below refuses (R10), by hand."""

from __future__ import annotations

import pytest

from tests.reference.admission import Did, Group
from tests.reference.by_hand import FULL, POOR, PRICE, moves, prepaid, talk
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import PrepaidAccount
from tests.reference.systems import System


@pytest.mark.parametrize(("opening", "left"), [(7, 0), (5, -2)])
def test_a_call_that_only_a_metered_channel_could_take_is_refused_at_a_balance_of_zero_and_below(model, opening, left):
    result = outcome_of(model, prepaid(opening, talk(0, 3), talk(1, 3), talk(9, 3), metered=2))
    assert result.outcome == ["metered", POOR, POOR]
    assert result.end == [3, 1, 9]
    assert result.channel == [1, 0, 0]
    assert moves(result, opening) == [(0, left)]


@pytest.mark.parametrize("opening", [0, -3])
def test_an_account_that_opens_without_a_balance_serves_no_metered_call(model, opening):
    result = outcome_of(model, prepaid(opening, talk(0, 3), talk(1, 0, ring=3, answered=False)))
    assert result.outcome == [POOR, POOR]
    assert result.drawn == 0


def test_any_positive_balance_is_enough_for_a_call_to_begin(model):
    result = outcome_of(model, prepaid(1, talk(0, 3)))
    assert result.outcome == ["metered"]
    assert moves(result, 1) == [(0, -6)]


def test_with_all_metered_channels_busy_a_call_meets_the_lack_of_channels_balance_or_not(model):
    result = outcome_of(model, prepaid(9, talk(0, 5), talk(1, 1), talk(4, 1), talk(5, 1)))
    assert [result.closing[at] for at in (1, 4, 5)] == [2, 0, 0]
    assert result.outcome == ["metered", FULL, FULL, POOR]


def test_where_there_is_no_metered_channel_at_all_no_call_meets_the_balance(model):
    system = System([Did(group=0), Did()], [Group(shared=1)], [talk(0, 5), talk(1, 5), talk(1, 5, did=1)])
    system.account = PrepaidAccount(0, metered=[PRICE], own=[None, None])
    assert outcome_of(model, system).outcome == ["shared", FULL, FULL]


def test_limits_are_named_before_the_balance(model):
    system = System([Did(included=1, limit=1, group=0), Did(group=0)], [Group(metered=5, limit=2)], [])
    system.calls = [talk(0, 9, did=1), talk(1, 9), talk(2, 9), talk(2, 9, did=1), talk(3, 9, did=1)]
    system.account = PrepaidAccount(7, metered=[PRICE], own=[None, None])
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "included", "did_limit", "group_limit", POOR]  # at 3, the first was torn down


def test_other_tiers_take_calls_without_a_balance_and_their_calls_go_on(model):
    system = System([Did(1, 1, None, 0)], [Group(shared=1, metered=1)], [talk(at, 25) for at in range(4)])
    system.account = PrepaidAccount(-1, fees=[(2, 5)], metered=[PRICE], own=[None])
    result = outcome_of(model, system)
    assert result.outcome == ["included", "dedicated", "shared", POOR]
    assert result.end == [25, 26, 27, 3]
    assert not any(result.torn_down)


def test_calls_of_one_instant_that_do_not_ring_are_charged_before_the_next_of_them_arrives(model):
    result = outcome_of(model, prepaid(7, talk(4, 3), talk(4, 3), metered=2))
    assert result.outcome == ["metered", POOR]


def test_calls_that_ring_are_let_in_by_a_balance_that_one_of_them_will_use_up_and_are_charged_all_the_same(model):
    result = outcome_of(model, prepaid(7, talk(0, 4, ring=1), talk(0, 4, ring=2), talk(0, 3, ring=3), metered=3))
    assert result.outcome == ["metered"] * 3
    assert moves(result, 7) == [(1, 0), (2, -7), (3, -14)]
    assert result.torn_down == [True, True, False]
    assert result.end == [4, 5, 6]
