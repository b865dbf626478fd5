"""Top-ups and fees of a prepaid account (R10), by hand."""

from __future__ import annotations

import pytest

from tests.reference.by_hand import FREE, POOR, moves, prepaid, talk
from tests.reference.comparison import outcome_of


def test_the_account_is_topped_up_at_once_by_a_charge_that_takes_it_below_the_threshold_not_to_it(model):
    result = outcome_of(model, prepaid(17, talk(0, 6), threshold=10, amount=20))
    assert moves(result, 17) == [(0, 10), (3, 28), (5, 26)]
    assert (result.top_ups, result.drawn) == (1, 11)


def test_a_charge_tops_up_once_even_where_the_balance_stays_below_the_threshold(model):
    result = outcome_of(model, prepaid(8, talk(0, 6), threshold=50, amount=10))
    assert moves(result, 8) == [(0, 11), (3, 19), (5, 27)]
    assert result.top_ups == 3


def test_a_top_up_that_leaves_no_positive_balance_saves_no_call(model):
    result = outcome_of(model, prepaid(1, talk(0, 6), threshold=5, amount=6))
    assert moves(result, 1) == [(0, 0)]
    assert (result.top_ups, result.torn_down) == (1, [True])


def test_a_top_up_lets_a_call_go_on_that_its_own_charge_would_have_ended(model):
    result = outcome_of(model, prepaid(7, talk(0, 6), threshold=1, amount=2))
    assert moves(result, 7) == [(0, 2)]  # at 3 and at 5, 2 are drawn and 2 are added
    assert (result.top_ups, result.drawn, result.torn_down) == (3, 11, [False])


def test_nothing_but_a_charge_tops_up(model):
    calls = [talk(1, 9), talk(2, 5, ring=3, answered=False)]
    result = outcome_of(
        model, prepaid(5, *calls, price=FREE, metered=2, fees=[(4, -1), (6, 0)], threshold=10, amount=9)
    )
    assert moves(result, 5) == [(4, 6)]  # below the threshold all along, and only a credit
    assert result.top_ups == 0


def test_an_empty_account_with_a_top_up_refuses_calls_until_something_is_charged(model):
    result = outcome_of(model, prepaid(0, talk(1, 1), talk(3, 1), fees=[(3, 1)], threshold=5, amount=9))
    assert result.outcome == [POOR, "metered"]
    assert moves(result, 0) == [(3, 10)]  # 0 - 1 + 9 for the fee, and - 7 + 9 for the call
    assert result.top_ups == 2


def test_fees_draw_on_the_balance_and_may_take_it_below_zero(model):
    result = outcome_of(model, prepaid(10, talk(4, 1), talk(5, 1), talk(7, 1), fees=[(0, 4), (5, 6), (5, 3), (7, -9)]))
    assert result.outcome == ["metered", POOR, POOR]
    assert moves(result, 10) == [(0, 6), (4, -1), (5, -10), (7, -1)]
    assert result.drawn == 4 + 7 + 9 - 9


def test_a_fee_tops_up_as_any_charge_does(model):
    result = outcome_of(model, prepaid(10, fees=[(0, 4), (5, 2), (8, 1)], threshold=5, amount=20))
    assert moves(result, 10) == [(0, 6), (5, 24), (8, 23)]
    assert result.top_ups == 1


@pytest.mark.parametrize(("fees", "left", "top_ups"), [([5, -5], 18, 1), ([-5, 5], 8, 0)])
def test_fees_of_one_instant_are_drawn_one_by_one_in_their_order(model, fees, left, top_ups):
    result = outcome_of(model, prepaid(8, fees=[(5, fee) for fee in fees], threshold=4, amount=10))
    assert (result.balance, result.top_ups) == (left, top_ups)
