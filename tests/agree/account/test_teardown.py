"""Which calls are torn down, and when (R10), by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.reference.admission import Did, Group
from tests.reference.by_hand import FREE, FULL, POOR, PRICE, moves, prepaid, talk
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import IntervalPrice, PrepaidAccount
from tests.reference.systems import System


@pytest.mark.parametrize("opening", [7, 6])
def test_a_call_is_torn_down_at_the_end_of_a_paid_interval_when_the_balance_is_not_positive(model, opening):
    result = outcome_of(model, prepaid(opening, talk(0, 20)))
    assert (result.outcome, result.channel, result.end, result.torn_down) == (["metered"], [1], [3], [True])
    assert result.drawn == 7


def test_a_charge_may_take_the_balance_below_zero_and_the_call_goes_on_until_the_interval_ends(model):
    result = outcome_of(model, prepaid(8, talk(0, 20)))
    assert moves(result, 8) == [(0, 1), (3, -1)]
    assert (result.end, result.torn_down) == ([5], [True])


@pytest.mark.parametrize(("opening", "length"), [(7, 3), (8, 5)])
def test_a_call_that_ends_as_its_paid_interval_does_is_not_torn_down(model, opening, length):
    result = outcome_of(model, prepaid(opening, talk(0, length), talk(10, 1)))
    assert result.outcome == ["metered", POOR]
    assert (result.end[0], result.torn_down[0]) == (length, False)


def test_the_balance_in_the_midst_of_a_paid_interval_does_not_matter_to_the_call(model):
    result = outcome_of(model, prepaid(8, talk(0, 6), fees=[(1, 9), (2, -9)]))
    assert [result.closing[at] for at in (0, 1, 2)] == [1, -8, 1]
    assert (result.end, result.torn_down) == ([5], [True])  # at 3 it could go on, at 5 it could not


def test_a_call_is_not_torn_down_while_it_rings(model):
    result = outcome_of(model, prepaid(7, talk(0, 9, ring=10), talk(1, 3), metered=2))
    assert moves(result, 7) == [(1, 0), (10, -7)]
    assert (result.end, result.torn_down) == ([13, 4], [True, False])


def test_an_interval_that_costs_nothing_needs_a_positive_balance_to_begin_like_any_other(model):
    price = IntervalPrice(3, 2, Fraction(7), Fraction(0))
    result = outcome_of(model, prepaid(8, talk(0, 20), price=price, fees=[(6, 1)]))
    assert moves(result, 8) == [(0, 1), (6, 0)]
    assert (result.end, result.torn_down) == ([7], [True])


def test_metered_calls_of_a_group_without_a_price_draw_nothing_and_need_a_positive_balance_all_the_same(model):
    result = outcome_of(model, prepaid(5, talk(0, 20), talk(4, 2), talk(5, 2), price=FREE, metered=2, fees=[(4, 5)]))
    assert result.outcome == ["metered", POOR, POOR]
    assert moves(result, 5) == [(4, 0)]
    assert (result.end[0], result.torn_down[0]) == (5, True)


def test_the_channel_of_a_call_torn_down_is_free_for_arrivals_of_that_instant_which_the_balance_refuses(model):
    result = outcome_of(model, prepaid(7, talk(0, 20), talk(2, 1), talk(3, 1)))
    assert result.outcome == ["metered", FULL, POOR]
    assert result.torn_down == [True, False, False]


def test_the_channel_of_a_call_torn_down_serves_an_arrival_of_that_instant_when_a_fee_is_paid_back_then(model):
    result = outcome_of(model, prepaid(7, talk(0, 20), talk(3, 3), talk(3, 3), fees=[(3, -10)]))
    assert result.outcome == ["metered", "metered", FULL]
    assert result.channel == [1, 1, 0]
    assert result.torn_down == [True, False, False]
    assert moves(result, 7) == [(0, 0), (3, 3)]  # 10 paid back, 7 for the call


def test_the_channel_of_a_call_torn_down_serves_an_arrival_of_that_instant_when_a_fee_tops_the_account_up(model):
    result = outcome_of(model, prepaid(7, talk(0, 20), talk(3, 3), fees=[(3, 1)], threshold=0, amount=20))
    assert result.outcome == ["metered", "metered"]
    assert result.torn_down == [True, False]
    assert (moves(result, 7), result.top_ups) == ([(0, 0), (3, 12)], 1)


def test_a_call_torn_down_leaves_room_under_the_limits_of_its_did_and_its_group_at_that_instant(model):
    dids = [Did(limit=1, group=0), Did(dedicated=2, group=0)]
    system = System(dids, [Group(metered=1, limit=1)], [talk(0, 20), talk(2, 1), talk(2, 9, did=1)])
    system.calls += [talk(3, 9), talk(3, 9, did=1), talk(3, 9, did=1)]
    system.account = PrepaidAccount(7, metered=[PRICE], own=[None, None])
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "did_limit", "group_limit", POOR, "dedicated", "group_limit"]


def test_the_end_that_a_call_torn_down_would_have_had_is_no_event_any_more(model):
    result = outcome_of(model, prepaid(7, talk(0, 9), talk(4, 20), talk(9, 1), talk(10, 1), fees=[(4, -100)]))
    assert result.outcome == ["metered", "metered", FULL, FULL]  # the one channel is the second call's
    assert result.torn_down == [True, False, False, False]


def test_two_calls_are_torn_down_at_one_instant(model):
    result = outcome_of(model, prepaid(9, talk(0, 20), talk(0, 0, ring=3), talk(0, 20), metered=3))
    assert moves(result, 9) == [(0, -5), (3, -12)]
    assert (result.end, result.torn_down) == ([3, 3, 3], [True, False, True])
