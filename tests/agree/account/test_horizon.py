"""Charges in the warm-up and at the end of the horizon (R10, R15), by hand."""

from __future__ import annotations

import pytest

from tests.reference.by_hand import FREE, FULL, OWN, POOR, moves, prepaid, talk
from tests.reference.comparison import outcome_of


def test_a_call_that_arrived_in_the_warm_up_draws_nothing_and_is_never_torn_down(model):
    system = prepaid(7, talk(-9, 30), talk(-1, 4, ring=2), talk(0, 9), talk(9, 1), metered=3, own=[OWN])
    system.begin = -9
    result = outcome_of(model, system)
    assert result.outcome == ["metered", "metered", "metered", POOR]
    assert result.torn_down == [False, False, True, False]
    assert result.end[:3] == [21, 5, 3]
    assert moves(result, 7) == [(0, 0), (3, -10)]


def test_the_warm_up_refuses_metered_calls_without_a_balance_too(model):
    system = prepaid(0, talk(-5, 2), talk(3, 2))
    system.begin = -9
    result = outcome_of(model, system)
    assert result.outcome == [POOR, POOR]


def test_a_call_of_the_warm_up_holds_its_channel_through_a_balance_that_is_gone(model):
    system = prepaid(9, talk(-2, 9), talk(4, 1), talk(7, 1), fees=[(0, 9)])
    system.begin = -9
    assert outcome_of(model, system).outcome == ["metered", FULL, POOR]


def test_a_call_of_the_very_start_of_the_horizon_is_charged(model):
    system = prepaid(50, talk(-1, 0, ring=1), talk(0, 1))
    system.begin = -9
    assert moves(outcome_of(model, system), 50) == [(0, 43)]


@pytest.mark.parametrize(("arrival", "charges"), [(22, 4), (23, 3), (24, 3), (25, 2)])
def test_nothing_falls_due_at_the_end_of_the_horizon_or_after_it(model, arrival, charges):
    result = outcome_of(model, prepaid(100, talk(arrival, 20)))
    assert result.drawn == 7 + 2 * (charges - 1)
    assert (result.end, result.torn_down) == ([arrival + 20], [False])


def test_no_call_is_torn_down_at_the_end_of_the_horizon_or_after_it(model):
    assert outcome_of(model, prepaid(7, talk(26, 20))).end == [29]
    result = outcome_of(model, prepaid(7, talk(27, 20)))  # its paid interval ends at 30
    assert (result.end, result.torn_down) == ([47], [False])


def test_a_call_that_is_answered_at_the_end_of_the_horizon_is_not_charged(model):
    result = outcome_of(model, prepaid(100, talk(25, 5, ring=4), talk(25, 5, ring=5), metered=2))
    assert moves(result, 100) == [(29, 93)]


def test_a_numbers_own_price_is_not_drawn_at_the_end_of_the_horizon(model):
    result = outcome_of(model, prepaid(100, talk(22, 7), talk(22, 8), metered=2, price=FREE, own=[OWN]))
    assert moves(result, 100) == [(29, 80)]
