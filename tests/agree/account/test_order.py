"""The order of charges, fees and arrivals at one instant (R13), by hand."""

from __future__ import annotations

import pytest

from tests.reference.admission import Group
from tests.reference.by_hand import FULL, POOR, moves, prepaid, talk
from tests.reference.comparison import outcome_of
from tests.reference.prepaid import Change


def test_at_one_instant_a_call_that_ends_is_gone_before_an_earlier_call_is_charged(model):
    result = outcome_of(model, prepaid(15, talk(0, 9), talk(0, 3), metered=2))
    assert moves(result, 15) == [(0, 1), (3, -1)]
    assert (result.end, result.torn_down) == ([5, 3], [True, False])


@pytest.mark.parametrize(("first", "then"), [(0, 1), (1, 0)])
def test_an_earlier_calls_charge_tears_a_later_one_down_at_the_same_instant(model, first, then):
    result = outcome_of(model, prepaid(17, talk(2, 20, did=then), talk(0, 20, did=first), metered=2, dids=2))
    assert moves(result, 17) == [(0, 10), (2, 3), (3, 1), (5, -1)]
    assert result.end == [5, 7]
    assert all(result.torn_down)


def test_calls_of_one_arrival_are_charged_in_the_order_of_their_dids(model):
    result = outcome_of(model, prepaid(15, talk(0, 20, did=1), talk(0, 20, did=0), metered=2, dids=2))
    assert moves(result, 15) == [(0, 1), (3, -1)]
    assert result.end == [3, 5]


def test_calls_of_one_did_and_one_arrival_are_charged_in_their_sequence(model):
    result = outcome_of(model, prepaid(22, *[talk(0, 20) for _ in range(3)], metered=3))
    assert result.end == [5, 3, 3]


def test_calls_are_charged_in_the_order_in_which_they_arrived_not_in_which_they_were_answered(model):
    result = outcome_of(model, prepaid(14, talk(0, 20, ring=5), talk(2, 20), metered=2))
    assert moves(result, 14) == [(2, 7), (5, 0)]  # at 5, the first is answered and pays 7, which ends the second
    assert result.end == [8, 5]


def test_an_earlier_calls_top_up_saves_a_later_one_at_the_same_instant(model):
    result = outcome_of(model, prepaid(15, talk(0, 4), talk(0, 4), metered=2, threshold=0, amount=5))
    assert moves(result, 15) == [(0, 1), (3, 2)]  # 1 - 2 + 5 - 2
    assert (result.top_ups, result.torn_down) == (1, [False, False])


def test_a_later_calls_top_up_comes_too_late_for_an_earlier_one(model):
    calls = talk(0, 9), talk(0, 4, ring=3)
    result = outcome_of(model, prepaid(8, *calls, metered=2, threshold=0, amount=10, fees=[(1, 1)]))
    assert moves(result, 8) == [(0, 1), (1, 0), (3, 3), (6, 1)]  # at 3, the second is answered: 0 - 7 + 10
    assert (result.end, result.torn_down) == ([3, 7], [True, False])
    result = outcome_of(model, prepaid(8, *calls[::-1], metered=2, threshold=0, amount=10, fees=[(1, 1)]))
    assert moves(result, 8)[:3] == [(0, 1), (1, 0), (3, 1)]  # at 3, the first is answered, then the second pays 2
    assert (result.end, result.torn_down) == ([7, 9], [False, False])


def test_interval_charges_come_before_the_fees_of_that_instant(model):
    result = outcome_of(model, prepaid(8, talk(0, 20), fees=[(3, 1)]))
    assert moves(result, 8) == [(0, 1), (3, -2)]
    assert result.end == [5]


def test_a_fee_paid_back_at_the_instant_of_a_teardown_comes_too_late_and_an_instant_before_does_not(model):
    assert outcome_of(model, prepaid(7, talk(0, 4), fees=[(3, -9)])).torn_down == [True]
    assert outcome_of(model, prepaid(7, talk(0, 4), fees=[(2, -9)])).torn_down == [False]


def test_fees_come_before_the_arrivals_of_that_instant_and_before_what_those_are_charged(model):
    assert outcome_of(model, prepaid(5, talk(4, 1), fees=[(4, 5)])).outcome == [POOR]
    assert outcome_of(model, prepaid(0, talk(4, 1), fees=[(4, -1)])).outcome == ["metered"]
    result = outcome_of(model, prepaid(9, talk(4, 1), fees=[(4, 3)], threshold=6, amount=10))
    assert result.outcome == ["metered"]
    assert (result.balance, result.top_ups) == (9, 1)  # 9 - 3 is not below 6, and 6 - 7 is


def test_a_metered_channel_that_is_new_and_the_fee_of_that_instant_meet_the_arrival(model):
    system = prepaid(5, talk(4, 1), talk(5, 1), talk(9, 1), metered=0, fees=[(5, 5), (9, -1)])
    system.changes = [Change(5, 0, Group(metered=1))]
    assert outcome_of(model, system).outcome == [FULL, POOR, "metered"]
